/* SPDX-License-Identifier: MIT */
/* What JSON schemas are written of. */
#ifndef XL_SCHEMA_H
#define XL_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include <yajl/yajl_gen.h>

void schema_text(yajl_gen gen, const char *text);
/* A member of an object: "name": "text". */
void schema_member(yajl_gen gen, const char *name, const char *text);
/* The begin of a value that is an object with nothing but the members that are told of next, each a
 * name and what its value is; and its end, with those names that have to be there. */
void schema_open_object(yajl_gen gen);
void schema_close_object(yajl_gen gen, const char *const *required, size_t count);
/* An object that says what type a value has, a number from 0 on if that is "integer"; `null`: or
 * none. */
void schema_type(yajl_gen gen, const char *type, bool null);

/* The members of an object that says what a line of xl events is. */
void schema_events(yajl_gen gen);

#endif
