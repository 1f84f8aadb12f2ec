/* SPDX-License-Identifier: MIT */
/* An event as one line of JSON. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <libxl/events.h>

#include <yajl/yajl_gen.h>

static void put_text(yajl_gen gen, const char *text)
{
    yajl_gen_string(gen, (const unsigned char *)text, strlen(text));
}

static void put_named(yajl_gen gen, const char *name, const char *text)
{
    put_text(gen, name);
    if (*text)
        put_text(gen, text);
    else
        yajl_gen_null(gen);
}

static void put_number(yajl_gen gen, const char *name, uint64_t number)
{
    char text[24];
    put_text(gen, name);
    int length = snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
    yajl_gen_number(gen, text, (size_t)length);
}

/* ISO 8601, in UTC. */
static void put_time(yajl_gen gen, uint64_t time_ns)
{
    char day[32], text[64];
    time_t seconds = (time_t)(time_ns / 1000000000u);
    struct tm utc;
    strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &utc));
    snprintf(text, sizeof(text), "%s.%06uZ", day, (unsigned int)(time_ns % 1000000000u / 1000u));
    put_named(gen, "time", text);
}

static void put_details(yajl_gen gen, const struct libxl_event *event)
{
    put_text(gen, "details");
    yajl_gen_map_open(gen);
    for (size_t i = 0; i < event->nr_details; i++) {
        const char *value = event->details[i].value;
        if (!event->details[i].number) {
            put_named(gen, event->details[i].name, value);
            continue;
        }
        put_text(gen, event->details[i].name);
        yajl_gen_number(gen, value, strlen(value));
    }
    yajl_gen_map_close(gen);
}

static void put_event(yajl_gen gen, const struct libxl_event *event)
{
    yajl_gen_map_open(gen);
    if (event->sequence)
        put_number(gen, "sequence", event->sequence);
    put_time(gen, event->time_ns);
    if (event->uptime_ns)
        put_number(gen, "uptime_ns", event->uptime_ns);
    put_named(gen, "event", event->kind);
    put_named(gen, "severity", event->severity);
    if (event->domid != LIBXL_NOT_TOLD) {
        put_named(gen, "domain", event->domain);
        put_number(gen, "domid", event->domid);
    }
    if (event->life)
        put_number(gen, "life", event->life);
    put_details(gen, event);
    put_named(gen, "text", event->text);
    yajl_gen_map_close(gen);
}

char *libxl_event_json(const struct libxl_event *event)
{
    yajl_gen gen = yajl_gen_alloc(NULL);
    const unsigned char *text;
    size_t length;
    char *copy = NULL;
    if (!gen)
        return NULL;
    put_event(gen, event);
    if (yajl_gen_get_buf(gen, &text, &length) == yajl_gen_status_ok)
        copy = strndup((const char *)text, length);
    yajl_gen_free(gen);
    return copy;
}
