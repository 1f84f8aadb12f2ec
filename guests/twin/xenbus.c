/* SPDX-License-Identifier: MIT */
/*
 * Many programs on one ring, as a kernel's xenbus device does it: requests get numbers of our own,
 * watches get tokens that say whose they are, and what a program leaves behind is ended.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <xen/sched.h>

#include "guest.h"

#define CLIENTS  32U
#define REQUESTS 64U
#define LARGEST  (sizeof(struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX)

/* Something that ends with a program: a watch (path and token, two strings) or a transaction. */
struct thing {
    struct thing *next;
    uint32_t transaction; /* 0: a watch */
    size_t length;
    char watch[];
};

struct client {
    int fd; /* -1: nobody */
    unsigned int serial;
    char input[LARGEST];
    size_t length;
    struct thing *things;
};

/* Whose request a number is. */
struct request {
    bool used;
    unsigned int client, serial;
    uint32_t id, type, transaction;
};

/* Numbers of the kernel's own requests. */
enum { OWN_WATCH = REQUESTS, OWN_READ, OWN_ANSWER };

#define SHUTDOWN_PATH  "control/shutdown"
#define SHUTDOWN_TOKEN "kernel"

static struct {
    struct guest *guest;
    int listener;
    unsigned int serials;
    struct client clients[CLIENTS];
    struct request requests[REQUESTS];
} bus = {.listener = -1};

static void send_own(uint32_t type, uint32_t id, const char *body, size_t length)
{
    const struct xsd_sockmsg header = {.type = type, .req_id = id, .len = (uint32_t)length};

    store_send(&header, body);
}

/* ---- what the kernel itself wants of the store ---- */

static const struct {
    const char *word;
    unsigned int reason;
} ends[] = {
    {"poweroff", SHUTDOWN_poweroff},
    {"halt", SHUTDOWN_poweroff},
    {"reboot", SHUTDOWN_reboot},
};

/* The answer to a word is to remove it; then it is done. */
static void obey(const char *word)
{
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (strcmp(word, ends[i].word) != 0)
            continue;
        send_own(XS_WRITE, OWN_ANSWER, SHUTDOWN_PATH, sizeof(SHUTDOWN_PATH));
        store_turn();
        guest_shutdown(bus.guest, ends[i].reason);
    }
}

static void receive_own(const struct xsd_sockmsg *header, const char *body)
{
    if (header->req_id == OWN_READ && header->type == XS_READ)
        obey(body);
}

/* ---- programs ---- */

static void end_thing(struct thing *thing)
{
    const struct xsd_sockmsg end = {
        .type = XS_TRANSACTION_END, .req_id = OWN_ANSWER, .tx_id = thing->transaction, .len = 2};

    if (thing->transaction)
        store_send(&end, "F");
    else
        send_own(XS_UNWATCH, OWN_ANSWER, thing->watch, thing->length);
    free(thing);
}

static void drop(struct client *client)
{
    close(client->fd);
    client->fd = -1;
    while (client->things) {
        struct thing *thing = client->things;

        client->things = thing->next;
        end_thing(thing);
    }
}

static void add_thing(struct client *client, uint32_t transaction, const char *watch, size_t length)
{
    struct thing *thing = malloc(sizeof(*thing) + length);

    if (!thing)
        return;
    thing->transaction = transaction;
    thing->length = length;
    memcpy(thing->watch, watch, length);
    thing->next = client->things;
    client->things = thing;
}

static void forget_thing(struct client *client, uint32_t transaction, const char *watch,
                         size_t length)
{
    for (struct thing **link = &client->things; *link; link = &(*link)->next) {
        struct thing *thing = *link;

        if (thing->transaction != transaction || thing->length != length ||
            memcmp(thing->watch, watch, length) != 0)
            continue;
        *link = thing->next;
        free(thing);
        return;
    }
}

/* A program that does not read what it asked for is let go. */
static void give(struct client *client, const struct xsd_sockmsg *header, const char *body)
{
    char message[LARGEST];
    size_t size = sizeof(*header) + header->len;

    memcpy(message, header, sizeof(*header));
    memcpy(message + sizeof(*header), body, header->len);
    if (send(client->fd, message, size, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)size)
        drop(client);
}

/* Path, token and maybe a depth, with our mark in front of the token. 0 when it is none of that. */
static size_t mark_watch(const struct client *client, const char *body, size_t length, char *out)
{
    size_t path = strnlen(body, length) + 1;
    int mark;

    if (path >= length || body[length - 1] != '\0' || length > XENSTORE_PAYLOAD_MAX - 16)
        return 0;
    memcpy(out, body, path);
    mark = snprintf(out + path, 16, "%u:", client->serial);
    memcpy(out + path + mark, body + path, length - path);
    return length + (size_t)mark;
}

static void refuse(struct client *client, struct xsd_sockmsg header)
{
    header.type = XS_ERROR;
    header.len = sizeof("EINVAL");
    give(client, &header, "EINVAL");
}

static struct request *new_request(struct client *client, const struct xsd_sockmsg *header)
{
    for (unsigned int i = 0; i < REQUESTS; i++) {
        if (bus.requests[i].used)
            continue;
        bus.requests[i] = (struct request){true,           (unsigned int)(client - bus.clients),
                                           client->serial, header->req_id,
                                           header->type,   header->tx_id};
        return &bus.requests[i];
    }
    return NULL;
}

static void forward(struct client *client, struct xsd_sockmsg header, const char *body)
{
    char marked[XENSTORE_PAYLOAD_MAX];
    bool watch = header.type == XS_WATCH || header.type == XS_UNWATCH;
    size_t length = watch ? mark_watch(client, body, header.len, marked) : header.len;
    struct request *request = watch && !length ? NULL : new_request(client, &header);

    if (!request) {
        refuse(client, header);
        return;
    }
    if (header.type == XS_WATCH)
        add_thing(client, 0, marked, length);
    if (header.type == XS_UNWATCH)
        forget_thing(client, 0, marked, length);
    header.req_id = (uint32_t)(request - bus.requests);
    header.len = (uint32_t)length;
    store_send(&header, watch ? marked : body);
}

/* The body of an event: path, and a token with our mark. */
static void give_event(struct xsd_sockmsg *header, char *body)
{
    size_t path = strnlen(body, header->len) + 1;
    char *end;
    unsigned long serial;

    if (path >= header->len)
        return;
    if (!strcmp(body + path, SHUTDOWN_TOKEN)) {
        send_own(XS_READ, OWN_READ, SHUTDOWN_PATH, sizeof(SHUTDOWN_PATH));
        return;
    }
    serial = strtoul(body + path, &end, 10);
    if (*end != ':')
        return;
    end++;
    header->len -= (uint32_t)(end - (body + path));
    memmove(body + path, end, header->len - path);
    for (unsigned int i = 0; i < CLIENTS; i++)
        if (bus.clients[i].fd >= 0 && bus.clients[i].serial == serial)
            give(&bus.clients[i], header, body);
}

static void give_answer(struct xsd_sockmsg *header, const char *body)
{
    struct request *request = &bus.requests[header->req_id];
    struct client *client = &bus.clients[request->client];
    bool there = client->fd >= 0 && client->serial == request->serial;

    if (!request->used)
        return;
    request->used = false;
    if (header->type == XS_TRANSACTION_START && there)
        add_thing(client, (uint32_t)strtoul(body, NULL, 10), "", 0);
    if (request->type == XS_TRANSACTION_END && there)
        forget_thing(client, request->transaction, "", 0);
    header->req_id = request->id;
    if (there)
        give(client, header, body);
}

void xenbus_receive(struct xsd_sockmsg *header, char *body)
{
    if (header->type == XS_WATCH_EVENT)
        give_event(header, body);
    else if (header->req_id < REQUESTS)
        give_answer(header, body);
    else
        receive_own(header, body);
}

/* Reads up to the end of one message, and sends that on. */
static void read_client(struct client *client)
{
    struct xsd_sockmsg header;
    size_t wanted = sizeof(header);
    ssize_t got;

    if (client->length >= sizeof(header)) {
        memcpy(&header, client->input, sizeof(header));
        wanted += header.len;
    }
    got = recv(client->fd, client->input + client->length, wanted - client->length, MSG_DONTWAIT);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            drop(client);
        return;
    }
    client->length += (size_t)got;
    if (client->length < sizeof(header))
        return;
    memcpy(&header, client->input, sizeof(header));
    if (header.len > XENSTORE_PAYLOAD_MAX) {
        drop(client);
    } else if (client->length == sizeof(header) + header.len) {
        client->length = 0;
        forward(client, header, client->input + sizeof(header));
    }
}

static void accept_client(void)
{
    int fd = accept4(bus.listener, NULL, NULL, SOCK_CLOEXEC);

    for (unsigned int i = 0; fd >= 0 && i < CLIENTS; i++) {
        struct client *client = &bus.clients[i];

        if (client->fd >= 0)
            continue;
        client->fd = fd;
        client->serial = ++bus.serials;
        client->length = 0;
        return;
    }
    if (fd >= 0)
        close(fd);
}

void xenbus_open(struct guest *guest, int listener)
{
    static const char watch[] = SHUTDOWN_PATH "\0" SHUTDOWN_TOKEN;

    bus.guest = guest;
    bus.listener = listener;
    for (unsigned int i = 0; i < CLIENTS; i++)
        bus.clients[i].fd = -1;
    send_own(XS_WATCH, OWN_WATCH, watch, sizeof(watch));
    store_turn();
}

unsigned int xenbus_descriptors(struct pollfd *fds, unsigned int limit)
{
    unsigned int count = 0;

    if (bus.listener >= 0)
        fds[count++] = (struct pollfd){.fd = bus.listener, .events = POLLIN};
    for (unsigned int i = 0; i < CLIENTS && count < limit; i++)
        if (bus.clients[i].fd >= 0 && store_ready())
            fds[count++] = (struct pollfd){.fd = bus.clients[i].fd, .events = POLLIN};
    return count;
}

void xenbus_turn(const struct pollfd *fds, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        if (!fds[i].revents)
            continue;
        if (fds[i].fd == bus.listener)
            accept_client();
        for (unsigned int k = 0; k < CLIENTS; k++)
            if (bus.clients[k].fd == fds[i].fd && fds[i].fd != bus.listener)
                read_client(&bus.clients[k]);
    }
}
