/* SPDX-License-Identifier: MIT */
/* Figures of a domain's address map. Inner header of launch/. */
#ifndef LAUNCH_LAYOUT_H
#define LAUNCH_LAYOUT_H

#define LAYOUT_BLOCK (2ULL << 20) /* of a stage 2 block, and of an arm64 kernel */

/* Every Armv8 CPU that can be had has at least 40 bits of intermediate physical address but for the
 * smallest. */
#define LAYOUT_LIMIT (1ULL << 39)

/* Linux takes extended regions from this size on. */
#define LAYOUT_EXTENDED_MIN (64ULL << 20)

#endif
