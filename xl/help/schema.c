/* SPDX-License-Identifier: MIT */
/* JSON schemas (draft 2020-12) of what commands print, from the descriptions it is printed by. */
#include "schema.h"

#include <stdio.h>
#include <string.h>

#include "../data.h"

#define DRAFT "https://json-schema.org/draft/2020-12/schema"

#define FIELDS_MAX 64 /* of one struct */

void schema_text(yajl_gen gen, const char *text)
{
    yajl_gen_string(gen, (const unsigned char *)text, strlen(text));
}

void schema_member(yajl_gen gen, const char *name, const char *text)
{
    schema_text(gen, name);
    schema_text(gen, text);
}

void schema_open_object(yajl_gen gen)
{
    yajl_gen_map_open(gen);
    schema_member(gen, "type", "object");
    schema_text(gen, "properties");
    yajl_gen_map_open(gen);
}

void schema_close_object(yajl_gen gen, const char *const *required, size_t count)
{
    yajl_gen_map_close(gen);
    schema_text(gen, "required");
    yajl_gen_array_open(gen);
    for (size_t i = 0; i < count; i++)
        schema_text(gen, required[i]);
    yajl_gen_array_close(gen);
    schema_text(gen, "additionalProperties");
    yajl_gen_bool(gen, false);
    yajl_gen_map_close(gen);
}

static void put_type(yajl_gen gen, const char *type, bool null)
{
    schema_text(gen, "type");
    if (null) {
        yajl_gen_array_open(gen);
        schema_text(gen, type);
        schema_text(gen, "null");
        yajl_gen_array_close(gen);
    } else {
        schema_text(gen, type);
    }
    if (!strcmp(type, "integer") || !strcmp(type, "number")) {
        schema_text(gen, "minimum");
        yajl_gen_integer(gen, 0);
    }
}

void schema_type(yajl_gen gen, const char *type, bool null)
{
    yajl_gen_map_open(gen);
    put_type(gen, type, null);
    yajl_gen_map_close(gen);
}

#define HEX(digits) "[0-9a-f]{" #digits "}"

/* Of the kinds that are one value. */
static const struct {
    const char *type, *pattern;
    bool null;
} kinds[] = {
    [LIBXL_KIND_STRING] = {"string", NULL, false},
    [LIBXL_KIND_TEXT] = {"string", ".", false},
    [LIBXL_KIND_POINTER] = {"string", NULL, false},
    [LIBXL_KIND_NUMBER] = {"integer", NULL, false},
    [LIBXL_KIND_TOLD] = {"integer", NULL, true},
    [LIBXL_KIND_BOOL] = {"boolean", NULL, false},
    [LIBXL_KIND_KHZ] = {"number", NULL, true},
    [LIBXL_KIND_UUID] = {"string", "^" HEX(8) "(-" HEX(4) "){3}-" HEX(12) "$", false},
    [LIBXL_KIND_MAC] = {"string", "^" HEX(2) "(:" HEX(2) "){5}$", false},
};

static void put_set(yajl_gen gen)
{
    put_type(gen, "array", false);
    schema_text(gen, "uniqueItems");
    yajl_gen_bool(gen, true);
    schema_text(gen, "items");
}

/* An enum of all names there are, and what else there may be. */
static void put_names(yajl_gen gen, const char *(*name_of)(unsigned int), const char *other,
                      bool null)
{
    const char *name;
    schema_text(gen, "enum");
    yajl_gen_array_open(gen);
    for (unsigned int i = 0; (name = name_of(i)); i++)
        schema_text(gen, name);
    if (other)
        schema_text(gen, other);
    if (null)
        yajl_gen_null(gen);
    yajl_gen_array_close(gen);
}

static void put_value(yajl_gen gen, const struct libxl_field *field)
{
    yajl_gen_map_open(gen);
    switch (field->kind) {
    case LIBXL_KIND_ROLES:
        put_set(gen);
        yajl_gen_map_open(gen);
        put_names(gen, libxl_role_name, NULL, false);
        yajl_gen_map_close(gen);
        break;
    case LIBXL_KIND_CPUMAP:
        put_set(gen);
        schema_type(gen, "integer", false);
        break;
    case LIBXL_KIND_REASON: put_names(gen, libxl_reason_name, "unknown", true); break;
    case LIBXL_KIND_CONST: schema_member(gen, "const", field->constant); break;
    default:
        put_type(gen, kinds[field->kind].type, kinds[field->kind].null);
        if (kinds[field->kind].pattern)
            schema_member(gen, "pattern", kinds[field->kind].pattern);
        break;
    }
    yajl_gen_map_close(gen);
}

#define DEPTH_MAX 6

/* An object that is written: all of its fields, and those from the next one on. */
struct level {
    const struct libxl_field *fields, *more;
    const struct libxl_field *next, *then; /* what is left of both */
    bool list;                             /* it is the items' of one */
};

static size_t add_required(const struct libxl_field *fields, const char **names, size_t count)
{
    for (; fields && fields->name && count < FIELDS_MAX; fields++) {
        if (fields->kind != LIBXL_KIND_TEXT)
            names[count++] = fields->name;
    }
    return count;
}

static void close_level(yajl_gen gen, const struct level *level)
{
    const char *names[FIELDS_MAX];
    size_t count = add_required(level->fields, names, 0);
    schema_close_object(gen, names, add_required(level->more, names, count));
    if (level->list)
        yajl_gen_map_close(gen);
}

static struct level open_level(yajl_gen gen, const struct libxl_field *fields,
                               const struct libxl_field *more, bool list)
{
    if (list) {
        yajl_gen_map_open(gen);
        put_type(gen, "array", false);
        schema_text(gen, "items");
    }
    schema_open_object(gen);
    return (struct level){fields, more, fields, more, list};
}

/* The level's next field, those of `more` after its own; NULL: there is none. */
static const struct libxl_field *next_field(struct level *level)
{
    if (!level->next->name && level->then) {
        level->next = level->then;
        level->then = NULL;
    }
    return level->next->name ? level->next++ : NULL;
}

/* Descriptions are a few levels deep, by construction: a stack of that many does. */
static void put_form(yajl_gen gen, const struct xl_form *form)
{
    struct level stack[DEPTH_MAX];
    unsigned int depth = 1;
    stack[0] = open_level(gen, form->fields, form->more, form->list);
    while (depth) {
        const struct libxl_field *field = next_field(&stack[depth - 1]);
        if (!field) {
            close_level(gen, &stack[--depth]);
            continue;
        }
        schema_text(gen, field->name);
        if ((field->kind == LIBXL_KIND_GROUP || field->kind == LIBXL_KIND_LIST) &&
            depth < DEPTH_MAX)
            stack[depth++] = open_level(gen, field->children, NULL, field->kind == LIBXL_KIND_LIST);
        else
            put_value(gen, field);
    }
}

static bool has_json(const struct xl_command *command)
{
    for (const struct xl_option *option = command->options; option && option->letter; option++) {
        if (option->name && !strcmp(option->name, "json"))
            return true;
    }
    return false;
}

bool xl_has_schema(const struct xl_command *command)
{
    return has_json(command) && (command->tells || command->forms);
}

static void put_reference(yajl_gen gen, const struct xl_form *form)
{
    char path[64];
    snprintf(path, sizeof(path), "#/$defs/%s", form->name);
    yajl_gen_map_open(gen);
    schema_member(gen, "$ref", path);
    yajl_gen_map_close(gen);
}

static void put_forms(yajl_gen gen, const struct xl_form *forms)
{
    schema_text(gen, "anyOf");
    yajl_gen_array_open(gen);
    for (const struct xl_form *form = forms; form->name; form++)
        put_reference(gen, form);
    yajl_gen_array_close(gen);
    schema_text(gen, "$defs");
    yajl_gen_map_open(gen);
    for (const struct xl_form *form = forms; form->name; form++) {
        schema_text(gen, form->name);
        put_form(gen, form);
    }
    yajl_gen_map_close(gen);
}

static void put_schema(yajl_gen gen, const struct xl_command *command)
{
    static const struct xl_form told[] = {
        {.name = "default", .list = true, .fields = xl_told_fields}, {0}};
    const struct xl_form *forms = command->forms ? command->forms : told;
    char title[64];
    snprintf(title, sizeof(title), "xl %s --json", command->name);
    yajl_gen_map_open(gen);
    schema_member(gen, "$schema", DRAFT);
    schema_member(gen, "title", title);
    schema_member(gen, "$comment", "Made by `xl help --schema`; see docs/json.md.");
    if (forms->lines)
        schema_events(gen);
    else
        put_forms(gen, forms);
    yajl_gen_map_close(gen);
}

int xl_print_schema(const struct xl_command *command)
{
    const unsigned char *text;
    size_t length;
    if (!xl_has_schema(command))
        return xl_fail_with("'xl %s' prints no JSON.", command->name);
    yajl_gen gen = yajl_gen_alloc(NULL);
    if (!gen)
        return xl_fail_with("Out of memory.");
    yajl_gen_config(gen, yajl_gen_beautify, 1);
    yajl_gen_config(gen, yajl_gen_indent_string, "  ");
    put_schema(gen, command);
    int status = yajl_gen_get_buf(gen, &text, &length) == yajl_gen_status_ok
                     ? XL_OK
                     : xl_fail_with("Out of memory.");
    if (status == XL_OK)
        fwrite(text, 1, length, stdout);
    yajl_gen_free(gen);
    return status;
}
