/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <console_protocol.h>

#include "client_socket.h"
#include "console.h"
#include "domains.h"
#include "message.h"
#include "store.h"

#define GREETING "console "

/* Connections at a time. */
#define SOCKET_LIMIT 64

struct socket_client {
    struct client client;
    struct daemon *daemon;
    struct loop_source source;
    bool hung_up;
    char greeting[CONSOLE_GREETING_MAX];
    size_t greeting_size;
    struct socket_client *next;
};

static void forget(struct socket_client *connection)
{
    struct daemon *daemon = connection->daemon;
    struct socket_client **link = &daemon->sockets;

    while (*link != connection)
        link = &(*link)->next;
    *link = connection->next;
    daemon->socket_count--;
    loop_remove(&daemon->loop, &connection->source);
    close(connection->source.fd);
    free(connection);
}

static ssize_t socket_send(struct client *client, const char *data, size_t size)
{
    struct socket_client *connection = (struct socket_client *)client;
    ssize_t sent = send(connection->source.fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (sent < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    return sent;
}

static ssize_t socket_receive(struct client *client, char *out, size_t size)
{
    struct socket_client *connection = (struct socket_client *)client;
    ssize_t count;

    if (size == 0)
        return connection->hung_up ? -EPIPE : 0;
    count = recv(connection->source.fd, out, size, MSG_DONTWAIT);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    return count > 0 ? count : -EPIPE;
}

static void socket_want(struct client *client, bool input, bool output)
{
    struct socket_client *connection = (struct socket_client *)client;

    loop_change(&connection->daemon->loop, &connection->source,
                (input ? EPOLLIN : 0u) | (output ? EPOLLOUT : 0u));
}

static void socket_release(struct client *client, const char *reason)
{
    (void)reason; /* the end of the stream says it */
    forget((struct socket_client *)client);
}

static const struct client_ops socket_ops = {socket_send, socket_receive, socket_want, NULL,
                                             socket_release};

/* The answer to a greeting is short and comes first: it fits an empty socket. */
static void answer(const struct socket_client *connection, const char *text)
{
    send(connection->source.fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void refuse(struct socket_client *connection, const char *reason)
{
    char text[256];

    snprintf(text, sizeof text, CONSOLE_ANSWER_ERROR "%s\n", reason);
    answer(connection, text);
    forget(connection);
}

static void act_on_greeting(struct socket_client *connection)
{
    struct console *console = NULL;
    const char *reason = "the greeting is not \"console DOMID [last|log]\"";
    char *id = connection->greeting + sizeof GREETING - 1;
    const char *what = "";
    unsigned int domid;

    if (strncmp(connection->greeting, GREETING, sizeof GREETING - 1) == 0) {
        size_t length = strcspn(id, " ");

        if (id[length])
            what = id + length + 1;
        id[length] = '\0';
        if (store_parse_number(id, &domid))
            console = domains_console(connection->daemon, domid, what, &reason);
    }
    if (!console) {
        refuse(connection, reason);
        return;
    }
    answer(connection, CONSOLE_ANSWER_OK);
    console_attach(console, &connection->client);
}

/* Reads the greeting byte by byte: what follows its newline is for the guest. */
static void read_greeting(struct socket_client *connection)
{
    for (;;) {
        char *at = connection->greeting + connection->greeting_size;
        ssize_t count = recv(connection->source.fd, at, 1, MSG_DONTWAIT);

        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (count <= 0) {
            forget(connection);
            return;
        }
        if (*at == '\n')
            break;
        if (++connection->greeting_size == sizeof connection->greeting - 1) {
            refuse(connection, "the greeting is too long");
            return;
        }
    }
    connection->greeting[connection->greeting_size] = '\0';
    act_on_greeting(connection);
}

static void connection_ready(void *context, uint32_t events)
{
    struct socket_client *connection = context;

    if (events & (EPOLLHUP | EPOLLERR))
        connection->hung_up = true;
    if (connection->client.console)
        console_wake(connection->client.console);
    else
        read_greeting(connection);
}

static void accept_ready(void *context, uint32_t events)
{
    struct daemon *daemon = context;
    struct socket_client *connection;
    int fd = accept4(daemon->listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    (void)events;
    if (fd < 0)
        return;
    connection = daemon->socket_count < SOCKET_LIMIT ? calloc(1, sizeof *connection) : NULL;
    if (!connection) {
        message_error("a connection is refused: there are %u already", daemon->socket_count);
        close(fd);
        return;
    }
    connection->client.ops = &socket_ops;
    connection->daemon = daemon;
    connection->source =
        (struct loop_source){.fd = fd, .ready = connection_ready, .context = connection};
    connection->next = daemon->sockets;
    daemon->sockets = connection;
    daemon->socket_count++;
    if (loop_add(&daemon->loop, &connection->source, EPOLLIN) < 0)
        forget(connection);
}

/* One that nobody answers any more is left of a daemon that was killed. */
static bool is_answered(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool answered =
        fd >= 0 &&
        (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN);

    if (fd >= 0)
        close(fd);
    return answered;
}

/* Only the daemon's user may connect: a console is as good as a login. */
static int open_listener(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    mode_t mask;
    int fd, rc;

    if (strlen(path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    if (is_answered(&address))
        return -EADDRINUSE;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    unlink(path);
    mask = umask(0177);
    rc = bind(fd, (struct sockaddr *)&address, sizeof address);
    umask(mask);
    if (rc < 0 || listen(fd, 16) < 0) {
        rc = -errno;
        close(fd);
        return rc;
    }
    return fd;
}

int socket_listen(struct daemon *daemon)
{
    int fd = open_listener(daemon->options.socket);

    if (fd < 0)
        return fd;
    daemon->listener = (struct loop_source){.fd = fd, .ready = accept_ready, .context = daemon};
    return loop_add(&daemon->loop, &daemon->listener, EPOLLIN);
}

void socket_close(struct daemon *daemon)
{
    struct socket_client *connection, *next;

    for (connection = daemon->sockets; connection; connection = next) {
        next = connection->next;
        if (connection->client.console)
            console_detach(&connection->client);
        forget(connection);
    }
    if (daemon->listener.fd < 0)
        return;
    loop_remove(&daemon->loop, &daemon->listener);
    close(daemon->listener.fd);
    unlink(daemon->options.socket);
    daemon->listener.fd = -1;
}
