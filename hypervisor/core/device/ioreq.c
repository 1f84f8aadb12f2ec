/* SPDX-License-Identifier: MIT */
/*
 * What a guest's access becomes: a request in its vcpu's slot. The vcpu is held by its pause_count,
 * so that it waits without a pcpu, may be paused and ended meanwhile, and takes no interrupt in the
 * middle of an instruction. It looks for the answer itself, where it is next to run.
 */
#include "ioreq_server.h"
#include <trefoil/arch.h>
#include <trefoil/event_channel.h>
#include <trefoil/sched.h>

/* The last word of a slot, whose state is what both sides go by. */
#define WORD_STATE(word)   ((word) >> 16 & 15U)
#define WORD_OF(direction) ((uint32_t)IOREQ_TYPE_COPY << 24 | (uint32_t)(direction) << 21)
#define WORD_READY         ((uint32_t)STATE_IOREQ_READY << 16)

_Static_assert(offsetof(struct ioreq, _pad0) == 28 && sizeof(struct ioreq) == 32, "the last word");

static uint32_t *word_of_slot(struct ioreq *slot)
{
    return (uint32_t *)(void *)&slot->_pad0;
}

/* Who has all of the access. Under device_lock. */
static struct ioreq_server *server_for(const struct domain *domain,
                                       const struct device_access *access)
{
    uint64_t last = access->address + access->size - 1;

    if (last < access->address)
        return NULL;
    for (unsigned int i = 0; i < DEVICE_SERVERS; i++) {
        struct ioreq_server *server = domain->servers[i];

        for (unsigned int k = 0; server && server->enabled && k < server->nr_ranges; k++) {
            if (server->ranges[k].start <= access->address && last <= server->ranges[k].last)
                return server;
        }
    }
    return NULL;
}

/* Until device_heard(). Own vcpu only: it goes through sched_slow_path() on its way to its guest.
 */
static void wait_for_server(struct vcpu *vcpu)
{
    atomic_fetch_add(&vcpu->pause_count, 1);
    atomic_store(&vcpu->device.waits, true);
    atomic_store(&this_pcpu()->need_resched, true);
}

/* False when somebody else has let it go, or is about to. */
static bool end_wait(struct vcpu *vcpu)
{
    if (!atomic_exchange(&vcpu->device.waits, false))
        return false;
    atomic_fetch_sub(&vcpu->pause_count, 1);
    return true;
}

__attribute__((noinline)) void device_heard(struct vcpu *vcpu)
{
    /* Pairs with device_resume(): what the device model has written is seen there, or that the vcpu
     * waits is seen here. */
    smp_mb();
    if (end_wait(vcpu))
        vcpu_pause_changed(vcpu);
}

static void fill_slot(struct ioreq *slot, const struct device_access *access, evtchn_port_t port)
{
    uint32_t word = WORD_OF(access->write ? IOREQ_WRITE : IOREQ_READ);

    *(volatile uint64_t *)&slot->addr = access->address;
    *(volatile uint64_t *)&slot->data = access->write ? access->value : 0;
    *(volatile uint32_t *)&slot->count = 1;
    *(volatile uint32_t *)&slot->size = access->size;
    *(volatile uint32_t *)&slot->vp_eport = port;
    __atomic_store_n(word_of_slot(slot), word | WORD_READY, __ATOMIC_RELEASE);
}

bool device_ask(struct vcpu *vcpu, const struct device_access *access)
{
    struct domain *domain = vcpu->domain;
    struct ioreq_server *server;
    evtchn_port_t port = 0;

    spin_lock(&domain->device_lock);
    server = server_for(domain, access);
    if (server) {
        vcpu->device.server = server;
        vcpu->device.asked = true;
        port = server->ports[vcpu->id];
        wait_for_server(vcpu);
        fill_slot(ioreq_slot(server, vcpu), access, port);
    }
    spin_unlock(&domain->device_lock);
    if (server)
        event_tell(domain, port);
    return server != NULL;
}

enum answer { ANSWER_NONE, ANSWER_YES, ANSWER_NEVER };

/* Under device_lock, which keeps the server and its page. */
static enum answer look_into(struct ioreq *slot, uint64_t *value)
{
    uint32_t word = __atomic_load_n(word_of_slot(slot), __ATOMIC_ACQUIRE);

    switch (WORD_STATE(word)) {
    case STATE_IOREQ_READY:
    case STATE_IOREQ_INPROCESS: return ANSWER_NONE;
    case STATE_IORESP_READY: *value = *(volatile uint64_t *)&slot->data; break;
    default: return ANSWER_NEVER;
    }
    __atomic_store_n(word_of_slot(slot), word & ~(15U << 16), __ATOMIC_RELEASE);
    return ANSWER_YES;
}

static __attribute__((noinline)) enum answer look_for_answer(struct vcpu *vcpu, uint64_t *value)
{
    enum answer answer = ANSWER_NEVER;

    spin_lock(&vcpu->domain->device_lock);
    if (vcpu->device.server)
        answer = look_into(ioreq_slot(vcpu->device.server, vcpu), value);
    if (answer != ANSWER_NONE)
        vcpu->device.server = NULL;
    spin_unlock(&vcpu->domain->device_lock);
    return answer;
}

__attribute__((noinline)) bool device_resume(struct vcpu *vcpu)
{
    uint64_t value = 0;
    enum answer answer = look_for_answer(vcpu, &value);

    if (answer == ANSWER_NONE) {
        wait_for_server(vcpu);
        /* Pairs with device_heard(). */
        smp_mb();
        answer = look_for_answer(vcpu, &value);
        if (answer == ANSWER_NONE)
            return false;
        end_wait(vcpu);
    }
    vcpu->device.asked = false;
    arch_access_end(vcpu, answer == ANSWER_YES, value);
    return true;
}
