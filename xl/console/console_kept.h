/* SPDX-License-Identifier: MIT */
/* Prints what xenconsoled has kept of a console. */
#ifndef XL_CONSOLE_KEPT_H
#define XL_CONSOLE_KEPT_H

#include "xl.h"

/* Of the domain that the call names. `what` is one of CONSOLE_WHAT_; `lines` are the last so many,
 * 0: all. Returns an exit status. */
int console_print_kept(const struct xl_call *call, const char *what, unsigned long lines);

#endif
