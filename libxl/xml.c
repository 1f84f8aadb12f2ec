/* SPDX-License-Identifier: MIT */
/* XML from a description of fields: an element for each, named as in JSON. */
#include "walk.h"
#include "xml_part.h"

#define REASON 256

struct xml {
    const struct xml_part *part;
    void *writer;
};

static void open_element(void *context, const char *name)
{
    const struct xml *xml = context;
    xml->part->open(xml->writer, name);
}

static void close_element(void *context, const char *name)
{
    const struct xml *xml = context;
    (void)name;
    xml->part->close(xml->writer);
}

static void put_value(void *context, const char *name, enum sink_type type, const char *text)
{
    const struct xml *xml = context;
    xml->part->value(xml->writer, name, type == SINK_NULL ? NULL : text);
}

static const struct sink sink = {open_element, close_element, open_element, close_element,
                                 put_value};

static void put_data(struct xml *xml, const struct libxl_data *data)
{
    if (!data->list) {
        libxl_walk(data->fields, data->items, data->item, &sink, xml);
        return;
    }
    open_element(xml, data->list);
    for (size_t i = 0; i < data->count; i++)
        libxl_walk(data->fields, (const unsigned char *)data->items + i * data->stride, data->item,
                   &sink, xml);
    close_element(xml, data->list);
}

/* `name` NULL: no element around all of them. */
static char *write_all(bool whole, const char *name, const struct libxl_data *data, size_t count)
{
    char why[REASON];
    struct xml xml = {.part = xml_part_load(why, sizeof(why))};
    xml.writer = xml.part ? xml.part->begin(whole) : NULL;
    if (!xml.writer)
        return NULL;
    if (name)
        open_element(&xml, name);
    for (size_t i = 0; i < count; i++)
        put_data(&xml, &data[i]);
    return xml.part->end(xml.writer);
}

bool libxl_xml_there(char *why, size_t size)
{
    return xml_part_load(why, size);
}

char *libxl_xml_document(const char *name, const struct libxl_data *data, size_t count)
{
    return write_all(true, name, data, count);
}

char *libxl_xml_array(const struct libxl_field *fields, const char *list, const char *item,
                      const void *items, size_t count, size_t stride)
{
    const struct libxl_data data = {list, item, fields, items, count, stride};
    return write_all(false, NULL, &data, 1);
}

char *libxl_xml_object(const struct libxl_field *fields, const char *name, const void *item)
{
    const struct libxl_data data = {.item = name, .fields = fields, .items = item};
    return write_all(false, NULL, &data, 1);
}
