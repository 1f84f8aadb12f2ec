/* SPDX-License-Identifier: MIT */
#include "client.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void give_up(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

void server_connect(struct server *server, char *words)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char *path = strchr(words, '='), *pid = path ? strchr(path + 1, '=') : NULL, name[64];

    if (!pid)
        give_up("%s: not NAME=SOCKET=PID", words);
    *path++ = *pid++ = '\0';
    memset(server, 0, sizeof(*server));
    server->name = words;
    server->echo = strcmp(words, "echo") == 0;
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    server->fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (server->fd < 0 || connect(server->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        give_up("%s: %s", path, strerror(errno));
    snprintf(name, sizeof(name), "/proc/%s/schedstat", pid);
    server->schedstat = open(name, O_RDONLY);
    if (server->schedstat < 0)
        give_up("%s: %s", name, strerror(errno));
}

void server_close(struct server *server)
{
    close(server->fd);
    close(server->schedstat);
}

uint64_t server_time(const struct server *server)
{
    char text[64];
    ssize_t size = pread(server->schedstat, text, sizeof(text) - 1, 0);

    if (size <= 0)
        give_up("%s has ended", server->name);
    text[size] = '\0';
    return strtoull(text, NULL, 10);
}

void server_ask(struct server *server, uint32_t type, uint32_t transaction, const void *payload,
                size_t size)
{
    struct xsd_sockmsg header = {.type = type, .tx_id = transaction, .len = (uint32_t)size};

    if (server->out_size + sizeof(header) + size > sizeof(server->out))
        give_up("too much at a time");
    memcpy(server->out + server->out_size, &header, sizeof(header));
    memcpy(server->out + server->out_size + sizeof(header), payload, size);
    server->out_size += sizeof(header) + size;
}

void server_ask_write(struct server *server, uint32_t transaction, const char *path,
                      const char *value)
{
    char payload[4096];
    size_t length = strlen(path) + 1;

    memcpy(payload, path, length);
    memcpy(payload + length, value, strlen(value));
    server_ask(server, XS_WRITE, transaction, payload, length + strlen(value));
}

/* At least `size` bytes that were not taken lie together. */
static void receive(struct server *server, size_t size)
{
    memmove(server->in, server->in + server->in_taken, server->in_size - server->in_taken);
    server->in_size -= server->in_taken;
    server->in_taken = 0;
    while (server->in_size < size) {
        ssize_t came = recv(server->fd, server->in + server->in_size,
                            sizeof(server->in) - 1 - server->in_size, 0);

        if (came <= 0)
            give_up("%s hung up", server->name);
        server->in_size += (size_t)came;
    }
}

/* The next message whole, in server->in at the place returned. */
static char *next_message(struct server *server, struct xsd_sockmsg *header)
{
    char *payload;

    if (server->in_size - server->in_taken < sizeof(*header))
        receive(server, sizeof(*header));
    memcpy(header, server->in + server->in_taken, sizeof(*header));
    if (server->in_size - server->in_taken < sizeof(*header) + header->len)
        receive(server, sizeof(*header) + header->len);
    payload = server->in + server->in_taken + sizeof(*header);
    server->in_taken += sizeof(*header) + header->len;
    return payload;
}

const char *server_answers(struct server *server, unsigned int count)
{
    static char last[4097];
    struct xsd_sockmsg header;

    if (send(server->fd, server->out, server->out_size, MSG_NOSIGNAL) != (ssize_t)server->out_size)
        give_up("%s takes no requests", server->name);
    server->out_size = 0;
    while (count > 0) {
        const char *payload = next_message(server, &header);

        if (header.type == XS_WATCH_EVENT) {
            server->events++;
            continue;
        }
        if (header.type == XS_ERROR && !server->echo)
            give_up("%s refuses: %.*s", server->name, (int)header.len, payload);
        if (--count == 0) {
            memcpy(last, payload, header.len);
            last[header.len] = '\0';
        }
    }
    return last;
}

void server_events(struct server *server, uint64_t events)
{
    struct xsd_sockmsg header;

    while (server->events < events) {
        next_message(server, &header);
        if (header.type == XS_WATCH_EVENT)
            server->events++;
    }
}
