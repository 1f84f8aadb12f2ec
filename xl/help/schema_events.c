/* SPDX-License-Identifier: MIT */
/* The JSON schema of events: what there is of each kind, by the tables that its text is made by. */
#include "schema.h"

#include <string.h>

#include <libxl/events.h>

#define TIME "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}Z$"

/* A type for all members of that name. */
static const struct {
    const char *name, *type, *pattern;
} members[] = {
    {"sequence", "integer", NULL}, {"time", "string", TIME},     {"uptime_ns", "integer", NULL},
    {"event", "string", NULL},     {"severity", "string", NULL}, {"domain", "string", NULL},
    {"domid", "integer", NULL},    {"life", "integer", NULL},    {"details", "object", NULL},
    {"text", "string", NULL},
};

static const char *const always[] = {"time", "event", "severity", "details", "text"};
/* Of an event of the hypervisor's. */
static const char *const numbered[] = {"sequence", "uptime_ns"};

static void put_const(yajl_gen gen, const char *name, const char *value)
{
    schema_text(gen, name);
    yajl_gen_map_open(gen);
    schema_member(gen, "const", value);
    yajl_gen_map_close(gen);
}

static void put_names(yajl_gen gen, const char *const *names, size_t count)
{
    yajl_gen_array_open(gen);
    for (size_t i = 0; i < count; i++)
        schema_text(gen, names[i]);
    yajl_gen_array_close(gen);
}

static void put_details(yajl_gen gen, size_t kind)
{
    char names[LIBXL_EVENT_DETAILS][16];
    const char *required[LIBXL_EVENT_DETAILS];
    size_t count = 0;
    bool number;
    schema_text(gen, "details");
    schema_open_object(gen);
    while (count < LIBXL_EVENT_DETAILS &&
           libxl_event_kind_detail(kind, count, names[count], &number)) {
        schema_text(gen, names[count]);
        schema_type(gen, number ? "integer" : "string", !number);
        required[count] = names[count];
        count++;
    }
    schema_close_object(gen, required, count);
}

/* What follows for an event of that kind. */
static void put_kind(yajl_gen gen, size_t kind)
{
    yajl_gen_map_open(gen);
    schema_text(gen, "if");
    yajl_gen_map_open(gen);
    schema_text(gen, "properties");
    yajl_gen_map_open(gen);
    put_const(gen, "event", libxl_event_kind(kind));
    yajl_gen_map_close(gen);
    yajl_gen_map_close(gen);
    schema_text(gen, "then");
    yajl_gen_map_open(gen);
    schema_text(gen, "properties");
    yajl_gen_map_open(gen);
    put_const(gen, "severity", libxl_event_kind_severity(kind));
    put_details(gen, kind);
    yajl_gen_map_close(gen);
    yajl_gen_map_close(gen);
    yajl_gen_map_close(gen);
}

/* "unknown" are those of a hypervisor that has more. */
static void put_kinds(yajl_gen gen)
{
    schema_text(gen, "enum");
    yajl_gen_array_open(gen);
    for (size_t i = 0; libxl_event_kind(i); i++)
        schema_text(gen, libxl_event_kind(i));
    schema_text(gen, "unknown");
    yajl_gen_array_close(gen);
}

static void put_members(yajl_gen gen)
{
    schema_text(gen, "properties");
    yajl_gen_map_open(gen);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        schema_text(gen, members[i].name);
        yajl_gen_map_open(gen);
        schema_member(gen, "type", members[i].type);
        if (members[i].pattern)
            schema_member(gen, "pattern", members[i].pattern);
        if (!strcmp(members[i].name, "event"))
            put_kinds(gen);
        yajl_gen_map_close(gen);
    }
    yajl_gen_map_close(gen);
}

void schema_events(yajl_gen gen)
{
    schema_member(gen, "description", "One line, each of which is an event.");
    schema_member(gen, "type", "object");
    put_members(gen);
    schema_text(gen, "required");
    put_names(gen, always, sizeof(always) / sizeof(always[0]));
    schema_text(gen, "additionalProperties");
    yajl_gen_bool(gen, false);
    schema_text(gen, "dependentRequired");
    yajl_gen_map_open(gen);
    schema_text(gen, "domain");
    put_names(gen, (const char *const[]){"domid"}, 1);
    schema_text(gen, "domid");
    put_names(gen, (const char *const[]){"domain"}, 1);
    schema_text(gen, numbered[0]);
    put_names(gen, &numbered[1], 1);
    schema_text(gen, numbered[1]);
    put_names(gen, &numbered[0], 1);
    yajl_gen_map_close(gen);
    schema_text(gen, "allOf");
    yajl_gen_array_open(gen);
    for (size_t i = 0; libxl_event_kind(i); i++)
        put_kind(gen, i);
    yajl_gen_array_close(gen);
}
