/* SPDX-License-Identifier: MIT */
/* A folder with files that descriptions name, and a board that is made of one. */
#ifndef TESTS_LAUNCHMAKE_FIXTURE_H
#define TESTS_LAUNCHMAKE_FIXTURE_H

#include "launchmake/make.h"

#define FIXTURE_KERNEL  (9u << 20) /* bytes */
#define FIXTURE_RAMDISK (3u << 20)
#define FIXTURE_TREE    4096u
#define FIXTURE_IMAGE   (3u << 20) /* what the hypervisor takes when it runs */

struct fixture {
    char folder[32];
    char description[64]; /* its name there */
    struct make_board board;
    void *machine_tree; /* of tests/unit/launch/base.dts without its domains */
    void *tree;         /* that was made; NULL: none */
};

/* cmocka's: Image, other/Image, ramdisk, pass.dtb, trefoil, and empty; texts are no kernels. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);

/* One more file there. */
void fixture_write(const struct fixture *fixture, const char *name, const void *data, size_t size);
/* Reads a text as the file `description`, with the machine's tree and the hypervisor given. */
void fixture_read(struct fixture *fixture, enum make_kind kind, const char *text);
/* The same, and makes the tree of it, which must succeed. */
const struct launch_plan *fixture_make(struct fixture *fixture, enum make_kind kind,
                                       const char *text);
/* The same of tests/unit/launch/system.dts with a text after it, which is the machine's tree, too.
 */
void fixture_read_system(struct fixture *fixture, const char *addition);
/* One more description for the same board. */
void fixture_add(struct fixture *fixture, enum make_kind kind, const char *text);
void fixture_begin(struct fixture *fixture);
void fixture_complete(struct fixture *fixture);
const struct launch_plan *fixture_finish(struct fixture *fixture);

/* The messages are these and no others: of each a part, NULL at the end. */
void fixture_says(const struct fixture *fixture, const char *const parts[]);
#define SAYS(fixture, ...) fixture_says(fixture, (const char *const[]){__VA_ARGS__, NULL})

const struct make_domain *fixture_domain(const struct fixture *fixture, const char *name);

#endif
