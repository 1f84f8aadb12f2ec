/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "interface.h"

int xc_version(struct xc_interface *xc)
{
    const uint64_t arg[5] = {XENVER_version};
    return (int)xc_hypercall(xc, __HYPERVISOR_xen_version, arg);
}

int xc_version_op(struct xc_interface *xc, unsigned int operation, void *out, size_t size)
{
    return (int)xc_hypercall_op(xc, __HYPERVISOR_xen_version, operation, out, size);
}

#define BUILD_ID_MAX 64u

int xc_build_id(struct xc_interface *xc, char *out, size_t size)
{
    struct {
        xen_build_id_t header;
        unsigned char bytes[BUILD_ID_MAX];
    } id = {.header.len = BUILD_ID_MAX};

    if (size)
        out[0] = '\0';
    int rc = xc_version_op(xc, XENVER_build_id, &id, sizeof(id));
    if (rc < 0)
        return rc;
    const unsigned char *bytes = (const unsigned char *)&id + offsetof(xen_build_id_t, buf);
    for (unsigned int i = 0; i < (unsigned int)rc && i < BUILD_ID_MAX && 2 * i + 3 <= size; i++)
        snprintf(out + 2 * (size_t)i, 3, "%02x", bytes[i]);
    return 0;
}
