/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "vchan.h"

#define LEFT_ORDER  11
#define RIGHT_ORDER 10

/* Of the client's number: the word before the first ring. */
#define TOLD_OFFSET 1020

/* The fixed places of rings that are smaller than a page, by libxenvchan's rule. */
#define LEFT_OFFSET  2048
#define RIGHT_OFFSET 1024

_Static_assert(VCHAN_LEFT_SIZE == 1u << LEFT_ORDER, "left ring");
_Static_assert(VCHAN_RIGHT_SIZE == 1u << RIGHT_ORDER, "right ring");
_Static_assert(sizeof(struct vchan_interface) <= TOLD_OFFSET, "header below the rest");

/* A ring as one side sees it. */
struct view {
    struct ring_shared *index;
    uint8_t *data;
    uint32_t size;
};

static struct view view_left(const struct vchan *vchan)
{
    uint8_t *base = (uint8_t *)vchan->page;

    return (struct view){&vchan->page->left, base + LEFT_OFFSET, VCHAN_LEFT_SIZE};
}

static struct view view_right(const struct vchan *vchan)
{
    uint8_t *base = (uint8_t *)vchan->page;

    return (struct view){&vchan->page->right, base + RIGHT_OFFSET, VCHAN_RIGHT_SIZE};
}

static struct view view_read(const struct vchan *vchan)
{
    return vchan->is_server ? view_left(vchan) : view_right(vchan);
}

static struct view view_write(const struct vchan *vchan)
{
    return vchan->is_server ? view_right(vchan) : view_left(vchan);
}

/* Asks the other side for an event after its next move of the kind `bit`. */
static void request_event(const struct vchan *vchan, uint8_t bit)
{
    uint8_t *bits = vchan->is_server ? &vchan->page->cli_notify : &vchan->page->srv_notify;

    __atomic_fetch_or(bits, bit, __ATOMIC_SEQ_CST);
}

/* Sends the event if the other side asked for one after a move of the kind `bit`. */
static void answer_event(const struct vchan *vchan, uint8_t bit)
{
    uint8_t *bits = vchan->is_server ? &vchan->page->srv_notify : &vchan->page->cli_notify;

    if (__atomic_fetch_and(bits, (uint8_t)~bit, __ATOMIC_SEQ_CST) & bit)
        vchan->notify(vchan->context);
}

static void set_live(const struct vchan *vchan, uint8_t live)
{
    uint8_t *flag = vchan->is_server ? &vchan->page->srv_live : &vchan->page->cli_live;

    __atomic_store_n(flag, live, __ATOMIC_SEQ_CST);
}

void vchan_serve(struct vchan *vchan, void *page, vchan_notify *notify, void *context)
{
    struct vchan_interface *header = page;

    *vchan =
        (struct vchan){.page = header, .is_server = true, .notify = notify, .context = context};
    memset(page, 0, VCHAN_PAGE_SIZE);
    header->left_order = LEFT_ORDER;
    header->right_order = RIGHT_ORDER;
    header->cli_live = VCHAN_WAITING;
    header->cli_notify = VCHAN_NOTIFY_WRITE;
    header->srv_notify = VCHAN_NOTIFY_WRITE;
    set_live(vchan, VCHAN_CONNECTED);
}

int vchan_join(struct vchan *vchan, void *page, vchan_notify *notify, void *context)
{
    struct vchan_interface *header = page;
    struct vchan_interface seen;

    memcpy(&seen, header, sizeof seen);
    if (seen.left_order != LEFT_ORDER || seen.right_order != RIGHT_ORDER ||
        seen.srv_live != VCHAN_CONNECTED || seen.cli_live != VCHAN_WAITING || seen.left.prod != 0 ||
        seen.left.cons != 0 || seen.right.cons != 0 || seen.right.prod > VCHAN_RIGHT_SIZE)
        return -EPROTO;
    *vchan = (struct vchan){.page = header, .notify = notify, .context = context};
    request_event(vchan, VCHAN_NOTIFY_WRITE);
    set_live(vchan, VCHAN_CONNECTED);
    notify(context);
    return 0;
}

void vchan_leave(struct vchan *vchan)
{
    set_live(vchan, VCHAN_GONE);
    vchan->notify(vchan->context);
}

int vchan_peer(const struct vchan *vchan)
{
    const uint8_t *flag = vchan->is_server ? &vchan->page->cli_live : &vchan->page->srv_live;
    uint8_t live = __atomic_load_n(flag, __ATOMIC_SEQ_CST);

    if (live == VCHAN_WAITING && vchan->is_server)
        return VCHAN_WAITING;
    return live == VCHAN_CONNECTED ? VCHAN_CONNECTED : VCHAN_GONE;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Bytes to be had in the ring, with the request for an event placed before the last look so that
 * none is missed; -EPROTO when there are more than the ring can hold. */
static ssize_t readable(const struct vchan *vchan, const struct view *ring, size_t wanted)
{
    uint32_t held = __atomic_load_n(&ring->index->prod, __ATOMIC_ACQUIRE) - vchan->read_consumed;

    if (held <= wanted) {
        request_event(vchan, VCHAN_NOTIFY_WRITE);
        held = __atomic_load_n(&ring->index->prod, __ATOMIC_ACQUIRE) - vchan->read_consumed;
    }
    return held <= ring->size ? (ssize_t)held : -EPROTO;
}

ssize_t vchan_read(struct vchan *vchan, void *out, size_t size)
{
    struct view ring = view_read(vchan);
    ssize_t held = readable(vchan, &ring, size);
    size_t count, at, first;

    if (held <= 0)
        return held;
    count = smaller((size_t)held, size);
    at = vchan->read_consumed & (ring.size - 1);
    first = smaller(count, ring.size - at);
    memcpy(out, ring.data + at, first);
    memcpy((uint8_t *)out + first, ring.data, count - first);
    vchan->read_consumed += (uint32_t)count;
    __atomic_store_n(&ring.index->cons, vchan->read_consumed, __ATOMIC_SEQ_CST);
    answer_event(vchan, VCHAN_NOTIFY_READ);
    return (ssize_t)count;
}

/* Like readable(), for room to write. */
static ssize_t writable(const struct vchan *vchan, const struct view *ring, size_t wanted)
{
    uint32_t held = vchan->written_produced - __atomic_load_n(&ring->index->cons, __ATOMIC_ACQUIRE);

    if (held > ring->size)
        return -EPROTO;
    if (ring->size - held < wanted) {
        request_event(vchan, VCHAN_NOTIFY_READ);
        held = vchan->written_produced - __atomic_load_n(&ring->index->cons, __ATOMIC_ACQUIRE);
    }
    return held <= ring->size ? (ssize_t)(ring->size - held) : -EPROTO;
}

ssize_t vchan_write(struct vchan *vchan, const void *data, size_t size)
{
    struct view ring = view_write(vchan);
    ssize_t room = writable(vchan, &ring, size);
    size_t count, at, first;

    if (room <= 0 || size == 0)
        return room < 0 ? room : 0;
    count = smaller((size_t)room, size);
    at = vchan->written_produced & (ring.size - 1);
    first = smaller(count, ring.size - at);
    memcpy(ring.data + at, data, first);
    memcpy(ring.data, (const uint8_t *)data + first, count - first);
    vchan->written_produced += (uint32_t)count;
    __atomic_store_n(&ring.index->prod, vchan->written_produced, __ATOMIC_SEQ_CST);
    answer_event(vchan, VCHAN_NOTIFY_WRITE);
    return (ssize_t)count;
}

static uint32_t *told(const struct vchan *vchan)
{
    return (uint32_t *)((uint8_t *)vchan->page + TOLD_OFFSET);
}

void vchan_tell(struct vchan *vchan, uint32_t number)
{
    __atomic_store_n(told(vchan), number, __ATOMIC_SEQ_CST);
    vchan->notify(vchan->context);
}

uint32_t vchan_told(const struct vchan *vchan)
{
    return __atomic_load_n(told(vchan), __ATOMIC_SEQ_CST);
}
