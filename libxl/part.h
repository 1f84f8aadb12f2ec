/* SPDX-License-Identifier: MIT */
/*
 * Parts of xl: shared objects of its own, each for one thing that takes libraries which most
 * domains have no room for. A part is loaded only where that thing is asked for.
 */
#ifndef LIBXL_PART_H
#define LIBXL_PART_H

#include <stddef.h>

struct part {
    const char *file;
    const char *symbol;   /* of a struct that begins with an unsigned int, its version */
    unsigned int version; /* a part of another one is not used */
};

/* The folder where parts are, instead of that of the program and the installed one; for tests. */
extern const char *part_folder;

/* What `symbol` is the name of. Stays loaded until the program ends. NULL with the reason in
 * `why`. */
const void *part_load(const struct part *part, char *why, size_t size);

#endif
