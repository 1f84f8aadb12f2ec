/* SPDX-License-Identifier: MIT */
#include "writer.h"

#include <libfdt.h>

void board_note(struct board_writer *writer, int result)
{
    if (result < 0 && writer->error == 0)
        writer->error = result;
}

int board_put_node(struct board_writer *writer, int parent, const char *name)
{
    int node = writer->error ? writer->error : fdt_add_subnode(writer->fdt, parent, name);

    board_note(writer, node);
    return node;
}

void board_put_cells(struct board_writer *writer, int node, const char *property,
                     const uint32_t *cells, unsigned int count)
{
    fdt32_t value[4 * LAUNCH_MAX_STATIC_BANKS];

    for (unsigned int i = 0; i < count; i++)
        value[i] = cpu_to_fdt32(cells[i]);
    if (!writer->error)
        board_note(writer, fdt_setprop(writer->fdt, node, property, value, (int)(count * 4)));
}

void board_put_cell(struct board_writer *writer, int node, const char *property, uint32_t cell)
{
    board_put_cells(writer, node, property, &cell, 1);
}

void board_put_text(struct board_writer *writer, int node, const char *property, const char *text)
{
    if (!writer->error && text)
        board_note(writer, fdt_setprop_string(writer->fdt, node, property, text));
}

void board_put_flag(struct board_writer *writer, int node, const char *property)
{
    if (!writer->error)
        board_note(writer, fdt_setprop_empty(writer->fdt, node, property));
}

void board_put_data(struct board_writer *writer, int node, const char *property, const void *data,
                    size_t size)
{
    if (!writer->error)
        board_note(writer, fdt_setprop(writer->fdt, node, property, data, (int)size));
}
