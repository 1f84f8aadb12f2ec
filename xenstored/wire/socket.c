/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "live/live.h"
#include "log.h"
#include "socket.h"

struct client {
    int fd, epoll;
    uint32_t events; /* what is waited for */
    struct server *server;
};

static ssize_t client_read(void *context, void *buffer, size_t length)
{
    const struct client *client = context;
    ssize_t done;

    do
        done = recv(client->fd, buffer, length, MSG_DONTWAIT);
    while (done < 0 && errno == EINTR);
    if (done > 0)
        return done;
    if (done == 0)
        return -EPIPE;
    return errno == EAGAIN ? 0 : -errno;
}

static ssize_t client_write(void *context, const struct iovec *pieces, int count)
{
    const struct client *client = context;
    const struct msghdr message = {.msg_iov = (struct iovec *)pieces, .msg_iovlen = (size_t)count};
    const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    ssize_t done = count == 1 ? send(client->fd, pieces->iov_base, pieces->iov_len, flags)
                              : sendmsg(client->fd, &message, flags);

    if (done >= 0)
        return done;
    return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

static void client_close(void *context)
{
    struct client *client = context;

    client->server->socket_clients--;
    close(client->fd);
    free(client);
}

/* Told once each: that something has come, and in any case that the client sends no more. */
#define EDGES (EPOLLET | EPOLLRDHUP)

/* What is wanted anew is told of anew if it is there already. */
static void client_wants(void *context, const struct connection *connection)
{
    struct client *client = context;
    struct wants wants = connection_wants(connection);
    struct epoll_event event = {.events = EDGES, .data.ptr = (void *)connection};

    event.events |= (wants.read ? (uint32_t)EPOLLIN : 0) | (wants.write ? (uint32_t)EPOLLOUT : 0);
    if (event.events == client->events)
        return;
    client->events = event.events;
    epoll_ctl(client->epoll, EPOLL_CTL_MOD, client->fd, &event);
}

static int client_descriptor(void *context)
{
    return ((struct client *)context)->fd;
}

static const struct transport socket_transport = {
    .read = client_read,
    .write = client_write,
    .wants = client_wants,
    .descriptor = client_descriptor,
    .close = client_close,
};

void socket_handle(struct connection *connection, uint32_t events)
{
    if (events & (EPOLLHUP | EPOLLRDHUP | EPOLLERR))
        connection->ending = true;
    connection_wake(connection);
}

static int make_address(const char *path, struct sockaddr_un *address)
{
    size_t length = strlen(path);

    memset(address, 0, sizeof(*address));
    address->sun_family = AF_UNIX;
    if (length >= sizeof(address->sun_path))
        return -ENAMETOOLONG;
    memcpy(address->sun_path, path, length);
    return 0;
}

static void make_directory(const char *path)
{
    char *copy = strdup(path);

    /* If it cannot be made, bind() says so. */
    if (copy && mkdir(dirname(copy), 0755) < 0 && errno == ENOMEM)
        errno = 0;
    free(copy);
}

static int bind_fresh(int fd, const struct sockaddr_un *address, mode_t kept_out)
{
    mode_t mask;
    int result;

    if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)))
        return -EADDRINUSE;
    unlink(address->sun_path);
    make_directory(address->sun_path);
    mask = umask(kept_out);
    result = bind(fd, (const struct sockaddr *)address, sizeof(*address));
    umask(mask);
    return result < 0 ? -errno : 0;
}

int socket_listen(const char *path, bool group)
{
    struct sockaddr_un address;
    int error = make_address(path, &address);
    int fd;

    if (error)
        return error;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    error = bind_fresh(fd, &address, group ? 0117 : 0177);
    if (!error && listen(fd, SOMAXCONN) < 0)
        error = -errno;
    if (error) {
        close(fd);
        return error;
    }
    return fd;
}

/* More groups than this make nobody's supplementary one ours. */
#define PEER_GROUPS_MAX 64

static bool peer_has_group(int fd, gid_t group)
{
    gid_t groups[PEER_GROUPS_MAX];
    socklen_t size = sizeof(groups);

    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size))
        return false;
    for (size_t i = 0; i < size / sizeof(*groups); i++) {
        if (groups[i] == group)
            return true;
    }
    return false;
}

/* The socket's mode keeps others out; this holds where modes of sockets do not count. */
static bool peer_allowed(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size))
        return false;
    if (peer.uid == 0 || peer.uid == geteuid())
        return true;
    return geteuid() != 0 && (peer.gid == getegid() || peer_has_group(fd, getegid()));
}

/* 0 or an errno value; the descriptor stays the caller's then. */
static int add_client(struct server *server, int epoll, int fd)
{
    struct actor actor = server_actor(server);
    struct client *client = malloc(sizeof(*client));
    struct epoll_event event = {.events = EDGES | EPOLLIN};
    struct connection *connection;

    if (!client)
        return ENOMEM;
    *client = (struct client){.fd = fd, .epoll = epoll, .events = event.events, .server = server};
    connection = connection_new(server, &socket_transport, client, &actor.subject, actor.quotas);
    if (!connection) {
        free(client);
        return ENOMEM;
    }
    server->socket_clients++;
    event.data.ptr = connection;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
        /* Which closes the descriptor. */
        connection_free(connection);
        return 0;
    }
    return 0;
}

/* 0 or an errno value: then the connection is freed. */
static int adopt(struct server *server, int epoll, struct connection *connection)
{
    struct client *client = malloc(sizeof(*client));
    struct epoll_event event = {.events = EDGES | EPOLLIN, .data.ptr = connection};

    if (!client) {
        connection_free(connection);
        return ENOMEM;
    }
    *client = (struct client){.epoll = epoll, .events = event.events, .server = server};
    client->fd = parked_take(connection, &socket_transport, client);
    server->socket_clients++;
    if (fcntl(client->fd, F_SETFD, FD_CLOEXEC) < 0 ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) < 0) {
        int error = errno;

        connection_free(connection);
        return error;
    }
    connection_wake(connection);
    return 0;
}

void sockets_adopt(struct server *server, int epoll)
{
    for (struct list *link = server->connections.next, *next; link != &server->connections;
         link = next) {
        struct connection *connection = LIST_ENTRY(link, struct connection, link);
        unsigned int id = connection->id;
        int error = 0;

        next = link->next;
        if (!connection->is_domain)
            error = adopt(server, epoll, connection);
        if (error)
            log_message(LOG_ERR, "connection %u is lost: %s", id, strerror(error));
    }
}

bool socket_accept(struct server *server, int epoll, int listener)
{
    while (server->socket_clients < SOCKET_CLIENTS_MAX) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd < 0)
            return errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS;
        if (!peer_allowed(fd) || add_client(server, epoll, fd))
            close(fd);
    }
    return true;
}
