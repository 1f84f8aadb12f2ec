/* SPDX-License-Identifier: MIT */
#include "interface.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_TRANSPORT "kernel"

static const struct xc_transport *find_transport(const char *name, size_t length)
{
    for (size_t i = 0; xc_transports[i]; i++) {
        const struct xc_transport *candidate = xc_transports[i];
        if (strlen(candidate->name) == length && !memcmp(candidate->name, name, length))
            return candidate;
    }
    return NULL;
}

struct xc_interface *xc_open(void)
{
    const char *choice = getenv("TREFOIL_TRANSPORT");
    if (!choice || !*choice)
        choice = DEFAULT_TRANSPORT;
    const char *colon = strchr(choice, ':');
    const struct xc_transport *transport =
        find_transport(choice, colon ? (size_t)(colon - choice) : strlen(choice));
    if (!transport) {
        errno = EINVAL;
        return NULL;
    }
    struct xc_interface *xc = calloc(1, sizeof(*xc));
    if (!xc)
        return NULL;
    xc->transport = transport;
    int rc = transport->open(colon ? colon + 1 : NULL, &xc->state);
    if (rc < 0) {
        free(xc);
        errno = -rc;
        return NULL;
    }
    return xc;
}

void xc_close(struct xc_interface *xc)
{
    if (!xc)
        return;
    if (xc->bounce)
        xc->transport->free(xc->state, xc->bounce, xc->bounce_size);
    xc->transport->close(xc->state);
    free(xc);
}

const char *xc_error(const struct xc_interface *xc)
{
    return xc->error;
}

int xc_kernel_refuses(const struct xc_interface *xc)
{
    return xc->kernel_refuses;
}

size_t xc_page_round(size_t size)
{
    return (size + XC_PAGE_SIZE - 1) & ~(size_t)(XC_PAGE_SIZE - 1);
}

void *xc_alloc_hypercall_buffer(struct xc_interface *xc, size_t size)
{
    return xc->transport->alloc(xc->state, xc_page_round(size));
}

void xc_free_hypercall_buffer(struct xc_interface *xc, void *buffer, size_t size)
{
    if (buffer)
        xc->transport->free(xc->state, buffer, xc_page_round(size));
}

void *xc_bounce(struct xc_interface *xc, const void *data, size_t size)
{
    if (size > xc->bounce_size) {
        void *bigger = xc_alloc_hypercall_buffer(xc, size);
        if (!bigger)
            return NULL;
        if (xc->bounce)
            xc->transport->free(xc->state, xc->bounce, xc->bounce_size);
        xc->bounce = bigger;
        xc->bounce_size = xc_page_round(size);
    }
    if (data)
        memcpy(xc->bounce, data, size);
    else
        memset(xc->bounce, 0, size);
    return xc->bounce;
}

static const char refused_by_kernel[] =
    "the kernel's privcmd refuses all hypercalls in this domain, "
    "load xen-privcmd with unrestricted=1";

/*
 * Reading the hypervisor's version is allowed to every domain, so a kernel that answers even that
 * with EPERM refuses hypercalls by itself.
 */
static bool kernel_refuses(struct xc_interface *xc)
{
    const uint64_t arg[5] = {XENVER_version};
    return xc->transport->hypercall(xc->state, __HYPERVISOR_xen_version, arg) == -EPERM;
}

int64_t xc_call(struct xc_interface *xc, unsigned int number, const uint64_t arg[5])
{
    int64_t rc = xc->transport->hypercall(xc->state, number, arg);
    xc->cause = rc < 0 && xc->transport->trouble ? xc->transport->trouble(xc->state) : NULL;
    if (rc == -EPERM && !xc->cause && kernel_refuses(xc))
        xc->cause = refused_by_kernel;
    return rc;
}

int xc_fail(struct xc_interface *xc, int64_t error, const char *format, ...)
{
    const char *cause = xc->cause;
    xc->cause = NULL;
    if (error >= 0)
        return (int)error;
    xc->kernel_refuses = cause == refused_by_kernel;

    char what[200];
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof(what), format, list);
    va_end(list);
    snprintf(xc->error, sizeof(xc->error), "%.*s: %s", (int)sizeof(what), what,
             cause ? cause : strerror((int)-error));
    return (int)error;
}
