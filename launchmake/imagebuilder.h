/* SPDX-License-Identifier: MIT */
/* What the files of ImageBuilder's reader share. */
#ifndef LAUNCHMAKE_IMAGEBUILDER_H
#define LAUNCHMAKE_IMAGEBUILDER_H

#include "assignment.h"

#define MAKE_MAX_POOLS 16

struct configuration {
    struct make_board *board;
    struct assignment *assignments;
    struct make_domain *dom0;
    struct make_domain *domus[MAKE_MAX_DOMAINS]; /* NULL: none of that number is launched */
    unsigned int nr_domus;
    struct make_pool *pools[MAKE_MAX_POOLS];     /* by their number; NULL: there is none */
    unsigned int pool_of_domu[MAKE_MAX_DOMAINS]; /* its number and 1; 0: not said */
};

struct imagebuilder_row;

/* One assignment, whose domain it is (NULL: the board's), and its row. */
struct imagebuilder_setting {
    struct configuration *configuration;
    struct make_board *board;
    const struct assignment *assignment;
    struct make_domain *domain;
    const struct imagebuilder_row *row;
};

/* A list is the board's, with one index. */
enum whose { BOARD, LIST, DOM0, DOMU, VCPU };

struct imagebuilder_row {
    const char *key;
    enum whose whose;
    void (*read)(const struct imagebuilder_setting *setting);
    unsigned int argument; /* of what `read` sets */
    const char *text;      /* why it is not acted on; NULL: it is */
};

/* NULL: there is no such key. */
const struct imagebuilder_row *imagebuilder_row(const char *key);

/* The last one of that name and index; NULL: none. */
const struct assignment *imagebuilder_find(const struct configuration *configuration,
                                           const char *key, unsigned int nr_indices,
                                           unsigned int index);

/* XEN_CMD, or what says the same (NULL: nothing does): what it says of dom0's memory and CPUs, and
 * what of it is an option of the hypervisor here. */
void imagebuilder_read_command_line(struct configuration *configuration,
                                    const struct assignment *assignment);
/* What dom0 and the others have where nothing is said. */
void imagebuilder_be_dom0(struct make_domain *domain);
void imagebuilder_be_domu(struct make_domain *domain, bool with_dom0);
/* All that is assigned and not overridden, but for what makes domains. */
void imagebuilder_apply(struct configuration *configuration);

void imagebuilder_read(struct make_board *board, const char *file, const char *text, size_t size);

#endif
