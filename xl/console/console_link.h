/* SPDX-License-Identifier: MIT */
/*
 * A way to a domain's console: through the daemon's socket or the console's terminal in the same
 * domain, through shared memory from another one. docs/console-protocol.md.
 */
#ifndef XL_CONSOLE_LINK_H
#define XL_CONSOLE_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct libxl_ctx;
struct console_link;

struct console_link_ops {
    /* Neither blocks. Each returns how many bytes, 0 for none at the moment, negative at the end.
     */
    ssize_t (*receive)(struct console_link *link, char *out, size_t size);
    ssize_t (*send)(struct console_link *link, const char *data, size_t size);
    /* Whether the guest has read all that was sent. NULL: the link does not tell. */
    bool (*taken)(struct console_link *link);
    void (*close)(struct console_link *link);
};

/* First member of each kind of link. */
struct console_link {
    const struct console_link_ops *ops;
    int fd;             /* readable when receive() or send() has something new to say */
    bool wants_pollout; /* the descriptor also tells when there is room to send */
    bool failed;        /* the end was not the console's */
    char reason[128];   /* why it ended, "" if that is not known */
};

/* Each makes a link or returns NULL after a message on stderr. */
struct console_link *console_link_open(struct libxl_ctx *ctx, uint32_t domid);
/* To what the daemon has kept of the domain's console: `what` is one of CONSOLE_WHAT_. */
struct console_link *console_link_kept(struct libxl_ctx *ctx, uint32_t domid, const char *what);

/* The kinds; `daemon` is the daemon's domain, `path` the socket's or the terminal's, `what` one of
 * CONSOLE_WHAT_ or "". */
struct console_link *console_link_vchan(struct libxl_ctx *ctx, uint32_t domid, uint32_t daemon,
                                        const char *what);
struct console_link *console_link_socket(const char *path, uint32_t domid, const char *what);
struct console_link *console_link_terminal(const char *path);

#endif
