/* SPDX-License-Identifier: MIT */
/* What the files of the part for terminals have in common. */
#ifndef XL_TOP_TERMINAL_OPS_H
#define XL_TOP_TERMINAL_OPS_H

#include "xl/top/terminal.h"

#pragma GCC visibility push(default)
extern const struct terminal_part terminal_part;
#pragma GCC visibility pop

/* A description of a terminal, compiled, as ncurses takes it out of TERMINFO. */
struct terminal_description {
    const char *name, *text; /* NULL ends a list */
};
/* Debian's, made when this is built. */
extern const struct terminal_description terminal_descriptions[];

/*
 * The name by which ncurses is to know the terminal: `name`, if it is described here, else that of
 * a description of our own, to which TERMINFO then points. NULL: it cannot move its cursor.
 */
const char *terminal_describe(const char *name, int out);
/* A text of the terminal's description, by terminfo's name for it; NULL: it has none. */
const char *terminal_capability(const char *name);

/* The signals that a screen heeds: they come only while a key is waited for. */
void terminal_signals_take(void);
void terminal_signals_give_back(void);

/* For a terminal that ncurses has taken over: keys that its description does not have, and the
 * size. */
void terminal_keys_begin(int in, int out);
void terminal_take_size(void);
int terminal_key(int milliseconds);

#endif
