/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <console_protocol.h>
#include <xenctl/xenctl.h>

#include "console_board.h"
#include "message.h"

struct daemon *daemon_state;
struct xencons_interface *app_page;
unsigned int baseline_bound;
char socket_path[64];
uint64_t log_rate, log_burst;

static char directory[] = "/tmp/console-daemon-XXXXXX";

void run(void)
{
    for (int i = 0; i < 20; i++)
        loop_once(&daemon_state->loop, 0);
}

/* Lets real time pass, for what the daemon does after a while. */
void run_for(int milliseconds)
{
    uint64_t end = loop_now() + (uint64_t)milliseconds;

    while (loop_now() < end)
        loop_once(&daemon_state->loop, 5);
}

struct xencons_interface *add_guest(unsigned int domid, const char *name)
{
    char path[64];
    struct xencons_interface *page = fake_grant(domid, 0);

    fake_domain_add(domid, false);
    fake_port(domid, CONSOLE_PORT);
    snprintf(path, sizeof path, "/local/domain/%u/name", domid);
    fake_store_write(path, name);
    snprintf(path, sizeof path, "/local/domain/%u/console/type", domid);
    fake_store_write(path, "xenconsoled");
    snprintf(path, sizeof path, "/local/domain/%u/console/ring-ref", domid);
    fake_store_write(path, "233472");
    snprintf(path, sizeof path, "/local/domain/%u/console/port", domid);
    fake_store_write(path, "7");
    return page;
}

void start_daemon(void)
{
    daemon_state = calloc(1, sizeof *daemon_state);
    daemon_state->options = (struct options){.log = LOG_ALL,
                                             .log_dir = directory,
                                             .log_keep = 1,
                                             .log_rate = log_rate,
                                             .log_burst = log_burst,
                                             .history = 4096,
                                             .pid_file = "/dev/null",
                                             .socket = socket_path};
    assert_int_equal(daemon_open(daemon_state), EXIT_DAEMON_OK);
    run();
}

void stop_daemon(void)
{
    daemon_close(daemon_state);
    free(daemon_state);
    daemon_state = NULL;
}

/* A hardware domain with the daemon, a control domain, and a guest named app. */
int start_board(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -f %s/*.log* %s/*.position", directory, directory);
    assert_int_equal(system(command), 0);
    fake_reset();
    fake_store_write("/local/domain/0/domid", "0");
    fake_domain_add(0, false);
    fake_domain_add(CONTROL, true);
    fake_store_write("/local/domain/1/name", "control");
    app_page = add_guest(APP, "app");
    start_daemon();
    baseline_bound = fake_bound();
    return 0;
}

/* Whatever happened, nothing may be left when the daemon ends. */
int stop_board(void **state)
{
    (void)state;
    stop_daemon();
    assert_int_equal(fake_mapped(), 0);
    assert_int_equal(fake_bound(), 0);
    assert_null(fake_store_read(CONSOLE_DAEMON_DOMID));
    fake_reset();
    return 0;
}

int make_directory(void **state)
{
    (void)state;
    message_setup(open("/dev/null", O_WRONLY | O_CLOEXEC), false);
    if (!mkdtemp(directory))
        return -1;
    snprintf(socket_path, sizeof socket_path, "%s/socket", directory);
    return 0;
}

int remove_directory(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

void put(struct xencons_interface *page, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        page->out[MASK_XENCONS_IDX(page->out_prod + i, page->out)] = data[i];
    page->out_prod += (uint32_t)size;
}

void guest_says(struct xencons_interface *page, unsigned int domid, const char *text)
{
    put(page, text, strlen(text));
    fake_send(domid, CONSOLE_PORT);
    run();
}

const char *guest_hears(struct xencons_interface *page)
{
    static char text[2048];
    size_t size = 0;

    while (page->in_cons != page->in_prod && size < sizeof text - 1)
        text[size++] = page->in[MASK_XENCONS_IDX(page->in_cons++, page->in)];
    text[size] = '\0';
    return text;
}

bool log_has(const char *name, const char *wanted)
{
    static char text[65536];
    char path[128];
    FILE *file;
    size_t size;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    file = fopen(path, "r");
    if (!file)
        return false;
    size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    fclose(file);
    return strstr(text, wanted) != NULL;
}

void far_notify(void *client)
{
    fake_send(CONTROL, ((struct far_client *)client)->port);
}

void request_node(const struct far_client *client, const char *node, const char *value)
{
    char path[160];

    snprintf(path, sizeof path, "%s/%s", client->path, node);
    fake_store_write(path, value);
}

void request_number(const struct far_client *client, const char *node, unsigned int value)
{
    char text[16];

    snprintf(text, sizeof text, "%u", value);
    request_node(client, node, text);
}

void announce(struct far_client *client, unsigned int domid)
{
    request_node(client, "generation", daemon_state->generation);
    request_number(client, "domain", domid);
    request_number(client, "ring-ref", client->ref);
    request_number(client, "event-channel", client->port);
    run();
}

void far_prepare(struct far_client *client, unsigned int from, uint32_t number)
{
    client->ref = number;
    client->port = number;
    snprintf(client->path, sizeof client->path, "/local/domain/%u/data/console/%u", from, number);
    vchan_serve(&client->vchan, fake_grant(from, number), far_notify, client);
    fake_port(from, number);
}

void far_attach(struct far_client *client, uint32_t number, unsigned int domid)
{
    far_prepare(client, CONTROL, number);
    announce(client, domid);
}

const char *far_reads(struct far_client *client)
{
    static char text[8192];
    ssize_t count, size = 0;

    while ((count = vchan_read(&client->vchan, text + size, sizeof text - 1 - (size_t)size)) > 0) {
        size += count;
        run();
    }
    text[size] = '\0';
    return text;
}

bool request_exists(const struct far_client *client)
{
    char path[160];

    snprintf(path, sizeof path, "%s/domain", client->path);
    return fake_store_read(path) != NULL;
}

const char *reason_of(const struct far_client *client)
{
    char path[160];
    const char *reason;

    snprintf(path, sizeof path, "%s/reason", client->path);
    reason = fake_store_read(path);
    return reason ? reason : "";
}
