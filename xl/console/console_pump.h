/* SPDX-License-Identifier: MIT */
/* Moves bytes between the person, or the pipe, and a console. */
#ifndef XL_CONSOLE_PUMP_H
#define XL_CONSOLE_PUMP_H

#include <stdbool.h>

#include "console_link.h"

/* What comes after a link. */
struct console_next {
    /* Asked again and again once `ended` has: the next link; NULL with `*over`: there is none; NULL
     * without: not yet. Does not wait. */
    struct console_link *(*look)(struct console_next *next, struct console_link *ended, bool *over);
};

struct console_pump {
    struct console_link *link;
    struct console_next *next; /* NULL: nothing comes after the link */
    int in, out;
    char escape;     /* detaches when it is read */
    int linger_ms;   /* after the end of the input: how long there must be silence */
    int patience_ms; /* after the end of the input: how long to wait at all; also how
                      * long the guest may take nothing of it */
};

enum console_end {
    CONSOLE_END_DETACHED, /* the escape character */
    CONSOLE_END_SIGNAL,   /* told to end */
    CONSOLE_END_OUTPUT,   /* the output could not be written */
    CONSOLE_END_INPUT,    /* the input ended, and then there was silence */
    CONSOLE_END_IGNORED,  /* the input ended, and the guest has not read all of it */
    CONSOLE_END_CONSOLE,  /* the link's end */
    CONSOLE_END_CUT,      /* the same, before that of a pipe's input */
};

/*
 * Runs until the end, and over that of the link while another comes after it, unless all of a
 * pipe's input has been typed: then the answer is whole. pump->link is the last one, and what came
 * before it is closed. With a terminal as input, it is in raw mode meanwhile.
 */
enum console_end console_pump_run(struct console_pump *pump);

#endif
