/* SPDX-License-Identifier: MIT */
/* A network's rings (xen/include/public/io/netif.h), and what is put into that of packets to send.
 */
#include "hostile.h"

#define ENTRIES    256U
#define MORE_DATA  4U
#define EXTRA_INFO 8U
#define PATIENCE   60000U /* ms */

union slot {
    struct {
        uint32_t ref;
        uint16_t offset, flags, id, size;
    } request;
    struct {
        uint8_t type, flags; /* flags: 1, another follows */
        uint8_t data[10];
    } extra;
    struct {
        uint16_t id;
        int16_t status;
    } response;
};
struct ring {
    uint32_t req_prod, req_event, rsp_prod, rsp_event;
    uint8_t pad[48];
    union slot slot[ENTRIES];
};
_Static_assert(sizeof(union slot) == 12, "as the ring has it");

#define RING_OF(device) ((volatile struct ring *)RING(device, 0))

static volatile union slot *next(struct frontend *device)
{
    volatile union slot *slot = &RING_OF(device)->slot[device->produced++ % ENTRIES];

    slot->request.ref = DATA_REF;
    slot->request.offset = 0;
    slot->request.flags = 0;
    slot->request.id = (uint16_t)device->produced;
    slot->request.size = 64;
    return slot;
}

/* How many were answered: not all are, once the backend has taken the interface down. */
static unsigned int publish(struct frontend *device, unsigned int ms)
{
    volatile struct ring *ring = RING_OF(device);
    uint64_t until = now_ns() + ms * MILLISECOND;
    unsigned int answered;

    __asm__ volatile("dmb ish" ::: "memory");
    ring->req_prod = device->produced;
    while (ring->rsp_prod != device->produced && now_ns() < until) {
        ring->rsp_event = ring->rsp_prod + 1;
        event_send(device->port);
        wait_event(device->port, 20);
    }
    answered = ring->rsp_prod - device->answered;
    device->answered = ring->rsp_prod;
    return answered;
}

/* A packet that is right is taken. */
bool net_works(struct frontend *device)
{
    if (!device->open && !frontend_open(device))
        return false;
    next(device);
    return publish(device, PATIENCE) == 1;
}

/* Those that it refuses, each alone. */
const char *attack_packets(struct frontend *frontend)
{
    static const struct {
        uint32_t ref;
        uint16_t size;
    } rows[] = {
        {DATA_REF, 0}, {DATA_REF, 1}, {NO_REF, 64}, {DATA_OF_ANOTHER_REF, 64}, {UINT32_MAX, 1514},
    };

    for (unsigned int i = 0; i < LENGTH(rows); i++) {
        volatile union slot *slot = next(frontend);

        slot->request.ref = rows[i].ref;
        slot->request.size = rows[i].size;
        if (publish(frontend, PATIENCE) != 1)
            return "one was not answered";
    }
    return NULL;
}

/* The backend takes the interface down, for the rest of the device's life, at the first of these.
 */
const char *attack_packets_by_chance(struct frontend *frontend)
{
    for (unsigned int i = 0; i < ENTRIES; i++)
        fill_by_chance(next(frontend), sizeof(union slot));
    publish(frontend, 100);
    return NULL;
}

const char *attack_packet_beyond_page(struct frontend *frontend)
{
    volatile union slot *slot = next(frontend);

    slot->request.offset = UINT16_MAX;
    slot->request.size = UINT16_MAX;
    publish(frontend, 100);
    return NULL;
}

/* Pieces that are all followed by another, round and round. */
const char *attack_packet_pieces(struct frontend *frontend)
{
    next(frontend)->request.flags = MORE_DATA | EXTRA_INFO;
    for (unsigned int i = 1; i < ENTRIES; i++) {
        volatile union slot *slot = next(frontend);

        slot->extra.type = 1;
        slot->extra.flags = 1;
    }
    publish(frontend, 100);
    return NULL;
}

const char *attack_packet_producer(struct frontend *frontend)
{
    for (unsigned int which = 0; which < 2; which++)
        ((volatile struct ring *)RING(frontend, which))->req_prod = UINT32_MAX;
    event_send(frontend->port);
    wait_event(frontend->port, 100);
    return NULL;
}
