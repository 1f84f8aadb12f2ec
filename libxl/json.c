/* SPDX-License-Identifier: MIT */
/* JSON by yajl from a description of fields. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_gen.h>

#include "walk.h"

struct json {
    yajl_gen gen;
    uint64_t lists; /* what is open, the innermost lowest: 1 a list, whose items have no names */
};

static void put_text(yajl_gen gen, const char *text)
{
    yajl_gen_string(gen, (const unsigned char *)text, strlen(text));
}

static void put_name(const struct json *json, const char *name)
{
    if (!(json->lists & 1))
        put_text(json->gen, name);
}

static void open_group(void *context, const char *name)
{
    struct json *json = context;
    put_name(json, name);
    yajl_gen_map_open(json->gen);
    json->lists <<= 1;
}

static void close_group(void *context, const char *name)
{
    struct json *json = context;
    (void)name;
    yajl_gen_map_close(json->gen);
    json->lists >>= 1;
}

static void open_list(void *context, const char *name)
{
    struct json *json = context;
    put_name(json, name);
    yajl_gen_array_open(json->gen);
    json->lists = json->lists << 1 | 1;
}

static void close_list(void *context, const char *name)
{
    struct json *json = context;
    (void)name;
    yajl_gen_array_close(json->gen);
    json->lists >>= 1;
}

static void put_value(void *context, const char *name, enum sink_type type, const char *text)
{
    const struct json *json = context;
    put_name(json, name);
    switch (type) {
    case SINK_TEXT: put_text(json->gen, text); break;
    case SINK_NULL: yajl_gen_null(json->gen); break;
    case SINK_LITERAL:
        if (text[0] == 't' || text[0] == 'f')
            yajl_gen_bool(json->gen, text[0] == 't');
        else
            yajl_gen_number(json->gen, text, strlen(text));
        break;
    }
}

static const struct sink sink = {open_group, close_group, open_list, close_list, put_value};

static yajl_gen new_generator(void)
{
    yajl_gen gen = yajl_gen_alloc(NULL);
    if (gen) {
        yajl_gen_config(gen, yajl_gen_beautify, 1);
        yajl_gen_config(gen, yajl_gen_indent_string, "    ");
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
    struct json json = {.gen = new_generator(), .lists = 1};
    if (!json.gen)
        return NULL;
    yajl_gen_array_open(json.gen);
    for (size_t i = 0; i < count; i++)
        libxl_walk(fields, (const unsigned char *)items + i * stride, NULL, &sink, &json);
    yajl_gen_array_close(json.gen);
    return take_text(json.gen);
}

char *libxl_json_object(const struct libxl_field *fields, const void *item)
{
    struct json json = {.gen = new_generator(), .lists = 1};
    if (!json.gen)
        return NULL;
    libxl_walk(fields, item, NULL, &sink, &json);
    return take_text(json.gen);
}
