/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "interface.h"

int64_t xc_hypercall(struct xc_interface *xc, unsigned int number, const uint64_t arg[5])
{
    int64_t rc = xc_call(xc, number, arg);
    if (rc < 0)
        xc_fail(xc, rc, "hypercall %u.%llu", number, (unsigned long long)arg[0]);
    return rc;
}

int64_t xc_hypercall_op(struct xc_interface *xc, unsigned int number, uint64_t operation,
                        void *argument, size_t size)
{
    uint64_t arg[5] = {operation};
    void *copy = NULL;
    if (argument) {
        copy = xc_bounce(xc, argument, size);
        if (!copy)
            return xc_fail(xc, -errno, "memory for hypercall %u", number);
        arg[1] = (uintptr_t)copy;
    }
    int64_t rc = xc_hypercall(xc, number, arg);
    if (copy)
        memcpy(argument, copy, size);
    return rc;
}
