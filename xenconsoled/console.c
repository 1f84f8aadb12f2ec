/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <xen/grant_table.h>

#include "client_pty.h"
#include "console.h"
#include "message.h"

/* A guest that writes a little now and then is answered at once, so many times in a period. Beyond
 * that its output is taken at the delay timer's pace: a full ring each time, as Linux, which sends
 * an event for every 16 bytes, fills it meanwhile. */
#define PERIOD_MS    100
#define PERIOD_STEPS 64

/* A guest waits for a client that falls behind, but not for one that takes nothing for so long:
 * more than a machine with much to do keeps it from running, and less than a kernel in the middle
 * of a message takes for its own end. */
#define STALLED_MS 5000

/* How long a client of a console that has ended may read nothing of the rest. */
#define FAREWELL_MS 1000

/* When consoles that must wait are looked at again. */
#define DELAY_MS 5

/* How often output is taken that neither a client nor the log wants. */
#define UNHEARD_MS 100

static void delay_over(void *context)
{
    struct console *console = context;

    console->waited = true;
    console_wake(console);
}

struct console *console_new_for_text(struct daemon *daemon, domid_t domid, size_t size)
{
    struct console *console = calloc(1, sizeof *console);

    if (!console)
        return NULL;
    console->daemon = daemon;
    console->domid = domid;
    console->port = -1;
    console->state = CONSOLE_ENDED;
    if (history_init(&console->history, size) < 0) {
        free(console);
        return NULL;
    }
    console->delay = (struct loop_timer){.expired = delay_over, .context = console};
    log_init_none(&console->log);
    return console;
}

struct console *console_new(struct daemon *daemon, domid_t domid, const char *name)
{
    struct console *console = console_new_for_text(daemon, domid, daemon->options.history);

    if (console && (daemon->options.log & LOG_GUEST)) {
        log_open(&console->log, &daemon->options, name, daemon->options.timestamp & LOG_GUEST);
        log_set_budget(&console->log, &daemon->options);
    }
    return console;
}

static void unqueue(struct console *console)
{
    struct daemon *daemon = console->daemon;
    struct console **link = &daemon->runnable_first;

    if (!console->queued)
        return;
    while (*link != console)
        link = &(*link)->next_runnable;
    *link = console->next_runnable;
    if (!*link)
        daemon->runnable_last = link;
    console->queued = false;
}

/* Lets go of the ring and the port. */
static void disconnect(struct console *console)
{
    struct daemon *daemon = console->daemon;

    if (console->state != CONSOLE_SERVED)
        return;
    ring_disconnect(&console->ring);
    ports_unbind(&daemon->ports, (evtchn_port_t)console->port);
    xc_gnttab_unmap(daemon->gnttab, console->ring.page, 1);
    console->port = -1;
    console->pending = false;
    console->state = CONSOLE_ENDED;
}

static void release_clients(struct console *console, const char *reason)
{
    while (console->clients) {
        struct client *client = console->clients;

        console_detach(client);
        client->ops->release(client, reason);
    }
}

void console_free(struct console *console, const char *reason)
{
    disconnect(console);
    release_clients(console, reason);
    pty_close(console);
    unqueue(console);
    loop_disarm(&console->daemon->loop, &console->delay);
    log_close(&console->log);
    history_free(&console->history);
    free(console);
}

static void port_pending(void *context)
{
    struct console *console = context;

    console->pending = true;
    console_wake(console);
}

int console_connect(struct console *console, evtchn_port_t remote)
{
    struct daemon *daemon = console->daemon;
    uint32_t ref = GNTTAB_RESERVED_CONSOLE;
    struct port_handler handler = {port_pending, console};
    void *page =
        xc_gnttab_map(daemon->gnttab, console->domid, &ref, 1, PROT_READ | PROT_WRITE, NULL);
    int rc;

    if (!page)
        return -errno;
    rc = ports_bind_domain(&daemon->ports, console->domid, remote, handler);
    if (rc < 0) {
        xc_gnttab_unmap(daemon->gnttab, page, 1);
        return rc;
    }
    console->port = rc;
    rc = ring_connect(&console->ring, page);
    if (rc < 0) {
        ports_unbind(&daemon->ports, (evtchn_port_t)console->port);
        xc_gnttab_unmap(daemon->gnttab, page, 1);
        console->port = -1;
        return rc;
    }
    console->state = CONSOLE_SERVED;
    console->reason = NULL;
    /* What the guest wrote before anybody listened, and its wait for room, need no event. */
    console->pending = true;
    console_wake(console);
    return 0;
}

/* Takes what the ring holds; false when it is corrupt. */
static bool take_output(struct console *console)
{
    char data[RING_OUTPUT_SIZE];
    ssize_t size = ring_take(&console->ring, data);

    if (size < 0)
        return false;
    if (size > 0) {
        history_append(&console->history, data, (size_t)size);
        log_append(&console->log, data, (size_t)size);
        ports_notify(&console->daemon->ports, (evtchn_port_t)console->port);
    }
    return true;
}

void console_end(struct console *console, enum console_state state, const char *reason)
{
    if (console->state == CONSOLE_SERVED && state == CONSOLE_ENDED)
        take_output(console);
    disconnect(console);
    console->state = state;
    console->reason = reason;
    console->ended_at = loop_now();
    console_wake(console);
}

void console_attach(struct console *console, struct client *client)
{
    client->console = console;
    client->position = history_first_line(&console->history);
    client->last_progress = loop_now();
    client->next = console->clients;
    console->clients = client;
    if (console->state != CONSOLE_SERVED)
        console->ended_at = loop_now();
    console_wake(console);
}

void console_detach(struct client *client)
{
    struct client **link = &client->console->clients;

    while (*link != client)
        link = &(*link)->next;
    *link = client->next;
    console_wake(client->console); /* a guest may have waited for this client */
    client->console = NULL;
}

void console_wake(struct console *console)
{
    struct daemon *daemon = console->daemon;

    if (console->queued)
        return;
    console->queued = true;
    console->next_runnable = NULL;
    *daemon->runnable_last = console;
    daemon->runnable_last = &console->next_runnable;
}

/* Makes the console runnable again a little later. */
static void delay(struct console *console, uint64_t now, unsigned int milliseconds)
{
    struct loop_timer *timer = &console->delay;

    if (timer->due == 0 || timer->due > now + milliseconds)
        loop_arm(&console->daemon->loop, timer, milliseconds);
}

/* A guest whose output nobody has any more: no client is there, and its log has had its budget. */
static bool unheard(const struct console *console)
{
    return !console->clients && log_flooded(&console->log);
}

/* Counts a step; false when the guest has had its share of this period and must wait for the timer.
 */
static bool within_share(struct console *console, uint64_t now)
{
    if (unheard(console))
        return now - console->taken_at >= UNHEARD_MS;
    if (console->waited) {
        console->waited = false;
        return true;
    }
    if (now - console->period_start >= PERIOD_MS) {
        console->period_start = now;
        console->period_steps = 0;
    }
    return console->period_steps++ < PERIOD_STEPS;
}

/* Whether more output now would be lost to a client that does keep reading. */
static bool client_needs_time(const struct console *console, uint64_t now)
{
    for (const struct client *client = console->clients; client; client = client->next) {
        uint64_t behind = console->history.end - client->position;

        if (behind + RING_OUTPUT_SIZE > console->history.size &&
            now - client->last_progress < STALLED_MS)
            return true;
    }
    return false;
}

static void step_output(struct console *console, uint64_t now)
{
    if (console->state != CONSOLE_SERVED || !console->pending)
        return;
    if (client_needs_time(console, now) || !within_share(console, now)) {
        delay(console, now, unheard(console) ? UNHEARD_MS : DELAY_MS);
        return;
    }
    console->taken_at = now;
    if (!take_output(console)) {
        message_error("domain %u: its console's output index is impossible; not served any more",
                      console->domid);
        console_end(console, CONSOLE_REFUSED, "the domain broke its console's ring");
        return;
    }
    console->pending = false;
    ports_unmask(&console->daemon->ports, (evtchn_port_t)console->port);
}

/* Sends what the client has not had; false when it is gone. Bounded by the history's size. */
static bool feed(struct console *console, struct client *client, uint64_t now)
{
    uint64_t oldest = history_oldest(&console->history);
    const char *data;
    size_t size;

    if (client->position < oldest)
        client->position = oldest;
    while ((size = history_peek(&console->history, client->position, &data)) != 0) {
        ssize_t sent = client->ops->send(client, data, size);

        if (sent < 0)
            return false;
        if (sent == 0)
            return true;
        client->position += (uint64_t)sent;
        client->last_progress = now;
    }
    client->last_progress = now;
    return true;
}

/* Passes on what the client typed; false when it is gone or the ring is corrupt. */
static bool listen_to(struct console *console, struct client *client)
{
    char data[RING_INPUT_SIZE];
    ssize_t room = ring_room(&console->ring), size;

    if (room < 0) {
        message_error("domain %u: its console's input index is impossible; not served any more",
                      console->domid);
        console_end(console, CONSOLE_REFUSED, "the domain broke its console's ring");
        return true;
    }
    /* Without room this only tells whether the client is still there. */
    size = client->ops->receive(client, data, (size_t)room);
    if (size > 0) {
        ring_give(&console->ring, data, (size_t)size);
        client->awaits_taken = client->ops->taken != NULL;
        client->input_end = console->ring.in_produced;
        ports_notify(&console->daemon->ports, (evtchn_port_t)console->port);
    }
    return size >= 0;
}

/* The client's part of a step; false when it is gone. */
static bool step_client(struct console *console, struct client *client, uint64_t now)
{
    bool served;

    if (!feed(console, client, now))
        return false;
    if (console->state == CONSOLE_SERVED && !listen_to(console, client))
        return false;
    served = console->state == CONSOLE_SERVED;
    if (served && client->awaits_taken && ring_taken(&console->ring, client->input_end)) {
        client->awaits_taken = false;
        client->ops->taken(client);
    }
    client->ops->want(client, served && ring_room(&console->ring) > 0,
                      client->position != console->history.end);
    return true;
}

/* Whether a client that has not had all of it goes on reading. */
static bool client_reads(const struct console *console, uint64_t now)
{
    for (const struct client *client = console->clients; client; client = client->next) {
        uint64_t since =
            client->last_progress > console->ended_at ? client->last_progress : console->ended_at;

        if (client->position != console->history.end && now - since < FAREWELL_MS)
            return true;
    }
    return false;
}

static void step(struct console *console)
{
    uint64_t now = loop_now();
    struct client *client, *next;

    step_output(console, now);
    for (client = console->clients; client; client = next) {
        next = client->next;
        if (!step_client(console, client, now)) {
            console_detach(client);
            client->ops->release(client, NULL);
        }
    }
    if (console->state == CONSOLE_SERVED || !console->clients)
        return;
    if (client_reads(console, now))
        delay(console, now, DELAY_MS);
    else
        release_clients(console, console->reason);
}

bool console_turn(struct daemon *daemon)
{
    struct console *console, *last;

    if (!daemon->runnable_first)
        return false;
    /* Those that ask again during the turn come after all others, in the next one. */
    last =
        (struct console *)((char *)daemon->runnable_last - offsetof(struct console, next_runnable));
    do {
        console = daemon->runnable_first;
        unqueue(console);
        step(console);
    } while (console != last && daemon->runnable_first);
    return daemon->runnable_first != NULL;
}
