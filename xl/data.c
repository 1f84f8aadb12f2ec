/* SPDX-License-Identifier: MIT */
#include "data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XML_DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

bool xl_wants_data(const struct xl_call *call, char json)
{
    return xl_given(call, json) || xl_given(call, 'j') || xl_given(call, 'X');
}

static char *as_json(const struct xl_data *data)
{
    return data->list ? libxl_json_array(data->fields, data->items, data->count, data->stride)
                      : libxl_json_object(data->fields, data->items);
}

static char *as_xml(const struct xl_data *data)
{
    return data->list ? libxl_xml_array(data->fields, data->list, data->item, data->items,
                                        data->count, data->stride)
                      : libxl_xml_object(data->fields, data->item, data->items);
}

/* What comes before the text and after it. */
static int print_part(const struct xl_call *call, const char *before, const struct xl_data *data,
                      const char *after)
{
    char *text = xl_given(call, 'X') ? as_xml(data) : as_json(data);
    if (!text)
        return xl_fail_with("Out of memory.");
    printf("%s%s%s", before, text, after);
    free(text);
    return XL_OK;
}

int xl_print_data(const struct xl_call *call, const struct xl_data *data)
{
    return print_part(call, xl_given(call, 'X') ? XML_DECLARATION : "", data, "");
}

bool xl_add_data(struct xl_data *data, const void *items, size_t count)
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

static const struct libxl_field line_fields[] = {
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
    const struct xl_data data = {list, "line", line_fields, lines, count, sizeof(*lines)};
    int status = xl_print_data(call, &data);
    free(lines);
    return status;
}

int xl_print_lists(const struct xl_call *call, const char *whole, const struct xl_data *lists,
                   size_t count)
{
    bool xml = xl_given(call, 'X');
    int status = XL_OK;
    if (xml)
        printf(XML_DECLARATION "<%s>\n", whole);
    else
        printf("{\n");
    for (size_t i = 0; i < count && status == XL_OK; i++) {
        char name[64] = "";
        if (!xml)
            snprintf(name, sizeof(name), "\"%s\": ", lists[i].list);
        status = print_part(call, name, &lists[i], xml || i + 1 == count ? "" : ",\n");
    }
    if (xml)
        printf("</%s>\n", whole);
    else
        printf("}\n");
    return status;
}
