/* SPDX-License-Identifier: MIT */
/*
 * Structs described field by field. All that libxl writes about a struct (JSON, XML) is made from
 * its description, so that no format can forget a field.
 */
#ifndef LIBXL_FIELDS_H
#define LIBXL_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)

enum libxl_kind {
    LIBXL_KIND_STRING,  /* char[] */
    LIBXL_KIND_TEXT,    /* the same, left out when empty */
    LIBXL_KIND_POINTER, /* const char * */
    LIBXL_KIND_NUMBER,  /* unsigned, of any size */
    LIBXL_KIND_TOLD,    /* the same, or LIBXL_NOT_TOLD in all its bits, shown as null */
    LIBXL_KIND_BOOL,
    LIBXL_KIND_KHZ,    /* uint32_t, shown in MHz with three decimals, or LIBXL_NOT_TOLD */
    LIBXL_KIND_UUID,   /* uint8_t[16] */
    LIBXL_KIND_ROLES,  /* uint32_t LIBXL_ROLE_, shown as a list of names */
    LIBXL_KIND_CPUMAP, /* uint8_t[LIBXL_MAP_BYTES], shown as a list of pcpu numbers */
    LIBXL_KIND_REASON, /* uint32_t SHUTDOWN_, or LIBXL_NO_REASON */
    LIBXL_KIND_MAC,    /* uint8_t[6] */
    LIBXL_KIND_CONST,  /* no field: the text in `constant` */
    LIBXL_KIND_LIST,  /* struct libxl_items, whose items `children` describe; `constant` is the name
                         of one */
    LIBXL_KIND_GROUP, /* no field of its own: an object made of `children`, fields of the same
                         struct */
};

struct libxl_field {
    const char *name; /* NULL ends a description */
    enum libxl_kind kind;
    size_t offset, size; /* of a list: the size of one of its items */
    const struct libxl_field *children;
    const char *constant;
};

extern const struct libxl_field libxl_domain_fields[];
extern const struct libxl_field
    libxl_share_fields[]; /* of struct libxl_domain: name, id, weight, cap */
extern const struct libxl_field libxl_vcpu_fields[];
extern const struct libxl_field libxl_memory_share_fields[];
extern const struct libxl_field libxl_info_fields[];

/* libxl_make_printable() for each text in a struct, groups left out. */
void libxl_make_fields_printable(const struct libxl_field *fields, void *base);

/* The value of a number field of any size. */
unsigned long long libxl_field_number(const struct libxl_field *field, const void *base);
/* Whether a field of LIBXL_KIND_TOLD or LIBXL_KIND_KHZ has a value; of another it has. */
bool libxl_field_told(const struct libxl_field *field, const void *base);
/* Leaves all those fields of a struct without one, groups and lists left out. */
void libxl_field_forget(const struct libxl_field *fields, void *base);

/*
 * JSON text of an array of `count` structs of `stride` bytes, or of one struct. free() it; NULL
 * when out of memory.
 */
char *libxl_json_array(const struct libxl_field *fields, const void *items, size_t count,
                       size_t stride);
char *libxl_json_object(const struct libxl_field *fields, const void *item);

/* Structs and what they are called where that has to be said. */
struct libxl_data {
    const char *list; /* what the structs are called together; NULL: there is one */
    const char *item;
    const struct libxl_field *fields;
    const void *items;
    size_t count, stride;
};

/*
 * XML is written by a part that is loaded, and need not be installed. False with the reason in
 * `why`, of `size` bytes; of all below, NULL then means that, or out of memory.
 */
bool libxl_xml_there(char *why, size_t size);

/*
 * A document, free() it: the elements of each of `data`, which have an element for each field, in
 * an element `name`; that is NULL when there is but one.
 */
char *libxl_xml_document(const char *name, const struct libxl_data *data, size_t count);

/*
 * The same without the declaration that a document begins with: an element `list` of elements
 * `item`, or one element `name`.
 */
char *libxl_xml_array(const struct libxl_field *fields, const char *list, const char *item,
                      const void *items, size_t count, size_t stride);
char *libxl_xml_object(const struct libxl_field *fields, const char *name, const void *item);

/* Names for numbers; NULL when there is none. */
const char *libxl_role_name(unsigned int role);
const char *libxl_reason_name(unsigned int reason);

#pragma GCC visibility pop

#endif
