/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../xl.h"
#include "column.h"
#include "screen.h"

#define CONTROL_C 3
#define BACKSPACE 8
#define ESCAPE    27
#define DELETE    127
#define PAGE      10 /* domains */

#define DELAY_LEAST 0.1
#define DELAY_MOST  3600.0

const struct top_domain *top_selected(const struct top_screen *screen)
{
    return top_sample_find(&screen->now, screen->selected);
}

/* ---- Moving ---- */

/* By so many of those shown, in the order in which they are. */
static void move(struct top_screen *screen, long by)
{
    const struct top_domain *domains = screen->now.domains;
    long at = -1, count = 0, wanted;
    for (size_t i = 0; i < screen->now.count; i++) {
        if (!top_is_shown(screen, &domains[i]))
            continue;
        if (domains[i].info.domid == screen->selected)
            at = count;
        count++;
    }
    wanted = at + by < 0 ? 0 : at + by >= count ? count - 1 : at + by;
    for (size_t i = 0; i < screen->now.count; i++) {
        if (top_is_shown(screen, &domains[i]) && wanted-- == 0)
            screen->selected = domains[i].info.domid;
    }
}

static void scroll_columns(struct top_screen *screen, int by)
{
    if (by < 0 && screen->first_column)
        screen->first_column--;
    if (by > 0 && screen->first_column + 2 < top_nr_columns)
        screen->first_column++;
}

/* ---- What is asked for ---- */

struct top_question {
    const char *text;
    void (*take)(struct top_screen *screen);
};

static void take_filter(struct top_screen *screen)
{
    memcpy(screen->filter, screen->input, sizeof(screen->filter));
}

/* From the one after the selected on, and round. */
static void take_search(struct top_screen *screen)
{
    const struct top_sample *now = &screen->now;
    size_t at = 0;
    if (*screen->input)
        memcpy(screen->search, screen->input, sizeof(screen->search));
    for (size_t i = 0; i < now->count; i++) {
        if (now->domains[i].info.domid == screen->selected)
            at = i;
    }
    for (size_t i = 1; i <= now->count; i++) {
        const struct top_domain *domain = &now->domains[(at + i) % now->count];
        if (top_is_shown(screen, domain) && strstr(domain->info.name, screen->search)) {
            screen->selected = domain->info.domid;
            return;
        }
    }
    snprintf(screen->message, sizeof(screen->message), "No name has '%s'.", screen->search);
}

static void take_delay(struct top_screen *screen)
{
    char *end;
    double delay = strtod(screen->input, &end);
    if (*screen->input >= '0' && *screen->input <= '9' && !*end && delay >= DELAY_LEAST &&
        delay <= DELAY_MOST)
        screen->delay = delay;
    else
        snprintf(screen->message, sizeof(screen->message), "It takes %g to %g seconds.",
                 DELAY_LEAST, DELAY_MOST);
}

static const struct top_question filter_question = {"Show names with: ", take_filter};
static const struct top_question search_question = {"Find a name with: ", take_search};
static const struct top_question delay_question = {"Seconds between samples: ", take_delay};

static void ask_text(struct top_screen *screen, const struct top_question *question)
{
    screen->mode = TOP_ASKS_TEXT;
    screen->question = question;
    screen->input[0] = '\0';
    snprintf(screen->message, sizeof(screen->message), "%s", question->text);
}

static void type(struct top_screen *screen, int key)
{
    size_t length = strlen(screen->input);
    if (key == '\r' || key == '\n') {
        screen->mode = TOP_TABLE;
        screen->message[0] = '\0';
        screen->question->take(screen);
    } else if (key == ESCAPE || key == CONTROL_C) {
        screen->mode = TOP_TABLE;
        screen->message[0] = '\0';
    } else if ((key == BACKSPACE || key == DELETE) && length) {
        screen->input[length - 1] = '\0';
    } else if (key >= ' ' && key < DELETE && length + 1 < sizeof(screen->input)) {
        screen->input[length] = (char)key;
        screen->input[length + 1] = '\0';
    }
}

/* ---- What is done to a domain ---- */

struct top_action {
    const char *question; /* "Pause" */
    enum libxl_code (*run)(const struct libxl_domain *domain);
};

static enum libxl_code run_pause(const struct libxl_domain *domain)
{
    return libxl_domain_pause(xl_context(), domain->domid);
}

static enum libxl_code run_unpause(const struct libxl_domain *domain)
{
    return libxl_domain_unpause(xl_context(), domain->domid);
}

static enum libxl_code run_restart(const struct libxl_domain *domain)
{
    return libxl_domain_restart(xl_context(), domain->domid);
}

static const struct top_action pause_action = {"Pause", run_pause};
static const struct top_action unpause_action = {"Unpause", run_unpause};
static const struct top_action restart_action = {"Restart", run_restart};

static void ask_consent(struct top_screen *screen, const struct top_action *action)
{
    const struct top_domain *domain = top_selected(screen);
    if (!domain)
        return;
    screen->mode = TOP_ASKS_CONSENT;
    screen->action = action;
    screen->input[0] = '\0';
    snprintf(screen->message, sizeof(screen->message), "%s %.60s (domain %u)? y/n ",
             action->question, domain->info.name, domain->info.domid);
}

static bool answer(struct top_screen *screen, int key)
{
    const struct top_domain *domain = top_selected(screen);
    screen->mode = TOP_TABLE;
    screen->message[0] = '\0';
    if (key != 'y' || !domain)
        return false;
    if (screen->action->run(&domain->info) != LIBXL_OK)
        snprintf(screen->message, sizeof(screen->message), "%s", libxl_error(xl_context()));
    return true;
}

/* ---- Keys ---- */

static void press_sort(struct top_screen *screen)
{
    screen->sort = (screen->sort + 1) % top_nr_columns;
}

static void press_reverse(struct top_screen *screen)
{
    screen->reversed = !screen->reversed;
}

static void press_filter(struct top_screen *screen)
{
    ask_text(screen, &filter_question);
}

static void press_search(struct top_screen *screen)
{
    ask_text(screen, &search_question);
}

static void press_delay(struct top_screen *screen)
{
    ask_text(screen, &delay_question);
}

static void press_vcpus(struct top_screen *screen)
{
    screen->vcpus = !screen->vcpus;
}

static void press_nics(struct top_screen *screen)
{
    screen->nics = !screen->nics;
}

static void press_disks(struct top_screen *screen)
{
    screen->disks = !screen->disks;
}

static void press_cpus(struct top_screen *screen)
{
    screen->cpus = !screen->cpus;
}

static void press_help(struct top_screen *screen)
{
    screen->mode = TOP_HELP;
}

static void press_pause(struct top_screen *screen)
{
    const struct top_domain *domain = top_selected(screen);
    ask_consent(screen, domain && domain->info.paused ? &unpause_action : &pause_action);
}

static void press_restart(struct top_screen *screen)
{
    ask_consent(screen, &restart_action);
}

static void press_end(struct top_screen *screen)
{
    screen->ends = true;
}

static void press_up(struct top_screen *screen)
{
    move(screen, -1);
}

static void press_down(struct top_screen *screen)
{
    move(screen, 1);
}

static void press_page_up(struct top_screen *screen)
{
    move(screen, -PAGE);
}

static void press_page_down(struct top_screen *screen)
{
    move(screen, PAGE);
}

static void press_left(struct top_screen *screen)
{
    scroll_columns(screen, -1);
}

static void press_right(struct top_screen *screen)
{
    scroll_columns(screen, 1);
}

static const struct {
    int key;
    void (*press)(struct top_screen *screen);
    bool samples; /* what it shows was not asked for yet */
} keys[] = {
    {'q', press_end, false},
    {CONTROL_C, press_end, false},
    {TERMINAL_GONE, press_end, false},
    {TERMINAL_UP, press_up, false},
    {TERMINAL_DOWN, press_down, false},
    {TERMINAL_PAGE_UP, press_page_up, false},
    {TERMINAL_PAGE_DOWN, press_page_down, false},
    {TERMINAL_LEFT, press_left, false},
    {TERMINAL_RIGHT, press_right, false},
    {'s', press_sort, false},
    {'S', press_reverse, false},
    {'/', press_filter, false},
    {'f', press_search, false},
    {'d', press_delay, false},
    {'v', press_vcpus, true},
    {'n', press_nics, false},
    {'x', press_disks, false},
    {'C', press_cpus, true},
    {'p', press_pause, false},
    {'r', press_restart, false},
    {'h', press_help, false},
    {'?', press_help, false},
};

bool top_press(struct top_screen *screen, int key)
{
    if (screen->mode == TOP_ASKS_TEXT && key != TERMINAL_GONE) {
        type(screen, key);
        return false;
    }
    if (screen->mode == TOP_ASKS_CONSENT && key != TERMINAL_GONE)
        return key != TERMINAL_RESIZED && answer(screen, key);
    if (screen->mode == TOP_HELP && key != 'q' && key != TERMINAL_GONE && key != CONTROL_C) {
        screen->mode = key == TERMINAL_RESIZED ? TOP_HELP : TOP_TABLE;
        return false;
    }
    screen->message[0] = '\0';
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (keys[i].key != key)
            continue;
        keys[i].press(screen);
        return keys[i].samples;
    }
    return key == ' ';
}
