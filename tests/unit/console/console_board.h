/* SPDX-License-Identifier: MIT */
/*
 * The scenery of xenconsoled's tests: a hardware domain with the daemon, a control domain, and a
 * guest named app, on the fake hypervisor and the fake xenstore.
 */
#ifndef CONSOLE_BOARD_H
#define CONSOLE_BOARD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <vchan.h>
#include <xen/io/console.h>

#include "console_fake.h"
#include "daemon.h"

#define CONTROL 1
#define APP     2

#define CONSOLE_PORT 7 /* of each guest */

extern struct daemon *daemon_state;
extern struct xencons_interface *app_page;
extern unsigned int baseline_bound; /* ports of the daemon with one guest and no client */
extern char socket_path[64];
extern uint64_t log_rate, log_burst; /* of the daemon that starts next */

/* Set-up and teardown of a group and of a test. */
int make_directory(void **state);
int remove_directory(void **state);
int start_board(void **state);
int stop_board(void **state);

#define BOARD_TEST(name) cmocka_unit_test_setup_teardown(name, start_board, stop_board)

void start_daemon(void);
void stop_daemon(void);

/* Lets the daemon do what there is to do; or lets real time pass, for what it does after a while.
 */
void run(void);
void run_for(int milliseconds);

/* A guest with a console page and the keys that describe it. */
struct xencons_interface *add_guest(unsigned int domid, const char *name);
void put(struct xencons_interface *page, const char *data, size_t size);
void guest_says(struct xencons_interface *page, unsigned int domid, const char *text);
const char *guest_hears(struct xencons_interface *page);

bool log_has(const char *name, const char *wanted);

/* A client in the control domain. */
struct far_client {
    struct vchan vchan;
    uint32_t ref, port;
    char path[96];
};

/* The kernel's part in a client's life: sends the event. */
void far_notify(void *client);
void request_node(const struct far_client *client, const char *node, const char *value);
void request_number(const struct far_client *client, const char *node, unsigned int value);
/* Makes page and port of a client in domain `from`; then asks for a console. */
void far_prepare(struct far_client *client, unsigned int from, uint32_t number);
void announce(struct far_client *client, unsigned int domid);
/* Both, from the control domain. */
void far_attach(struct far_client *client, uint32_t number, unsigned int domid);

const char *far_reads(struct far_client *client);
bool request_exists(const struct far_client *client);
/* The daemon's reason for ending the session, "" without one. */
const char *reason_of(const struct far_client *client);

#endif
