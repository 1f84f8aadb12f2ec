/* SPDX-License-Identifier: MIT */
/*
 * What comes after the end of a console: the next life of its domain, if there is one. Each is
 * told of on stderr.
 */
#ifndef XL_CONSOLE_LIVES_H
#define XL_CONSOLE_LIVES_H

#include "console_pump.h"
#include "xl.h"

struct console_lives {
    struct console_next next; /* for the pump */
    const char *name;         /* as the user named the domain */
    const char *hint;         /* said to a person who has to wait, or "" */
    uint32_t domid;
    uint64_t instance; /* the life whose console is attached; 0: not known, then there is no next */
    char start[LIBXL_START_MAX]; /* of that life, as xenstored has it */
    bool waiting, told;
    int64_t since, idle_since; /* when the life ended; when something was last under way */
};

/* Before the console of the domain's life of now is opened. */
void console_lives_begin(struct console_lives *lives, const char *name, uint32_t domid,
                         const char *hint);
/* Adds to the reason of a link's end how the domain's life has ended, if that can be seen yet. */
void console_lives_explain(const struct console_lives *lives, struct console_link *ended);

#endif
