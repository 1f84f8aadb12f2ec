/* SPDX-License-Identifier: MIT */
#ifndef ALIKE_H
#define ALIKE_H

#include <stdbool.h>
#include <stdint.h>

/* Where a CPU differs from the boot CPU. */
struct alike_difference {
    const char *what;
    uint64_t boot, own;
};

/* Notes what the boot CPU, which calls it, has. */
void alike_begin(void);
/* False, and the first difference that matters, if the calling CPU cannot serve beside the boot
 * CPU. */
bool alike_check(struct alike_difference *difference);

#endif
