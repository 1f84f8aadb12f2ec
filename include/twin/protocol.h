/* SPDX-License-Identifier: MIT */
/*
 * What hvtwin and libxc's transport `twin` say to each other.
 *
 * A connection is a SOCK_SEQPACKET socket and acts as one domain, which its first message names.
 * Each request is one message, answered by one. What a domain's program asks of the hypervisor
 * goes as a hypercall; what it asks of its kernel (/dev/xen/evtchn, gntdev, gntalloc, privcmd's
 * mmap) has requests of its own, and is undone when the connection ends.
 *
 * Hypercall arguments lie in an arena: memory of the client, sent along with TWIN_HELLO as a memfd
 * sealed against shrinking. The client's addresses in it are the guest virtual addresses of its
 * calls. Pages of domains are offsets in the machine's RAM, a memfd that comes with the answer to
 * TWIN_HELLO.
 *
 * All who may connect may touch all of that RAM: the twin proves what programs do when they keep
 * to the rules, not that they cannot break them.
 */
#ifndef TWIN_PROTOCOL_H
#define TWIN_PROTOCOL_H

#include <stdint.h>

#define TWIN_VERSION 1
#define TWIN_SOCKET  "/run/trefoil/twin.sock"

/* Pages in one request. */
#define TWIN_PAGES 256
#define TWIN_NAME  64

/* Of struct twin_request's notify: as in <xenctl/gnttab.h>. */
#define TWIN_NOTIFY_NONE UINT32_MAX

/* TWIN_name and so on; each with what it uses of the request, and what the result is. */
enum twin_kind {
#define TWIN_REQUEST(name, handler, what) TWIN_##name,
#include <twin/requests.def>
#undef TWIN_REQUEST
    TWIN_KINDS
};

struct twin_request {
    uint32_t kind; /* enum twin_kind */
    uint32_t domid;
    uint32_t port;
    uint32_t count;    /* of pages */
    uint32_t writable; /* 0 or 1 */
    uint32_t notify_offset, notify_port;
    uint32_t reserved;
    uint64_t number;
    uint64_t args[5];
    char name[TWIN_NAME];
    /* Only as many are sent as `count` says. */
    uint64_t pages[TWIN_PAGES];
};

struct twin_reply {
    int64_t result; /* >= 0, or a negative error as hypercalls give */
    /* As many as the request's count, and twice as many for TWIN_SHARE. */
    uint64_t pages[2 * TWIN_PAGES];
};

#define TWIN_REQUEST_SIZE(count) (offsetof(struct twin_request, pages) + (count) * sizeof(uint64_t))
#define TWIN_REPLY_SIZE(count)   (offsetof(struct twin_reply, pages) + (count) * sizeof(uint64_t))

#endif
