/* SPDX-License-Identifier: MIT */
#ifndef XENSTORED_NUMBER_H
#define XENSTORED_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Parse a whole string as an unsigned decimal number of at most `maximum`. */
bool parse_number(const char *text, unsigned long maximum, unsigned long *value);

/* Write it in decimal with its NUL; the buffer needs NUMBER_TEXT_SIZE bytes. Returns the length
 * without the NUL. */
#define NUMBER_TEXT_SIZE 21
size_t format_number(uint64_t value, char *text);

#endif
