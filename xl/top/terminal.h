/* SPDX-License-Identifier: MIT */
/*
 * A terminal as a grid of letters, by the control sequences of ECMA-48 that every terminal has that
 * can move its cursor: vt100, linux, xterm and what calls itself after them. So it takes neither a
 * library nor a description of the terminal.
 */
#ifndef XL_TOP_TERMINAL_H
#define XL_TOP_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* How letters look, as a set. */
#define TERMINAL_REVERSE 1u
#define TERMINAL_BOLD    2u
#define TERMINAL_RED     4u /* bold without colours */
#define TERMINAL_YELLOW  8u /* likewise */

/* Keys that are no letters; those that are are their character. */
enum {
    TERMINAL_NONE = -1, /* the time is over */
    TERMINAL_UP = 256,
    TERMINAL_DOWN,
    TERMINAL_LEFT,
    TERMINAL_RIGHT,
    TERMINAL_PAGE_UP,
    TERMINAL_PAGE_DOWN,
    TERMINAL_HOME,
    TERMINAL_END,
    TERMINAL_UNKNOWN,
    TERMINAL_RESIZED,
    TERMINAL_GONE, /* nobody will type any more, or the program is told to end */
};

struct terminal {
    int in, out; /* -1: a grid alone, for tests */
    bool has_colours;
    int rows, columns;
    struct terminal_cell *cells, *shown; /* rows * columns */
};

/* Takes the terminal of standard input and output over; false: it is none that can do it. */
bool terminal_open(struct terminal *terminal);
/* Gives it back as it was, with the cursor below what is shown. */
void terminal_close(struct terminal *terminal);
/* An empty grid; false: out of memory, or a size that makes no sense. */
bool terminal_resize(struct terminal *terminal, int rows, int columns);

/* Empties the grid. What is put is to be seen after terminal_show(). */
void terminal_clear(struct terminal *terminal);
/* Text from a place on, cut at the edge; letters that are not ASCII are '?'. */
void terminal_put(struct terminal *terminal, int row, int column, unsigned int style,
                  const char *text);
/* Gives a whole row a style. */
void terminal_mark(struct terminal *terminal, int row, unsigned int style);
/* Writes what has changed since the last time; false: it cannot be written. */
bool terminal_show(struct terminal *terminal);
/* The row's text without the spaces at its end. */
void terminal_row(const struct terminal *terminal, int row, char *out, size_t size);

/* The next key within so many ms. After TERMINAL_RESIZED the grid has its new size, and is empty.
 */
int terminal_key(struct terminal *terminal, int milliseconds);

#endif
