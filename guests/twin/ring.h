/* SPDX-License-Identifier: MIT */
/* One direction of a ring of bytes that is shared with another domain, as the console's and
 * xenstore's are. */
#ifndef TWINGUEST_RING_H
#define TWINGUEST_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring {
    char *bytes;
    uint32_t size; /* a power of two */
    uint32_t *consumer, *producer;
};

/* How many bytes went in, or came out. Indices that cannot be count as an empty, or full, ring. */
size_t ring_put(const struct ring *ring, const void *data, size_t size);
size_t ring_get(const struct ring *ring, void *data, size_t size);

#endif
