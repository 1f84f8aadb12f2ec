/* SPDX-License-Identifier: MIT */
/*
 * The backend's end of a guest's console ring (public header io/console.h). The page belongs to
 * the guest: what it writes there is never trusted.
 */
#ifndef XENCONSOLED_RING_H
#define XENCONSOLED_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <xen/io/console.h>

#define RING_OUTPUT_SIZE sizeof(((struct xencons_interface *)0)->out)
#define RING_INPUT_SIZE  sizeof(((struct xencons_interface *)0)->in)

struct ring {
    struct xencons_interface *page;
    uint32_t out_consumed; /* ours alone: the page's copy is only published */
    uint32_t in_produced;
};

/*
 * Takes over a ring where an earlier backend left it and marks the page as connected. -EPROTO,
 * with nothing written, when the indices cannot be.
 */
int ring_connect(struct ring *ring, struct xencons_interface *page);
/* Tells the guest that nobody empties the ring any more. */
void ring_disconnect(struct ring *ring);

/*
 * Takes what the guest has written: `out` has room for RING_OUTPUT_SIZE bytes. Returns how many
 * bytes; -EPROTO when the guest's index is impossible. The caller notifies the guest.
 */
ssize_t ring_take(struct ring *ring, char *out);

/* Room for input to the guest in bytes, or -EPROTO. */
ssize_t ring_room(const struct ring *ring);
/* Gives the guest `size` bytes, at most what ring_room() has just said. The caller notifies it. */
void ring_give(struct ring *ring, const char *data, size_t size);
/* Whether the guest has taken the input before `index`, a value of in_produced. It may lie. */
bool ring_taken(const struct ring *ring, uint32_t index);

#endif
