/* SPDX-License-Identifier: MIT */
/*
 * The part of xl that writes and reads XML, by libxml2. It is a shared object of its own, which is
 * loaded only where XML is asked for: what libxml2 brings along is ten times the size of all else
 * in a board's RAM disk.
 */
#ifndef LIBXL_XML_PART_H
#define LIBXL_XML_PART_H

#include <stdbool.h>
#include <stddef.h>

#define XML_PART_FILE   "xl-xml.so"
#define XML_PART_SYMBOL "xml_part"
/* Raised with each change of what is below: a part of another version is not used. */
#define XML_PART_VERSION 1

/* What a reader is told of. Each returns whether to go on; texts last as long as the call. */
struct xml_sink {
    /* `name` with its prefix, if it has one; `space` NULL: none. `line` is where the tag ends. */
    bool (*open)(void *context, const char *name, const char *space, unsigned int line);
    /* Of the element that was opened last. */
    bool (*attribute)(void *context, const char *name, const char *value, size_t length);
    bool (*text)(void *context, const char *text, size_t length);
    bool (*close)(void *context);
    /* The first mistake, after which there is nothing more. */
    void (*wrong)(void *context, unsigned int line, const char *what);
};

struct xml_part {
    unsigned int version;
    /* With the declaration of a document, if it is to be `whole`; NULL: out of memory. */
    void *(*begin)(bool whole);
    void (*open)(void *writer, const char *name);
    void (*close)(void *writer);
    void (*value)(void *writer, const char *name, const char *text); /* NULL: an empty element */
    /* Closes what is open; the text, to be freed. NULL: not all of it could be written. */
    char *(*end)(void *writer);
    /*
     * Reads a document, in UTF-8 whatever it says. Neither a document type nor entities of its own
     * nor other files are read: a document that has them is wrong. False: after wrong(), or it was
     * stopped.
     */
    bool (*read)(const char *text, size_t size, const struct xml_sink *sink, void *context);
};

/* Stays loaded until the program ends. NULL with the reason in `why`. */
const struct xml_part *xml_part_load(char *why, size_t size);

#endif
