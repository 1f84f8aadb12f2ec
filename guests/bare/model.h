/* SPDX-License-Identifier: MIT */
/* What tests that are a device model have of it: the calls, and its target's slots. */
#ifndef MODEL_H
#define MODEL_H

#include "puppet.h"
#include <xen/hvm/dm_op.h>
#include <xen/hvm/ioreq.h>

#define SLOTS_GFN HOLE_GFN

/* Its server, and its port of the target's first vcpu. */
extern ioservid_t model_server;
extern uint32_t model_port;

domid_t puppet_domid(void);
int64_t model_ask_about(domid_t on, struct xen_dm_op *op);
int64_t model_ask(struct xen_dm_op op);
int64_t model_create(ioservid_t *id);
int64_t model_destroy(ioservid_t id);
int64_t model_range(uint32_t command, uint32_t type, uint64_t first, uint64_t last);
int64_t model_map(uint64_t first, uint64_t last);
int64_t model_unmap(uint64_t first, uint64_t last);
int64_t model_enable(bool enabled);
int64_t model_set_line(uint32_t line, uint8_t level);
int64_t model_acquire(uint32_t id, uint64_t frame, uint64_t gfn);

/* A new server in the place of all that there were, with the device's range; the target has asked
 * it something. */
void model_serve(void);
/* The same, and what it asks is what to do. */
void model_begin(void);

/* Lets the target have its turn: until it is heard of, or a millisecond. */
void model_doze(void);
volatile struct ioreq *model_slot(unsigned int cpu);
unsigned int model_slot_state(unsigned int cpu);
void model_set_slot(unsigned int cpu, unsigned int state);
/* Until the target's vcpu asks something. */
void model_wait(unsigned int cpu);
void model_answer(uint64_t value);
/* What it asks is this. */
void model_expect(uint64_t address, unsigned int direction, unsigned int size);
void model_order(enum puppet_order what, unsigned int size, uint64_t where, uint64_t operand);
/* How it went. */
uint64_t model_result(uint64_t *fault);
uint64_t model_good_result(void);
/* The target's access has ended as one to where nothing is. */
void model_expect_abort(void);

#endif
