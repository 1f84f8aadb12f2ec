/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "ring.h"

static uint32_t load(const uint32_t *index)
{
    return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

/* Sequentially consistent: the event that the caller sends next must not overtake it. */
static void publish(uint32_t *index, uint32_t value)
{
    __atomic_store_n(index, value, __ATOMIC_SEQ_CST);
}

int ring_connect(struct ring *ring, struct xencons_interface *page)
{
    uint32_t out_cons = load(&page->out_cons), in_prod = load(&page->in_prod);

    if (load(&page->out_prod) - out_cons > RING_OUTPUT_SIZE ||
        in_prod - load(&page->in_cons) > RING_INPUT_SIZE)
        return -EPROTO;
    *ring = (struct ring){.page = page, .out_consumed = out_cons, .in_produced = in_prod};
    __atomic_store_n(&page->connection, (uint8_t)XENCONSOLE_CONNECTED, __ATOMIC_SEQ_CST);
    return 0;
}

void ring_disconnect(struct ring *ring)
{
    __atomic_store_n(&ring->page->connection, (uint8_t)XENCONSOLE_DISCONNECTED, __ATOMIC_SEQ_CST);
}

ssize_t ring_take(struct ring *ring, char *out)
{
    uint32_t held = load(&ring->page->out_prod) - ring->out_consumed;
    uint32_t at = MASK_XENCONS_IDX(ring->out_consumed, ring->page->out);
    uint32_t first;

    if (held > RING_OUTPUT_SIZE)
        return -EPROTO;
    first = (uint32_t)RING_OUTPUT_SIZE - at;
    if (first > held)
        first = held;
    memcpy(out, ring->page->out + at, first);
    memcpy(out + first, ring->page->out, held - first);
    ring->out_consumed += held;
    if (held != 0)
        publish(&ring->page->out_cons, ring->out_consumed);
    return (ssize_t)held;
}

ssize_t ring_room(const struct ring *ring)
{
    uint32_t held = ring->in_produced - load(&ring->page->in_cons);

    return held > RING_INPUT_SIZE ? -EPROTO : (ssize_t)(RING_INPUT_SIZE - held);
}

void ring_give(struct ring *ring, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ring->page->in[MASK_XENCONS_IDX(ring->in_produced + i, ring->page->in)] = data[i];
    ring->in_produced += (uint32_t)size;
    publish(&ring->page->in_prod, ring->in_produced);
}

bool ring_taken(const struct ring *ring, uint32_t index)
{
    return (int32_t)(load(&ring->page->in_cons) - index) >= 0;
}
