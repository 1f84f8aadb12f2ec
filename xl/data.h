/* SPDX-License-Identifier: MIT */
/* Structs printed for scripts. */
#ifndef XL_DATA_H
#define XL_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include <libxl/fields.h>

#include "xl.h"

/* Options of every command that prints structs. */
#define XL_OPTION_JSON                                                                             \
    {                                                                                              \
        'j', "json", NULL, "print it as JSON"                                                      \
    }
#define XL_OPTION_XML                                                                              \
    {                                                                                              \
        'X', "xml", NULL, "print it as XML"                                                        \
    }

/* A field of a struct that a command prints: its type, a member, LIBXL_KIND_ and the name. */
#define XL_FIELD(type, member, kind_, name_)                                                       \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_##kind_, .offset = offsetof(struct type, member),      \
        .size = sizeof(((struct type *)0)->member)                                                 \
    }

/*
 * A form of what a command prints as JSON. Its schema is made of all of them, so none may be
 * missing; docs/json.md says what else they promise.
 */
struct xl_form {
    const char *name; /* after the option that leads to it; NULL ends a list */
    bool list;        /* of structs, not one */
    const struct libxl_field *fields;
    const struct libxl_field *more; /* what follows those, or NULL */
    bool lines;                     /* one event a line, no fields */
};

/* The only form of a command: a list of structs, or one. */
#define XL_FORM_LIST(fields)                                                                       \
    (const struct xl_form[])                                                                       \
    {                                                                                              \
        {"default", true, (fields), NULL, false},                                                  \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define XL_FORM_OBJECT(fields)                                                                     \
    (const struct xl_form[])                                                                       \
    {                                                                                              \
        {"default", false, (fields), NULL, false},                                                 \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/* A list that is a member of what xl_print_lists() prints, for its form. */
#define XL_FORM_MEMBER(children_, list, item)                                                      \
    {                                                                                              \
        .name = (list), .kind = LIBXL_KIND_LIST, .children = (children_), .constant = (item)       \
    }

/* Of a command that `tells`; and of xl_print_lines(). */
extern const struct libxl_field xl_told_fields[], xl_line_fields[];

/* Whether it is not people who will read it. `json` is a letter besides j that asks for JSON. */
bool xl_wants_data(const struct xl_call *call, char json);

/* One struct or list, as XML if the call asks for that, else as JSON. Returns the exit status. */
int xl_print_data(const struct xl_call *call, const struct libxl_data *data);
/* Adds `count` more structs to those of a list, which begins with none and is the caller's to free
 * (data->items). False, with a message, when out of memory. */
bool xl_add_data(struct libxl_data *data, const void *items, size_t count);
/* A text, cut up in place: a list called `list` of its lines, for scripts. */
int xl_print_lines(const struct xl_call *call, const char *list, char *text);
/* Several lists, as one object or element called `whole`. */
int xl_print_lists(const struct xl_call *call, const char *whole, const struct libxl_data *lists,
                   size_t count);

/*
 * What a command that `tells` has done, a sentence each: said at once to people, kept for the end
 * as one list for scripts. `event` is a word that stays the same, and lives as long as the program;
 * domid LIBXL_NOT_TOLD is the machine. Returns XL_OK.
 */
int xl_tell(uint32_t domid, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Before and after such a command runs; the second prints the list, once, and returns `status`, or
 * XL_FAILED. A command that does not return calls it itself. */
void xl_tell_begin(const struct xl_call *call);
int xl_tell_end(int status);

#endif
