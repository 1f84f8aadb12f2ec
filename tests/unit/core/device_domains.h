/* SPDX-License-Identifier: MIT */
/* Domains for tests of device models: a device model, its target, and others; and what the device
 * model asks for. */
#ifndef DEVICE_DOMAINS_H
#define DEVICE_DOMAINS_H

#include "core_fake/machine.h"
#include <trefoil/device.h>
#include <xen/hvm/dm_op.h>
#include <xen/hvm/ioreq.h>
#include <xen/memory.h>

#define DEVICE    UINT64_C(0x02000000)
#define SLOTS_GFN (FAKE_RAM + 0x100U)
#define OTHER_GFN (FAKE_RAM + 0x101U)

extern struct domain *control, *target, *model, *stranger;

/* cmocka's setup and teardown; the latter looks for memory that is missing. */
int device_start(void **state);
int device_stop(void **state);
/* Destroys a domain of the above. */
void device_end(struct domain **domain);
/* The calls that follow are its. */
void device_be(struct domain *domain);

int64_t dm_op_sized(struct domain *on, struct xen_dm_op *op, uint64_t size, unsigned int count);
int64_t dm_op(struct domain *on, struct xen_dm_op *op);
int64_t server_create(struct domain *by, struct domain *on, ioservid_t *id);
int64_t server_destroy(struct domain *by, struct domain *on, ioservid_t id);
/* By the model, of its target. */
int64_t server_range(uint32_t command, ioservid_t id, uint32_t type, uint64_t first, uint64_t last);
int64_t server_map(ioservid_t id, uint64_t first, uint64_t last);
int64_t server_unmap(ioservid_t id, uint64_t first, uint64_t last);
int64_t server_enable(ioservid_t id, bool enabled);

int64_t device_acquire(struct domain *by, struct xen_mem_acquire_resource op, const uint64_t *gfns,
                       unsigned int count);
int64_t device_acquire_slots(struct domain *by, ioservid_t id, uint64_t gfn);
int64_t device_let_go(struct domain *by, uint64_t gfn);
/* A vcpu's slot where the model has them. */
struct ioreq *device_slot(uint64_t gfn, unsigned int vcpu);

#endif
