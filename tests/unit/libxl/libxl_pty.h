/* SPDX-License-Identifier: MIT */
/* A terminal that a test plays, and the part of xl that fills it. */
#ifndef TESTS_LIBXL_PTY_H
#define TESTS_LIBXL_PTY_H

#include <stddef.h>

#include "xl/top/terminal.h"

struct pty {
    const struct terminal_part *part;
    int own;        /* what the test types into, and reads */
    int terminal;   /* what the program has */
    char out[8192]; /* what came last */
};

/* A terminal of that size, which no program has yet. */
void pty_open(struct pty *pty, int rows, int columns);
void pty_close(struct pty *pty);
void pty_resize(struct pty *pty, int rows, int columns);
void pty_type(struct pty *pty, const char *keys);
/* Takes all that has been written to `out`, as a string. */
void pty_read(struct pty *pty);

/* A row of ncurses' screen, without the spaces at its end. */
void pty_row(int row, char *text, size_t size);

#endif
