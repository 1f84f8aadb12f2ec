/* SPDX-License-Identifier: MIT */
/* Described structs, field by field. */
#include "walk.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl/device.h>

static const char *const role_names[] = {"control", "hardware", "xenstore", "device-model",
                                         "untargetable"};
#define ROLES (sizeof(role_names) / sizeof(role_names[0]))

/* By SHUTDOWN_. */
static const char *const reason_names[] = {"poweroff", "reboot",   "suspend",
                                           "crash",    "watchdog", "soft-reset"};
#define REASONS (sizeof(reason_names) / sizeof(reason_names[0]))

const char *libxl_role_name(unsigned int role)
{
    return role < ROLES ? role_names[role] : NULL;
}

const char *libxl_reason_name(unsigned int reason)
{
    return reason < REASONS ? reason_names[reason] : NULL;
}

unsigned long long libxl_field_number(const struct libxl_field *field, const void *base)
{
    const unsigned char *at = (const unsigned char *)base + field->offset;
    union {
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        uint64_t u64;
    } value = {0};
    memcpy(&value, at, field->size);
    switch (field->size) {
    case 1: return value.u8;
    case 2: return value.u16;
    case 4: return value.u32;
    default: return value.u64;
    }
}

bool libxl_field_told(const struct libxl_field *field, const void *base)
{
    unsigned char none[sizeof(uint64_t)];
    if (field->kind != LIBXL_KIND_TOLD && field->kind != LIBXL_KIND_KHZ)
        return true;
    memset(none, 0xff, sizeof(none));
    return memcmp((const unsigned char *)base + field->offset, none, field->size) != 0;
}

void libxl_field_forget(const struct libxl_field *fields, void *base)
{
    for (; fields->name; fields++) {
        if (fields->kind == LIBXL_KIND_TOLD || fields->kind == LIBXL_KIND_KHZ)
            memset((unsigned char *)base + fields->offset, 0xff, fields->size);
    }
}

struct walk {
    const struct sink *sink;
    void *context;
};

static void put(const struct walk *walk, const char *name, enum sink_type type, const char *text)
{
    walk->sink->value(walk->context, name, type, text);
}

static void put_number(const struct walk *walk, const char *name, unsigned long long number)
{
    char text[24];
    snprintf(text, sizeof(text), "%llu", number);
    put(walk, name, SINK_LITERAL, text);
}

/* A char array may lack its end. */
static void put_chars(const struct walk *walk, const char *name, const char *text, size_t size)
{
    char *copy = strndup(text, size);
    if (copy)
        libxl_make_printable(copy, strlen(copy), "\n\t");
    put(walk, name, SINK_TEXT, copy ? copy : "");
    free(copy);
}

static void put_pointer(const struct walk *walk, const char *name, const void *at)
{
    const char *text;
    memcpy(&text, at, sizeof(text));
    put_chars(walk, name, text, strlen(text));
}

static void put_roles(const struct walk *walk, const char *name, unsigned long long roles)
{
    walk->sink->open_list(walk->context, name);
    for (size_t i = 0; i < ROLES; i++) {
        if (roles & (1u << i))
            put(walk, "role", SINK_TEXT, role_names[i]);
    }
    walk->sink->close_list(walk->context, name);
}

static void put_cpumap(const struct walk *walk, const char *name, const uint8_t *map, size_t size)
{
    walk->sink->open_list(walk->context, name);
    for (size_t i = 0; i < size * 8; i++) {
        if (map[i / 8] & (1u << i % 8))
            put_number(walk, "cpu", i);
    }
    walk->sink->close_list(walk->context, name);
}

static void put_uuid(const struct walk *walk, const char *name, const uint8_t *uuid)
{
    char text[37], *at = text;
    for (unsigned int i = 0; i < 16; i++) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;
        at += snprintf(at, 4, "%s%02x", dash ? "-" : "", uuid[i]);
    }
    put(walk, name, SINK_TEXT, text);
}

static void put_mac(const struct walk *walk, const char *name, const uint8_t *mac)
{
    char text[18];
    libxl_mac_format(mac, text);
    put(walk, name, SINK_TEXT, text);
}

static void put_khz(const struct walk *walk, const char *name, unsigned long long khz)
{
    char text[32];
    snprintf(text, sizeof(text), "%llu.%03llu", khz / 1000, khz % 1000);
    put(walk, name, SINK_LITERAL, text);
}

static void put_reason(const struct walk *walk, const char *name, unsigned long long reason)
{
    const char *text = libxl_reason_name((unsigned int)reason);
    if (reason == LIBXL_NO_REASON)
        put(walk, name, SINK_NULL, "");
    else
        put(walk, name, SINK_TEXT, text ? text : "unknown");
}

static void put_value(const struct walk *walk, const struct libxl_field *field, const void *base)
{
    const void *at = (const unsigned char *)base + field->offset;
    const char *name = field->name;
    switch (field->kind) {
    case LIBXL_KIND_STRING:
    case LIBXL_KIND_TEXT: put_chars(walk, name, at, field->size); break;
    case LIBXL_KIND_POINTER: put_pointer(walk, name, at); break;
    case LIBXL_KIND_NUMBER:
    case LIBXL_KIND_TOLD: put_number(walk, name, libxl_field_number(field, base)); break;
    case LIBXL_KIND_BOOL:
        put(walk, name, SINK_LITERAL, libxl_field_number(field, base) ? "true" : "false");
        break;
    case LIBXL_KIND_KHZ: put_khz(walk, name, libxl_field_number(field, base)); break;
    case LIBXL_KIND_UUID: put_uuid(walk, name, at); break;
    case LIBXL_KIND_ROLES: put_roles(walk, name, libxl_field_number(field, base)); break;
    case LIBXL_KIND_CPUMAP: put_cpumap(walk, name, at, field->size); break;
    case LIBXL_KIND_REASON: put_reason(walk, name, libxl_field_number(field, base)); break;
    case LIBXL_KIND_CONST: put(walk, name, SINK_TEXT, field->constant); break;
    case LIBXL_KIND_MAC: put_mac(walk, name, at); break;
    case LIBXL_KIND_LIST:
    case LIBXL_KIND_GROUP: break;
    }
}

static bool left_out(const struct libxl_field *field, const void *base)
{
    return field->kind == LIBXL_KIND_TEXT && !((const char *)base)[field->offset];
}

#define DEPTH_MAX 4

/* What is open: a group of the same struct's fields, or one of a list's items. */
struct level {
    const struct libxl_field *field; /* the group or the list */
    const void *base;                /* of the struct around it */
    size_t left;                     /* items of the list after this one */
};

/* Begins with an item of a list; what there is after it is known by its level. */
static const void *open_item(const struct walk *walk, const struct level *level)
{
    struct libxl_items items;
    memcpy(&items, (const unsigned char *)level->base + level->field->offset, sizeof(items));
    walk->sink->open_group(walk->context, level->field->constant);
    return (const unsigned char *)items.items +
           (items.count - level->left - 1) * level->field->size;
}

/* Opens a list; false, and it is closed again: it is empty. */
static bool open_list(const struct walk *walk, struct level *level)
{
    struct libxl_items items;
    memcpy(&items, (const unsigned char *)level->base + level->field->offset, sizeof(items));
    walk->sink->open_list(walk->context, level->field->name);
    if (!items.count)
        walk->sink->close_list(walk->context, level->field->name);
    level->left = items.count - 1;
    return items.count;
}

/* Where the walk is. */
struct place {
    const struct libxl_field *fields;
    const void *base;
    struct level stack[DEPTH_MAX];
    unsigned int depth;
};

/* At a description's end: back to what is around it, or on to the next item of the list. */
static void leave(const struct walk *walk, struct place *place)
{
    struct level *level = &place->stack[place->depth - 1];
    bool list = level->field->kind == LIBXL_KIND_LIST;
    walk->sink->close_group(walk->context, list ? level->field->constant : level->field->name);
    if (list && level->left) {
        level->left--;
        place->base = open_item(walk, level);
        place->fields = level->field->children;
        return;
    }
    if (list)
        walk->sink->close_list(walk->context, level->field->name);
    place->base = level->base;
    place->fields = level->field + 1;
    place->depth--;
}

/* At a group or a list: into it. */
static void enter(const struct walk *walk, struct place *place)
{
    struct level level = {.field = place->fields, .base = place->base};
    if (level.field->kind == LIBXL_KIND_GROUP) {
        walk->sink->open_group(walk->context, level.field->name);
    } else if (open_list(walk, &level)) {
        place->base = open_item(walk, &level);
    } else {
        place->fields++;
        return;
    }
    place->stack[place->depth++] = level;
    place->fields = level.field->children;
}

/* Descriptions are a few levels deep, by construction: a stack of that many places does. */
void libxl_walk(const struct libxl_field *fields, const void *base, const char *name,
                const struct sink *sink, void *context)
{
    const struct walk walk = {.sink = sink, .context = context};
    struct place place = {.fields = fields, .base = base};
    sink->open_group(context, name);
    while (place.fields->name || place.depth) {
        const struct libxl_field *field = place.fields;
        bool nested =
            field->name && (field->kind == LIBXL_KIND_GROUP || field->kind == LIBXL_KIND_LIST);
        if (!field->name) {
            leave(&walk, &place);
        } else if (nested && place.depth < DEPTH_MAX) {
            enter(&walk, &place);
        } else {
            if (!libxl_field_told(field, place.base))
                put(&walk, field->name, SINK_NULL, "");
            else if (!left_out(field, place.base))
                put_value(&walk, field, place.base);
            place.fields++;
        }
    }
    sink->close_group(context, name);
}
