/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls that are families of operations: a table of rows for each, made from a .def file. The
 * argument is copied in once, the policy asked where the row says that the operation concerns the
 * caller alone, the handler called, and the argument copied back where it has results. Handlers of
 * operations on other domains ask the policy themselves, with the row's operation, when they know
 * who the target is.
 */
#ifndef CORE_SUBOPERATION_H
#define CORE_SUBOPERATION_H

#include <trefoil/access.h>
#include <trefoil/hypercall.h>
#include <trefoil/nospec.h>

/* The largest argument of a family that is dispatched by this table. */
#define SUBOPERATION_MAX 64U

enum suboperation_flags {
    SELF = 1,   /* decided here: the caller on itself */
    TARGET = 2, /* decided by the handler */
    RESULT = 4, /* the argument is copied back if the handler returns 0 */
};

/* Everything about a call that a handler may need besides the argument. */
struct suboperation_call {
    enum policy_operation operation;
    uint32_t command; /* as the guest passed it, with the bits above the operation's number */
    uint64_t address; /* of the argument */
};

typedef int64_t suboperation_handler(struct vcpu *vcpu, void *argument,
                                     const struct suboperation_call *call);

struct suboperation {
    suboperation_handler *handler;
    uint16_t size;
    uint8_t flags;
    uint16_t operation;
};

/* -ENOSYS for a number that has no row. Inline: a family's table and its end, a power of two for
 * index_nospec(), are constants to it. */
static inline int64_t suboperation_run(const struct suboperation *table, unsigned int count,
                                       unsigned int number, struct vcpu *vcpu, uint32_t command,
                                       uint64_t address)
{
    uint64_t argument[SUBOPERATION_MAX / sizeof(uint64_t)];
    const struct suboperation *row;
    int64_t result;

    if (unlikely(number >= count))
        return -ENOSYS;
    row = &table[index_nospec(number, count)];
    if (unlikely(!row->handler))
        return -ENOSYS;
    if ((row->flags & SELF) && unlikely(!policy_allows_self(row->operation, vcpu->domain)))
        return policy_check(row->operation, vcpu->domain, vcpu->domain);
    if (row->size && unlikely(arch_copy_from_guest(argument, address, row->size)))
        return -EFAULT;

    struct suboperation_call call = {row->operation, command, address};

    result = row->handler(vcpu, argument, &call);
    if (result == 0 && (row->flags & RESULT) && arch_copy_to_guest(address, argument, row->size))
        return -EFAULT;
    return result;
}

/* Rows of a .def file: SUBOPERATION(number, handler, size of argument, flags, operation of the
 * policy). */
#define SUBOPERATION_PROTOTYPE(number, handler, size, flags, operation)                            \
    static suboperation_handler handler;
#define SUBOPERATION_ROW(number, handler, size, flags, operation)                                  \
    [number] = {handler, size, flags, OP_##operation},

#endif
