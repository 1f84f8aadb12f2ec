/* SPDX-License-Identifier: MIT */
/* Xen's configuration syntax (xl.cfg): KEY = value, where a value is a string, a number or a list.
 */
#ifndef LAUNCHMAKE_CONFIGURATION_H
#define LAUNCHMAKE_CONFIGURATION_H

#include "make.h"

/* One entry of a list. */
struct configuration_item {
    struct configuration_item *next;
    const char *text;
};

struct configuration_setting {
    struct configuration_setting *next;
    const char *key;
    const char *text;                 /* NULL: a list */
    struct configuration_item *items; /* of a list */
    struct make_place place;
};

/* The settings in their order; what cannot be read is an error that names the line. */
struct configuration_setting *configuration_read(struct make_board *board, const char *file,
                                                 const char *text, size_t size);

#endif
