/* SPDX-License-Identifier: MIT */
/*
 * XML from a description of fields: an element for each, named as in JSON. What little it takes is
 * written here, as libxml2 would bring the tables of ICU along, many times the size of all else
 * in a domain's ramdisk.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

#define INDENT 4

struct xml {
    FILE *out;
    int depth;
};

static void indent(const struct xml *xml)
{
    fprintf(xml->out, "%*s", xml->depth * INDENT, "");
}

static void open_element(void *context, const char *name)
{
    struct xml *xml = context;
    indent(xml);
    fprintf(xml->out, "<%s>\n", name);
    xml->depth++;
}

static void close_element(void *context, const char *name)
{
    struct xml *xml = context;
    xml->depth--;
    indent(xml);
    fprintf(xml->out, "</%s>\n", name);
}

static void put_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '&': fputs("&amp;", out); break;
        default: fputc(*text, out); break;
        }
    }
}

static void put_value(void *context, const char *name, enum sink_type type, const char *text)
{
    const struct xml *xml = context;
    indent(xml);
    if (type == SINK_NULL) {
        fprintf(xml->out, "<%s/>\n", name);
        return;
    }
    fprintf(xml->out, "<%s>", name);
    put_escaped(xml->out, text);
    fprintf(xml->out, "</%s>\n", name);
}

static const struct sink sink = {open_element, close_element, open_element, close_element,
                                 put_value};

/* Ends the writing: the text, or NULL if not all of it could be written. */
static char *take_text(const struct xml *xml, char **text)
{
    bool failed = ferror(xml->out);
    if (fclose(xml->out) || failed) {
        free(*text);
        *text = NULL;
    }
    return *text;
}

char *libxl_xml_array(const struct libxl_field *fields, const char *list, const char *item,
                      const void *items, size_t count, size_t stride)
{
    char *text = NULL;
    size_t size;
    struct xml xml = {.out = open_memstream(&text, &size)};
    if (!xml.out)
        return NULL;
    open_element(&xml, list);
    for (size_t i = 0; i < count; i++)
        libxl_walk(fields, (const unsigned char *)items + i * stride, item, &sink, &xml);
    close_element(&xml, list);
    return take_text(&xml, &text);
}

char *libxl_xml_object(const struct libxl_field *fields, const char *name, const void *item)
{
    char *text = NULL;
    size_t size;
    struct xml xml = {.out = open_memstream(&text, &size)};
    if (!xml.out)
        return NULL;
    libxl_walk(fields, item, name, &sink, &xml);
    return take_text(&xml, &text);
}
