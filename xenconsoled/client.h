/* SPDX-License-Identifier: MIT */
/*
 * Who looks at a console: a pseudo terminal, a connection to the socket, or a channel to another
 * domain. All of a console's clients see all output and may all type.
 */
#ifndef XENCONSOLED_CLIENT_H
#define XENCONSOLED_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct client;
struct console;

struct client_ops {
    /* Move bytes without blocking; return how many, 0 for none now, negative: the client is gone.
     */
    ssize_t (*send)(struct client *client, const char *data, size_t size);
    ssize_t (*receive)(struct client *client, char *out, size_t size);
    /* Says what the client should call console_wake() for. */
    void (*want)(struct client *client, bool input, bool output);
    /* The guest has taken all that the client has typed so far. NULL: it need not know. */
    void (*taken)(struct client *client);
    /*
     * The client has been taken off its console and is to be let go: `reason` says why, NULL when
     * it has gone by itself. The client may be freed.
     */
    void (*release)(struct client *client, const char *reason);
};

/* First member of each kind of client. */
struct client {
    const struct client_ops *ops;
    struct console *console; /* NULL: not attached */
    struct client *next;
    uint64_t position;      /* in the console's history: what has been sent */
    bool awaits_taken;      /* the guest has not taken all of its input */
    uint32_t input_end;     /* the ring's index after its last input */
    uint64_t last_progress; /* when something was sent last, loop_now() time */
};

#endif
