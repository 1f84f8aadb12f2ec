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

/* Puts the address of a copy of `argument` at arg[place], makes the call, and copies back. */
static int64_t call_with_copy(struct xc_interface *xc, unsigned int number, uint64_t arg[5],
                              unsigned int place, void *argument, size_t size)
{
    void *copy = xc_bounce(xc, argument, size);
    if (!copy)
        return xc_fail(xc, -errno, "memory for hypercall %u", number);
    arg[place] = (uintptr_t)copy;
    int64_t rc = xc_hypercall(xc, number, arg);
    memcpy(argument, copy, size);
    return rc;
}

int64_t xc_hypercall_op(struct xc_interface *xc, unsigned int number, uint64_t operation,
                        void *argument, size_t size)
{
    uint64_t arg[5] = {operation};
    if (!argument)
        return xc_hypercall(xc, number, arg);
    return call_with_copy(xc, number, arg, 1, argument, size);
}

int64_t xc_hypercall_struct(struct xc_interface *xc, unsigned int number, void *argument,
                            size_t size)
{
    uint64_t arg[5] = {0};
    return call_with_copy(xc, number, arg, 0, argument, size);
}
