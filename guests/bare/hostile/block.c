/* SPDX-License-Identifier: MIT */
/* A disk's ring (xen/include/public/io/blkif.h), and what is put into it. */
#include "hostile.h"

#define ENTRIES  32U
#define SEGMENTS 11U
#define RSP_OKAY 0
#define WAIT_MS  60000U

enum { READ, WRITE, BARRIER, FLUSH, RESERVED, DISCARD, INDIRECT };

struct segment {
    uint32_t ref;
    uint8_t first, last;
    uint16_t pad;
};
union slot {
    struct {
        uint8_t operation, segments; /* of INDIRECT the second is the operation */
        uint16_t handle;             /* of INDIRECT the number of segments */
        uint32_t pad;
        uint64_t id, sector;
        struct segment segment[SEGMENTS]; /* of INDIRECT: a handle, and eight references */
    } request;
    struct {
        uint64_t id;
        uint8_t operation;
        uint8_t pad;
        int16_t status;
    } response;
    uint8_t bytes[112];
};
struct ring {
    uint32_t req_prod, req_event, rsp_prod, rsp_event;
    uint8_t pad[48];
    union slot slot[ENTRIES];
};
_Static_assert(sizeof(union slot) == 112, "as 64-bit domains have it");

#define RING_OF(device) ((volatile struct ring *)RING(device, 0))
#define FIRST_WORDS     "hostile disk"

struct outcome {
    unsigned int answered, okay;
};

/* A read of the first sector into DATA. */
static void make_read(volatile union slot *slot)
{
    for (unsigned int i = 0; i < sizeof(slot->bytes); i++)
        slot->bytes[i] = 0;
    slot->request.operation = READ;
    slot->request.segments = 1;
    slot->request.id = chance();
    slot->request.segment[0].ref = DATA_REF;
}

/* The next request that is not published, a read unless it is changed. */
static volatile union slot *next(struct frontend *device)
{
    volatile union slot *slot = &RING_OF(device)->slot[device->produced++ % ENTRIES];

    make_read(slot);
    return slot;
}

/* Publishes them and waits for as many answers. */
static struct outcome publish(struct frontend *device)
{
    volatile struct ring *ring = RING_OF(device);
    struct outcome outcome = {0};
    uint64_t until = now_ns() + WAIT_MS * MILLISECOND;

    __asm__ volatile("dmb ish" ::: "memory");
    ring->req_prod = device->produced;
    while (device->answered != device->produced) {
        if (ring->rsp_prod == device->answered) {
            if (now_ns() > until)
                break;
            event_send(device->port);
            wait_event(device->port, 20);
            continue;
        }
        __asm__ volatile("dmb ish" ::: "memory");
        outcome.answered++;
        if (ring->slot[device->answered++ % ENTRIES].response.status == RSP_OKAY)
            outcome.okay++;
        ring->rsp_event = device->answered + 1;
    }
    return outcome;
}

bool disk_works(struct frontend *device)
{
    volatile uint8_t *data = DATA;
    struct outcome outcome;

    data[0] = 0;
    if (!device->open && !frontend_open(device))
        return false;
    next(device);
    outcome = publish(device);
    for (unsigned int i = 0; i < sizeof(FIRST_WORDS) - 1; i++) {
        if (data[i] != (uint8_t)FIRST_WORDS[i])
            return false;
    }
    return outcome.okay == 1;
}

static const char *none_works(struct outcome outcome, unsigned int count)
{
    if (outcome.answered != count)
        return "some were not answered";
    return outcome.okay != 0 ? "some were done" : NULL;
}

const char *attack_by_chance(struct frontend *frontend)
{
    for (unsigned int i = 0; i < ENTRIES; i++)
        fill_by_chance(next(frontend), sizeof(union slot));
    return publish(frontend).answered != ENTRIES ? "some were not answered" : NULL;
}

/* Each that there is, the rest of it by chance. */
const char *attack_known_operations(struct frontend *frontend)
{
    for (unsigned int i = 0; i < ENTRIES; i++) {
        volatile union slot *slot = next(frontend);

        fill_by_chance(slot, sizeof(*slot));
        slot->request.operation = (uint8_t)(i % 8);
    }
    return publish(frontend).answered != ENTRIES ? "some were not answered" : NULL;
}

const char *attack_grants(struct frontend *frontend)
{
    static const uint32_t refs[] = {NO_REF,   DATA_OF_ANOTHER_REF, DATA_READ_ONLY_REF, 511, 512,
                                    1U << 20, UINT32_MAX};

    for (unsigned int i = 0; i < LENGTH(refs); i++)
        next(frontend)->request.segment[0].ref = refs[i];
    for (unsigned int i = 0; i < LENGTH(refs); i++) {
        volatile union slot *slot = next(frontend);

        slot->request.segments = SEGMENTS;
        for (unsigned int n = 0; n < SEGMENTS; n++)
            slot->request.segment[n].ref = n == SEGMENTS / 2 ? refs[i] : DATA_REF;
    }
    return none_works(publish(frontend), 2 * LENGTH(refs));
}

const char *attack_segments(struct frontend *frontend)
{
    static const struct {
        uint8_t segments, first, last;
        uint64_t sector;
    } rows[] = {
        {0, 0, 0, 0},
        {SEGMENTS + 1, 0, 0, 0},
        {UINT8_MAX, 0, 0, 0},
        {1, 7, 0, 0},
        {1, 0, 8, 0},
        {1, 0, UINT8_MAX, 0},
        {1, UINT8_MAX, UINT8_MAX, 0},
        {1, 0, 0, 1UL << 40},
        {1, 0, 0, UINT64_MAX},
        {1, 0, 7, UINT64_MAX - 3},
        {1, 0, 0, 1UL << 63},
    };

    for (unsigned int i = 0; i < LENGTH(rows); i++) {
        volatile union slot *slot = next(frontend);

        slot->request.segments = rows[i].segments;
        slot->request.segment[0].first = rows[i].first;
        slot->request.segment[0].last = rows[i].last;
        slot->request.sector = rows[i].sector;
    }
    return none_works(publish(frontend), LENGTH(rows));
}

static void make_indirect(volatile union slot *slot, uint8_t operation, uint16_t segments,
                          uint32_t ref)
{
    volatile uint32_t *words = (volatile uint32_t *)slot->request.segment;

    slot->request.operation = INDIRECT;
    slot->request.segments = operation;
    slot->request.handle = segments;
    for (unsigned int i = 0; i < 9; i++)
        words[i] = i == 0 ? 0 : ref;
}

/* The page of segments is by chance, too. */
const char *attack_indirect(struct frontend *frontend)
{
    static const uint16_t counts[] = {0, 1, 256, 257, 4096, UINT16_MAX};
    struct outcome outcome;

    fill_by_chance(DATA, PAGE);
    for (unsigned int i = 0; i < LENGTH(counts); i++) {
        make_indirect(next(frontend), READ, counts[i], DATA_REF);
        make_indirect(next(frontend), READ, counts[i], NO_REF);
        make_indirect(next(frontend), INDIRECT, counts[i], DATA_REF);
    }
    outcome = publish(frontend);
    return none_works(outcome, 3 * LENGTH(counts));
}

/* What the backend reads changes meanwhile: it must go by what it has read once. */
const char *attack_changing(struct frontend *frontend)
{
    for (unsigned int round = 0; round < 4; round++) {
        for (unsigned int i = 0; i < ENTRIES; i++)
            next(frontend);
        __asm__ volatile("dmb ish" ::: "memory");
        RING_OF(frontend)->req_prod = frontend->produced;
        event_send(frontend->port);
        for (unsigned int i = 0; i < 2000; i++) {
            volatile union slot *any = &RING_OF(frontend)->slot[i % ENTRIES];

            any->request.segments = (uint8_t)chance();
            any->request.operation = (uint8_t)(chance() % 2 ? READ : INDIRECT);
            any->request.segment[i % SEGMENTS].ref = (uint32_t)(chance() % 64);
        }
        if (publish(frontend).answered != ENTRIES)
            return "some were not answered";
    }
    return NULL;
}

const char *attack_producer(struct frontend *frontend)
{
    static const uint32_t ahead[] = {ENTRIES + 1, UINT32_MAX};

    for (unsigned int i = 0; i < LENGTH(ahead); i++) {
        RING_OF(frontend)->req_prod = frontend->answered + ahead[i];
        event_send(frontend->port);
        wait_event(frontend->port, 100);
        if (RING_OF(frontend)->rsp_prod != frontend->answered)
            return "what is not there was answered";
        if (!frontend_open(frontend))
            return "it cannot be opened again";
    }
    return NULL;
}

const char *attack_read_only(struct frontend *frontend)
{
    static const uint8_t operations[] = {WRITE, BARRIER, FLUSH, DISCARD};

    fill_by_chance(DATA, PAGE);
    for (unsigned int i = 0; i < LENGTH(operations); i++) {
        volatile union slot *slot = next(frontend);

        slot->request.operation = operations[i];
        if (operations[i] == DISCARD) {
            slot->request.segments = 0;
            *(volatile uint64_t *)slot->request.segment = 8;
        }
    }
    /* One segment that is right: a page of it stands in the first words. */
    for (unsigned int i = 0; i < PAGE; i++)
        DATA[i] = 0;
    *(uint32_t *)DATA = DATA_REF;
    make_indirect(next(frontend), WRITE, 1, DATA_REF);
    return none_works(publish(frontend), LENGTH(operations) + 1);
}
