/* SPDX-License-Identifier: MIT */
/* JSON by yajl from a description of fields. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_gen.h>

#include <libxl/fields.h>
#include <libxl/libxl.h>

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

static void put_text(yajl_gen gen, const char *text)
{
    yajl_gen_string(gen, (const unsigned char *)text, strlen(text));
}

/* A char array may lack its end. Bytes that are no UTF-8 become "?", or yajl would refuse the whole
 * string. */
static void put_chars(yajl_gen gen, const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    if (yajl_gen_string(gen, (const unsigned char *)text, length) != yajl_gen_invalid_string)
        return;
    char *clean = strndup(text, length);
    for (size_t i = 0; clean && i < length; i++) {
        if ((unsigned char)clean[i] >= 0x80)
            clean[i] = '?';
    }
    put_text(gen, clean ? clean : "");
    free(clean);
}

static void put_pointer(yajl_gen gen, const void *at)
{
    const char *text;
    memcpy(&text, at, sizeof(text));
    put_text(gen, text);
}

static void put_roles(yajl_gen gen, unsigned long long roles)
{
    yajl_gen_array_open(gen);
    for (size_t i = 0; i < ROLES; i++) {
        if (roles & (1u << i))
            put_text(gen, role_names[i]);
    }
    yajl_gen_array_close(gen);
}

static void put_cpumap(yajl_gen gen, const uint8_t *map, size_t size)
{
    yajl_gen_array_open(gen);
    for (size_t i = 0; i < size * 8; i++) {
        if (map[i / 8] & (1u << i % 8))
            yajl_gen_integer(gen, (long long)i);
    }
    yajl_gen_array_close(gen);
}

static void put_uuid(yajl_gen gen, const uint8_t *uuid)
{
    char text[37], *at = text;
    for (unsigned int i = 0; i < 16; i++) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;
        at += snprintf(at, 4, "%s%02x", dash ? "-" : "", uuid[i]);
    }
    put_text(gen, text);
}

/* yajl's integers have a sign. */
static void put_number(yajl_gen gen, unsigned long long number)
{
    char text[24];
    int length = snprintf(text, sizeof(text), "%llu", number);
    yajl_gen_number(gen, text, (size_t)length);
}

static void put_khz(yajl_gen gen, unsigned long long khz)
{
    char text[32];
    int length = snprintf(text, sizeof(text), "%llu.%03llu", khz / 1000, khz % 1000);
    yajl_gen_number(gen, text, (size_t)length);
}

static void put_reason(yajl_gen gen, unsigned long long reason)
{
    const char *name = libxl_reason_name((unsigned int)reason);
    if (reason == LIBXL_NO_REASON)
        yajl_gen_null(gen);
    else
        put_text(gen, name ? name : "unknown");
}

static void put_value(yajl_gen gen, const struct libxl_field *field, const void *base)
{
    const void *at = (const unsigned char *)base + field->offset;
    switch (field->kind) {
    case LIBXL_KIND_STRING:
    case LIBXL_KIND_TEXT: put_chars(gen, at, field->size); break;
    case LIBXL_KIND_POINTER: put_pointer(gen, at); break;
    case LIBXL_KIND_NUMBER: put_number(gen, libxl_field_number(field, base)); break;
    case LIBXL_KIND_BOOL: yajl_gen_bool(gen, libxl_field_number(field, base) != 0); break;
    case LIBXL_KIND_KHZ: put_khz(gen, libxl_field_number(field, base)); break;
    case LIBXL_KIND_UUID: put_uuid(gen, at); break;
    case LIBXL_KIND_ROLES: put_roles(gen, libxl_field_number(field, base)); break;
    case LIBXL_KIND_CPUMAP: put_cpumap(gen, at, field->size); break;
    case LIBXL_KIND_REASON: put_reason(gen, libxl_field_number(field, base)); break;
    case LIBXL_KIND_CONST: put_text(gen, field->constant); break;
    case LIBXL_KIND_GROUP: break;
    }
}

static bool left_out(const struct libxl_field *field, const void *base)
{
    return field->kind == LIBXL_KIND_TEXT && !((const char *)base)[field->offset];
}

#define DEPTH_MAX 4

/* Descriptions are a few levels deep, by construction: a stack of that many places does. */
static void put_object(yajl_gen gen, const struct libxl_field *fields, const void *base)
{
    const struct libxl_field *stack[DEPTH_MAX];
    unsigned int depth = 0;
    yajl_gen_map_open(gen);
    for (;;) {
        if (!fields->name) {
            yajl_gen_map_close(gen);
            if (!depth)
                return;
            fields = stack[--depth];
        } else if (left_out(fields, base)) {
            fields++;
        } else if (fields->kind == LIBXL_KIND_GROUP && depth < DEPTH_MAX) {
            put_text(gen, fields->name);
            yajl_gen_map_open(gen);
            stack[depth++] = fields + 1;
            fields = fields->children;
        } else {
            put_text(gen, fields->name);
            put_value(gen, fields, base);
            fields++;
        }
    }
}

static yajl_gen new_generator(void)
{
    yajl_gen gen = yajl_gen_alloc(NULL);
    if (gen) {
        yajl_gen_config(gen, yajl_gen_beautify, 1);
        yajl_gen_config(gen, yajl_gen_indent_string, "    ");
        yajl_gen_config(gen, yajl_gen_validate_utf8, 1);
    }
    return gen;
}

static char *take_text(yajl_gen gen)
{
    const unsigned char *text;
    size_t length;
    char *copy = NULL;
    if (yajl_gen_get_buf(gen, &text, &length) == yajl_gen_status_ok)
        copy = strndup((const char *)text, length);
    yajl_gen_free(gen);
    return copy;
}

char *libxl_json_array(const struct libxl_field *fields, const void *items, size_t count,
                       size_t stride)
{
    yajl_gen gen = new_generator();
    if (!gen)
        return NULL;
    yajl_gen_array_open(gen);
    for (size_t i = 0; i < count; i++)
        put_object(gen, fields, (const unsigned char *)items + i * stride);
    yajl_gen_array_close(gen);
    return take_text(gen);
}

char *libxl_json_object(const struct libxl_field *fields, const void *item)
{
    yajl_gen gen = new_generator();
    if (!gen)
        return NULL;
    put_object(gen, fields, item);
    return take_text(gen);
}
