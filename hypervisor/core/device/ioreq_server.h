/* SPDX-License-Identifier: MIT */
/* A server of a device model, see ioreq_server.c. */
#ifndef CORE_IOREQ_SERVER_H
#define CORE_IOREQ_SERVER_H

#include <trefoil/device.h>
#include <xen/hvm/dm_op.h>
#include <xen/hvm/ioreq.h>

#define IO_RANGES_MAX 64U

struct io_range {
    uint64_t start, last; /* guest physical */
};

/* The first of two pages of the device model's pool; the second is shared with it. */
struct ioreq_server {
    struct domain *target, *model; /* both outlive it: each one's end ends its servers */
    struct ioreq_server *next;     /* of the model's */
    /* One for being, one for each place where the model has the shared page. */
    _Atomic unsigned int references;
    ioservid_t id;
    /* Under the target's device_lock. */
    bool enabled;
    unsigned int nr_ranges;
    struct io_range ranges[IO_RANGES_MAX]; /* disjoint */
    evtchn_port_t ports[DOMAIN_MAX_VCPUS]; /* of the target, by vcpu */
};

#define IOREQ_SERVER_ORDER 1U

_Static_assert(sizeof(struct ioreq_server) <= PAGE_SIZE, "one page");
_Static_assert(DOMAIN_MAX_VCPUS * sizeof(struct ioreq) <= PAGE_SIZE, "one page");

/* The slot of a vcpu in the shared page: the device model writes there what it likes, when it
 * likes. */
static inline struct ioreq *ioreq_slot(struct ioreq_server *server, const struct vcpu *vcpu)
{
    return &((struct ioreq *)(void *)((char *)server + PAGE_SIZE))[vcpu->id];
}

/* What device models ask for, as the ABI's operations have it. Each returns 0 or the error of the
 * ABI; -ENOENT: no such server, -EPERM: it is not the model's. */
int ioreq_server_create(struct domain *model, struct domain *target, ioservid_t *id);
int ioreq_server_destroy(struct domain *model, struct domain *target, ioservid_t id);
int ioreq_server_enable(struct domain *model, struct domain *target, ioservid_t id, bool enabled);
int ioreq_server_check(struct domain *model, struct domain *target, ioservid_t id);
int ioreq_server_map(struct domain *model, struct domain *target, ioservid_t id,
                     struct io_range range);
int ioreq_server_unmap(struct domain *model, struct domain *target, ioservid_t id,
                       struct io_range range);
/* The page that the slots are in, held until device_put_page(). */
int ioreq_server_page(struct domain *model, struct domain *target, ioservid_t id, mfn_t *mfn);

#endif
