/* SPDX-License-Identifier: MIT */
/* Elements out of what the part of xl that reads XML tells of. */
#include "element.h"

#include <string.h>

#include "libxl/xml_part.h"

#define MAX_ELEMENTS   8192
#define MAX_ATTRIBUTES 256 /* of one element */
#define SPACES         " \t\r\n"

struct reader {
    struct make_board *board;
    struct element *root, *open;
    unsigned int depth, nr_elements, nr_attributes;
    struct make_place place;
};

static bool refuse(struct reader *reader, const char *what)
{
    make_say(reader->board, MAKE_ERROR, reader->place, NULL, "%s", what);
    return false;
}

static bool add_element(struct reader *reader, struct element *element)
{
    element->parent = reader->open;
    element->last_child = &element->children;
    element->last_attribute = &element->attributes;
    element->place = reader->place;
    element->text = make_allocate(reader->board, 1);
    if (!element->text)
        return false;
    if (!reader->open) {
        reader->root = element;
    } else {
        *reader->open->last_child = element;
        reader->open->last_child = &element->next;
    }
    reader->open = element;
    reader->nr_attributes = 0;
    return true;
}

static bool on_open(void *context, const char *name, const char *space, unsigned int line)
{
    struct reader *reader = context;
    struct element *element;

    reader->place.line = line;
    if (reader->depth++ == ELEMENT_MAX_DEPTH)
        return refuse(reader, "elements are nested deeper than those of a domain");
    if (reader->nr_elements++ == MAX_ELEMENTS)
        return refuse(reader, "more elements than a domain has");
    element = make_allocate(reader->board, sizeof(*element));
    if (!element)
        return false;
    element->name = make_text(reader->board, name);
    element->space = make_text(reader->board, space ? space : "");
    return add_element(reader, element);
}

static bool on_attribute(void *context, const char *name, const char *value, size_t length)
{
    struct reader *reader = context;
    struct element_attribute *attribute;

    if (reader->nr_attributes++ == MAX_ATTRIBUTES)
        return refuse(reader, "more attributes than an element of a domain has");
    attribute = make_allocate(reader->board, sizeof(*attribute));
    if (!attribute)
        return false;
    attribute->name = make_text(reader->board, name);
    attribute->value = make_text_of(reader->board, value, length);
    *reader->open->last_attribute = attribute;
    reader->open->last_attribute = &attribute->next;
    return true;
}

/* It comes in pieces. */
static bool on_text(void *context, const char *text, size_t length)
{
    struct reader *reader = context;
    struct element *element = reader->open;

    if (element->length + length >= element->room) {
        size_t room = 2 * (element->length + length) + 32;
        char *more = make_allocate(reader->board, room);

        if (!more)
            return false;
        memcpy(more, element->text, element->length);
        element->text = more;
        element->room = room;
    }
    memcpy(element->text + element->length, text, length);
    element->length += length;
    return true;
}

static bool on_close(void *context)
{
    struct reader *reader = context;
    struct element *element = reader->open;

    while (element->length && strchr(SPACES, element->text[element->length - 1]))
        element->length--;
    element->text[element->length] = '\0';
    element->text += strspn(element->text, SPACES);
    reader->open = element->parent;
    reader->depth--;
    return true;
}

static void on_mistake(void *context, unsigned int line, const char *what)
{
    struct reader *reader = context;

    reader->place.line = line;
    refuse(reader, what);
}

struct element *element_read(struct make_board *board, const char *file, const char *text,
                             size_t size)
{
    static const struct xml_sink sink = {on_open, on_attribute, on_text, on_close, on_mistake};
    struct reader reader = {.board = board, .place = {file, 0}};
    const struct xml_part *part;
    char why[256];

    if (size > ELEMENT_MAX_SIZE) {
        refuse(&reader, "larger than any domain's description");
        return NULL;
    }
    part = xml_part_load(why, sizeof(why));
    if (!part) {
        make_say(board, MAKE_ERROR, reader.place, NULL,
                 "XML takes a part of xl that cannot be loaded: %s", why);
        return NULL;
    }
    return part->read(text, size, &sink, &reader) ? reader.root : NULL;
}

struct element *element_child(const struct element *element, const char *name)
{
    struct element *child = element ? element->children : NULL;

    while (child && strcmp(child->name, name) != 0)
        child = child->next;
    return child;
}

const char *element_attribute(const struct element *element, const char *name)
{
    const struct element_attribute *attribute = element ? element->attributes : NULL;

    while (attribute && strcmp(attribute->name, name) != 0)
        attribute = attribute->next;
    return attribute ? attribute->value : NULL;
}

struct element *element_next(const struct element *root, struct element *element, bool inside)
{
    if (inside && element->children)
        return element->children;
    while (element != root && !element->next)
        element = element->parent;
    return element == root ? NULL : element->next;
}
