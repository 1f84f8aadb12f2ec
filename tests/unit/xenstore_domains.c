/* SPDX-License-Identifier: MIT */
/* xenstored: boot-time domains, their trees and rings, on a hypervisor that the test plays. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <xen/domctl.h>

#include "xenstore_fixture.h"

#define DOMAINS     4
#define CHANGE_PORT 1
/* Local ports of the rings: this and the domain's id. */
#define FIRST_PORT 10

#define EXIST    XEN_DOMCTL_GETDOMSTATE_STATE_EXIST
#define SHUTDOWN XEN_DOMCTL_GETDOMSTATE_STATE_SHUTDOWN

struct fake_domain {
    uint16_t state, roles;
    uint64_t unique_id;
    bool changed, mapped, bound;
    bool event;            /* pending for xenstored */
    unsigned int notified; /* how often xenstored has sent an event */
    int describe_error;
    struct xenstore_domain_interface page;
};

struct fake {
    struct hypervisor hypervisor;
    struct fake_domain domains[DOMAINS];
    bool change_event;
    struct server server;
    struct client *root;
};

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
    for (uint16_t i = 0; i < DOMAINS; i++) {
        struct fake_domain *domain = &fake_of(hypervisor)->domains[i];

        if (domain->changed) {
            domain->changed = false;
            return fake_state(hypervisor, i, report);
        }
    }
    return -ENOENT;
}

static int fake_describe(struct hypervisor *hypervisor, uint16_t domid,
                         struct domain_description *description)
{
    static const char *const names[DOMAINS] = {"hardware", "control", "app", "late"};

    strcpy(description->name, names[domid]);
    if (domid == 2)
        memset(description->uuid, 0xab, sizeof(description->uuid));
    description->vcpus = domid == 2 ? 2 : 1;
    description->maximum_kib = 131076;
    description->current_kib = 131072;
    description->age = 5000000000;
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
    for (uint16_t i = 0; i < DOMAINS; i++) {
        struct fake_domain *domain = &fake_of(hypervisor)->domains[i];

        if (&domain->page == page) {
            assert_true(domain->mapped);
            assert_int_equal(own, i == 0);
            domain->mapped = false;
        }
    }
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

static int setup(void **state)
{
    static const uint16_t roles[] = {XEN_DOMCTL_GETDOMSTATE_CAP_HARDWARE |
                                         XEN_DOMCTL_GETDOMSTATE_CAP_XENSTORE,
                                     XEN_DOMCTL_GETDOMSTATE_CAP_CONTROL, 0};
    struct fake *fake = calloc(1, sizeof(*fake));

    if (!fake)
        return -1;
    fake->hypervisor.operations = &fake_operations;
    for (int i = 0; i < 3; i++) {
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

static int teardown(void **state)
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

static void handle_events(struct fake *fake)
{
    domains_handle_events(&fake->server);
    while (server_turn(&fake->server))
        ;
}

static void guest_put(struct fake_domain *domain, const void *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        domain->page.req[MASK_XENSTORE_IDX(domain->page.req_prod++)] = ((const char *)data)[i];
}

static void guest_take(struct fake_domain *domain, void *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        assert_int_not_equal(domain->page.rsp_cons, domain->page.rsp_prod);
        ((char *)data)[i] = domain->page.rsp[MASK_XENSTORE_IDX(domain->page.rsp_cons++)];
    }
}

/* A request that fits into the ring, and its reply: 0 or the name of an error. */
static const char *guest_call(struct fake *fake, unsigned int domid, uint32_t type,
                              const char *payload, size_t length)
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

#define GUEST_CALL(fake, domid, type, literal)                                                     \
    guest_call(fake, domid, type, literal, sizeof(literal))

/* ---- Tests ------------------------------------------------------------------------------------
 */

static void test_trees(void **state)
{
    struct fake *fake = *state;
    struct client *root = fake->root;
    char path[64];

    assert_string_equal(list_text(root, 0, "/local/domain"), "0 1 2 ");
    assert_string_equal(read_text(root, 0, "/local/domain/0/name"), "hardware");
    assert_string_equal(read_text(root, 0, "/local/domain/1/name"), "control");
    assert_string_equal(read_text(root, 0, "/local/domain/2/name"), "app");
    assert_string_equal(read_text(root, 0, "/local/domain/2/domid"), "2");
    assert_string_equal(read_text(root, 0, "/local/domain/2/memory/static-max"), "131076");
    assert_string_equal(read_text(root, 0, "/local/domain/2/memory/target"), "131072");
    assert_string_equal(list_text(root, 0, "/local/domain/2/cpu"), "0 1 ");
    assert_string_equal(read_text(root, 0, "/local/domain/2/cpu/1/availability"), "online");
    assert_string_equal(list_text(root, 0, "/local/domain/2/store"), "port ring-ref ");
    assert_string_equal(read_text(root, 0, "/local/domain/2/store/port"), "1");
    assert_string_equal(read_text(root, 0, "/local/domain/2/console/port"), "2");
    assert_string_equal(read_text(root, 0, "/local/domain/2/console/type"), "xenconsoled");
    assert_string_equal(read_text(root, 0, "/local/domain/2/console/ring-ref"), "233472");
    assert_null(read_text(root, 0, "/local/domain/0/console"));
    assert_null(read_text(root, 0, "/local/domain/0/memory/target"));
    assert_null(read_text(root, 0, "/local/domain/0/store"));
    assert_string_equal(read_text(root, 0, "/local/domain/2/vm"),
                        "/vm/abababab-abab-abab-abab-abababababab");
    assert_string_equal(read_text(root, 0, "/vm/abababab-abab-abab-abab-abababababab/name"), "app");
    assert_string_equal(read_text(root, 0, "/libxl/2/type"), "pvh");
    /* It was launched five seconds ago. */
    assert_in_range(
        time(NULL) -
            atol(read_text(root, 0, "/vm/abababab-abab-abab-abab-abababababab/start_time")),
        4, 60);
    /* A domain without a uuid gets one. */
    strcpy(path, read_text(root, 0, "/local/domain/1/vm"));
    assert_int_equal(strlen(path), 4 + 36);
    strcat(path, "/name");
    assert_string_equal(read_text(root, 0, path), "control");
    assert_string_equal(read_text(root, 0, "/local/pool/0/name"), "Pool-0");
    assert_string_equal(read_text(root, 0, "/tool/xenstored"), "");
}

static void test_connection(void **state)
{
    struct fake *fake = *state;

    for (int i = 0; i < 3; i++) {
        const struct fake_domain *domain = &fake->domains[i];

        assert_int_equal(domain->page.connection, XENSTORE_CONNECTED);
        assert_int_equal(domain->page.server_features, XENSTORED_FEATURES);
        assert_int_equal(domain->page.req_prod, 0);
        assert_true(domain->bound);
        assert_true(domain->notified > 0);
    }
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "name"), "app");
    assert_string_equal(GUEST_CALL(fake, 1, XS_IS_DOMAIN_INTRODUCED, "2"), "T");
    assert_string_equal(GUEST_CALL(fake, 1, XS_IS_DOMAIN_INTRODUCED, "3"), "F");
}

/* What a guest may do in its own tree, and what not: the table of boot_tree.def, as seen by it. */
static void test_guest_rights(void **state)
{
    static const struct {
        const char *path;
        const char *read, *write; /* errors, NULL: allowed */
    } cases[] = {
        {"name", NULL, "EACCES"},
        {"domid", NULL, "EACCES"},
        {"vm", NULL, "EACCES"},
        {"memory/target", NULL, "EACCES"},
        {"memory/new", NULL, "EACCES"},
        {"cpu/0/availability", NULL, "EACCES"},
        {"console/port", NULL, "EACCES"},
        {"store/port", NULL, "EACCES"},
        {"control/platform-feature-xs_reset_watches", NULL, "EACCES"},
        {"control/shutdown", NULL, NULL},
        {"control/feature-poweroff", NULL, NULL},
        {"control/sysrq", NULL, NULL},
        {"device/suspend/event-channel", NULL, NULL},
        {"data/new/node", NULL, NULL},
        {"drivers/x", NULL, NULL},
        {"feature/x", NULL, NULL},
        {"attr/x", NULL, NULL},
        {"error/device/x", NULL, NULL},
        {"own", NULL, NULL},
        {"/local/domain/1/name", "EACCES", "EACCES"},
        {"/local/domain/1/data", "EACCES", "EACCES"},
        {"/libxl/2/type", "EACCES", "EACCES"},
        {"/vm/abababab-abab-abab-abab-abababababab/name", NULL, "EACCES"},
        {"/tool/x", "EACCES", "EACCES"},
    };
    struct fake *fake = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char payload[128];
        size_t length = strlen(cases[i].path) + 1;

        strcpy(payload, cases[i].path);
        strcpy(payload + length, "v");
        assert_string_equal(guest_call(fake, 2, XS_WRITE, payload, length + 1),
                            cases[i].write ? cases[i].write : "OK");
        if (cases[i].read)
            assert_string_equal(guest_call(fake, 2, XS_READ, payload, length), cases[i].read);
        else if (!cases[i].write)
            assert_string_equal(guest_call(fake, 2, XS_READ, payload, length), "v");
    }
    /* It lists its own tree, and cannot remove it. */
    assert_string_not_equal(GUEST_CALL(fake, 2, XS_DIRECTORY, "/local/domain/2"), "EACCES");
    assert_string_equal(GUEST_CALL(fake, 2, XS_RM, "/local/domain/2"), "EACCES");
    assert_string_equal(GUEST_CALL(fake, 2, XS_RM, "name"), "EACCES");
    assert_string_equal(GUEST_CALL(fake, 2, XS_DIRECTORY, "/local/domain"), "EACCES");
}

static void test_control_is_privileged(void **state)
{
    struct fake *fake = *state;

    assert_string_equal(GUEST_CALL(fake, 1, XS_WRITE, "/local/domain/2/control/shutdown\0halt"),
                        "OK");
    assert_string_equal(GUEST_CALL(fake, 1, XS_WRITE, "/anything\0x"), "OK");
    assert_string_equal(GUEST_CALL(fake, 1, XS_GET_QUOTA, "2\0nodes"), "1000");
    assert_string_equal(GUEST_CALL(fake, 1, XS_SET_QUOTA, "2\0nodes\0001"), "OK");
    assert_string_equal(GUEST_CALL(fake, 2, XS_WRITE, "data/x\0"), "ENOSPC");
    assert_string_equal(GUEST_CALL(fake, 2, XS_CONTROL, "help"), "EACCES");
    /* But not the files of the domain that xenstored runs in. */
    assert_string_equal(GUEST_CALL(fake, 1, XS_CONTROL, "logfile\0/tmp/x"), "EACCES");
    assert_int_equal(CALL(fake->root, XS_CONTROL, "logfile\0/nowhere/x"), ENOENT);
}

static void test_long_answer(void **state)
{
    struct fake *fake = *state;
    const char *answer = control_text(fake->root, "domains");
    char path[64];

    assert_string_equal(answer, "3 domains, 3 connected\ndomain 0: connected\n"
                                "domain 1: connected\ndomain 2: connected\n");
    /* Nodes of many owners make a long report: what is cut says so. */
    for (unsigned int i = 0; i < 300; i++) {
        snprintf(path, sizeof(path), "/n%u", i);
        assert_int_equal(write_text(fake->root, 0, path, ""), 0);
        snprintf(path + 32, sizeof(path) - 32, "n%u", i + 10);
        assert_int_equal(set_permissions(fake->root, path, path + 32), 0);
    }
    answer = control_text(fake->root, "memreport");
    assert_true(strlen(answer) > 4000);
    assert_string_equal(answer + strlen(answer) - 4, "...\n");
}

static void test_reconnect(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[2];

    assert_string_equal(GUEST_CALL(fake, 2, XS_WATCH, "data\0t"), "OK");
    assert_int_equal(domain_find(&fake->server, 2)->connection->watch_count, 1);
    guest_put(domain, "half a header", 5);
    domain->event = true;
    handle_events(fake);
    domain->page.connection = XENSTORE_RECONNECT;
    domain->event = true;
    handle_events(fake);
    assert_int_equal(domain->page.connection, XENSTORE_CONNECTED);
    assert_int_equal(domain->page.req_cons, 0);
    assert_int_equal(domain->page.rsp_prod, 0);
    assert_int_equal(domain_find(&fake->server, 2)->connection->watch_count, 0);
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "name"), "app");
}

/* A kernel that sends before the connection is open, as Linux 6.1 does when a program asks early.
 */
static void test_early_requests(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[3];
    const struct xsd_sockmsg header = {.type = XS_TRANSACTION_START, .req_id = 6, .len = 1};
    struct reply reply;

    domain->state = EXIST;
    domain->page.connection = XENSTORE_RECONNECT;
    domain->page.evtchn_port = 7;
    guest_put(domain, &header, sizeof(header));
    guest_put(domain, "", 1);
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_int_equal(domain->page.connection, XENSTORE_CONNECTED);
    guest_take(domain, &reply.header, sizeof(reply.header));
    assert_int_equal(reply.header.type, XS_TRANSACTION_START);
    assert_int_equal(reply.header.req_id, 6);
    guest_take(domain, reply.body, reply.header.len);
    /* The kernel's own reset, when it starts, leaves the program's transaction; a later one does
     * not. */
    assert_string_equal(GUEST_CALL(fake, 3, XS_RESET_WATCHES, ""), "OK");
    assert_int_equal(domain_find(&fake->server, 3)->connection->transaction_count, 1);
    assert_string_equal(GUEST_CALL(fake, 3, XS_RESET_WATCHES, ""), "OK");
    assert_int_equal(domain_find(&fake->server, 3)->connection->transaction_count, 0);
}

/* Another xenstored takes over a page that is in use, or whose domain asks to start afresh. */
static void test_next_xenstored(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[3];

    domain->state = EXIST;
    domain->page.evtchn_port = 7;
    domain->page.server_features = 1;
    domain->page.req_cons = domain->page.req_prod = 5000;
    domain->page.rsp_cons = domain->page.rsp_prod = 7000;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_true(domain->notified > 0);
    assert_string_equal(GUEST_CALL(fake, 3, XS_READ, "name"), "late");
    assert_true(domain->page.req_cons > 5000);
    assert_true(domain->page.rsp_prod > 7000);

    domain->unique_id++;
    domain->page.connection = XENSTORE_RECONNECT;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_int_equal(domain->page.rsp_prod, 0);
    assert_string_equal(GUEST_CALL(fake, 3, XS_READ, "name"), "late");
}

static void test_bad_index(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[2];

    domain->page.req_prod = domain->page.req_cons + XENSTORE_RING_SIZE + 1;
    domain->event = true;
    handle_events(fake);
    assert_int_equal(domain->page.error, XENSTORE_ERROR_RINGIDX);
    /* It is deaf now, until it starts afresh. */
    domain->page.req_prod = domain->page.req_cons;
    guest_put(domain, "\2\0\0\0\0\0\0\0\0\0\0\0\5\0\0\0name", 21);
    domain->event = true;
    handle_events(fake);
    assert_int_equal(domain->page.rsp_prod, domain->page.rsp_cons);
    domain->page.connection = XENSTORE_RECONNECT;
    domain->event = true;
    handle_events(fake);
    assert_int_equal(domain->page.error, XENSTORE_ERROR_NONE);
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "name"), "app");
    /* The others did not notice. */
    assert_string_equal(GUEST_CALL(fake, 1, XS_READ, "name"), "control");
}

static void test_too_long(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[2];
    const struct xsd_sockmsg header = {.type = XS_WRITE, .len = XENSTORE_PAYLOAD_MAX + 1};

    guest_put(domain, &header, sizeof(header));
    domain->event = true;
    handle_events(fake);
    assert_int_equal(domain->page.error, XENSTORE_ERROR_PROTO);
}

/* Replies longer than the ring come in pieces, as the guest makes room. */
static void test_longer_than_the_ring(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[1];
    struct xsd_sockmsg header = {.type = XS_READ, .len = 5};
    char value[3000], path[] = "/big", received[3000];
    size_t done = 0;

    memset(value, 'v', sizeof(value));
    assert_int_equal(write_text(fake->root, 0, path, ""), 0);
    value[sizeof(value) - 1] = '\0';
    assert_int_equal(write_text(fake->root, 0, path, value), 0);
    guest_put(domain, &header, sizeof(header));
    guest_put(domain, path, sizeof(path));
    domain->event = true;
    handle_events(fake);
    guest_take(domain, &header, sizeof(header));
    assert_int_equal(header.len, sizeof(value) - 1);
    while (done < header.len) {
        size_t there = domain->page.rsp_prod - domain->page.rsp_cons;

        assert_true(there > 0 && there <= XENSTORE_RING_SIZE);
        guest_take(domain, received + done, there);
        done += there;
        domain->event = true;
        handle_events(fake);
    }
    assert_memory_equal(received, value, header.len);
}

static void assert_release(struct client *client)
{
    const char *event = client_event(client);

    assert_non_null(event);
    assert_string_equal(event, "@releaseDomain r");
    assert_null(client_event(client));
}

static void test_shutdown_and_death(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[2];

    assert_int_equal(CALL(fake->root, XS_WATCH, "@releaseDomain\0r"), 0);
    assert_release(fake->root);

    domain->state = EXIST | SHUTDOWN;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_release(fake->root);
    assert_true(domain->mapped);
    /* Told once. */
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_null(client_event(fake->root));
    assert_string_equal(read_text(fake->root, 0, "/local/domain/2/name"), "app");

    domain->state = 0;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_release(fake->root);
    assert_false(domain->mapped);
    assert_false(domain->bound);
    assert_null(read_text(fake->root, 0, "/local/domain/2"));
    assert_null(read_text(fake->root, 0, "/vm/abababab-abab-abab-abab-abababababab"));
    assert_null(read_text(fake->root, 0, "/libxl/2"));
    assert_string_equal(GUEST_CALL(fake, 1, XS_IS_DOMAIN_INTRODUCED, "2"), "F");
}

/* A new domain appears, or one comes again under the same id between two looks. */
static void test_new_domain(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[3];

    assert_int_equal(CALL(fake->root, XS_WATCH, "@introduceDomain\0i"), 0);
    assert_non_null(client_event(fake->root));
    domain->state = EXIST;
    domain->unique_id = 200;
    domain->page.connection = XENSTORE_RECONNECT;
    domain->page.evtchn_port = 7;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_string_equal(client_event(fake->root), "@introduceDomain i");
    assert_string_equal(GUEST_CALL(fake, 3, XS_READ, "name"), "late");
    assert_string_equal(GUEST_CALL(fake, 3, XS_WRITE, "data/x\0y"), "OK");

    domain->unique_id = 201;
    domain->page.connection = XENSTORE_RECONNECT;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_string_equal(client_event(fake->root), "@introduceDomain i");
    assert_null(read_text(fake->root, 0, "/local/domain/3/data/x"));
    assert_string_equal(GUEST_CALL(fake, 3, XS_READ, "name"), "late");
}

/* A domain without a ring, or of which nothing is known, leaves the others alone. */
static void test_domain_without_connection(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[3];

    domain->state = EXIST;
    domain->page.evtchn_port = 0;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_false(domain->mapped);
    assert_string_equal(read_text(fake->root, 0, "/local/domain/3/name"), "late");
    assert_string_equal(GUEST_CALL(fake, 1, XS_IS_DOMAIN_INTRODUCED, "3"), "F");
    /* The toolstack may introduce it later, by its port. */
    domain->page.connection = XENSTORE_RECONNECT;
    assert_string_equal(GUEST_CALL(fake, 1, XS_INTRODUCE, "3\000233473\0009"), "EINVAL");
    assert_string_equal(GUEST_CALL(fake, 1, XS_INTRODUCE, "3\000233473\0007"), "OK");
    assert_string_equal(GUEST_CALL(fake, 1, XS_INTRODUCE, "3\000233473\0007"), "OK");
    assert_string_equal(GUEST_CALL(fake, 3, XS_READ, "name"), "late");
    assert_string_equal(GUEST_CALL(fake, 1, XS_INTRODUCE, "9\0001\0007"), "ENOENT");
    assert_string_equal(GUEST_CALL(fake, 1, XS_RELEASE, "3"), "OK");
    assert_false(domain->mapped);
    assert_string_equal(GUEST_CALL(fake, 1, XS_RELEASE, "3"), "ENOENT");
    assert_string_equal(GUEST_CALL(fake, 1, XS_RELEASE, "1"), "EINVAL");
}

static void test_undescribed_domain(void **state)
{
    struct fake *fake = *state;
    struct fake_domain *domain = &fake->domains[3];

    domain->state = EXIST;
    domain->describe_error = -EPERM;
    domain->page.connection = XENSTORE_RECONNECT;
    domain->page.evtchn_port = 7;
    domain->changed = fake->change_event = true;
    handle_events(fake);
    assert_null(read_text(fake->root, 0, "/local/domain/3"));
    assert_string_equal(GUEST_CALL(fake, 3, XS_READ, "name"), "EACCES");
}

static void test_targets(void **state)
{
    struct fake *fake = *state;

    assert_string_equal(GUEST_CALL(fake, 1, XS_SET_TARGET, "2\0001"), "OK");
    assert_string_equal(GUEST_CALL(fake, 2, XS_READ, "/local/domain/1/name"), "control");
    assert_string_equal(GUEST_CALL(fake, 1, XS_SET_TARGET, "3\0001"), "ENOENT");
    assert_string_equal(GUEST_CALL(fake, 1, XS_RESUME, "2"), "OK");
    assert_string_equal(GUEST_CALL(fake, 1, XS_RESUME, "3"), "ENOENT");
    assert_string_equal(GUEST_CALL(fake, 1, XS_GET_FEATURE, "2"), "7");
    assert_string_equal(GUEST_CALL(fake, 1, XS_SET_FEATURE, "2\0001"), "EBUSY");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_trees),
        TEST(test_connection),
        TEST(test_guest_rights),
        TEST(test_control_is_privileged),
        TEST(test_long_answer),
        TEST(test_reconnect),
        TEST(test_early_requests),
        TEST(test_next_xenstored),
        TEST(test_bad_index),
        TEST(test_too_long),
        TEST(test_longer_than_the_ring),
        TEST(test_shutdown_and_death),
        TEST(test_new_domain),
        TEST(test_domain_without_connection),
        TEST(test_undescribed_domain),
        TEST(test_targets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
