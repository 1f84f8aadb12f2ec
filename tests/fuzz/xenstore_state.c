/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: what an earlier xenstored has left. The input is what stands in the page of a
 * domain, and the records of one turn, which may tell of that domain. Whatever it
 * is, the store must be sound afterwards, serve a privileged client, and be kept and read again.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include <xen/domctl.h>

#include "../../xenstored/domain/boot_tree.h"
#include "../../xenstored/log.h"
#include "../../xenstored/state/state.h"

#define DOMID 3
#define PORT  5

struct fake {
    struct hypervisor hypervisor;
    struct xenstore_domain_interface page;
    bool changed, event;
};

static struct fake fake;
static uint16_t fake_own(struct hypervisor *hypervisor)
{
    (void)hypervisor;
    return 0;
}

static int fake_state(struct hypervisor *hypervisor, uint16_t domid, struct domain_report *report)
{
    (void)hypervisor;
    *report =
        (struct domain_report){.domid = domid,
                               .state = domid == DOMID ? XEN_DOMCTL_GETDOMSTATE_STATE_EXIST : 0,
                               .unique_id = 1};
    return 0;
}

static int fake_next_change(struct hypervisor *hypervisor, struct domain_report *report)
{
    if (!fake.changed)
        return -ENOENT;
    fake.changed = false;
    return fake_state(hypervisor, DOMID, report);
}

/* Launched when the clock began: records that say 0 tell of this domain. */
static int fake_describe(struct hypervisor *hypervisor, uint16_t domid,
                         struct domain_description *description)
{
    struct timespec now;

    (void)hypervisor;
    (void)domid;
    clock_gettime(CLOCK_BOOTTIME, &now);
    strcpy(description->name, "fuzz");
    description->age = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    description->store_port = 1;
    return 0;
}

static struct xenstore_domain_interface *fake_map(struct hypervisor *hypervisor, uint16_t domid,
                                                  bool own, uint32_t *port)
{
    (void)hypervisor;
    (void)domid;
    (void)own;
    (void)port;
    return &fake.page;
}

static void fake_unmap(struct hypervisor *hypervisor, struct xenstore_domain_interface *page,
                       bool own)
{
    (void)hypervisor;
    (void)page;
    (void)own;
}

static int fake_bind(struct hypervisor *hypervisor, uint16_t domid, uint32_t remote_port)
{
    (void)hypervisor;
    (void)domid;
    (void)remote_port;
    return PORT;
}

static void fake_port(struct hypervisor *hypervisor, uint32_t port)
{
    (void)hypervisor;
    (void)port;
}

static int fake_change_port(struct hypervisor *hypervisor)
{
    (void)hypervisor;
    return PORT + 1;
}

static int fake_next_event(struct hypervisor *hypervisor)
{
    (void)hypervisor;
    if (!fake.event)
        return -EAGAIN;
    fake.event = false;
    return PORT;
}

static const struct hypervisor_operations operations = {
    .own_domid = fake_own,
    .next_change = fake_next_change,
    .domain_state = fake_state,
    .describe = fake_describe,
    .map_ring = fake_map,
    .unmap_ring = fake_unmap,
    .bind = fake_bind,
    .unbind = fake_port,
    .notify = fake_port,
    .change_port = fake_change_port,
    .next_event = fake_next_event,
};

/* ---- Invariants -------------------------------------------------------------------------------
 */

static void must(bool condition)
{
    if (!condition)
        abort();
}

static bool count_node(const struct node *node, unsigned int depth, void *context)
{
    struct usage *usage = &((struct usage *)context)[node_owner(node)];

    (void)depth;
    usage->nodes++;
    usage->bytes += (long)node_size(node);
    return true;
}

static void check_accounts(const struct server *server)
{
    static struct usage usage[DOMAIN_ID_LIMIT];

    memset(usage, 0, sizeof(usage));
    must(node_walk(server->store.root, count_node, usage));
    must(!memcmp(usage, server->store.usage, sizeof(usage)));
}

static void put_everything(struct writer *writer, const struct server *server)
{
    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++) {
        if (server->domains[i])
            state_put_domain_record(writer, server->domains[i]);
    }
    state_put_tree(writer, server->store.root);
    must(!writer->failed);
}

static void start(struct server *server)
{
    must(!server_init(server, &fake.hypervisor) && !boot_tree_frame(server));
    fake.changed = true;
}

static void serve(struct server *server)
{
    domains_resume(server);
    domains_update(server);
    fake.event = true;
    domains_handle_events(server);
    while (server_turn(server))
        ;
    check_accounts(server);
}

/* What one is, another one becomes from what it writes. */
static void check_kept(const struct server *server)
{
    static struct server other;
    struct writer first = {0}, second = {0};
    struct reader reader;
    bool partial = false;

    put_everything(&first, server);
    start(&other);
    reader = reader_of(first.data, first.length);
    must(state_apply(&other, &reader, &partial));
    put_everything(&second, &other);
    must(first.length == second.length && !memcmp(first.data, second.data, first.length));
    server_destroy(&other);
    writer_free(&first);
    writer_free(&second);
}

/* The first bytes, as what the domain and the last xenstored did to their page. */
static void fill_page(const uint8_t bytes[6])
{
    memset(&fake.page, 0, sizeof(fake.page));
    fake.page.req_cons = bytes[0];
    fake.page.req_prod = fake.page.req_cons + bytes[1] * 8u;
    fake.page.rsp_prod = bytes[2];
    fake.page.rsp_cons = fake.page.rsp_prod - bytes[3] * 8u;
    fake.page.connection = bytes[4] & 1;
    fake.page.server_features = bytes[4] >> 1;
    memset(fake.page.req, bytes[5], sizeof(fake.page.req));
    fake.page.evtchn_port = 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct server server;
    struct reader reader;
    bool partial = false;

    if (size < 6)
        return 0;
    log_limit(LOG_EMERG);
    fake.hypervisor.operations = &operations;
    fill_page(data);
    start(&server);
    reader = reader_of(data + 6, size - 6);
    if (state_apply(&server, &reader, &partial)) {
        check_accounts(&server);
        serve(&server);
        check_kept(&server);
    }
    server_destroy(&server);
    return 0;
}
