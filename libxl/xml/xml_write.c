/* SPDX-License-Identifier: MIT */
/*
 * Writes into memory: libxml2's writer of files does not tell of a full disk. It passes on bytes
 * that are no UTF-8 and control characters as they are, so that its callers must have none.
 */
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlwriter.h>

#include "xml_ops.h"

struct writer {
    xmlBufferPtr buffer;
    xmlTextWriterPtr out;
    bool failed;
};

static void check(struct writer *writer, int result)
{
    writer->failed |= result < 0;
}

static void free_writer(struct writer *writer)
{
    if (writer->out)
        xmlFreeTextWriter(writer->out);
    if (writer->buffer)
        xmlBufferFree(writer->buffer);
    free(writer);
}

void *xml_write_begin(bool whole)
{
    struct writer *writer = calloc(1, sizeof(*writer));
    if (!writer)
        return NULL;
    writer->buffer = xmlBufferCreate();
    writer->out = writer->buffer ? xmlNewTextWriterMemory(writer->buffer, 0) : NULL;
    if (!writer->out) {
        free_writer(writer);
        return NULL;
    }
    check(writer, xmlTextWriterSetIndent(writer->out, 1));
    check(writer, xmlTextWriterSetIndentString(writer->out, BAD_CAST "    "));
    if (whole)
        check(writer, xmlTextWriterStartDocument(writer->out, NULL, "UTF-8", NULL));
    return writer;
}

void xml_write_open(void *context, const char *name)
{
    struct writer *writer = context;
    check(writer, xmlTextWriterStartElement(writer->out, BAD_CAST name));
}

void xml_write_close(void *context)
{
    struct writer *writer = context;
    check(writer, xmlTextWriterEndElement(writer->out));
}

void xml_write_value(void *context, const char *name, const char *text)
{
    struct writer *writer = context;
    check(writer, xmlTextWriterWriteElement(writer->out, BAD_CAST name, BAD_CAST text));
}

char *xml_write_end(void *context)
{
    struct writer *writer = context;
    char *text = NULL;
    check(writer, xmlTextWriterEndDocument(writer->out));
    if (!writer->failed)
        text = strdup((const char *)xmlBufferContent(writer->buffer));
    free_writer(writer);
    return text;
}
