/* SPDX-License-Identifier: MIT */
#include "kernel.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <xen/event_channel.h>

int64_t kernel_event_op(struct domain *domain, uint32_t command, void *argument, size_t size)
{
    return host_operation(domain, __HYPERVISOR_event_channel_op, command, argument, size, 0);
}

static int64_t close_port(struct domain *domain, uint32_t port)
{
    struct evtchn_close op = {.port = port};

    return kernel_event_op(domain, EVTCHNOP_close, &op, sizeof(op));
}

/* ---- the queue of a program ---- */

int kernel_events_open(struct kernel_user *user)
{
    if (user->event_fd < 0)
        user->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
    return user->event_fd < 0 ? -ENOMEM : 0;
}

static uint32_t *slot(const struct kernel_user *user, unsigned int index)
{
    unsigned int at = user->first + index;

    return &user->queue[at < user->room ? at : at - user->room];
}

static bool make_room(struct kernel_user *user)
{
    unsigned int room = user->room ? 2 * user->room : 16;
    uint32_t *queue;

    if (user->count < user->room)
        return true;
    queue = malloc(room * sizeof(*queue));
    if (!queue)
        return false;
    for (unsigned int i = 0; i < user->count; i++)
        queue[i] = *slot(user, i);
    free(user->queue);
    user->queue = queue;
    user->room = room;
    user->first = 0;
    return true;
}

/* Bounded by the number of ports, as each is there once. */
static void enqueue(struct kernel_user *user, struct kernel_port *port, uint32_t number)
{
    const uint64_t one = 1;

    if (port->queued || user->event_fd < 0 || !make_room(user))
        return;
    *slot(user, user->count++) = number;
    port->queued = write(user->event_fd, &one, sizeof(one)) == sizeof(one);
}

static void dequeue(struct kernel_user *user, uint32_t number)
{
    unsigned int kept = 0;

    for (unsigned int i = 0; i < user->count; i++) {
        uint32_t there = *slot(user, i);

        if (there != number)
            *slot(user, kept++) = there;
    }
    user->count = kept;
}

int64_t kernel_event_next(struct domain *domain, struct kernel_user *user)
{
    struct kernel_port *port;
    uint32_t number;

    if (!user->count)
        return -EAGAIN;
    number = *slot(user, 0);
    user->first = user->first + 1 < user->room ? user->first + 1 : 0;
    user->count--;
    port = kernel_port_of(domain, user, number);
    if (port)
        port->queued = false;
    return number;
}

/* ---- upcalls ---- */

static void deliver(struct domain *domain, uint32_t number)
{
    const struct guest_kernel *kernel = domain->arch.kernel;
    struct kernel_port *port = kernel && number < kernel->nr_ports ? &kernel->ports[number] : NULL;

    if (port && port->owner)
        enqueue(port->owner, port, number);
}

/* Each port stays masked until its owner has looked. */
static void take_word(struct domain *domain, unsigned int word)
{
    struct shared_info *shared = domain->shared_info;
    uint64_t pending = __atomic_load_n(&shared->evtchn_pending[word], __ATOMIC_SEQ_CST) &
                       ~__atomic_load_n(&shared->evtchn_mask[word], __ATOMIC_SEQ_CST);

    while (pending) {
        unsigned int bit = (unsigned int)__builtin_ctzll(pending);

        pending &= pending - 1;
        __atomic_fetch_or(&shared->evtchn_mask[word], UINT64_C(1) << bit, __ATOMIC_SEQ_CST);
        __atomic_fetch_and(&shared->evtchn_pending[word], ~(UINT64_C(1) << bit), __ATOMIC_SEQ_CST);
        deliver(domain, word * 64 + bit);
    }
}

void kernel_upcall(struct vcpu *vcpu)
{
    vcpu->arch.upcall = false;
    while (__atomic_exchange_n(&vcpu->info->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST)) {
        uint64_t words = __atomic_exchange_n(&vcpu->info->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);

        for (; words; words &= words - 1)
            take_word(vcpu->domain, (unsigned int)__builtin_ctzll(words));
    }
}

/* ---- ports ---- */

struct kernel_port *kernel_port_of(struct domain *domain, const struct kernel_user *user,
                                   uint32_t port)
{
    const struct guest_kernel *kernel = domain->arch.kernel;

    if (!kernel || port >= kernel->nr_ports || kernel->ports[port].owner != user)
        return NULL;
    return &kernel->ports[port];
}

static struct kernel_port *make_port(struct domain *domain, uint32_t number)
{
    struct guest_kernel *kernel = kernel_of(domain);
    unsigned int count = kernel && kernel->nr_ports ? kernel->nr_ports : 64;
    struct kernel_port *ports;

    if (!kernel || number >= EVENT_PORTS_MAX)
        return NULL;
    if (number < kernel->nr_ports)
        return &kernel->ports[number];
    while (count <= number)
        count *= 2;
    ports = realloc(kernel->ports, count * sizeof(*ports));
    if (!ports)
        return NULL;
    memset(ports + kernel->nr_ports, 0, (count - kernel->nr_ports) * sizeof(*ports));
    kernel->ports = ports;
    kernel->nr_ports = count;
    return &ports[number];
}

int64_t kernel_port_own(struct domain *domain, struct kernel_user *user, uint32_t number,
                        bool is_static)
{
    struct kernel_port *port = make_port(domain, number);
    struct evtchn_unmask unmask = {.port = number};
    int64_t result;

    if (!port) {
        if (!is_static)
            close_port(domain, number);
        return -ENOMEM;
    }
    if (port->owner && is_static)
        return -EBUSY;
    /* A hypercall of its own has closed the port under its owner. */
    if (port->owner)
        dequeue(port->owner, number);
    *port = (struct kernel_port){.owner = user, .is_static = is_static, .holds = port->holds};
    /* What came before anybody looked is delivered now. */
    result = kernel_event_op(domain, EVTCHNOP_unmask, &unmask, sizeof(unmask));
    if (result < 0) {
        port->owner = NULL;
        return result;
    }
    return number;
}

static void close_unused(struct domain *domain, uint32_t number, const struct kernel_port *port)
{
    if (!port->owner && !port->holds && !port->is_static)
        close_port(domain, number);
}

static void disown(struct domain *domain, uint32_t number, struct kernel_port *port)
{
    dequeue(port->owner, number);
    port->owner = NULL;
    port->queued = false;
    close_unused(domain, number, port);
}

int64_t kernel_port_unbind(struct domain *domain, struct kernel_user *user, uint32_t number)
{
    struct kernel_port *port = kernel_port_of(domain, user, number);

    if (!port)
        return -EINVAL;
    disown(domain, number, port);
    return 0;
}

bool kernel_port_hold(struct domain *domain, uint32_t number)
{
    struct guest_kernel *kernel = domain->arch.kernel;

    if (!kernel || number >= kernel->nr_ports || !kernel->ports[number].owner)
        return false;
    kernel->ports[number].holds++;
    return true;
}

void kernel_port_release(struct domain *domain, uint32_t number)
{
    struct kernel_port *port = &domain->arch.kernel->ports[number];

    port->holds--;
    close_unused(domain, number, port);
}

void kernel_events_leave(struct domain *domain, struct kernel_user *user)
{
    struct guest_kernel *kernel = domain->arch.kernel;

    for (unsigned int i = 0; kernel && i < kernel->nr_ports; i++)
        if (kernel->ports[i].owner == user)
            disown(domain, i, &kernel->ports[i]);
}
