/* SPDX-License-Identifier: MIT */
#include "ring.h"

static uint32_t filled(const struct ring *ring)
{
    return __atomic_load_n(ring->producer, __ATOMIC_SEQ_CST) -
           __atomic_load_n(ring->consumer, __ATOMIC_SEQ_CST);
}

size_t ring_put(const struct ring *ring, const void *data, size_t size)
{
    uint32_t used = filled(ring), at = *ring->producer;
    size_t room = used <= ring->size ? ring->size - used : 0;

    if (size > room)
        size = room;
    for (size_t i = 0; i < size; i++)
        ring->bytes[at++ & (ring->size - 1)] = ((const char *)data)[i];
    __atomic_store_n(ring->producer, at, __ATOMIC_SEQ_CST);
    return size;
}

size_t ring_get(const struct ring *ring, void *data, size_t size)
{
    uint32_t used = filled(ring), at = *ring->consumer;

    if (used > ring->size)
        return 0;
    if (size > used)
        size = used;
    for (size_t i = 0; i < size; i++)
        ((char *)data)[i] = ring->bytes[at++ & (ring->size - 1)];
    __atomic_store_n(ring->consumer, at, __ATOMIC_SEQ_CST);
    return size;
}
