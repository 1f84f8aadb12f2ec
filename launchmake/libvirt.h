/* SPDX-License-Identifier: MIT */
#ifndef LAUNCHMAKE_LIBVIRT_H
#define LAUNCHMAKE_LIBVIRT_H

#include <libxl/libxl.h>

#include "element.h"

/* One element, or one attribute of it, and the domain that it says something of. */
struct libvirt_reading {
    struct make_board *board;
    struct make_domain *domain;
    struct libxl_ctx *ctx; /* what reads specifications of devices */
    const struct element *element;
    const char *key;   /* its path, as libvirt_elements.def has it */
    const char *value; /* what the element holds, or that of the attribute */
    unsigned int argument;
    const char *text;
};

void libvirt_say(const struct libvirt_reading *reading, enum make_severity severity,
                 const char *what);
/* The same, an error, after the value. */
void libvirt_wrong(const struct libvirt_reading *reading, const char *what);

/* What reads a disk and a network; all within them has rows of its own besides. */
void libvirt_disk(const struct libvirt_reading *reading);
void libvirt_network(const struct libvirt_reading *reading);

void libvirt_read(struct make_board *board, const char *file, const char *text, size_t size);

#endif
