/* SPDX-License-Identifier: MIT */
/* Figures of a domain's address map, besides the arch's. Inner header of launch/. */
#ifndef LAUNCH_LAYOUT_H
#define LAUNCH_LAYOUT_H

#include <arch/launch.h>

/* Linux takes extended regions from this size on. */
#define LAYOUT_EXTENDED_MIN (64ULL << 20)

#endif
