/* SPDX-License-Identifier: MIT */
/* A xenstored of the test's whose state is kept, and goes on in the next one. */
#ifndef XENSTORE_KEPT_H
#define XENSTORE_KEPT_H

#include "../../../xenstored/state/state.h"
#include "xenstore_fake.h"

/* Where the state is kept, and below what: changed between tests only. */
extern char kept_path[64];
extern const char *kept_directory;

/* A file's bytes, as they were at some time. */
struct kept_copy {
    char bytes[1 << 20];
    size_t size;
};

/* Without the zeroes behind the last frame, where room may be set aside. */
void kept_read(struct kept_copy *copy);
void kept_write(const struct kept_copy *copy);

void kept_start(struct fake *fake);
/* As a kill does it: nothing is written and nobody told. The hypervisor tells a new one of all. */
void kept_stop(struct fake *fake);
void kept_restart(struct fake *fake);

/* Everything in the tree, as one block. */
struct writer kept_dump(const struct server *server);

/* cmocka's: *state is a struct fake. */
int kept_setup(void **state);
int kept_teardown(void **state);

#endif
