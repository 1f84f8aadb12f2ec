/* SPDX-License-Identifier: MIT */
#include "data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool xl_wants_data(const struct xl_call *call, char json)
{
    return xl_given(call, json) || xl_given(call, 'j') || xl_wants_xml(call);
}

static char *as_json(const struct libxl_data *data)
{
    return data->list ? libxl_json_array(data->fields, data->items, data->count, data->stride)
                      : libxl_json_object(data->fields, data->items);
}

static int print_text(const char *before, char *text, const char *after)
{
    if (!text)
        return xl_fail_with("Out of memory.");
    printf("%s%s%s", before, text, after);
    free(text);
    return XL_OK;
}

int xl_print_data(const struct xl_call *call, const struct libxl_data *data)
{
    return print_text("", xl_wants_xml(call) ? libxl_xml_document(NULL, data, 1) : as_json(data),
                      "");
}

bool xl_add_data(struct libxl_data *data, const void *items, size_t count)
{
    size_t size = data->count * data->stride, more = count * data->stride;
    char *all = realloc((void *)data->items, size + more + 1);
    if (!all)
        return xl_fail_with("Out of memory.") == XL_OK;
    if (more)
        memcpy(all + size, items, more);
    data->items = all;
    data->count += count;
    return true;
}

struct line {
    const char *text;
};

const struct libxl_field xl_line_fields[] = {
    XL_FIELD(line, text, POINTER, "text"),
    {.name = NULL},
};

int xl_print_lines(const struct xl_call *call, const char *list, char *text)
{
    size_t count = 0, size = 1;
    for (const char *at = text; *at; at++)
        size += *at == '\n';
    struct line *lines = calloc(size, sizeof(*lines));
    if (!lines)
        return xl_fail_with("Out of memory.");
    for (char *rest = text, *line; (line = strsep(&rest, "\n")) && (rest || *line);)
        lines[count++].text = line;
    const struct libxl_data data = {list, "line", xl_line_fields, lines, count, sizeof(*lines)};
    int status = xl_print_data(call, &data);
    free(lines);
    return status;
}

int xl_print_lists(const struct xl_call *call, const char *whole, const struct libxl_data *lists,
                   size_t count)
{
    int status = XL_OK;
    if (xl_wants_xml(call))
        return print_text("", libxl_xml_document(whole, lists, count), "");
    printf("{\n");
    for (size_t i = 0; i < count && status == XL_OK; i++) {
        char name[64];
        snprintf(name, sizeof(name), "\"%s\": ", lists[i].list);
        status = print_text(name, as_json(&lists[i]), i + 1 == count ? "" : ",\n");
    }
    printf("}\n");
    return status;
}
