/* SPDX-License-Identifier: MIT */
/* System Device Trees (the specification that lopper comes with): domains below /domains. */
#ifndef LAUNCHMAKE_SYSTEM_H
#define LAUNCHMAKE_SYSTEM_H

#include "imagebuilder.h"
#include "tree/tree.h"

struct system_reading {
    struct make_board *board;
    const char *file;
    const void *tree;               /* flattened, and whole */
    const struct tree_walk *walk;   /* at the node that is read */
    struct make_domain *domain;     /* whose node it is; NULL: none */
    const struct tree_item *item;   /* the property that is read */
    unsigned int argument;          /* of what reads it */
    struct configuration *settings; /* the domains by number, as ImageBuilder's keys have them */
};

/* FILE: NODE: NAME: and the text. */
void system_say(const struct system_reading *reading, enum make_severity severity, int node,
                const char *name, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* What is a domain's own in the tree's words: FILE: and NODE: NAME. */
struct make_place system_place(const struct system_reading *reading);
const char *system_key(const struct system_reading *reading, int node, const char *name);
/* A property that is a string, copied; NULL if it is not there, or after a message. */
const char *system_text(const struct system_reading *reading, int node, const char *name);
/* (start, size, flags)... of the machine's memory; false after a message. */
bool system_ranges(const struct system_reading *reading, const char *name,
                   struct paddr_range *ranges, unsigned int limit, unsigned int *count);
/* Lines of an ImageBuilder configuration that a node of a hypervisor or a domain has. */
void system_settings(const struct system_reading *reading);

/* system_domain.c: reads a domain's node, at which the walk is, into reading->domain. */
void system_read_domain(struct system_reading *reading);
/* Devices that a domain has to itself, once its passthrough tree is known. */
void system_read_access(const struct system_reading *reading);

void system_read(struct make_board *board, const char *file, const char *text, size_t size);

#endif
