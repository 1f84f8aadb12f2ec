/* SPDX-License-Identifier: MIT */
/*
 * The link to a daemon in another domain. The page and the port are ours; the daemon is told of
 * them through xenstore and maps, binds, and cleans up the request.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tools/clock.h>

#include <console_protocol.h>
#include <vchan.h>
#include <xenctl/evtchn.h>
#include <xenctl/gnttab.h>
#include <xenstore.h>

#include "console_link.h"
#include "xl.h"

/* How long the daemon may take to attach. */
#define ATTACH_MS 10000

#define TRANSACTION_TRIES 20

struct vchan_link {
    struct console_link link;
    struct xs_handle *store;
    struct xc_evtchn *evtchn;
    struct xc_gntshr *gntshr;
    int port;
    void *page;
    uint32_t ref;
    struct vchan vchan;
    uint32_t sent;
    char request[96]; /* our directory; "" before it is written */
};

static void notify(void *context)
{
    struct vchan_link *link = context;

    xc_evtchn_notify(link->evtchn, (evtchn_port_t)link->port);
}

/* Takes note of events: what they are about is read from the page. */
static void take_events(struct vchan_link *link)
{
    int port;

    while ((port = xc_evtchn_pending(link->evtchn)) >= 0)
        xc_evtchn_unmask(link->evtchn, (evtchn_port_t)port);
}

/* The daemon gives its reason before it leaves. Without one it has died, and our request is ours
 * to remove. */
static void find_reason(struct vchan_link *link)
{
    char path[128];
    char *reason;

    snprintf(path, sizeof path, "%s/" CONSOLE_REQUEST_REASON, link->request);
    reason = xs_read(link->store, XBT_NULL, path, NULL);
    snprintf(link->link.reason, sizeof link->link.reason, "%s",
             reason ? reason : "xenconsoled has ended");
    libxl_make_printable(link->link.reason, strlen(link->link.reason), "");
    link->link.failed = !reason;
    free(reason);
}

static ssize_t vchan_link_receive(struct console_link *base, char *out, size_t size)
{
    struct vchan_link *link = (struct vchan_link *)base;
    int peer;
    ssize_t count;

    take_events(link);
    peer = vchan_peer(&link->vchan); /* before the read: output sent before the end comes first */
    count = vchan_read(&link->vchan, out, size);
    if (count > 0 || (count == 0 && peer == VCHAN_CONNECTED))
        return count;
    if (count < 0)
        snprintf(base->reason, sizeof base->reason, "xenconsoled has broken the channel");
    else
        find_reason(link);
    base->failed |= count < 0;
    return -1;
}

static ssize_t vchan_link_send(struct console_link *base, const char *data, size_t size)
{
    struct vchan_link *link = (struct vchan_link *)base;
    ssize_t count;

    if (vchan_peer(&link->vchan) != VCHAN_CONNECTED)
        return 0; /* the next receive says why */
    count = vchan_write(&link->vchan, data, size);
    if (count > 0)
        link->sent += (uint32_t)count;
    return count;
}

static bool vchan_link_taken(struct console_link *base)
{
    struct vchan_link *link = (struct vchan_link *)base;

    return vchan_told(&link->vchan) == link->sent;
}

/* Unsharing would let the kernel say goodbye; saying it first keeps the order clear. */
static void vchan_link_close(struct console_link *base)
{
    struct vchan_link *link = (struct vchan_link *)base;
    bool daemon_there = link->page && vchan_peer(&link->vchan) == VCHAN_CONNECTED;

    if (link->page) {
        vchan_leave(&link->vchan);
        xc_gntshr_unshare(link->gntshr, link->page, 1);
    }
    if (link->request[0] && !daemon_there)
        xs_rm(link->store, XBT_NULL, link->request);
    if (link->gntshr)
        xc_gntshr_close(link->gntshr);
    if (link->evtchn)
        xc_evtchn_close(link->evtchn);
    free(link);
}

static const struct console_link_ops vchan_link_ops = {vchan_link_receive, vchan_link_send,
                                                       vchan_link_taken, vchan_link_close};

/* Makes the port and the page that the daemon's domain may use. */
static int make_channel(struct vchan_link *link, struct xc_interface *xc, uint32_t daemon)
{
    struct xc_unmap_notify on_death = {.clear_offset = VCHAN_SERVER_LIVE_OFFSET};

    link->evtchn = xc_evtchn_open(xc);
    if (!link->evtchn)
        return xl_fail_with("Event channels cannot be used: %s.", strerror(errno));
    link->port = xc_evtchn_bind_unbound(link->evtchn, (domid_t)daemon);
    if (link->port < 0)
        return xl_fail_with("No event channel for domain %u: %s.", daemon, strerror(-link->port));
    link->gntshr = xc_gntshr_open(xc);
    if (!link->gntshr)
        return xl_fail_with("Pages cannot be granted: %s.", strerror(errno));
    on_death.port = (uint32_t)link->port;
    link->page = xc_gntshr_share(link->gntshr, (domid_t)daemon, 1, 1, &link->ref, &on_death);
    if (!link->page)
        return xl_fail_with("No page can be granted to domain %u: %s.", daemon, strerror(errno));
    vchan_serve(&link->vchan, link->page, notify, link);
    link->link.fd = xc_evtchn_fd(link->evtchn);
    return XL_OK;
}

static bool put(struct vchan_link *link, xs_transaction_t transaction, const char *node,
                const char *value)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", link->request, node);
    return xs_write(link->store, transaction, path, value, (unsigned int)strlen(value));
}

static bool put_number(struct vchan_link *link, xs_transaction_t transaction, const char *node,
                       uint32_t value)
{
    char text[16];

    snprintf(text, sizeof text, "%u", value);
    return put(link, transaction, node, text);
}

/* One attempt; errno says whether another is worth it. */
static bool write_request(struct vchan_link *link, uint32_t domid, const char *what,
                          const char *generation)
{
    xs_transaction_t transaction = xs_transaction_start(link->store);
    bool good;

    if (transaction == XBT_NULL)
        return false;
    good = put(link, transaction, CONSOLE_REQUEST_GENERATION, generation) &&
           (!*what || put(link, transaction, CONSOLE_REQUEST_WHAT, what)) &&
           put_number(link, transaction, CONSOLE_REQUEST_DOMAIN, domid) &&
           put_number(link, transaction, CONSOLE_REQUEST_REF, link->ref) &&
           put_number(link, transaction, CONSOLE_REQUEST_PORT, (uint32_t)link->port);
    if (!good) {
        int error = errno;

        xs_transaction_end(link->store, transaction, true);
        errno = error;
        return false;
    }
    return xs_transaction_end(link->store, transaction, false);
}

/* Writes the request where only our domain can, and watches it. */
static int ask(struct vchan_link *link, uint32_t domid, const char *what)
{
    char *self = xs_read(link->store, XBT_NULL, "domid", NULL);
    char *generation = xs_read(link->store, XBT_NULL, CONSOLE_DAEMON_GENERATION, NULL);
    bool good = false;

    if (self && generation) {
        snprintf(link->request, sizeof link->request, CONSOLE_REQUESTS_FORMAT "/%d-%u",
                 (unsigned int)strtoul(self, NULL, 10), (int)getpid(), link->ref);
        for (int i = 0; i < TRANSACTION_TRIES && !good; i++) {
            good = write_request(link, domid, what, generation);
            if (!good && errno != EAGAIN)
                break;
        }
        good = good && xs_watch(link->store, link->request, "console");
    }
    free(self);
    free(generation);
    return good ? XL_OK
                : xl_fail_with("The request cannot be written to xenstore: %s.", strerror(errno));
}

/* Whether the watch has told that the request is no longer there. */
static bool request_removed(struct vchan_link *link)
{
    bool removed = false;
    char **event;

    while ((event = xs_check_watch(link->store)) != NULL) {
        char path[128];
        char *domain;

        snprintf(path, sizeof path, "%s/" CONSOLE_REQUEST_DOMAIN, link->request);
        domain = xs_read(link->store, XBT_NULL, path, NULL);
        removed = !domain && errno == ENOENT;
        free(domain);
        free(event);
    }
    return removed;
}

/* It hears domains with the control role only; one that this domain has may be found out. */
static int no_answer(struct libxl_ctx *ctx, uint32_t daemon)
{
    struct libxl_domain self;

    if (libxl_domain_get(ctx, libxl_own_domid(ctx), &self) == LIBXL_OK &&
        (self.roles & LIBXL_ROLE_CONTROL))
        return xl_fail_with("xenconsoled of domain %u does not answer: it may have died without "
                            "a word; start it again there.",
                            daemon);
    return xl_fail_with("xenconsoled of domain %u does not answer. It hears domains with the "
                        "control role only.",
                        daemon);
}

static int await_daemon(struct vchan_link *link, struct libxl_ctx *ctx, uint32_t daemon)
{
    struct pollfd wait[2] = {{.fd = link->link.fd, .events = POLLIN},
                             {.fd = xs_fileno(link->store), .events = POLLIN}};
    int64_t deadline = clock_ms() + ATTACH_MS;

    while (vchan_peer(&link->vchan) == VCHAN_WAITING) {
        int64_t left = deadline - clock_ms();

        if (left <= 0)
            return no_answer(ctx, daemon);
        poll(wait, 2, (int)left);
        take_events(link);
        if (request_removed(link) && vchan_peer(&link->vchan) == VCHAN_WAITING)
            return xl_fail_with("xenconsoled refuses: its log says why.");
    }
    xs_unwatch(link->store, link->request, "console");
    return XL_OK;
}

struct console_link *console_link_vchan(struct libxl_ctx *ctx, uint32_t domid, uint32_t daemon,
                                        const char *what)
{
    struct xc_interface *xc = libxl_xc(ctx);
    struct vchan_link *link;

    if (!xc) {
        xl_fail();
        return NULL;
    }
    link = calloc(1, sizeof *link);
    if (!link) {
        xl_fail_with("Out of memory.");
        return NULL;
    }
    link->link.ops = &vchan_link_ops;
    link->store = libxl_store(ctx);
    if (make_channel(link, xc, daemon) == XL_OK && ask(link, domid, what) == XL_OK &&
        await_daemon(link, ctx, daemon) == XL_OK)
        return &link->link;
    vchan_link_close(&link->link);
    return NULL;
}
