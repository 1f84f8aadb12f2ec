/* SPDX-License-Identifier: MIT */
/*
 * Servers: made and ended by device models, charged to them. One lock for all domains is held over
 * making and ending, so that a device model and its target may end in any order; what an access
 * looks at is under the target's own.
 */
#include "ioreq_server.h"
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/hypercall.h>
#include <trefoil/memory.h>
#include <trefoil/nospec.h>

static spinlock_t device_bind_lock;

static void put_server(struct ioreq_server *server)
{
    if (atomic_fetch_sub(&server->references, 1) == 1)
        pages_free(server->model, server, IOREQ_SERVER_ORDER);
}

void device_put_page(mfn_t mfn)
{
    put_server(mfn_map((mfn_t){mfn.n - 1}));
}

/* The ports that were made, the first `count`. */
static void close_ports(struct ioreq_server *server, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++)
        event_close_heard(server->target, server->ports[i]);
}

static int make_ports(struct ioreq_server *server)
{
    struct domain *target = server->target;

    for (unsigned int i = 0; i < target->max_vcpus; i++) {
        int result = event_alloc_heard(target->vcpus[i], server->model->id, &server->ports[i]);

        if (result) {
            close_ports(server, i);
            return result;
        }
    }
    return 0;
}

/* Under device_bind_lock. */
static int create_locked(struct domain *model, struct domain *target, ioservid_t *id)
{
    struct ioreq_server *server;
    unsigned int free = 0;
    int result;

    if (model->life >= DOMAIN_DYING || target->life >= DOMAIN_DYING)
        return -ESRCH;
    while (free < DEVICE_SERVERS && target->servers[free])
        free++;
    if (free == DEVICE_SERVERS)
        return -ENOSPC;
    server = pages_alloc(model, IOREQ_SERVER_ORDER);
    if (!server)
        return -ENOMEM;
    server->target = target;
    server->model = model;
    server->id = (ioservid_t)free;
    server->references = 1;
    result = make_ports(server);
    if (result) {
        put_server(server);
        return result;
    }
    server->next = model->serving;
    model->serving = server;
    spin_lock(&target->device_lock);
    target->servers[free] = server;
    spin_unlock(&target->device_lock);
    *id = server->id;
    return 0;
}

int ioreq_server_create(struct domain *model, struct domain *target, ioservid_t *id)
{
    spin_lock(&device_bind_lock);

    int result = create_locked(model, target, id);

    spin_unlock(&device_bind_lock);
    return result;
}

/* Whoever waits for its answer goes on without one. */
static void withdraw_server(struct ioreq_server *server)
{
    struct domain *target = server->target;

    spin_lock(&target->device_lock);
    target->servers[server->id] = NULL;
    for (unsigned int i = 0; i < target->max_vcpus; i++) {
        struct vcpu *vcpu = target->vcpus[i];

        if (vcpu->device.server != server)
            continue;
        vcpu->device.server = NULL;
        device_heard(vcpu);
    }
    spin_unlock(&target->device_lock);
}

/* Under device_bind_lock. */
static void end_server(struct ioreq_server *server)
{
    struct ioreq_server **link = &server->model->serving;

    withdraw_server(server);
    while (*link != server)
        link = &(*link)->next;
    *link = server->next;
    close_ports(server, server->target->max_vcpus);
    put_server(server);
}

/* Under device_bind_lock, or the target's device_lock. */
static int find_server(const struct domain *model, const struct domain *target, ioservid_t id,
                       struct ioreq_server **server)
{
    if (id >= DEVICE_SERVERS)
        return -ENOENT;
    *server = target->servers[index_nospec(id, DEVICE_SERVERS)];
    if (!*server)
        return -ENOENT;
    return (*server)->model == model ? 0 : -EPERM;
}

int ioreq_server_destroy(struct domain *model, struct domain *target, ioservid_t id)
{
    struct ioreq_server *server;

    spin_lock(&device_bind_lock);

    int result = find_server(model, target, id, &server);

    if (!result)
        end_server(server);
    spin_unlock(&device_bind_lock);
    return result;
}

int ioreq_server_page(struct domain *model, struct domain *target, ioservid_t id, mfn_t *mfn)
{
    struct ioreq_server *server;

    spin_lock(&device_bind_lock);

    int result = find_server(model, target, id, &server);

    if (!result) {
        atomic_fetch_add(&server->references, 1);
        *mfn = (mfn_t){page_mfn(server).n + 1};
    }
    spin_unlock(&device_bind_lock);
    return result;
}

int ioreq_server_check(struct domain *model, struct domain *target, ioservid_t id)
{
    struct ioreq_server *server;

    spin_lock(&target->device_lock);

    int result = find_server(model, target, id, &server);

    spin_unlock(&target->device_lock);
    return result;
}

int ioreq_server_enable(struct domain *model, struct domain *target, ioservid_t id, bool enabled)
{
    struct ioreq_server *server;

    spin_lock(&target->device_lock);

    int result = find_server(model, target, id, &server);

    if (!result)
        server->enabled = enabled;
    spin_unlock(&target->device_lock);
    return result;
}

static int add_range(struct ioreq_server *server, struct io_range range)
{
    for (unsigned int i = 0; i < server->nr_ranges; i++) {
        if (range.start <= server->ranges[i].last && server->ranges[i].start <= range.last)
            return -EEXIST;
    }
    if (server->nr_ranges == IO_RANGES_MAX)
        return -ENOSPC;
    server->ranges[server->nr_ranges++] = range;
    return 0;
}

/* What is left of the range on both sides stays. */
static int cut_range(struct ioreq_server *server, struct io_range range)
{
    struct io_range *from = server->ranges, *end = from + server->nr_ranges, whole;

    while (from < end && !(from->start <= range.start && range.last <= from->last))
        from++;
    if (from == end)
        return -ENOENT;
    whole = *from;
    if (whole.start < range.start && range.last < whole.last) {
        if (server->nr_ranges == IO_RANGES_MAX)
            return -ENOSPC;
        from->last = range.start - 1;
        *end = (struct io_range){range.last + 1, whole.last};
        server->nr_ranges++;
    } else if (whole.start < range.start) {
        from->last = range.start - 1;
    } else if (range.last < whole.last) {
        from->start = range.last + 1;
    } else {
        *from = end[-1];
        server->nr_ranges--;
    }
    return 0;
}

typedef int range_operation(struct ioreq_server *server, struct io_range range);

static int change_ranges(struct domain *model, struct domain *target, ioservid_t id,
                         struct io_range range, range_operation *operation)
{
    struct ioreq_server *server;

    spin_lock(&target->device_lock);

    int result = find_server(model, target, id, &server);

    if (!result)
        result = operation(server, range);
    spin_unlock(&target->device_lock);
    return result;
}

int ioreq_server_map(struct domain *model, struct domain *target, ioservid_t id,
                     struct io_range range)
{
    return change_ranges(model, target, id, range, add_range);
}

int ioreq_server_unmap(struct domain *model, struct domain *target, ioservid_t id,
                       struct io_range range)
{
    return change_ranges(model, target, id, range, cut_range);
}

/* One of those that end with the domain; NULL when there is none. Under device_bind_lock. */
static struct ioreq_server *server_of(const struct domain *domain)
{
    for (unsigned int i = 0; i < DEVICE_SERVERS; i++) {
        if (domain->servers[i])
            return domain->servers[i];
    }
    return domain->serving;
}

int device_release(struct domain *domain)
{
    struct ioreq_server *server;

    do {
        spin_lock(&device_bind_lock);
        server = server_of(domain);
        if (server)
            end_server(server);
        spin_unlock(&device_bind_lock);
        if (server && hypercall_preempt())
            return -ERESTART;
    } while (server);
    return 0;
}
