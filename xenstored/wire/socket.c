/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "socket.h"

struct client {
    int fd;
};

static ssize_t client_read(void *context, void *buffer, size_t length)
{
    const struct client *client = context;
    ssize_t done = recv(client->fd, buffer, length, MSG_DONTWAIT);

    if (done > 0)
        return done;
    if (done == 0)
        return -EPIPE;
    return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

static ssize_t client_write(void *context, const void *buffer, size_t length)
{
    const struct client *client = context;
    ssize_t done = send(client->fd, buffer, length, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (done >= 0)
        return done;
    return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

static void client_close(void *context)
{
    struct client *client = context;

    close(client->fd);
    free(client);
}

static const struct transport socket_transport = {
    .read = client_read,
    .write = client_write,
    .close = client_close,
};

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

static int bind_fresh(int fd, const struct sockaddr_un *address)
{
    mode_t mask;
    int result;

    if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)))
        return -EADDRINUSE;
    unlink(address->sun_path);
    make_directory(address->sun_path);
    mask = umask(0177);
    result = bind(fd, (const struct sockaddr *)address, sizeof(*address));
    umask(mask);
    return result < 0 ? -errno : 0;
}

int socket_listen(const char *path)
{
    struct sockaddr_un address;
    int error = make_address(path, &address);
    int fd;

    if (error)
        return error;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    error = bind_fresh(fd, &address);
    if (!error && listen(fd, SOMAXCONN) < 0)
        error = -errno;
    if (error) {
        close(fd);
        return error;
    }
    return fd;
}

/* The socket's mode keeps others out; this holds where modes of sockets do not count. */
static bool peer_allowed(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);

    return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) &&
           (peer.uid == 0 || peer.uid == geteuid());
}

static struct connection *add_client(struct server *server, int fd)
{
    struct actor actor = server_actor(server);
    struct client *client = malloc(sizeof(*client));
    struct connection *connection;

    if (!client)
        return NULL;
    client->fd = fd;
    connection = connection_new(server, &socket_transport, client, &actor.subject, actor.quotas);
    if (!connection)
        free(client);
    return connection;
}

bool socket_accept(struct server *server, int listener)
{
    unsigned int count = socket_count(server);

    while (count < SOCKET_CLIENTS_MAX) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd < 0)
            return errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS;
        if (!peer_allowed(fd) || !add_client(server, fd))
            close(fd);
        else
            count++;
    }
    return true;
}

static bool is_client(const struct connection *connection)
{
    return connection->transport == &socket_transport;
}

unsigned int socket_count(const struct server *server)
{
    unsigned int count = 0;

    for (struct list *link = server->connections.next; link != &server->connections;
         link = link->next)
        count += is_client(LIST_ENTRY(link, struct connection, link));
    return count;
}

void socket_poll_prepare(const struct server *server, struct pollfd *polls)
{
    for (struct list *link = server->connections.next; link != &server->connections;
         link = link->next) {
        const struct connection *connection = LIST_ENTRY(link, struct connection, link);
        short events = 0;

        if (!is_client(connection))
            continue;
        if (!connection_throttled(connection))
            events |= POLLIN;
        if (!list_empty(&connection->output))
            events |= POLLOUT;
        *polls++ = (struct pollfd){.fd = connection_held(connection)
                                             ? -1
                                             : ((const struct client *)connection->context)->fd,
                                   .events = events};
    }
}

void socket_poll_handle(struct server *server, const struct pollfd *polls)
{
    for (struct list *link = server->connections.next; link != &server->connections;
         link = link->next) {
        struct connection *connection = LIST_ENTRY(link, struct connection, link);

        if (!is_client(connection))
            continue;
        if (polls->revents)
            connection_wake(connection);
        polls++;
    }
}
