/* SPDX-License-Identifier: MIT */
#ifndef CORE_MEMORY_OP_H
#define CORE_MEMORY_OP_H

#include "call/suboperation.h"
#include <xen/memory.h>

/* The call goes on after `done` items or pages, which stand above the operation's number. */
int64_t memory_op_continue(struct vcpu *vcpu, const struct suboperation_call *call, uint64_t done);

suboperation_handler op_add_to_physmap, op_add_to_physmap_batch, op_remove_from_physmap;
/* core/device/resource.c */
suboperation_handler op_acquire_resource;

#endif
