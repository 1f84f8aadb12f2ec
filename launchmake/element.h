/* SPDX-License-Identifier: MIT */
/* A document in XML as a tree of elements. */
#ifndef LAUNCHMAKE_ELEMENT_H
#define LAUNCHMAKE_ELEMENT_H

#include "make.h"

#define ELEMENT_MAX_SIZE  (256u << 10) /* bytes of a document */
#define ELEMENT_MAX_DEPTH 16

struct element_attribute {
    struct element_attribute *next;
    const char *name, *value;
};

struct element {
    struct element *parent, *next;
    struct element *children, **last_child;
    const char *name;  /* with its prefix, if it has one */
    const char *space; /* its namespace; "" without one */
    struct element_attribute *attributes, **last_attribute;
    char *text; /* what it holds besides elements, without spaces around it; "" without any */
    size_t length, room;
    struct make_place place;
};

/* The root; NULL after a message. */
struct element *element_read(struct make_board *board, const char *file, const char *text,
                             size_t size);
/* The first child of that name; NULL. */
struct element *element_child(const struct element *element, const char *name);
/* The value of an attribute; NULL. */
const char *element_attribute(const struct element *element, const char *name);
/* The one that comes after it below `root` in the document, its children first if `inside`. */
struct element *element_next(const struct element *root, struct element *element, bool inside);

#endif
