/* SPDX-License-Identifier: MIT */
#include "tree_writer.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

/* Header and the end of the memory reservation block, which has no entries. */
#define STRUCTURE (sizeof(struct fdt_header) + sizeof(struct fdt_reserve_entry))

static void note(struct tree_writer *writer, const char *error)
{
    if (!writer->error)
        writer->error = error;
}

/* Room for `size` bytes at the structure's end, or NULL. What pads them to whole words is zero. */
static void *take(struct tree_writer *writer, uint32_t size)
{
    uint32_t padded = ALIGN_UP(size, FDT_TAGSIZE);
    char *at = writer->fdt + writer->at;

    if (!writer->error && (padded < size || padded > writer->size - writer->names - writer->at))
        note(writer, "no room");
    if (writer->error)
        return NULL;
    writer->at += padded;
    memset(at + size, 0, padded - size);
    return at;
}

static void put_tag(struct tree_writer *writer, uint32_t tag)
{
    fdt32_t *at = take(writer, FDT_TAGSIZE);

    if (at)
        *at = cpu_to_fdt32(tag);
}

/* Where the name is: counted from the buffer's end, as nobody knows yet where names will begin. */
static uint32_t name_from_end(struct tree_writer *writer, const char *name)
{
    const char *end = writer->fdt + writer->size;
    uint32_t size = (uint32_t)strlen(name) + 1;

    for (const char *old = end - writer->names; !writer->repeat && old < end;
         old += strlen(old) + 1)
        if (tree_same(old, name))
            return (uint32_t)(end - old);
    if (size > writer->size - writer->names - writer->at) {
        note(writer, "no room");
        return 0;
    }
    writer->names += size;
    memcpy(writer->fdt + writer->size - writer->names, name, size);
    return writer->names;
}

void writer_start(struct tree_writer *writer, void *buffer, uint64_t size, bool repeat)
{
    *writer = (struct tree_writer){
        .fdt = buffer, .size = (uint32_t)size, .at = STRUCTURE, .repeat = repeat};
    if (size > INT32_MAX || size < STRUCTURE)
        note(writer, "no room");
    else
        memset(buffer, 0, STRUCTURE);
}

/* Names move up to the structure's end; from now on each is counted from their beginning. */
static void settle_names(struct tree_writer *writer)
{
    int node = 0, depth = 0;

    memmove(writer->fdt + writer->at, writer->fdt + writer->size - writer->names, writer->names);
    for (; node >= 0; node = tree_next_node(writer->fdt, node, &depth)) {
        struct tree_item item = tree_items(writer->fdt, node);

        while (tree_next_item(writer->fdt, &item)) {
            /* Right before the data. */
            fdt32_t *name = (void *)(writer->fdt + (item.data - writer->fdt) - sizeof(*name));

            *name = cpu_to_fdt32(writer->names - fdt32_to_cpu(*name));
        }
    }
}

const char *writer_finish(struct tree_writer *writer)
{
    struct fdt_header *header = (void *)writer->fdt;

    put_tag(writer, FDT_END);
    if (writer->error)
        return writer->error;
    *header = (struct fdt_header){
        .magic = cpu_to_fdt32(FDT_MAGIC),
        .totalsize = cpu_to_fdt32(writer->at + writer->names),
        .off_dt_struct = cpu_to_fdt32(STRUCTURE),
        .off_dt_strings = cpu_to_fdt32(writer->at),
        .off_mem_rsvmap = cpu_to_fdt32(sizeof(*header)),
        .version = cpu_to_fdt32(17),
        .last_comp_version = cpu_to_fdt32(16),
        .size_dt_strings = cpu_to_fdt32(writer->names),
        .size_dt_struct = cpu_to_fdt32(writer->at - (uint32_t)STRUCTURE),
    };
    settle_names(writer);
    return NULL;
}

void writer_begin(struct tree_writer *writer, const char *name)
{
    uint32_t size = (uint32_t)strlen(name) + 1;
    char *at;

    put_tag(writer, FDT_BEGIN_NODE);
    at = take(writer, size);
    if (at)
        memcpy(at, name, size);
}

void writer_begin_at(struct tree_writer *writer, const char *name, uint64_t address)
{
    char full[48];

    snprintf(full, sizeof(full), "%s@%llx", name, (unsigned long long)address);
    writer_begin(writer, full);
}

void writer_end(struct tree_writer *writer)
{
    put_tag(writer, FDT_END_NODE);
}

void writer_property(struct tree_writer *writer, const char *name, const void *data, int size)
{
    struct fdt_property *property = take(writer, (uint32_t)sizeof(*property) + (uint32_t)size);

    if (!property)
        return;
    property->tag = cpu_to_fdt32(FDT_PROP);
    property->len = cpu_to_fdt32((uint32_t)size);
    property->nameoff = cpu_to_fdt32(name_from_end(writer, name));
    memcpy(property->data, data, (size_t)size);
}

void writer_flag(struct tree_writer *writer, const char *name)
{
    writer_property(writer, name, "", 0);
}

void writer_u32(struct tree_writer *writer, const char *name, uint32_t value)
{
    fdt32_t data = cpu_to_fdt32(value);

    writer_property(writer, name, &data, sizeof(data));
}

void writer_u64(struct tree_writer *writer, const char *name, uint64_t value)
{
    fdt64_t data = cpu_to_fdt64(value);

    writer_property(writer, name, &data, sizeof(data));
}

void writer_string(struct tree_writer *writer, const char *name, const char *text)
{
    writer_property(writer, name, text, (int)strlen(text) + 1);
}

void cells_add(struct tree_cells *cells, uint64_t value, uint32_t width)
{
    if (width > WRITER_MAX_CELLS - cells->count || (width == 0 && value != 0) ||
        (width == 1 && value >> 32)) {
        cells->overflow = true;
        return;
    }
    for (uint32_t left = width; left > 0; left--) {
        uint32_t part = left == 1 ? (uint32_t)value : left == 2 ? (uint32_t)(value >> 32) : 0;

        cells->cell[cells->count++] = cpu_to_fdt32(part);
    }
}

void writer_cells(struct tree_writer *writer, const char *name, const struct tree_cells *cells)
{
    if (cells->overflow)
        note(writer, "a value does not fit its cells");
    writer_property(writer, name, cells->cell, (int)(cells->count * sizeof(cells->cell[0])));
}
