/* SPDX-License-Identifier: MIT */
/*
 * The part of xl (libxl/part.h) that fills a terminal and reads its keys, by ncurses. It is loaded
 * only for the screen of xl top: domains at whose terminal nobody sits need neither it nor ncurses.
 */
#ifndef XL_TOP_TERMINAL_H
#define XL_TOP_TERMINAL_H

#include <stdbool.h>

#define TERMINAL_PART_FILE   "xl-terminal.so"
#define TERMINAL_PART_SYMBOL "terminal_part"
/* Raised with each change of what is below. */
#define TERMINAL_PART_VERSION 1

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

/* There is one terminal at a time. */
struct terminal_part {
    unsigned int version;
    /*
     * Takes over the terminal of these files, of which TERM says `name`. One that nothing here
     * describes is taken for what its name begins with, or for a vt100. False: it cannot move its
     * cursor, and nothing has changed.
     */
    bool (*open)(const char *name, int in, int out);
    /* Gives it back as it was, with the cursor below what is shown. */
    void (*close)(void);
    void (*size)(int *rows, int *columns);

    /* Empties the screen. What is put is to be seen after show(). */
    void (*clear)(void);
    /* Text from a place on, cut at the edge; letters that are not ASCII are '?'. */
    void (*put)(int row, int column, unsigned int style, const char *text);
    /* Gives a whole row a style besides what it has. */
    void (*mark)(int row, unsigned int style);
    /* Writes what has changed since the last time; false: it cannot be written. */
    bool (*show)(void);

    /* The next key within so many ms. After TERMINAL_RESIZED size() is the new one. */
    int (*key)(int milliseconds);
};

#endif
