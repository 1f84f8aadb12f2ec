/* SPDX-License-Identifier: MIT */
/*
 * xenconsoled against guests and clients that do anything they can: the input is a list of moves,
 * three bytes each. Whatever they do, the daemon must come to rest, serve a well-behaved guest
 * afterwards, and hold nothing when it ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vchan.h>
#include <xen/io/console.h>
#include <xenctl/xenctl.h>

#include "console/console_fake.h"
#include "daemon.h"
#include "message.h"

#define GUEST   2
#define CONTROL 1
#define HONEST  3
#define PORT    7
#define CLIENTS 4

struct client {
    struct vchan vchan;
    uint8_t *page;
    uint32_t number;
};

static struct daemon *daemon_state;
static uint8_t *guest_page;
static struct xencons_interface *honest_page;
static struct client clients[CLIENTS];
static uint32_t next_number;

static void must(bool condition)
{
    if (!condition)
        abort();
}

/* Steps until there is nothing left to do at once; an endless loop is the fuzzer's time-out. */
static void run(void)
{
    for (int i = 0; i < 8; i++)
        loop_once(&daemon_state->loop, 0);
}

static void *add_guest(unsigned int domid)
{
    static const char *const nodes[][2] = {{"name", "guest"},
                                           {"console/type", "xenconsoled"},
                                           {"console/ring-ref", "1"},
                                           {"console/port", "7"}};
    char path[64];

    fake_domain_add(domid, false);
    fake_port(domid, PORT);
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++) {
        snprintf(path, sizeof path, "/local/domain/%u/%s", domid, nodes[i][0]);
        fake_store_write(path, nodes[i][1]);
    }
    return fake_grant(domid, 0);
}

static void client_notify(void *context)
{
    fake_send(CONTROL, ((struct client *)context)->number);
}

static void write_node(uint32_t number, const char *node, const char *value)
{
    char path[96];

    snprintf(path, sizeof path, "/local/domain/%u/data/console/%u/%s", CONTROL, number, node);
    fake_store_write(path, value);
}

/* A new request, whose page may be spoilt already. */
static void attach(struct client *client, uint8_t how)
{
    char number[16];

    if (next_number == 40) /* what the fakes have room for */
        return;
    client->number = next_number++;
    client->page = fake_grant(CONTROL, client->number);
    fake_port(CONTROL, client->number);
    vchan_serve(&client->vchan, client->page, client_notify, client);
    if (how & 0x80)
        client->page[how & 0x1f] ^= how;
    snprintf(number, sizeof number, "%u", client->number);
    write_node(client->number, "generation", how & 0x40 ? "another" : daemon_state->generation);
    write_node(client->number, "ring-ref", how & 0x20 ? "4294967296" : number);
    write_node(client->number, "event-channel", number);
    write_node(client->number, "domain", how & 1 ? "3" : "2");
}

static void use(struct client *client, uint8_t kind, uint8_t value)
{
    static char data[4096];

    if (!client->page)
        return;
    switch (kind % 4) {
    case 0: client->page[value & 0x1f] ^= (uint8_t)(value | 1); break;
    case 1: vchan_write(&client->vchan, data, (size_t)value * 8); break;
    case 2: vchan_read(&client->vchan, data, (size_t)value * 8); break;
    case 3: client->page[VCHAN_SERVER_LIVE_OFFSET] = value; break;
    }
    client_notify(client);
}

/* The ring's indices, and the byte beyond. */
static void scribble(uint8_t where, uint8_t value)
{
    guest_page[offsetof(struct xencons_interface, in_cons) + where % 20] = value;
    fake_send(GUEST, PORT);
}

static void store_move(uint8_t kind)
{
    static const char *const paths[] = {"/local/domain/2/console/port", "/local/domain/2/name",
                                        "/local/domain/1/data/console/9/domain",
                                        "/local/domain/2/console/type"};

    switch (kind % 8) {
    case 0: fake_store_fire("@introduceDomain"); break;
    case 1: fake_store_fire("@releaseDomain"); break;
    case 2: fake_domain_flag(GUEST, XEN_DOMINF_shutdown); break;
    case 3: fake_domain_flag(GUEST, XEN_DOMINF_running); break;
    case 4: fake_domain_replace(GUEST); break;
    case 5: fake_store_remove("/local/domain/1/data/console"); break;
    default: fake_store_write(paths[kind / 8 % 4], kind & 0x80 ? "7" : "x/../y"); break;
    }
}

static void move(const uint8_t *bytes)
{
    switch (bytes[0] % 8) {
    case 0:
    case 1: scribble(bytes[1], bytes[2]); break;
    case 2: attach(&clients[bytes[1] % CLIENTS], bytes[2]); break;
    case 3:
    case 4: use(&clients[bytes[1] % CLIENTS], bytes[0] / 8, bytes[2]); break;
    case 5: store_move(bytes[1]); break;
    case 6:
        ((struct xencons_interface *)guest_page)->out_prod += bytes[1];
        fake_send(GUEST, PORT);
        break;
    case 7: run(); break;
    }
}

static void start(void)
{
    fake_reset();
    memset(clients, 0, sizeof clients);
    next_number = 50 - 40;
    fake_store_write("/local/domain/0/domid", "0");
    fake_domain_add(0, false);
    fake_domain_add(CONTROL, true);
    fake_store_write("/local/domain/1/name", "control");
    guest_page = add_guest(GUEST);
    honest_page = add_guest(HONEST);
    daemon_state = calloc(1, sizeof *daemon_state);
    daemon_state->options = (struct options){.log = LOG_NONE,
                                             .log_dir = "/nonexistent",
                                             .history = 4096,
                                             .socket = "/tmp/console-fuzz.sock"};
    must(daemon_open(daemon_state) == EXIT_DAEMON_OK);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    message_setup(-1, false);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    start();
    for (size_t i = 0; i + 3 <= size && i < 600; i += 3)
        move(data + i);
    run();
    memcpy(honest_page->out + (honest_page->out_prod & 2047), "x", 1);
    honest_page->out_prod++;
    fake_send(HONEST, PORT);
    run();
    must(honest_page->out_cons == honest_page->out_prod);
    daemon_close(daemon_state);
    free(daemon_state);
    must(fake_mapped() == 0 && fake_bound() == 0);
    return 0;
}
