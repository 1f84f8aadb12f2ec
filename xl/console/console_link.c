/* SPDX-License-Identifier: MIT */
/*
 * Which way leads to a console. What the store says of paths is believed only where the consoles
 * are served, which is the hardware domain by the hypervisor's word: anywhere else it is another
 * domain that says so, and could name any file of this machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <console_protocol.h>
#include <xen/features.h>
#include <xen/version.h>
#include <xenctl/xenctl.h>
#include <xenstore.h>

#include "console_link.h"
#include "xl.h"

static char *read_node(struct xs_handle *store, const char *path)
{
    return xs_read(store, XBT_NULL, path, NULL);
}

/* XENFEAT_dom0: the hypervisor tells each domain whether it is the hardware domain. */
static bool consoles_are_served_here(struct libxl_ctx *ctx)
{
    struct xen_feature_info info = {.submap_idx = XENFEAT_dom0 / 32};
    struct xc_interface *xc = libxl_xc(ctx);

    return xc && xc_version_op(xc, XENVER_get_features, &info, sizeof info) >= 0 &&
           (info.submap >> (XENFEAT_dom0 % 32) & 1);
}

/* The daemon is in our own domain. */
static struct console_link *open_near(struct xs_handle *store, uint32_t domid, const char *what)
{
    char *path = read_node(store, CONSOLE_DAEMON_SOCKET);
    struct console_link *link =
        console_link_socket(path ? path : CONSOLE_SOCKET_DEFAULT, domid, what);

    free(path);
    return link;
}

static struct console_link *no_daemon(void)
{
    xl_fail_with("No xenconsoled runs (%s is not in xenstore): start it in the hardware domain.",
                 CONSOLE_DAEMON_DOMID);
    return NULL;
}

/* No Trefoil daemon, but perhaps Xen's own, which knows terminals only. */
static struct console_link *open_terminal(struct libxl_ctx *ctx, uint32_t domid)
{
    char node[64];
    char *path = NULL;
    struct console_link *link = NULL;

    snprintf(node, sizeof node, "/local/domain/%u/console/tty", domid);
    if (consoles_are_served_here(ctx))
        path = read_node(libxl_store(ctx), node);
    if (path && path[0])
        link = console_link_terminal(path);
    else
        no_daemon();
    free(path);
    return link;
}

/* Clearer than what the daemon could say, and without it. */
static bool has_console(struct xs_handle *store, uint32_t domid)
{
    char node[64];
    char *value;

    snprintf(node, sizeof node, "/local/domain/%u/console/port", domid);
    value = read_node(store, node);
    free(value);
    return value != NULL;
}

/* NULL, after a message, without xenstore. */
static struct console_link *open_daemon(struct libxl_ctx *ctx, struct xs_handle *store,
                                        uint32_t domid, const char *what)
{
    struct console_link *link = NULL;
    char *daemon = read_node(store, CONSOLE_DAEMON_DOMID), *self = read_node(store, "domid");

    if (!daemon)
        link = *what ? no_daemon() : open_terminal(ctx, domid);
    else if (self && strcmp(daemon, self) != 0)
        link = console_link_vchan(ctx, domid, (uint32_t)strtoul(daemon, NULL, 10), what);
    else if (consoles_are_served_here(ctx))
        link = open_near(store, domid, what);
    else
        xl_fail_with("%s names this domain, which is not the hardware domain.",
                     CONSOLE_DAEMON_DOMID);
    free(daemon);
    free(self);
    return link;
}

struct console_link *console_link_kept(struct libxl_ctx *ctx, uint32_t domid, const char *what)
{
    struct xs_handle *store = libxl_store(ctx);

    if (store)
        return open_daemon(ctx, store, domid, what);
    xl_fail();
    return NULL;
}

struct console_link *console_link_open(struct libxl_ctx *ctx, uint32_t domid)
{
    struct xs_handle *store = libxl_store(ctx);

    if (!store) {
        xl_fail();
        return NULL;
    }
    if (!has_console(store, domid)) {
        xl_fail_with("Domain %u has no PV console.", domid);
        return NULL;
    }
    return open_daemon(ctx, store, domid, "");
}
