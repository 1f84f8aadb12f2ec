/* SPDX-License-Identifier: MIT */
/* Descriptions of terminals for machines that have none, as a board's RAM disk. */
#include <stdlib.h>
#include <string.h>

#include "terminal_ops.h"

/* Last, as it has macros of many names. */
#include <curses.h>
#include <term.h>

/* For what has another name: all that can move their cursors do it as this one. */
static const char usual[] = "vt100";

/* A name with a '-' is one of a kind that is named before it. */
static const struct terminal_description *find(const char *name, size_t length)
{
    const struct terminal_description *one = terminal_descriptions;
    while (one->name && (strlen(one->name) != length || strncmp(one->name, name, length) != 0))
        one++;
    return one->name ? one : NULL;
}

static bool is_described(const char *name, int out)
{
    int error;
    return setupterm(name, out, &error) == OK;
}

static const char *describe_by_own(const char *name, int out)
{
    const struct terminal_description *own = find(name, strlen(name));
    if (!own)
        own = find(name, strcspn(name, "-"));
    if (!own)
        own = find(usual, sizeof(usual) - 1);
    if (!own || setenv("TERMINFO", own->text, 1) != 0)
        return NULL;
    return is_described(own->name, out) ? own->name : NULL;
}

const char *terminal_capability(const char *name)
{
    const char *text = tigetstr(name);
    return text == (const char *)-1 ? NULL : text;
}

const char *terminal_describe(const char *name, int out)
{
    const char *known = is_described(name, out) ? name : describe_by_own(name, out);
    if (!known)
        return NULL;
    bool moves = terminal_capability("cup");
    del_curterm(cur_term);
    return moves ? known : NULL;
}
