/* SPDX-License-Identifier: MIT */
#ifndef LAUNCHMAKE_XLCFG_H
#define LAUNCHMAKE_XLCFG_H

#include "make.h"

void xlcfg_read(struct make_board *board, const char *file, const char *text, size_t size);

#endif
