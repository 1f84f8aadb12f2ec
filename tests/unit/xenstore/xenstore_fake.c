/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "xenstore_fake.h"

static struct fake *fake_of(struct hypervisor *hypervisor)
{
    return (struct fake *)hypervisor;
}

static uint16_t fake_own(struct hypervisor *hypervisor)
{
    (void)hypervisor;
    return 0;
}

static int fake_state(struct hypervisor *hypervisor, uint16_t domid, struct domain_report *report)
{
    const struct fake_domain *domain;

    if (domid >= DOMAINS) {
        memset(report, 0, sizeof(*report));
        return 0;
    }
    domain = &fake_of(hypervisor)->domains[domid];
    *report = (struct domain_report){.domid = domid,
                                     .state = domain->state,
                                     .roles = domain->roles,
                                     .unique_id = domain->unique_id};
    return 0;
}

static int fake_next_change(struct hypervisor *hypervisor, struct domain_report *report)
{
    struct fake *fake = fake_of(hypervisor);

    for (unsigned int i = 0; i < DOMAINS; i++) {
        uint16_t domid = (uint16_t)((fake->looked_at + i) % DOMAINS);

        if (fake->domains[domid].changed) {
            fake->domains[domid].changed = false;
            fake->looked_at = domid;
            return fake_state(hypervisor, domid, report);
        }
    }
    fake->looked_at = 0;
    return -ENOENT;
}

static uint64_t boot_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int fake_describe(struct hypervisor *hypervisor, uint16_t domid,
                         struct domain_description *description)
{
    static const char *const names[] = {"hardware", "control", "app", "late"};

    snprintf(description->name, sizeof(description->name), "%s",
             domid < 4 ? names[domid] : "another");
    if (domid == 2)
        memset(description->uuid, 0xab, sizeof(description->uuid));
    description->vcpus = domid == 2 ? 2 : 1;
    description->pool = domid == 2 ? 3 : 0;
    description->pools = domid == 1 ? 2 : 0; /* one without domains */
    description->maximum_kib = 131076;
    description->current_kib = 131072;
    description->age =
        boot_time() - fake_of(hypervisor)->launched - fake_of(hypervisor)->domains[domid].younger;
    if (domid) {
        description->store_gfn = 0x39001;
        description->store_port = 1;
        description->console_gfn = 0x39000;
        description->console_port = 2;
    }
    return fake_of(hypervisor)->domains[domid].describe_error;
}

static struct xenstore_domain_interface *fake_map(struct hypervisor *hypervisor, uint16_t domid,
                                                  bool own, uint32_t *port)
{
    struct fake_domain *domain = &fake_of(hypervisor)->domains[domid];

    assert_int_equal(own, domid == 0);
    if (own)
        *port = 33;
    assert_false(domain->mapped);
    domain->mapped = true;
    return &domain->page;
}

static void fake_unmap(struct hypervisor *hypervisor, struct xenstore_domain_interface *page,
                       bool own)
{
    struct fake_domain *domains = fake_of(hypervisor)->domains;
    struct fake_domain *domain = LIST_ENTRY(page, struct fake_domain, page);

    assert_true(domain->mapped);
    assert_int_equal(own, domain == &domains[0]);
    domain->mapped = false;
}

static int fake_bind(struct hypervisor *hypervisor, uint16_t domid, uint32_t remote_port)
{
    struct fake_domain *domain = &fake_of(hypervisor)->domains[domid];

    if (remote_port != (domid ? 7u : 33u))
        return -EINVAL;
    domain->bound = true;
    return FIRST_PORT + domid;
}

static void fake_unbind(struct hypervisor *hypervisor, uint32_t port)
{
    assert_true(fake_of(hypervisor)->domains[port - FIRST_PORT].bound);
    fake_of(hypervisor)->domains[port - FIRST_PORT].bound = false;
}

static void fake_notify(struct hypervisor *hypervisor, uint32_t port)
{
    assert_true(fake_of(hypervisor)->domains[port - FIRST_PORT].bound);
    fake_of(hypervisor)->domains[port - FIRST_PORT].notified++;
}

static int fake_change_port(struct hypervisor *hypervisor)
{
    (void)hypervisor;
    return CHANGE_PORT;
}

static int fake_next_event(struct hypervisor *hypervisor)
{
    struct fake *fake = fake_of(hypervisor);

    if (fake->change_event) {
        fake->change_event = false;
        return CHANGE_PORT;
    }
    for (int i = 0; i < DOMAINS; i++) {
        if (fake->domains[i].event) {
            fake->domains[i].event = false;
            return FIRST_PORT + i;
        }
    }
    return -EAGAIN;
}

static const struct hypervisor_operations fake_operations = {
    .own_domid = fake_own,
    .next_change = fake_next_change,
    .domain_state = fake_state,
    .describe = fake_describe,
    .map_ring = fake_map,
    .unmap_ring = fake_unmap,
    .bind = fake_bind,
    .unbind = fake_unbind,
    .notify = fake_notify,
    .change_port = fake_change_port,
    .next_event = fake_next_event,
};

int fake_setup(void **state)
{
    static const uint16_t roles[DOMAINS] = {XEN_DOMCTL_GETDOMSTATE_CAP_HARDWARE |
                                                XEN_DOMCTL_GETDOMSTATE_CAP_XENSTORE,
                                            XEN_DOMCTL_GETDOMSTATE_CAP_CONTROL};
    struct fake *fake = calloc(1, sizeof(*fake));

    if (!fake)
        return -1;
    fake->hypervisor.operations = &fake_operations;
    fake->launched = boot_time() - 50000000000;
    for (int i = 0; i < DOMAINS - 1; i++) {
        struct fake_domain *domain = &fake->domains[i];

        domain->state = EXIST;
        domain->roles = roles[i];
        domain->unique_id = 100 + (uint64_t)i;
        domain->changed = true;
        domain->page.connection = i ? XENSTORE_RECONNECT : XENSTORE_CONNECTED;
        domain->page.evtchn_port = i ? 7 : 0;
        /* What is in a fresh page does not matter. */
        domain->page.req_prod = domain->page.rsp_cons = i ? 12345 : 0;
    }
    if (server_init(&fake->server, &fake->hypervisor) || boot_tree_frame(&fake->server))
        return -1;
    domains_update(&fake->server);
    fake->root = client_privileged(&fake->server);
    fixture_run(&fake->server);
    *state = fake;
    return 0;
}

int fake_teardown(void **state)
{
    struct fake *fake = *state;

    assert_consistent(fake->root);
    client_free(fake->root);
    server_destroy(&fake->server);
    for (int i = 0; i < DOMAINS; i++)
        assert_false(fake->domains[i].mapped || fake->domains[i].bound);
    free(fake);
    return 0;
}

/* ---- A guest's side of a ring -----------------------------------------------------------------
 */

void handle_events(struct fake *fake)
{
    domains_handle_events(&fake->server);
    while (server_turn(&fake->server))
        ;
}

void guest_put(struct fake_domain *domain, const void *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        domain->page.req[MASK_XENSTORE_IDX(domain->page.req_prod++)] = ((const char *)data)[i];
}

void guest_take(struct fake_domain *domain, void *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        assert_int_not_equal(domain->page.rsp_cons, domain->page.rsp_prod);
        ((char *)data)[i] = domain->page.rsp[MASK_XENSTORE_IDX(domain->page.rsp_cons++)];
    }
}

const char *guest_call(struct fake *fake, unsigned int domid, uint32_t type, const char *payload,
                       size_t length)
{
    static struct reply reply;
    struct fake_domain *domain = &fake->domains[domid];
    const struct xsd_sockmsg header = {.type = type, .req_id = 5, .len = (uint32_t)length};
    unsigned int notified = domain->notified;

    guest_put(domain, &header, sizeof(header));
    guest_put(domain, payload, length);
    domain->event = true;
    handle_events(fake);
    assert_true(domain->notified > notified);
    guest_take(domain, &reply.header, sizeof(reply.header));
    assert_int_equal(reply.header.req_id, 5);
    guest_take(domain, reply.body, reply.header.len);
    reply.body[reply.header.len] = '\0';
    return reply.body;
}
