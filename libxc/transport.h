/* SPDX-License-Identifier: MIT */
/*
 * What a transport provides: the ways to a hypervisor that libxc is built on. All functions return
 * >= 0 or a negative errno value; those that return pointers give NULL and set errno.
 */
#ifndef LIBXC_TRANSPORT_H
#define LIBXC_TRANSPORT_H

#include <xenctl/evtchn.h>
#include <xenctl/gnttab.h>
#include <xenctl/xenctl.h>

/* `handle` is what open() put there. */
struct xc_evtchn_ops {
    int (*open)(void *state, void **handle);
    void (*close)(void *handle);
    int (*fd)(void *handle);
    int (*bind_unbound)(void *handle, domid_t remote);
    int (*bind_interdomain)(void *handle, domid_t remote, evtchn_port_t remote_port);
    int (*bind_virq)(void *handle, unsigned int virq);
    int (*bind_static)(void *handle, evtchn_port_t port);
    int (*unbind)(void *handle, evtchn_port_t port);
    int (*notify)(void *handle, evtchn_port_t port);
    int (*pending)(void *handle);
    int (*unmask)(void *handle, evtchn_port_t port);
};

struct xc_gnttab_ops {
    int (*open)(void *state, void **handle);
    void (*close)(void *handle);
    void *(*map)(void *handle, domid_t domid, const uint32_t *refs, unsigned int count, int prot,
                 const struct xc_unmap_notify *notify);
    int (*unmap)(void *handle, void *address, unsigned int count);
};

struct xc_gntshr_ops {
    int (*open)(void *state, void **handle);
    void (*close)(void *handle);
    void *(*share)(void *handle, domid_t domid, unsigned int count, int writable, uint32_t *refs,
                   const struct xc_unmap_notify *notify);
    int (*unshare)(void *handle, void *address, unsigned int count);
};

struct xc_transport {
    const char *name;
    /* `address` is what followed "NAME:" in TREFOIL_TRANSPORT, or NULL. */
    int (*open)(const char *address, void **state);
    void (*close)(void *state);
    /* Memory that the hypervisor can reach during a call; `size` is a multiple of the page size. */
    void *(*alloc)(void *state, size_t size);
    void (*free)(void *state, void *memory, size_t size);
    int64_t (*hypercall)(void *state, unsigned int number, const uint64_t arg[5]);
    /* Why the last call failed before it reached the hypervisor, or NULL. */
    const char *(*trouble)(void *state);
    void *(*foreign_map)(void *state, domid_t domid, int prot, const xen_pfn_t *gfns,
                         unsigned int count, int *errors);
    int (*foreign_unmap)(void *state, void *address, unsigned int count);
    const struct xc_evtchn_ops *evtchn;
    const struct xc_gnttab_ops *gnttab;
    const struct xc_gntshr_ops *gntshr;
};

/* The transports of this build, ended by NULL. */
extern const struct xc_transport *const xc_transports[];

extern const struct xc_transport xc_kernel_transport;
extern const struct xc_transport xc_twin_transport;

#endif
