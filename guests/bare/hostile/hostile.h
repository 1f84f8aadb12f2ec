/* SPDX-License-Identifier: MIT */
/*
 * A guest that plays frontends to the hardware domain's backends, and plays them badly
 * (tests/system/hostile.sh). Nothing here waits for ever.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "../test.h"

/* ---- The store: store.c. Paths without a slash in front are below the domain's own. ---- */

#define STORE_MAX 4096U

void store_start(void);
/* The value, until the next request; NULL: there is none. */
const char *store_read(const char *path);
/* NULL, or the name of the error, until the next request. */
const char *store_write(const char *path, const char *value, size_t length);
const char *store_remove(const char *path);
/* Writes nodes 0, 1 and so on below it: how many were taken. */
unsigned int store_fill(const char *directory, unsigned int count);
/* store_wait() ends early when the node changes. */
void store_watch(const char *path);
void store_wait(unsigned int ms);
/* Waits until the port has an event, or some ms. */
void wait_event(uint32_t port, unsigned int ms);

/* ---- Text: text.c ---- */

size_t text_length(const char *text);
/* Appends to `out`, which is of `size` bytes and holds text. */
void text_add(char *out, size_t size, const char *more);
void text_add_number(char *out, size_t size, uint64_t number);
uint64_t text_number(const char *text);
/* By chance, the same in each run. */
uint64_t chance(void);
void fill_by_chance(volatile void *to, size_t size);

uint64_t now_ns(void);

/* ---- Devices: frontend.c ---- */

enum xenbus_state { NO_STATE, INITIALISING, INIT_WAIT, INITIALISED, CONNECTED, CLOSING, CLOSED };

struct frontend {
    const char *directory; /* "device/vbd/51712" */
    bool is_net;
    char backend[64];
    uint32_t port;
    bool open;                       /* and its rings are in order */
    unsigned int produced, answered; /* of the first ring */
};

enum { DISK, READ_ONLY_DISK, NET, NR_DEVICES = NET + 5 };
extern struct frontend devices[NR_DEVICES];

/* What of the domain's memory backends are given, by reference. */
enum {
    RING_REF = 32, /* two for each device */
    DATA_REF = 48,
    DATA_READ_ONLY_REF,
    DATA_OF_ANOTHER_REF, /* granted to a third domain */
    NO_REF,              /* never granted */
};
#define RING(device, which) (test_pages[2 * ((device)-devices) + (which)])
#define DATA                (test_pages[2 * NR_DEVICES])

/* Waits until the device's nodes are there. */
bool frontend_find(struct frontend *device);
const char *frontend_write(const struct frontend *device, const char *name, const char *value);
const char *frontend_write_number(const struct frontend *device, const char *name, uint64_t value);
void frontend_write_rings(const struct frontend *device);
void frontend_state(const struct frontend *device, enum xenbus_state state);
bool backend_awaits(const struct frontend *device, enum xenbus_state state, unsigned int ms);
/* Closes what is open, and connects with rings that are empty: false if the backend does not. */
bool frontend_open(struct frontend *device);
bool frontend_close(struct frontend *device);

/* ---- A disk's ring: block.c ---- */

/* Opens it anew if it is not open, reads the first sector: is it what the test has put there? */
bool disk_works(struct frontend *device);
bool net_works(struct frontend *device);

/* ---- What is done to them ---- */

/* NULL: the backend did what it should, else what it did not. */
#define ATTACK(name, function, device) const char *function(struct frontend *frontend);
#include "attacks.def"
#undef ATTACK

#endif
