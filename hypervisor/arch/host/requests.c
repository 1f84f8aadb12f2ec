/* SPDX-License-Identifier: MIT */
#include "requests.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <trefoil/errno.h>
#include <xen/event_channel.h>

#define ARENA_MAX (UINT64_C(64) << 20)

/* A domain by its name or number, with a reference. */
static struct domain *find_domain(const char *name)
{
    struct domain *domain;
    char *end;
    unsigned long number = strtoul(name, &end, 10);

    if (*name && !*end && number < DOMAIN_MAX_ID)
        return domain_get((domid_t)number);
    for (unsigned int id = 0; (domain = domain_get_from(id)) != NULL; domain_put(domain)) {
        if (!strcmp(domain->name, name))
            return domain;
        id = domain->id + 1U;
    }
    return NULL;
}

/* A file that could shrink would take the memory from under a hypercall. */
static int map_arena(struct connection *connection, const struct exchange *exchange)
{
    const uint64_t base = exchange->request.args[0], size = exchange->request.args[1];
    struct stat status;
    void *memory;

    if (exchange->fd_in < 0)
        return 0;
    if (!size || size > ARENA_MAX || (size | base) & ~PAGE_MASK || base > UINT64_MAX - size ||
        fstat(exchange->fd_in, &status) < 0 || (uint64_t)status.st_size < size ||
        !(fcntl(exchange->fd_in, F_GET_SEALS) & F_SEAL_SHRINK))
        return -EINVAL;
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, exchange->fd_in, 0);
    if (memory == MAP_FAILED)
        return -ENOMEM;
    connection->arena = (struct host_window){base, memory, size};
    return 0;
}

int64_t request_hello(struct connection *connection, struct domain *domain,
                      struct exchange *exchange)
{
    int result;

    if (connection->greeted || exchange->request.number != TWIN_VERSION)
        return -EOPNOTSUPP;
    exchange->request.name[TWIN_NAME - 1] = '\0';
    domain = find_domain(exchange->request.name);
    if (!domain)
        return -ESRCH;
    result = map_arena(connection, exchange);
    if (!result) {
        connection->domid = domain->id;
        connection->unique_id = domain->unique_id;
        connection->greeted = true;
        exchange->fd_out = host_ram_file();
    }
    domain_put(domain);
    return result ? result : connection->domid;
}

int64_t request_hypercall(struct connection *connection, struct domain *domain,
                          struct exchange *exchange)
{
    return host_hypercall(domain, &connection->arena, exchange->request.number,
                          exchange->request.args);
}

/* ---- events ---- */

int64_t request_event_open(struct connection *connection, struct domain *domain,
                           struct exchange *exchange)
{
    int result = kernel_events_open(&connection->user);

    (void)domain;
    exchange->fd_out = connection->user.event_fd;
    return result;
}

int64_t request_event_next(struct connection *connection, struct domain *domain,
                           struct exchange *exchange)
{
    (void)exchange;
    return kernel_event_next(domain, &connection->user);
}

int64_t request_event_unbound(struct connection *connection, struct domain *domain,
                              struct exchange *exchange)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF,
                                      .remote_dom = (domid_t)exchange->request.domid};
    int64_t result = kernel_event_op(domain, EVTCHNOP_alloc_unbound, &op, sizeof(op));

    return result < 0 ? result : kernel_port_own(domain, &connection->user, op.port, false);
}

int64_t request_event_interdomain(struct connection *connection, struct domain *domain,
                                  struct exchange *exchange)
{
    struct evtchn_bind_interdomain op = {.remote_dom = (domid_t)exchange->request.domid,
                                         .remote_port = exchange->request.port};
    int64_t result = kernel_event_op(domain, EVTCHNOP_bind_interdomain, &op, sizeof(op));

    return result < 0 ? result : kernel_port_own(domain, &connection->user, op.local_port, false);
}

int64_t request_event_virq(struct connection *connection, struct domain *domain,
                           struct exchange *exchange)
{
    struct evtchn_bind_virq op = {.virq = (uint32_t)exchange->request.number};
    int64_t result = kernel_event_op(domain, EVTCHNOP_bind_virq, &op, sizeof(op));

    return result < 0 ? result : kernel_port_own(domain, &connection->user, op.port, false);
}

int64_t request_event_static(struct connection *connection, struct domain *domain,
                             struct exchange *exchange)
{
    struct evtchn_status op = {.dom = DOMID_SELF, .port = exchange->request.port};
    int64_t result = kernel_event_op(domain, EVTCHNOP_status, &op, sizeof(op));

    if (result < 0)
        return result;
    if (op.status == EVTCHNSTAT_closed)
        return -ENOENT;
    return kernel_port_own(domain, &connection->user, op.port, true);
}

int64_t request_event_unbind(struct connection *connection, struct domain *domain,
                             struct exchange *exchange)
{
    return kernel_port_unbind(domain, &connection->user, exchange->request.port);
}

int64_t request_event_notify(struct connection *connection, struct domain *domain,
                             struct exchange *exchange)
{
    struct evtchn_send op = {.port = exchange->request.port};

    if (!kernel_port_of(domain, &connection->user, op.port))
        return -ENOTCONN;
    return kernel_event_op(domain, EVTCHNOP_send, &op, sizeof(op));
}

int64_t request_event_unmask(struct connection *connection, struct domain *domain,
                             struct exchange *exchange)
{
    struct evtchn_unmask op = {.port = exchange->request.port};

    if (!kernel_port_of(domain, &connection->user, op.port))
        return -EINVAL;
    return kernel_event_op(domain, EVTCHNOP_unmask, &op, sizeof(op));
}

/* ---- pages ---- */

int64_t request_grant_map(struct connection *connection, struct domain *domain,
                          struct exchange *exchange)
{
    if (!exchange->request.count)
        return -EINVAL;
    exchange->reply_pages = exchange->request.count;
    return kernel_grant_map(domain, &connection->user, &exchange->request, exchange->reply.pages);
}

int64_t request_share(struct connection *connection, struct domain *domain,
                      struct exchange *exchange)
{
    if (!exchange->request.count)
        return -EINVAL;
    exchange->reply_pages = 2 * exchange->request.count;
    return kernel_share(domain, &connection->user, &exchange->request, exchange->reply.pages,
                        exchange->reply.pages + exchange->request.count);
}

int64_t request_foreign_map(struct connection *connection, struct domain *domain,
                            struct exchange *exchange)
{
    if (!exchange->request.count)
        return -EINVAL;
    exchange->reply_pages = exchange->request.count;
    return kernel_foreign_map(domain, &connection->user, &exchange->request, exchange->reply.pages);
}

int64_t request_unmap(struct connection *connection, struct domain *domain,
                      struct exchange *exchange)
{
    return kernel_mapping_remove(domain, &connection->user, exchange->request.number);
}
