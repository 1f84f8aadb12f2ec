/* SPDX-License-Identifier: MIT */
/* Error numbers under their short names; functions return them negated. They are those of the
 * hypercall ABI. */
#ifndef TREFOIL_ERRNO_H
#define TREFOIL_ERRNO_H

#include <xen/errno.h>

#ifndef EPERM /* a native unit test may have the C library's, which are equal */
#define EPERM      XEN_EPERM
#define ENOENT     XEN_ENOENT
#define ESRCH      XEN_ESRCH
#define EIO        XEN_EIO
#define ENXIO      XEN_ENXIO
#define E2BIG      XEN_E2BIG
#define EAGAIN     XEN_EAGAIN
#define ENOMEM     XEN_ENOMEM
#define EACCES     XEN_EACCES
#define EFAULT     XEN_EFAULT
#define EBUSY      XEN_EBUSY
#define EEXIST     XEN_EEXIST
#define ENODEV     XEN_ENODEV
#define EINVAL     XEN_EINVAL
#define ENOSPC     XEN_ENOSPC
#define ERANGE     XEN_ERANGE
#define ENOSYS     XEN_ENOSYS
#define ENODATA    XEN_ENODATA
#define EOVERFLOW  XEN_EOVERFLOW
#define EOPNOTSUPP XEN_EOPNOTSUPP
#define ENOBUFS    XEN_ENOBUFS
#define ETIME      XEN_ETIME
#endif

/* "Not finished: call again": internal, never a hypercall's result. */
#ifndef ERESTART
#define ERESTART XEN_ERESTART
#endif

#endif
