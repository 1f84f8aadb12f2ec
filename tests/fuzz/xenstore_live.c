/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a live update's stream. The input is what stands in the page of a domain, and
 * records but for the last. If they make a server, it must be sound, be able to end every
 * transaction and to serve the domain, and become itself again by what it writes.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <xen/domctl.h>

#include "../../xenstored/live/live.h"
#include "../../xenstored/log.h"
#include "../../xenstored/store/transaction.h"

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

static void serve(struct server *server)
{
    fake.changed = true;
    domains_resume(server);
    domains_update(server);
    fake.event = true;
    domains_handle_events(server);
    while (server_turn(server))
        ;
    check_accounts(server);
}

/* Each commits or fails; none may leave the store unsound. */
static void end_transactions(struct server *server)
{
    for (struct list *link = server->connections.next; link != &server->connections;
         link = link->next) {
        struct connection *connection = LIST_ENTRY(link, struct connection, link);

        while (!list_empty(&connection->transactions))
            transaction_commit(LIST_ENTRY(connection->transactions.next, struct transaction, link));
    }
    check_accounts(server);
}

static struct writer write_out(const struct server *server)
{
    const struct live_process process = {.socket = "/socket", .domains = true};
    int fd = memfd_create("live", MFD_CLOEXEC);
    struct writer stream = {0};
    uint8_t piece[4096];
    ssize_t got;

    must(fd >= 0 && !live_write(server, &process, fd) && !lseek(fd, 0, SEEK_SET));
    while ((got = read(fd, piece, sizeof(piece))) > 0)
        put_bytes(&stream, piece, (size_t)got);
    close(fd);
    must(!stream.failed);
    return stream;
}

static bool read_in(struct server *server, const void *bytes, size_t count)
{
    struct live_process process;
    char problem[LIVE_PROBLEM_SIZE] = "";
    bool good;

    must(!server_init(server, NULL));
    good = live_read(server, &process, bytes, count, problem);
    must(good == !*problem);
    return good;
}

/* What one is, another one becomes from what it writes. */
static void check_again(const struct server *server)
{
    static struct server other;
    struct writer first = write_out(server), second;

    must(read_in(&other, first.data, first.length));
    second = write_out(&other);
    must(first.length == second.length);
    server_destroy(&other);
    writer_free(&first);
    writer_free(&second);
}

/* A stream with these records, and an end that is right. */
static struct writer stream_of(const uint8_t *data, size_t size)
{
    struct writer stream = {0};
    struct reader records = reader_of(data, size);
    uint32_t count = 0;
    size_t length;

    put_bytes(&stream, LIVE_FORMAT, strlen(LIVE_FORMAT));
    put_bytes(&stream, data, size);
    while (!reader_at_end(&records)) {
        take_number(&records, 1);
        take_block(&records, &length);
        count += !records.failed;
    }
    put_number(&stream, LIVE_END, 1);
    put_number(&stream, 4, 4);
    put_number(&stream, count, 4);
    must(!stream.failed);
    return stream;
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
    struct writer stream;

    if (size < 6)
        return 0;
    log_limit(LOG_EMERG);
    fake.hypervisor.operations = &operations;
    fill_page(data);
    stream = stream_of(data + 6, size - 6);
    if (read_in(&server, stream.data, stream.length)) {
        check_accounts(&server);
        check_again(&server);
        server.hypervisor = &fake.hypervisor;
        end_transactions(&server);
        serve(&server);
        check_again(&server);
    }
    server_destroy(&server);
    writer_free(&stream);
    return 0;
}
