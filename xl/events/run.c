/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tools/clock.h>

#include "../data.h"
#include "events.h"

struct watch {
    struct libxl_events *events;
    struct events_filter filter;
    struct events_goal goal;
    struct events_since since;
    bool json, once, waits_for_goal;
    int seconds;      /* -1: no limit */
    int64_t deadline; /* clock_ms() */
    bool reached;
};

/* "2026-01-31 13:00:00.123 app  launched  runs again, with 2 vcpus (life 2)". */
static void print_text(const struct libxl_event *event)
{
    char day[32];
    time_t seconds = (time_t)(event->time_ns / 1000000000u);
    struct tm local;
    strftime(day, sizeof(day), "%Y-%m-%d %H:%M:%S", localtime_r(&seconds, &local));
    printf("%s.%03u %-12s %-16s %s", day, (unsigned int)(event->time_ns / 1000000u % 1000u),
           event->domain, event->kind, event->text);
    if (event->life > 1)
        printf(" (life %u)", event->life);
    printf("\n");
}

static int print_event(const struct watch *watch, const struct libxl_event *event)
{
    char *text = NULL;
    if (!watch->json) {
        print_text(event);
        return XL_OK;
    }
    text = libxl_event_json(event);
    if (!text)
        return xl_fail_with("Out of memory.");
    puts(text);
    free(text);
    return XL_OK;
}

static int take_event(struct watch *watch, const struct libxl_event *event)
{
    int status = XL_OK;
    if (watch->since.time_ns && event->time_ns < watch->since.time_ns)
        return XL_OK;
    if (xl_events_wanted(&watch->filter, event))
        status = print_event(watch, event);
    if (watch->waits_for_goal && xl_events_is_goal(&watch->goal, event))
        watch->reached = true;
    return status;
}

/* All that there is by now, or until what is waited for. */
static int take_all(struct watch *watch)
{
    struct libxl_event event;
    bool there;
    int status = XL_OK;
    while (status == XL_OK && !watch->reached) {
        if (libxl_events_next(watch->events, &event, &there) != LIBXL_OK)
            return xl_fail();
        if (!there)
            break;
        status = take_event(watch, &event);
    }
    return fflush(stdout) ? XL_FAILED : status;
}

static int left(const struct watch *watch)
{
    int64_t ms = watch->deadline - clock_ms();
    if (watch->seconds < 0)
        return -1;
    return ms > 0 ? (int)ms : 0;
}

/* The state is looked at after what is known is taken, so that what changes after this look is an
 * event to come. */
static int follow(struct watch *watch)
{
    for (;;) {
        int status = take_all(watch);
        if (status == XL_OK && watch->waits_for_goal && !watch->reached)
            status = xl_events_look(&watch->goal, &watch->reached);
        if (status != XL_OK || watch->reached)
            return status;
        if (watch->once || left(watch) == 0)
            return watch->waits_for_goal ? XL_NOT_YET : XL_OK;
        if (!libxl_events_wait(watch->events, STDOUT_FILENO, left(watch)))
            return XL_OK;
    }
}

static enum libxl_code begin(struct watch *watch)
{
    if (watch->since.now)
        return libxl_events_from_now(watch->events);
    return libxl_events_from(watch->events, watch->since.sequence);
}

/* What the hypervisor has is told at once; whether there is a store may take a while to find out.
 */
static int watch_all(struct watch *watch)
{
    if (begin(watch) != LIBXL_OK ||
        (watch->once && libxl_events_end_now(watch->events) != LIBXL_OK))
        return xl_fail();
    if (watch->once)
        return follow(watch);
    int status = take_all(watch);
    if (status != XL_OK || watch->reached)
        return status;
    libxl_events_add_store(watch->events);
    return follow(watch);
}

static bool read_options(const struct xl_call *call, struct watch *watch)
{
    const char *until = xl_value(call, 'u'), *since = xl_value(call, 's');
    *watch = (struct watch){.json = xl_wants_data(call, 'j'), .seconds = -1};
    watch->once = xl_given(call, 'o');
    watch->waits_for_goal = until != NULL;
    if (!since)
        since = watch->once ? "boot" : "now";
    if (!xl_events_parse_since(since, &watch->since) ||
        !xl_events_read_filter(call, &watch->filter) || !xl_timeout(call, &watch->seconds) ||
        (until && !xl_events_parse_goal(until, &watch->goal)))
        return false;
    watch->deadline = clock_ms() + (int64_t)watch->seconds * 1000;
    return true;
}

static int run(const struct xl_call *call)
{
    struct watch watch;
    if (!read_options(call, &watch))
        return XL_USAGE;
    if (libxl_events_open(xl_context(), &watch.events) != LIBXL_OK)
        return xl_fail();
    int status = watch_all(&watch);
    libxl_events_close(watch.events);
    return status;
}

static const struct xl_option options[] = {
    {'s', "since", "WHEN", "begin there: boot, now, an event's number, or a time"},
    {'d', "domain", "DOMAIN", "events of this domain only; may be given several times"},
    {'k', "kind", "EVENT", "events of this kind only; may be given several times"},
    {'o', "once", NULL, "print what there is, from boot on if --since says nothing else, and end"},
    {'u', "until", "EVENT[,NAME]",
     "end with this event, of this domain, or when it is in this state"},
    {'t', "timeout", "SECONDS", "end after so long; with --until with status 4"},
    {'j', "json", NULL, "print each event as an object of JSON, on a line of its own"},
    {0},
};

static const struct xl_status statuses[] = {
    {XL_NOT_YET, "with --until: the time is over, and it was not reached"},
    {0},
};

static const struct xl_form forms[] = {
    {.name = "default", .lines = true},
    {0},
};

const struct xl_command xl_command_events = {
    .name = "events",
    .arguments = "[options]",
    .summary = "Print what happens to domains, as it happens",
    .details =
        "Without --once it goes on until what it prints to is gone. The hypervisor keeps the last "
        "512 events: where some\n"
        "are kept no more, an event \"lost\" says how many. Each has a number, one more than the "
        "one before.\n"
        "\n"
        "Of the hypervisor: launched, restarted, paused, unpaused, shutdown, crashed, destroyed, "
        "restart_delayed,\n"
        "restart_held, restart_failed, restart_given_up, denied, watchdog, pool_exhausted, and of "
        "its log log_error and\n"
        "log_warning. Of the store, which does not keep them: device_attached, device_detached, "
        "and of clients in this domain\n"
        "console_attached and console_detached.\n"
        "\n"
        "--until also takes states of a domain: is-running, is-paused, is-ended (shut down, or "
        "gone), is-gone. If the\n"
        "domain is in it already, that is reached at once; an event counts only from --since on. "
        "So a script does\n"
        "not miss what happens between its looking and its waiting:\n"
        "\n"
        "    xl restart app && xl events --until is-running,app --timeout 30\n"
        "\n"
        "With --once the time is over when all is printed that there is.",
    .forms = forms,
    .options = options,
    .statuses = statuses,
    .run = run,
};
