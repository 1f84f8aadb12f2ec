/* SPDX-License-Identifier: MIT */
/* Writing a tree from front to back (Devicetree Specification 0.4, chapter 5); the first error
 * sticks and is what finish() returns. Inner header of launch/. */
#ifndef LAUNCH_TREE_WRITER_H
#define LAUNCH_TREE_WRITER_H

#include "tree.h"

struct tree_writer {
    char *fdt;
    uint32_t size;     /* of the buffer, which names of properties fill from its end */
    uint32_t at;       /* where the structure block goes on */
    uint32_t names;    /* bytes of names */
    bool repeat;       /* see writer_start() */
    const char *error; /* NULL, or what is wrong */
};

/* `buffer` lies on 8 bytes. With `repeat` each property brings its own name. To look for it among
 * those before takes longer than all else in a small tree; in a large one it saves room. */
void writer_start(struct tree_writer *writer, void *buffer, uint64_t size, bool repeat);
const char *writer_finish(struct tree_writer *writer);

void writer_begin(struct tree_writer *writer, const char *name);
/* Node NAME@ADDRESS. */
void writer_begin_at(struct tree_writer *writer, const char *name, uint64_t address);
void writer_end(struct tree_writer *writer);

void writer_property(struct tree_writer *writer, const char *name, const void *data, int size);
void writer_flag(struct tree_writer *writer, const char *name);
void writer_u32(struct tree_writer *writer, const char *name, uint32_t value);
void writer_u64(struct tree_writer *writer, const char *name, uint64_t value);
/* Several strings are given with zeroes between them, as a literal "a\0b"; size includes the last
 * zero. */
void writer_string(struct tree_writer *writer, const char *name, const char *text);
#define writer_strings(writer, name, literal)                                                      \
    writer_property((writer), (name), (literal), (int)sizeof(literal))

/* A property of cells that is put together piece by piece. */
#define WRITER_MAX_CELLS 48

struct tree_cells {
    uint32_t cell[WRITER_MAX_CELLS]; /* big endian */
    unsigned int count;
    bool overflow; /* too many, or a value did not fit its cells */
};

void cells_add(struct tree_cells *cells, uint64_t value, uint32_t width);
void writer_cells(struct tree_writer *writer, const char *name, const struct tree_cells *cells);

#endif
