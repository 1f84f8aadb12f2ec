/* SPDX-License-Identifier: MIT */
/* Which events xl events prints, and from when on. */
#include "events.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool read_names(const struct xl_call *call, char letter, const char **names, size_t *count)
{
    const char *name;
    for (int position = 0; (name = xl_next_value(call, letter, &position));) {
        if (*count == XL_EVENTS_NAMES) {
            xl_fail_with("There may be at most %d of one option.", XL_EVENTS_NAMES);
            return false;
        }
        names[(*count)++] = name;
    }
    return true;
}

bool xl_events_read_filter(const struct xl_call *call, struct events_filter *filter)
{
    *filter = (struct events_filter){.nr_kinds = 0};
    if (!read_names(call, 'd', filter->domains, &filter->nr_domains) ||
        !read_names(call, 'k', filter->kinds, &filter->nr_kinds))
        return false;
    for (size_t i = 0; i < filter->nr_kinds; i++) {
        if (!libxl_event_kind_known(filter->kinds[i])) {
            xl_fail_with("--kind: there is no event '%s'.", filter->kinds[i]);
            return false;
        }
    }
    return true;
}

static bool is_named(const char *const *names, size_t count, const struct libxl_event *event,
                     bool (*matches)(const struct libxl_event *, const char *))
{
    for (size_t i = 0; i < count; i++) {
        if (matches(event, names[i]))
            return true;
    }
    return !count;
}

static bool is_of_kind(const struct libxl_event *event, const char *kind)
{
    return !strcmp(event->kind, kind);
}

/* That events are lost concerns who asked for any. */
bool xl_events_wanted(const struct events_filter *filter, const struct libxl_event *event)
{
    return is_of_kind(event, "lost") ||
           (is_named(filter->domains, filter->nr_domains, event, xl_events_of_domain) &&
            is_named(filter->kinds, filter->nr_kinds, event, is_of_kind));
}

/* A date, or a date and a time of day, as this domain's clock has them. */
static bool parse_time(const char *text, uint64_t *time_ns)
{
    static const char *const forms[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M",
                                        "%Y-%m-%d %H:%M", "%Y-%m-%d"};
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct tm tm = {.tm_isdst = -1};
        const char *end = strptime(text, forms[i], &tm);
        bool utc = end && !strcmp(end, "Z");
        if (!end || (*end && !utc))
            continue;
        time_t seconds = utc ? timegm(&tm) : mktime(&tm);
        *time_ns = (uint64_t)seconds * 1000000000u;
        return seconds > 0;
    }
    return false;
}

bool xl_events_parse_since(const char *text, struct events_since *since)
{
    char *end;
    *since = (struct events_since){.now = !strcmp(text, "now")};
    if (since->now || !strcmp(text, "boot"))
        return true;
    since->sequence = strtoull(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && !*end)
        return true;
    since->sequence = 0;
    if (parse_time(text, &since->time_ns))
        return true;
    xl_fail_with("--since takes boot, now, an event's number, or a time: "
                 "2026-01-31T13:00:00, or with Z for UTC.");
    return false;
}
