/* SPDX-License-Identifier: MIT */
#include "connection.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <trefoil/errno.h>

#include "requests.h"

struct connection *connection_new(int fd)
{
    struct connection *connection = calloc(1, sizeof(*connection));

    if (!connection)
        return NULL;
    connection->fd = fd;
    connection->user.event_fd = -1;
    return connection;
}

void connection_free(struct connection *connection)
{
    struct domain *domain = connection_domain(connection);

    kernel_leave(domain, &connection->user);
    if (domain)
        domain_put(domain);
    if (connection->arena.memory)
        munmap(connection->arena.memory, connection->arena.size);
    close(connection->fd);
    free(connection);
}

struct domain *connection_domain(const struct connection *connection)
{
    struct domain *domain = connection->greeted ? domain_get(connection->domid) : NULL;

    if (domain && (domain->unique_id != connection->unique_id || domain->life >= DOMAIN_DYING)) {
        domain_put(domain);
        return NULL;
    }
    return domain;
}

typedef int64_t request_handler(struct connection *connection, struct domain *domain,
                                struct exchange *exchange);

static request_handler *const handlers[TWIN_KINDS] = {
#define TWIN_REQUEST(name, handler, what) [TWIN_##name] = handler,
#include <twin/requests.def>
#undef TWIN_REQUEST
};

/* The first descriptor of a message's control data; others are closed. */
static int take_descriptor(struct msghdr *message)
{
    int taken = -1;

    for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control;
         control = CMSG_NXTHDR(message, control)) {
        size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        int fds[4];

        if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS || count > 4)
            continue;
        memcpy(fds, CMSG_DATA(control), count * sizeof(int));
        for (size_t i = 0; i < count; i++) {
            if (taken < 0)
                taken = fds[i];
            else
                close(fds[i]);
        }
    }
    return taken;
}

/* A whole request, of the length that its count says. */
static bool receive(struct connection *connection, struct exchange *exchange)
{
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(4 * sizeof(int))];
    } control;
    struct iovec part = {&exchange->request, sizeof(exchange->request)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control)};
    ssize_t size = recvmsg(connection->fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    uint32_t count = exchange->request.count;

    if (size <= 0)
        return false;
    exchange->fd_in = take_descriptor(&message);
    return (size_t)size >= TWIN_REQUEST_SIZE(0) && count <= TWIN_PAGES &&
           (size_t)size == TWIN_REQUEST_SIZE(count) && exchange->request.kind < TWIN_KINDS;
}

/* An answer that does not go out ends the connection: its client does not read. */
static bool answer(struct connection *connection, struct exchange *exchange)
{
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    size_t size = TWIN_REPLY_SIZE(exchange->reply_pages);
    struct iovec part = {&exchange->reply, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (exchange->fd_out >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);

        *header = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(header), &exchange->fd_out, sizeof(int));
    }
    return sendmsg(connection->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size;
}

static int64_t handle(struct connection *connection, struct exchange *exchange)
{
    request_handler *handler = handlers[exchange->request.kind];
    struct domain *domain;
    int64_t result;

    if (!connection->greeted || exchange->request.kind == TWIN_HELLO)
        return handler == request_hello ? request_hello(connection, NULL, exchange) : -EINVAL;
    domain = connection_domain(connection);
    if (!domain)
        return -ESRCH;
    result = handler(connection, domain, exchange);
    domain_put(domain);
    return result;
}

bool connection_serve(struct connection *connection)
{
    static struct exchange exchange; /* too large for a stack */
    bool good;

    exchange.request.count = 0;
    exchange.reply_pages = 0;
    exchange.fd_in = exchange.fd_out = -1;
    good = receive(connection, &exchange);
    if (good)
        exchange.reply.result = handle(connection, &exchange);
    if (exchange.fd_in >= 0)
        close(exchange.fd_in);
    host_settle();
    return good && answer(connection, &exchange);
}
