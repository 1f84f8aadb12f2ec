/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: xenstored's wire protocol with several clients at a time, of which one is a domain
 * on a ring. The input is a list of steps, see step(). After each run the tree and the accounts
 * must agree.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <xen/domctl.h>

#include "../../xenstored/domain/boot_tree.h"
#include "../../xenstored/wire/connection.h"
#include "../../xenstored/domain/domain.h"

#define CLIENTS    4
#define INPUT_SIZE 8192
#define RING_DOMID 3
#define MAX_STEPS  400

struct input {
    const uint8_t *next, *end;
};

struct client {
    struct connection *connection;
    char bytes[INPUT_SIZE];
    size_t length;
    size_t room; /* what it takes of the server's output before it is full */
};

/* A hypervisor with one domain that has a ring. */
struct fake {
    struct hypervisor hypervisor;
    struct xenstore_domain_interface page;
    bool changed, event;
    uint16_t state;
};

static ssize_t client_read(void *context, void *buffer, size_t length)
{
    struct client *client = context;

    if (length > client->length)
        length = client->length;
    memcpy(buffer, client->bytes, length);
    client->length -= length;
    memmove(client->bytes, client->bytes + length, client->length);
    return (ssize_t)length;
}

static ssize_t client_write(void *context, const struct iovec *pieces, int count)
{
    struct client *client = context;
    size_t length = 0;

    for (int i = 0; i < count; i++)
        length += pieces[i].iov_len;
    if (length > client->room)
        length = client->room;
    client->room -= length;
    return (ssize_t)length;
}

static void client_close(void *context)
{
    ((struct client *)context)->connection = NULL;
}

static const struct transport transport = {
    .read = client_read, .write = client_write, .close = client_close};

/* ---- The hypervisor ---------------------------------------------------------------------------
 */

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
    *report = (struct domain_report){.domid = domid,
                                     .state = domid == RING_DOMID ? fake_of(hypervisor)->state : 0};
    return 0;
}

static int fake_next_change(struct hypervisor *hypervisor, struct domain_report *report)
{
    if (!fake_of(hypervisor)->changed)
        return -ENOENT;
    fake_of(hypervisor)->changed = false;
    return fake_state(hypervisor, RING_DOMID, report);
}

static int fake_describe(struct hypervisor *hypervisor, uint16_t domid,
                         struct domain_description *description)
{
    (void)hypervisor;
    (void)domid;
    strcpy(description->name, "fuzz");
    memset(description->uuid, 1, sizeof(description->uuid));
    description->vcpus = 2;
    description->store_port = description->console_port = 1;
    return 0;
}

static struct xenstore_domain_interface *fake_map(struct hypervisor *hypervisor, uint16_t domid,
                                                  bool own, uint32_t *port)
{
    (void)domid;
    (void)own;
    (void)port;
    return &fake_of(hypervisor)->page;
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
    return 5;
}

static void fake_port(struct hypervisor *hypervisor, uint32_t port)
{
    (void)hypervisor;
    (void)port;
}

static int fake_change_port(struct hypervisor *hypervisor)
{
    (void)hypervisor;
    return 1;
}

static int fake_next_event(struct hypervisor *hypervisor)
{
    if (fake_of(hypervisor)->changed)
        return 1;
    if (!fake_of(hypervisor)->event)
        return -EAGAIN;
    fake_of(hypervisor)->event = false;
    return 5;
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

/* ---- Steps ------------------------------------------------------------------------------------
 */

static uint8_t take(struct input *input)
{
    return input->next < input->end ? *input->next++ : 0;
}

static void take_bytes(struct input *input, struct client *client, size_t length)
{
    if (length > (size_t)(input->end - input->next))
        length = (size_t)(input->end - input->next);
    if (length > sizeof(client->bytes) - client->length)
        length = sizeof(client->bytes) - client->length;
    memcpy(client->bytes + client->length, input->next, length);
    client->length += length;
    input->next += length;
}

/* A request with a right header, so that most input gets beyond it. */
static void send_request(struct input *input, struct client *client)
{
    struct xsd_sockmsg header = {.type = take(input) % 28};
    size_t before;

    header.tx_id = take(input) % 4;
    header.len = take(input);
    if (sizeof(client->bytes) - client->length < sizeof(header) + header.len)
        return;
    if ((size_t)(input->end - input->next) < header.len)
        header.len = (uint32_t)(input->end - input->next);
    before = client->length;
    memcpy(client->bytes + before, &header, sizeof(header));
    client->length += sizeof(header);
    take_bytes(input, client, header.len);
}

static void ring_step(struct input *input, struct fake *fake)
{
    struct xenstore_domain_interface *page = &fake->page;
    uint8_t what = take(input), length = take(input);

    switch (what % 6) {
    case 0: page->connection = XENSTORE_RECONNECT; break;
    case 1: page->req_prod += (uint32_t)take(input) << (what / 32); break;
    case 2: page->rsp_cons = what & 64 ? page->rsp_prod : page->rsp_cons + take(input); break;
    case 3:
        fake->state = take(input) & 15;
        fake->changed = true;
        break;
    default:
        while (length-- && input->next < input->end)
            page->req[MASK_XENSTORE_IDX(page->req_prod++)] = (char)take(input);
        break;
    }
    fake->event = true;
}

static void run(struct server *server)
{
    domains_handle_events(server);
    /* Finite: what is done is bounded by what was sent. */
    while (server_turn(server))
        ;
}

static void step(struct input *input, struct server *server, struct fake *fake,
                 struct client *clients)
{
    uint8_t what = take(input);
    struct client *client = &clients[what % CLIENTS];

    switch (what / CLIENTS % 8) {
    case 0: take_bytes(input, client, take(input)); break;
    case 1: client->room += take(input) * 16u; break;
    case 2: run(server); break;
    case 3: ring_step(input, fake); break;
    default: send_request(input, client); break;
    }
    if (client->connection)
        connection_wake(client->connection);
}

/* ---- Invariants -------------------------------------------------------------------------------
 */

static bool count_node(const struct node *node, unsigned int depth, void *context)
{
    struct usage *usage = &((struct usage *)context)[node_owner(node)];

    (void)depth;
    usage->nodes++;
    usage->bytes += (long)node_size(node);
    return true;
}

static void check(const struct server *server)
{
    struct usage *usage = calloc(DOMAIN_ID_LIMIT, sizeof(*usage));

    if (!usage)
        return;
    if (!node_walk(server->store.root, count_node, usage) ||
        memcmp(usage, server->store.usage, DOMAIN_ID_LIMIT * sizeof(*usage)) != 0)
        abort();
    free(usage);
    for (const struct list *link = server->connections.next; link != &server->connections;
         link = link->next) {
        const struct connection *connection = LIST_ENTRY(link, struct connection, link);
        const struct actor *actor = &connection->actor;

        if (actor->subject.privileged)
            continue;
        if (connection->replies > actor->quotas->limit[QUOTA_OUTSTANDING] + 1 ||
            connection->events > actor->quotas->limit[QUOTA_EVENTS] + connection->watch_count ||
            connection->watch_count > actor->quotas->limit[QUOTA_WATCHES])
            abort();
    }
}

static void add_clients(struct server *server, struct client *clients)
{
    for (int i = 0; i < CLIENTS; i++) {
        const struct subject subject = {.domid = (uint16_t)i, .target = -1, .privileged = i == 0};

        clients[i].room = 4096;
        clients[i].connection =
            connection_new(server, &transport, &clients[i], &subject, &server->quotas);
        if (clients[i].connection)
            clients[i].connection->is_domain = i != 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct server server;
    static struct client clients[CLIENTS];
    static struct fake fake;
    struct input input = {.next = data, .end = data + size};

    memset(clients, 0, sizeof(clients));
    memset(&fake, 0, sizeof(fake));
    fake.hypervisor.operations = &operations;
    fake.state = XEN_DOMCTL_GETDOMSTATE_STATE_EXIST;
    fake.changed = true;
    fake.page.connection = XENSTORE_RECONNECT;
    if (server_init(&server, &fake.hypervisor) || boot_tree_frame(&server))
        abort();
    /* Small limits are met sooner. */
    server.quotas.limit[QUOTA_NODES] = 20;
    server.quotas.limit[QUOTA_WATCHES] = 4;
    server.quotas.limit[QUOTA_EVENTS] = 6;
    server.quotas.limit[QUOTA_MEMORY] = 16384;
    server.quotas.limit[QUOTA_TRANSACTION_AGE] = 30;
    add_clients(&server, clients);
    domains_update(&server);
    for (int i = 0; i < MAX_STEPS && input.next < input.end; i++)
        step(&input, &server, &fake, clients);
    run(&server);
    check(&server);
    server_destroy(&server);
    return 0;
}
