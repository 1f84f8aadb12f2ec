/* SPDX-License-Identifier: MIT */
/* What `xl top` shows on a terminal, and what its keys do. */
#ifndef XL_TOP_SCREEN_H
#define XL_TOP_SCREEN_H

#include "sample.h"
#include "terminal.h"

#define TOP_INPUT_MAX 40

enum top_mode { TOP_TABLE, TOP_HELP, TOP_ASKS_TEXT, TOP_ASKS_CONSENT };

struct top_line;
struct top_action;
struct top_question;

struct top_screen {
    const struct terminal_part *terminal; /* taken over */
    int rows, columns;
    struct top_sample now;
    double delay; /* s */
    bool ends;
    enum top_mode mode;
    /* How the table is shown. */
    size_t sort;
    bool reversed;
    bool vcpus, nics, disks, cpus;
    size_t first_column; /* after the name */
    char filter[TOP_INPUT_MAX], search[TOP_INPUT_MAX];
    /* Where one is in it. */
    uint32_t selected; /* domid */
    size_t first_line;
    struct top_line *lines;
    size_t nr_lines, room;
    /* What is asked and said on the last row. */
    const struct top_question *question;
    const struct top_action *action;
    char input[TOP_INPUT_MAX];
    char message[200];
};

/* Draws all of it on the terminal, which has to show it yet. */
void top_draw(struct top_screen *screen);
/* What a key does; true: a sample is to be taken now. */
bool top_press(struct top_screen *screen, int key);
/* The domain selected, or NULL. */
const struct top_domain *top_selected(const struct top_screen *screen);
/* Whether it is among those shown. */
bool top_is_shown(const struct top_screen *screen, const struct top_domain *domain);

/*
 * Shows samples until it is told to end, and gives the terminal back. `iterations` 0: without end.
 * Returns the exit status.
 */
int top_screen_run(const struct terminal_part *terminal, double delay, unsigned long iterations,
                   const struct top_screen *as);

#endif
