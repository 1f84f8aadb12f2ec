/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "ring.h"

/* Sizes of the two queues. */
#define RING_SIZE XENSTORE_RING_SIZE

static uint32_t read_shared(const uint32_t *field)
{
    return __atomic_load_n(field, __ATOMIC_ACQUIRE);
}

static void write_shared(uint32_t *field, uint32_t value)
{
    __atomic_store_n(field, value, __ATOMIC_RELEASE);
}

void ring_fail(struct ring *ring, uint32_t error)
{
    write_shared(&ring->page->error, error);
    ring->hypervisor->operations->notify(ring->hypervisor, ring->port);
}

static ssize_t ring_read(void *context, void *buffer, size_t length)
{
    struct ring *ring = context;
    uint32_t filled = read_shared(&ring->page->req_prod) - ring->req_cons;
    uint32_t offset = MASK_XENSTORE_IDX(ring->req_cons);

    if (filled > RING_SIZE) {
        ring_fail(ring, XENSTORE_ERROR_RINGIDX);
        return -EIO;
    }
    if (length > filled)
        length = filled;
    if (length > RING_SIZE - offset)
        length = RING_SIZE - offset;
    if (!length)
        return 0;
    memcpy(buffer, ring->page->req + offset, length);
    /* The domain is told at the end of the turn, when what it asked for is done and saved. */
    ring->req_cons += (uint32_t)length;
    ring->notify = true;
    return (ssize_t)length;
}

static ssize_t write_piece(struct ring *ring, const void *buffer, size_t length)
{
    uint32_t filled = ring->rsp_prod - read_shared(&ring->page->rsp_cons);
    uint32_t offset = MASK_XENSTORE_IDX(ring->rsp_prod);

    if (filled > RING_SIZE) {
        ring_fail(ring, XENSTORE_ERROR_RINGIDX);
        return -EIO;
    }
    if (length > RING_SIZE - filled)
        length = RING_SIZE - filled;
    if (length > RING_SIZE - offset)
        length = RING_SIZE - offset;
    if (!length)
        return 0;
    memcpy(ring->page->rsp + offset, buffer, length);
    ring->rsp_prod += (uint32_t)length;
    write_shared(&ring->page->rsp_prod, ring->rsp_prod);
    ring->notify = true;
    return (ssize_t)length;
}

static ssize_t ring_write(void *context, const struct iovec *pieces, int count)
{
    ssize_t total = 0;

    for (int i = 0; i < count; i++) {
        size_t done = 0;

        /* At the end of the page it goes on at its beginning. */
        while (done < pieces[i].iov_len) {
            ssize_t moved = write_piece(context, (const char *)pieces[i].iov_base + done,
                                        pieces[i].iov_len - done);

            if (moved < 0)
                return moved;
            if (!moved)
                return total;
            done += (size_t)moved;
            total += moved;
        }
    }
    return total;
}

static void ring_protocol_error(void *context)
{
    ring_fail(context, XENSTORE_ERROR_PROTO);
}

/*
 * A domain sends no event for a request that it puts behind one that, as far as it sees, has not
 * been taken: what has come until it sees that must be looked for.
 */
static bool ring_turn_end(void *context)
{
    struct ring *ring = context;

    if (!ring->notify)
        return false;
    ring->notify = false;
    write_shared(&ring->page->req_cons, ring->req_cons);
    ring->hypervisor->operations->notify(ring->hypervisor, ring->port);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return read_shared(&ring->page->req_prod) != ring->req_cons;
}

const struct transport ring_transport = {
    .pieces = true,
    .read = ring_read,
    .write = ring_write,
    .protocol_error = ring_protocol_error,
    .turn_end = ring_turn_end,
};

bool ring_wants_reconnect(const struct ring *ring)
{
    return read_shared(&ring->page->connection) == XENSTORE_RECONNECT;
}

/* From here on the domain uses the queues. */
static void open_connection(struct ring *ring)
{
    ring->notify = false;
    write_shared(&ring->page->connection, XENSTORE_CONNECTED);
    ring->hypervisor->operations->notify(ring->hypervisor, ring->port);
}

void ring_reconnect(struct ring *ring)
{
    struct xenstore_domain_interface *page = ring->page;

    ring->req_cons = 0;
    ring->rsp_prod = 0;
    write_shared(&page->req_cons, 0);
    write_shared(&page->req_prod, 0);
    write_shared(&page->rsp_cons, 0);
    write_shared(&page->rsp_prod, 0);
    write_shared(&page->error, XENSTORE_ERROR_NONE);
    open_connection(ring);
}

/* Take over the indexes in the page. Returns false if they cannot be right for a fresh one. */
static bool adopt_indexes(struct ring *ring)
{
    struct xenstore_domain_interface *page = ring->page;

    ring->req_cons = read_shared(&page->req_cons);
    ring->rsp_prod = read_shared(&page->rsp_prod);
    return read_shared(&page->req_prod) - ring->req_cons <= RING_SIZE &&
           read_shared(&page->rsp_cons) == ring->rsp_prod;
}

bool ring_attach(struct ring *ring, uint32_t features)
{
    bool fresh = read_shared(&ring->page->server_features) == 0;
    bool plausible = adopt_indexes(ring);

    write_shared(&ring->page->server_features, features);
    if (ring_wants_reconnect(ring) && !(fresh && plausible))
        ring_reconnect(ring);
    else
        /* If it is open already, the domain's last event may have gone to nobody. */
        open_connection(ring);
    return fresh;
}

bool ring_resume(struct ring *ring, uint32_t features, struct ring_position *position)
{
    struct xenstore_domain_interface *page = ring->page;
    uint32_t rsp_prod = read_shared(&page->rsp_prod);
    uint32_t delivered = rsp_prod - position->rsp_prod;

    /* Its end may have come after the state was saved and before the domain was told. */
    if (position->req_cons - read_shared(&page->req_cons) > RING_SIZE ||
        read_shared(&page->req_prod) - position->req_cons > RING_SIZE ||
        rsp_prod - read_shared(&page->rsp_cons) > RING_SIZE || delivered > position->unsent)
        return false;
    ring->req_cons = position->req_cons;
    ring->rsp_prod = rsp_prod;
    position->delivered = delivered;
    write_shared(&page->server_features, features);
    write_shared(&page->req_cons, ring->req_cons);
    open_connection(ring);
    return true;
}
