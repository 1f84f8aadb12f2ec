/* SPDX-License-Identifier: MIT */
/* The hypervisor's command line: words NAME=VALUE separated by spaces. */
#ifndef TREFOIL_OPTIONS_H
#define TREFOIL_OPTIONS_H

#include <trefoil/types.h>

/* Remembers the command line, which stays where it is. */
void options_init(const char *command_line);
const char *options_text(void);
/* Copies an option's value; false, and an empty value, when it is not given. */
bool option_value(const char *name, char *value, size_t size);
bool option_is(const char *name, const char *value);
/* Reports in the log every word whose name nobody knows. */
void options_check(void);

#endif
