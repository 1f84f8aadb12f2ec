/* SPDX-License-Identifier: MIT */
/* Disks and networks, by the specifications of xl. */
#ifndef LAUNCHMAKE_DEVICE_H
#define LAUNCHMAKE_DEVICE_H

#include <libxl/libxl.h>

#include "make.h"

/* Whose they are, and where they are said. */
struct device_reading {
    struct make_board *board;
    struct make_domain *domain;
    struct libxl_ctx *ctx;
    struct make_place place;
    const char *key;
};

/* Of a specification in one or more pieces; what is wrong with it is a message. */
void device_add_disk(const struct device_reading *reading, const char *const *words, int count);
void device_add_network(const struct device_reading *reading, const char *const *words, int count);

#endif
