/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <xen/hvm/params.h>

#include "guest.h"

/* Requests are taken while a quarter is free: the rest is for cleaning up. */
#define OUTPUT  (64U * 1024)
#define LARGEST (sizeof(struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX)

static struct {
    struct guest *guest;
    store_receiver *receiver;
    struct xenstore_domain_interface *page;
    int port;
    struct ring requests, replies;
    char output[OUTPUT]; /* what the ring had no room for */
    size_t waiting;
    char input[LARGEST + 1]; /* the message that is coming */
    size_t length;
} store;

int store_port(void)
{
    return store.port;
}

bool store_ready(void)
{
    return store.page && store.waiting < OUTPUT / 4;
}

static void queue(const void *data, size_t size)
{
    memcpy(store.output + store.waiting, data, size);
    store.waiting += size;
}

void store_send(const struct xsd_sockmsg *header, const void *body)
{
    if (sizeof(*header) + header->len > OUTPUT - store.waiting)
        return;
    queue(header, sizeof(*header));
    queue(body, header->len);
}

/* The whole message, or what has come of it. False when there is no more for now. */
static bool take_message(void)
{
    struct xsd_sockmsg header;
    size_t wanted = sizeof(header);

    for (;;) {
        size_t got;

        if (store.length >= sizeof(header)) {
            memcpy(&header, store.input, sizeof(header));
            if (header.len > XENSTORE_PAYLOAD_MAX)
                return false;
            wanted = sizeof(header) + header.len;
            if (store.length == wanted)
                break;
        }
        got = ring_get(&store.replies, store.input + store.length, wanted - store.length);
        if (!got)
            return false;
        store.length += got;
    }
    store.length = 0;
    store.input[wanted] = '\0';
    store.receiver(&header, store.input + sizeof(header));
    return true;
}

void store_turn(void)
{
    bool taken = true, changed = false;

    /* Before xenstored has connected, it would not see what is written. */
    if (!store.page ||
        __atomic_load_n(&store.page->connection, __ATOMIC_SEQ_CST) != XENSTORE_CONNECTED)
        return;
    while (taken) {
        size_t gone = ring_put(&store.requests, store.output, store.waiting);
        uint32_t before = *store.replies.consumer;

        store.waiting -= gone;
        memmove(store.output, store.output + gone, store.waiting);
        taken = take_message();
        changed |= gone > 0 || *store.replies.consumer != before;
    }
    if (changed)
        xc_evtchn_notify(store.guest->evtchn, (evtchn_port_t)store.port);
}

int store_open(struct guest *guest, store_receiver *receiver)
{
    struct xenstore_domain_interface *page =
        guest_interface(guest, HVM_PARAM_STORE_PFN, HVM_PARAM_STORE_EVTCHN, &store.port);

    if (!page)
        return store.port;
    store.guest = guest;
    store.receiver = receiver;
    store.page = page;
    store.requests = (struct ring){page->req, sizeof(page->req), &page->req_cons, &page->req_prod};
    store.replies = (struct ring){page->rsp, sizeof(page->rsp), &page->rsp_cons, &page->rsp_prod};
    return 0;
}
