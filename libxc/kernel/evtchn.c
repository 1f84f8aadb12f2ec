/* SPDX-License-Identifier: MIT */
/* Event channels through Linux's /dev/xen/evtchn; the handle is the descriptor. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "ioctls.h"
#include "kernel.h"

static int descriptor(void *handle)
{
    return (int)(intptr_t)handle;
}

static int evtchn_open(void *state, void **handle)
{
    (void)state;
    int fd = xc_kernel_device("evtchn", O_RDWR | O_NONBLOCK);
    if (fd < 0)
        return fd;
    *handle = (void *)(intptr_t)fd;
    return 0;
}

static void evtchn_close(void *handle)
{
    close(descriptor(handle));
}

static int evtchn_bind_unbound(void *handle, domid_t remote)
{
    struct linux_evtchn_bind_unbound bind = {.remote_domain = remote};
    return xc_kernel_call(descriptor(handle), IOCTL_EVTCHN_BIND_UNBOUND, &bind);
}

static int evtchn_bind_interdomain(void *handle, domid_t remote, evtchn_port_t remote_port)
{
    struct linux_evtchn_bind_interdomain bind = {.remote_domain = remote,
                                                 .remote_port = remote_port};
    return xc_kernel_call(descriptor(handle), IOCTL_EVTCHN_BIND_INTERDOMAIN, &bind);
}

static int evtchn_bind_virq(void *handle, unsigned int virq)
{
    struct linux_evtchn_bind_virq bind = {.virq = virq};
    return xc_kernel_call(descriptor(handle), IOCTL_EVTCHN_BIND_VIRQ, &bind);
}

static int evtchn_bind_static(void *handle, evtchn_port_t port)
{
    struct linux_evtchn_port argument = {.port = port};
    int rc = xc_kernel_call(descriptor(handle), IOCTL_EVTCHN_BIND_STATIC, &argument);
    return rc < 0 ? rc : (int)port;
}

static int evtchn_unbind(void *handle, evtchn_port_t port)
{
    struct linux_evtchn_port argument = {.port = port};
    return xc_kernel_call(descriptor(handle), IOCTL_EVTCHN_UNBIND, &argument);
}

static int evtchn_notify(void *handle, evtchn_port_t port)
{
    struct linux_evtchn_port argument = {.port = port};
    return xc_kernel_call(descriptor(handle), IOCTL_EVTCHN_NOTIFY, &argument);
}

static int evtchn_pending(void *handle)
{
    uint32_t port;
    ssize_t got = read(descriptor(handle), &port, sizeof(port));
    if (got < 0)
        return -errno;
    return got == sizeof(port) ? (int)port : -EIO;
}

static int evtchn_unmask(void *handle, evtchn_port_t port)
{
    ssize_t put = write(descriptor(handle), &port, sizeof(port));
    if (put < 0)
        return -errno;
    return put == sizeof(port) ? 0 : -EIO;
}

const struct xc_evtchn_ops xc_kernel_evtchn_ops = {
    .open = evtchn_open,
    .close = evtchn_close,
    .fd = descriptor,
    .bind_unbound = evtchn_bind_unbound,
    .bind_interdomain = evtchn_bind_interdomain,
    .bind_virq = evtchn_bind_virq,
    .bind_static = evtchn_bind_static,
    .unbind = evtchn_unbind,
    .notify = evtchn_notify,
    .pending = evtchn_pending,
    .unmask = evtchn_unmask,
};
