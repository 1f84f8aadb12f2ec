/* SPDX-License-Identifier: MIT */
/* The inside of struct xc_interface, and helpers that the files of libxc share. */
#ifndef LIBXC_INTERFACE_H
#define LIBXC_INTERFACE_H

#include <stdbool.h>

#include "transport.h"

#define XC_PAGE_SIZE 4096u

struct xc_interface {
    const struct xc_transport *transport;
    void *state;
    uint32_t domctl_version; /* 0: not probed yet */
    uint32_t sysctl_version;
    void *bounce; /* where arguments are copied for a call; grows */
    size_t bounce_size;
    const char *cause; /* why the last hypercall failed, if more is known than its errno value */
    bool kernel_refuses;
    char error[320];
};

/* Rounds up to whole pages. */
size_t xc_page_round(size_t size);

/*
 * A copy of data[size] in memory that the hypervisor reaches, valid until the next xc_bounce().
 * `data` may be NULL: zeroes. NULL with errno set.
 */
void *xc_bounce(struct xc_interface *xc, const void *data, size_t size);

/* A hypercall through the transport; when it fails, finds out why for the xc_fail() that must
 * follow. */
int64_t xc_call(struct xc_interface *xc, unsigned int number, const uint64_t arg[5]);

/*
 * Records the sentence for a failure (printf style; the meaning of `error` is added) and returns
 * `error`, a negative errno value. Does nothing when it is >= 0.
 */
int xc_fail(struct xc_interface *xc, int64_t error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
