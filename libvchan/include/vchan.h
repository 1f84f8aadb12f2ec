/* SPDX-License-Identifier: MIT */
/*
 * One page of shared memory between two domains that carries two byte streams, in the layout of
 * Xen's libxenvchan (public header io/libxenvchan.h) with both rings inside the page.
 *
 * The side that allocates and grants the page is the server, the side that maps it the client.
 * The server reads the left ring (2048 bytes), the client the right one (1024 bytes).
 *
 * Neither side trusts the other: each keeps its own indices and reads the other's once a call.
 */
#ifndef VCHAN_H
#define VCHAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <xen/io/libxenvchan.h>

#pragma GCC visibility push(default)

#define VCHAN_PAGE_SIZE  4096
#define VCHAN_LEFT_SIZE  2048 /* the client writes, the server reads */
#define VCHAN_RIGHT_SIZE 1024 /* the server writes, the client reads */

/* Where the bytes lie that the kernel clears when a side's last mapping goes away. */
#define VCHAN_SERVER_LIVE_OFFSET offsetof(struct vchan_interface, srv_live)
#define VCHAN_CLIENT_LIVE_OFFSET offsetof(struct vchan_interface, cli_live)

/* Sends an event to the other side; `context` is the caller's. */
typedef void vchan_notify(void *context);

struct vchan {
    struct vchan_interface *page;
    bool is_server;
    uint32_t read_consumed;    /* our index in the ring that we read */
    uint32_t written_produced; /* our index in the ring that we write */
    vchan_notify *notify;
    void *context;
};

/* Makes a channel in a fresh page of ours; the other side is awaited. The page stays the caller's.
 */
void vchan_serve(struct vchan *vchan, void *page, vchan_notify *notify, void *context);

/*
 * Joins a channel that the other domain made. -EPROTO, with nothing written, unless the page is a
 * fresh channel of this shape whose client is awaited.
 */
int vchan_join(struct vchan *vchan, void *page, vchan_notify *notify, void *context);

/* Marks this side as gone and tells the other. The page stays the caller's. */
void vchan_leave(struct vchan *vchan);

/* What the other side is: VCHAN_GONE, VCHAN_CONNECTED, or for a server at first VCHAN_WAITING. */
int vchan_peer(const struct vchan *vchan);

/*
 * Take out, or put in, up to `size` bytes; return how many. After a read that emptied the ring or
 * a write that filled it, the other side's next move brings an event. -EPROTO: the other side's
 * index is impossible; the channel must be left.
 */
ssize_t vchan_read(struct vchan *vchan, void *out, size_t size);
ssize_t vchan_write(struct vchan *vchan, const void *data, size_t size);

/*
 * A number that the client tells the server beside the streams, 0 at first, in the part of the
 * page that libxenvchan leaves unused when both rings lie inside. Telling sends an event.
 */
void vchan_tell(struct vchan *vchan, uint32_t number);
uint32_t vchan_told(const struct vchan *vchan);

#pragma GCC visibility pop

#endif
