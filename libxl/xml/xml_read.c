/* SPDX-License-Identifier: MIT */
/* Reads a document by the events of libxml2's parser: no tree is made of it here. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/SAX2.h>

#include "xml_ops.h"

#define NAME_SIZE 256

struct reading {
    xmlParserCtxtPtr parser;
    const struct xml_sink *sink;
    void *context;
    bool stopped;
};

static void go_on(struct reading *reading, bool more)
{
    if (more)
        return;
    reading->stopped = true;
    xmlStopParser(reading->parser);
}

static unsigned int line_of(const struct reading *reading)
{
    int line = xmlSAX2GetLineNumber(reading->parser);
    return line > 0 ? (unsigned int)line : 0;
}

static void refuse(struct reading *reading, unsigned int line, const char *what)
{
    if (!reading->stopped)
        reading->sink->wrong(reading->context, line, what);
    go_on(reading, false);
}

/* Of more than fits only the beginning, which is nobody's name. */
static void full_name(char name[NAME_SIZE], const xmlChar *prefix, const xmlChar *local)
{
    snprintf(name, NAME_SIZE, "%s%s%s", prefix ? (const char *)prefix : "", prefix ? ":" : "",
             (const char *)local);
}

/* Attributes are five pointers each: local name, prefix, namespace, the value and its end. */
static void on_attributes(struct reading *reading, int count, const xmlChar **attributes)
{
    for (int i = 0; i < count && !reading->stopped; i++, attributes += 5) {
        char name[NAME_SIZE];
        full_name(name, attributes[1], attributes[0]);
        go_on(reading, reading->sink->attribute(reading->context, name, (const char *)attributes[3],
                                                (size_t)(attributes[4] - attributes[3])));
    }
}

static void on_open(void *context, const xmlChar *local, const xmlChar *prefix,
                    const xmlChar *space, int nr_spaces, const xmlChar **spaces, int nr_attributes,
                    int nr_defaulted, const xmlChar **attributes)
{
    struct reading *reading = context;
    char name[NAME_SIZE];
    (void)nr_spaces;
    (void)spaces;
    (void)nr_defaulted;
    if (reading->stopped)
        return;
    full_name(name, prefix, local);
    go_on(reading,
          reading->sink->open(reading->context, name, (const char *)space, line_of(reading)));
    on_attributes(reading, nr_attributes, attributes);
}

static void on_close(void *context, const xmlChar *local, const xmlChar *prefix,
                     const xmlChar *space)
{
    struct reading *reading = context;
    (void)local;
    (void)prefix;
    (void)space;
    if (!reading->stopped)
        go_on(reading, reading->sink->close(reading->context));
}

static void on_text(void *context, const xmlChar *text, int length)
{
    struct reading *reading = context;
    if (!reading->stopped && length > 0)
        go_on(reading, reading->sink->text(reading->context, (const char *)text, (size_t)length));
}

/* Before anything of it is read: neither what it declares nor what it names. */
static void on_document_type(void *context, const xmlChar *name, const xmlChar *external,
                             const xmlChar *system)
{
    struct reading *reading = context;
    (void)name;
    (void)external;
    (void)system;
    refuse(reading, line_of(reading), "a document type (DOCTYPE) is not read");
}

/* Called after the parser has noted what it is. */
static void on_error(void *context, const char *format, ...)
{
    struct reading *reading = context;
    const xmlError *error = xmlCtxtGetLastError(reading->parser);
    char what[160] = "not well-formed";
    (void)format;
    if (error && error->message)
        snprintf(what, sizeof(what), "%.*s", (int)strcspn(error->message, "\n"), error->message);
    refuse(reading, error && error->line > 0 ? (unsigned int)error->line : line_of(reading), what);
}

static const xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC,
    .internalSubset = on_document_type,
    .startElementNs = on_open,
    .endElementNs = on_close,
    .characters = on_text,
    .ignorableWhitespace = on_text,
    .error = on_error,
    .fatalError = on_error,
};

/*
 * XML_PARSE_NOENT is for &lt; and the like in attributes, which are given as written without it. No
 * other entity can be declared, as there is no document type.
 */
#define OPTIONS (XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC)

bool xml_read(const char *text, size_t size, const struct xml_sink *sink, void *context)
{
    struct reading reading = {.sink = sink, .context = context};
    bool right;
    reading.parser = size <= INT_MAX ? xmlNewParserCtxt() : NULL;
    if (!reading.parser) {
        sink->wrong(context, 0, "out of memory");
        return false;
    }
    *reading.parser->sax = handler;
    reading.parser->userData = &reading;
    xmlCtxtReadMemory(reading.parser, text, (int)size, NULL, "UTF-8", OPTIONS);
    right = !reading.stopped && reading.parser->wellFormed;
    if (!right && !reading.stopped)
        refuse(&reading, 0, "not well-formed");
    xmlFreeParserCtxt(reading.parser);
    return right;
}
