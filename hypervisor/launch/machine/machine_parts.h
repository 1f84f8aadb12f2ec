/* SPDX-License-Identifier: MIT */
/* What the parts of machine_read() share. Inner header of launch/. */
#ifndef LAUNCH_MACHINE_PARTS_H
#define LAUNCH_MACHINE_PARTS_H

#include "tree/tree.h"

struct machine_reader {
    struct machine *machine;
    char *error;
    size_t error_size;
    bool failed; /* the first error is the one that is told */
    struct tree_walk walk;
    /* At nodes whose interrupts are read when all is known; at the root: there is none. */
    struct tree_walk controller, timer, watchdog;
    struct paddr_range no_map[MACHINE_MAX_RESERVED];
    unsigned int nr_no_map;
};

/* Notes what is wrong with a node. The first call counts. */
void machine_error(struct machine_reader *reader, int node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The index-th range of the walk's node; false past the end, and, with an error noted, when it is
 * wrong. */
bool machine_reg(struct machine_reader *reader, unsigned int index, struct paddr_range *range);

/* What follows a word's beginning ("NAME=") on the command line, which has been read; NULL. */
const char *machine_option(const struct machine *machine, const char *start);

/* machine_uart.c: the node that dtuart= or /chosen/stdout-path names. Never an error: a machine may
 * have none.
 */
void machine_read_uart(struct machine_reader *reader);

#endif
