/* SPDX-License-Identifier: MIT */
#ifndef XENSTORED_NUMBER_H
#define XENSTORED_NUMBER_H

#include <stdbool.h>

/* Parse a whole string as an unsigned decimal number of at most `maximum`. */
bool parse_number(const char *text, unsigned long maximum, unsigned long *value);

#endif
