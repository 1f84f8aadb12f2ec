/* SPDX-License-Identifier: MIT */
/*
 * The calls of Linux's /dev/xen devices (Linux 6.1). Written here because the kernel's own headers
 * are named <xen/...> like the public ABI's and would hide them.
 */
#ifndef LIBXC_KERNEL_IOCTLS_H
#define LIBXC_KERNEL_IOCTLS_H

#include <assert.h>
#include <stdint.h>
#include <sys/ioctl.h>

#define KERNEL_CALL(group, number, argument) _IOC(_IOC_NONE, group, number, sizeof(argument))

/* ---- /dev/xen/privcmd ---- */

struct linux_privcmd_hypercall {
    uint64_t number;
    uint64_t arg[5];
};

struct linux_privcmd_mmapbatch_v2 {
    uint32_t count;
    uint16_t domid;
    uint64_t address;
    const uint64_t *frames;
    int *errors; /* a negative errno value a frame */
};

#define IOCTL_PRIVCMD_HYPERCALL    KERNEL_CALL('P', 0, struct linux_privcmd_hypercall)
#define IOCTL_PRIVCMD_MMAPBATCH_V2 KERNEL_CALL('P', 4, struct linux_privcmd_mmapbatch_v2)

/* ---- /dev/xen/evtchn ---- */

struct linux_evtchn_bind_virq {
    uint32_t virq;
};

struct linux_evtchn_bind_interdomain {
    uint32_t remote_domain, remote_port;
};

struct linux_evtchn_bind_unbound {
    uint32_t remote_domain;
};

struct linux_evtchn_port {
    uint32_t port;
};

#define IOCTL_EVTCHN_BIND_VIRQ        KERNEL_CALL('E', 0, struct linux_evtchn_bind_virq)
#define IOCTL_EVTCHN_BIND_INTERDOMAIN KERNEL_CALL('E', 1, struct linux_evtchn_bind_interdomain)
#define IOCTL_EVTCHN_BIND_UNBOUND     KERNEL_CALL('E', 2, struct linux_evtchn_bind_unbound)
#define IOCTL_EVTCHN_UNBIND           KERNEL_CALL('E', 3, struct linux_evtchn_port)
#define IOCTL_EVTCHN_NOTIFY           KERNEL_CALL('E', 4, struct linux_evtchn_port)
#define IOCTL_EVTCHN_BIND_STATIC      KERNEL_CALL('E', 7, struct linux_evtchn_port)

/* ---- /dev/xen/gntdev ---- */

struct linux_gntdev_ref {
    uint32_t domid, ref;
};

/* Followed by count - 1 more refs. */
struct linux_gntdev_map {
    uint32_t count, pad;
    uint64_t offset; /* out: where to mmap */
    struct linux_gntdev_ref refs[1];
};

struct linux_gntdev_unmap {
    uint64_t offset;
    uint32_t count, pad;
};

struct linux_gntdev_offset_for_address {
    uint64_t address;
    uint64_t offset; /* out */
    uint32_t count;  /* out */
    uint32_t pad;
};

struct linux_unmap_notify {
    uint64_t offset; /* of the byte to clear */
    uint32_t action; /* UNMAP_NOTIFY_ */
    uint32_t port;
};

#define UNMAP_NOTIFY_CLEAR_BYTE 1u
#define UNMAP_NOTIFY_SEND_EVENT 2u

#define IOCTL_GNTDEV_MAP                KERNEL_CALL('G', 0, struct linux_gntdev_map)
#define IOCTL_GNTDEV_UNMAP              KERNEL_CALL('G', 1, struct linux_gntdev_unmap)
#define IOCTL_GNTDEV_OFFSET_FOR_ADDRESS KERNEL_CALL('G', 2, struct linux_gntdev_offset_for_address)
#define IOCTL_SET_UNMAP_NOTIFY          KERNEL_CALL('G', 7, struct linux_unmap_notify)

/* ---- /dev/xen/gntalloc (the notification is as gntdev's) ---- */

#define GNTALLOC_WRITABLE 1u

/* Followed by count - 1 more refs. */
struct linux_gntalloc_alloc {
    uint16_t domid, flags;
    uint32_t count;
    uint64_t offset; /* out: where to mmap */
    uint32_t refs[1];
};

struct linux_gntalloc_free {
    uint64_t offset;
    uint32_t count;
};

#define IOCTL_GNTALLOC_ALLOC KERNEL_CALL('G', 5, struct linux_gntalloc_alloc)
#define IOCTL_GNTALLOC_FREE  KERNEL_CALL('G', 6, struct linux_gntalloc_free)

static_assert(sizeof(struct linux_privcmd_hypercall) == 48, "Linux's privcmd_hypercall");
static_assert(sizeof(struct linux_privcmd_mmapbatch_v2) == 32, "Linux's privcmd_mmapbatch_v2");
static_assert(sizeof(struct linux_gntdev_map) == 24, "Linux's ioctl_gntdev_map_grant_ref");
static_assert(sizeof(struct linux_gntdev_unmap) == 16, "Linux's ioctl_gntdev_unmap_grant_ref");
static_assert(sizeof(struct linux_gntdev_offset_for_address) == 24,
              "Linux's ioctl_gntdev_get_offset_for_vaddr");
static_assert(sizeof(struct linux_unmap_notify) == 16, "Linux's ioctl_gntdev_unmap_notify");
static_assert(sizeof(struct linux_gntalloc_alloc) == 24, "Linux's ioctl_gntalloc_alloc_gref");
static_assert(sizeof(struct linux_gntalloc_free) == 16, "Linux's ioctl_gntalloc_dealloc_gref");

#endif
