/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../data.h"
#include "libxl/part.h"
#include "batch.h"
#include "column.h"
#include "row.h"
#include "sample.h"
#include "screen.h"
#include "terminal.h"

#define DELAY_DEFAULT 3.0 /* s */
#define DELAY_LEAST   0.1
#define DELAY_MOST    3600.0
#define REASON        512

/* How it is to go on, from the command line. */
struct plan {
    double delay;
    unsigned long iterations; /* 0: for ever */
    struct top_batch batch;
};

static bool read_delay(const struct xl_call *call, struct plan *plan)
{
    const char *text = xl_value(call, 'd');
    char *end;
    plan->delay = DELAY_DEFAULT;
    if (!text)
        return true;
    plan->delay = strtod(text, &end);
    if (*text >= '0' && *text <= '9' && !*end && plan->delay >= DELAY_LEAST &&
        plan->delay <= DELAY_MOST)
        return true;
    return xl_fail_with("--delay takes %g to %g seconds.", DELAY_LEAST, DELAY_MOST) == XL_OK;
}

static bool read_iterations(const struct xl_call *call, struct plan *plan)
{
    const char *text = xl_value(call, 'i');
    char *end;
    plan->iterations = 0;
    if (!text)
        return true;
    errno = 0;
    plan->iterations = strtoul(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end && !errno && plan->iterations)
        return true;
    return xl_fail_with("--iterations takes a number from 1.") == XL_OK;
}

static bool read_plan(const struct xl_call *call, struct plan *plan)
{
    plan->batch = (struct top_batch){
        .full_names = xl_given(call, 'f'),
        .repeat_header = xl_given(call, 'r'),
        .vcpus = xl_given(call, 'v'),
        .nics = xl_given(call, 'n'),
        .disks = xl_given(call, 'x'),
    };
    return read_delay(call, plan) && read_iterations(call, plan);
}

static void pause_for(double seconds)
{
    struct timespec left = {.tv_sec = (time_t)seconds};
    left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

/* Takes a sample in place of the one before. */
static int next_sample(unsigned int wanted, struct top_sample *sample)
{
    struct top_sample taken;
    enum libxl_code code =
        top_sample_take(xl_context(), wanted, sample->at_ms ? sample : NULL, &taken);
    top_sample_free(sample);
    *sample = taken;
    return code ? xl_fail() : XL_OK;
}

/* Between two samples is the delay; `show` is called with each, or NULL. */
static int take_samples(const struct plan *plan, unsigned int wanted, struct top_sample *sample,
                        void (*show)(const struct plan *plan, struct top_sample *sample))
{
    int status = XL_OK;
    for (unsigned long i = 0; status == XL_OK && (!plan->iterations || i < plan->iterations); i++) {
        if (i)
            pause_for(plan->delay);
        status = next_sample(wanted, sample);
        if (status == XL_OK && show)
            show(plan, sample);
        if (ferror(stdout))
            break;
    }
    return status;
}

static int by_name(const void *a, const void *b)
{
    const struct top_domain *left = a, *right = b;
    int order = strcmp(left->info.name, right->info.name);
    return order ? order : left->info.domid < right->info.domid ? -1 : 1;
}

/* In xentop's order. */
static void show_batch(const struct plan *plan, struct top_sample *sample)
{
    qsort(sample->domains, sample->count, sizeof(*sample->domains), by_name);
    top_batch_print(&plan->batch, sample);
}

static int run_batch(const struct plan *plan)
{
    struct top_sample sample = {0};
    unsigned int wanted = TOP_DEVICES | (plan->batch.vcpus ? TOP_VCPUS : 0);
    int status = take_samples(plan, wanted, &sample, show_batch);
    top_sample_free(&sample);
    return status;
}

/* The last sample; rates take two. */
static int run_data(const struct xl_call *call, struct plan *plan)
{
    struct top_sample sample = {0};
    if (!plan->iterations)
        plan->iterations = 2;
    int status = take_samples(plan, TOP_DEVICES, &sample, NULL);
    struct top_row *rows = status == XL_OK ? top_rows(&sample) : NULL;
    const struct libxl_data data = {"domains", "domain",     top_row_fields,
                                    rows,      sample.count, sizeof(*rows)};
    if (rows)
        status = xl_print_data(call, &data);
    else if (status == XL_OK)
        status = xl_fail_with("Out of memory.");
    free(rows);
    top_sample_free(&sample);
    return status;
}

/* Names of those that cannot move their cursor, or of which nothing is known. */
static bool can_move(const char *name)
{
    static const char *const cannot[] = {"", "dumb", "unknown", "emacs"};
    for (size_t i = 0; i < sizeof(cannot) / sizeof(cannot[0]); i++) {
        if (!strcmp(name, cannot[i]))
            return false;
    }
    return true;
}

/* On a terminal that can move its cursor; false: there is none. */
static bool run_screen(const struct plan *plan, int *status)
{
    static const struct part part = {TERMINAL_PART_FILE, TERMINAL_PART_SYMBOL,
                                     TERMINAL_PART_VERSION};
    const char *name = getenv("TERM");
    char why[REASON];
    const struct top_screen as = {
        .vcpus = plan->batch.vcpus,
        .nics = plan->batch.nics,
        .disks = plan->batch.disks,
        .sort = top_column_find("CPU%"),
    };
    if (!name || !can_move(name) || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return false;
    const struct terminal_part *terminal = part_load(&part, why, sizeof(why));
    if (!terminal) {
        *status = xl_fail_with("The part of xl for the screen is not there (%s); xl top -b prints "
                               "lines without it.",
                               why);
        return true;
    }
    if (!terminal->open(name, STDIN_FILENO, STDOUT_FILENO))
        return false;
    *status = top_screen_run(terminal, plan->delay, plan->iterations, &as);
    return true;
}

static int run(const struct xl_call *call)
{
    int status;
    struct plan plan;
    if (xl_given(call, 'V'))
        return xl_command_version.run(&(struct xl_call){.command = &xl_command_version});
    if (!read_plan(call, &plan))
        return XL_USAGE;
    if (xl_wants_data(call, 'j'))
        return run_data(call, &plan);
    if (!xl_given(call, 'b') && run_screen(&plan, &status))
        return status;
    return run_batch(&plan);
}

static const struct xl_option options[] = {
    {'b', "batch", NULL, "print line after line, for scripts"},
    {'i', "iterations", "N", "end after so many; without it, never"},
    {'d', "delay", "SECONDS", "between two of them; 3 without it"},
    {'f', "full-name", NULL, "print names in full, not their first ten letters"},
    {'r', "repeat-header", NULL, "print the header before each domain"},
    {'v', "vcpus", NULL, "print the time of each vcpu too"},
    {'n', "networks", NULL, "print each network too"},
    {'x', "vbds", NULL, "print each disk too"},
    {'V', "version", NULL, "print the version and end"},
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_top = {
    .name = "top",
    .arguments = "[options]",
    .summary = "Show what domains use, again and again",
    .details =
        "On a terminal it fills the screen until q is typed; h tells the other keys: there one "
        "sorts, "
        "filters, looks at\n"
        "vcpus, disks and networks, and pauses or restarts the domain selected. On one that cannot "
        "move "
        "its cursor, and\n"
        "elsewhere, it does as with -b. NO_COLOR is heeded. Installed as xentop, too: with -b the "
        "columns are those of Xen's\n"
        "xentop, their names, their order and their widths (xentop(1)). A domain that has started "
        "again "
        "since the sample\n"
        "before has no rates yet, which -b shows as 0.0. The state in -b is six letters: dying, "
        "shut "
        "down, blocked,\n"
        "crashed, paused, running. --json and --xml print the last of the iterations, of which "
        "they "
        "take two: what is not\n"
        "known in the first is null.",
    .forms = XL_FORM_LIST(top_row_fields),
    .options = options,
    .run = run,
};
