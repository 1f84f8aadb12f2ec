/* SPDX-License-Identifier: MIT */
/* The two halves of the part; see libxl/xml_part.h. */
#ifndef LIBXL_XML_OPS_H
#define LIBXL_XML_OPS_H

#include "libxl/xml_part.h"

#pragma GCC visibility push(default)
extern const struct xml_part xml_part;
#pragma GCC visibility pop

void *xml_write_begin(bool whole);
void xml_write_open(void *writer, const char *name);
void xml_write_close(void *writer);
void xml_write_value(void *writer, const char *name, const char *text);
char *xml_write_end(void *writer);

bool xml_read(const char *text, size_t size, const struct xml_sink *sink, void *context);

#endif
