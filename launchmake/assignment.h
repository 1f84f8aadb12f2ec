/* SPDX-License-Identifier: MIT */
/* Lines KEY=value, KEY[i]=value and KEY[i,v]=value, as a shell would read them. */
#ifndef LAUNCHMAKE_ASSIGNMENT_H
#define LAUNCHMAKE_ASSIGNMENT_H

#include "make.h"

struct assignment {
    struct assignment *next;
    const char *key;
    unsigned int nr_indices;
    unsigned int index[2];
    const char *name; /* key and indices as written, for messages */
    const char *value;
    struct make_place place;
    bool overridden; /* by a later one */
};

/*
 * Reads all of them. Nothing is run: what only a shell would understand (variables, commands, more
 * than one word) is an error that names the line.
 */
struct assignment *assignments_read(struct make_board *board, const char *file, const char *text,
                                    size_t size);

#endif
