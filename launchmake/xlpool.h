/* SPDX-License-Identifier: MIT */
/* Configurations of pools of CPUs for xl cpupool-create (xlcpupool.cfg), in the syntax of xl.cfg.
 */
#ifndef LAUNCHMAKE_XLPOOL_H
#define LAUNCHMAKE_XLPOOL_H

#include "configuration.h"

/* Is it one? It has the keys of one and no others, and says which CPUs. */
bool xlpool_is(const struct configuration_setting *settings);
/* Adds it to the board; what is wrong are messages. */
void xlpool_read(struct make_board *board, const struct configuration_setting *settings,
                 const char *name);

#endif
