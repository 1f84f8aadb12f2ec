/* SPDX-License-Identifier: MIT */
#include "tree_writer.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

static void note(struct tree_writer *writer, int error)
{
    if (writer->error == 0 && error < 0)
        writer->error = error;
}

void writer_start(struct tree_writer *writer, void *buffer, uint64_t size, bool repeat)
{
    writer->fdt = buffer;
    writer->error = size > INT32_MAX ? -FDT_ERR_NOSPACE : 0;
    if (writer->error == 0)
        note(writer,
             fdt_create_with_flags(buffer, (int)size, repeat ? FDT_CREATE_FLAG_NO_NAME_DEDUP : 0));
    if (writer->error == 0)
        note(writer, fdt_finish_reservemap(buffer));
}

int writer_finish(struct tree_writer *writer)
{
    if (writer->error == 0)
        note(writer, fdt_finish(writer->fdt));
    return writer->error;
}

void writer_begin(struct tree_writer *writer, const char *name)
{
    if (writer->error == 0)
        note(writer, fdt_begin_node(writer->fdt, name));
}

void writer_begin_at(struct tree_writer *writer, const char *name, uint64_t address)
{
    char full[48];

    snprintf(full, sizeof(full), "%s@%llx", name, (unsigned long long)address);
    writer_begin(writer, full);
}

void writer_end(struct tree_writer *writer)
{
    if (writer->error == 0)
        note(writer, fdt_end_node(writer->fdt));
}

void writer_property(struct tree_writer *writer, const char *name, const void *data, int size)
{
    if (writer->error == 0)
        note(writer, fdt_property(writer->fdt, name, data, size));
}

void writer_flag(struct tree_writer *writer, const char *name)
{
    writer_property(writer, name, NULL, 0);
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
        note(writer, -FDT_ERR_BADNCELLS);
    writer_property(writer, name, cells->cell, (int)(cells->count * sizeof(cells->cell[0])));
}
