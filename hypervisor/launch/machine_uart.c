/* SPDX-License-Identifier: MIT */
/* The console of the machine: Devicetree Specification 0.4, section 3.6, and the Linux serial
 * binding. */
#include <trefoil/machine.h>

#include <libfdt.h>
#include <string.h>

#include "machine_parts.h"

/* "PATH", "ALIAS", "ALIAS/REST", each with ":OPTIONS". Resolved here, as libfdt follows an alias of
 * an alias without end. */
static int console_node(const void *fdt, const char *text, size_t length)
{
    const char *slash = memchr(text, '/', length);
    size_t head = slash ? (size_t)(slash - text) : length;
    const char *alias;
    int node;

    if (slash == text)
        return fdt_path_offset_namelen(fdt, text, (int)length);
    alias = fdt_get_alias_namelen(fdt, text, (int)head);
    if (!alias || alias[0] != '/')
        return -FDT_ERR_NOTFOUND;
    node = fdt_path_offset(fdt, alias);
    while (node >= 0 && slash) {
        const char *name = slash + 1;
        size_t left = length - (size_t)(name - text);

        slash = memchr(name, '/', left);
        node = fdt_subnode_offset_namelen(fdt, node, name, slash ? (int)(slash - name) : (int)left);
    }
    return node;
}

static uint32_t baud_of(const char *options, size_t length)
{
    uint32_t baud = 0;

    for (size_t i = 0; i < length && options[i] >= '0' && options[i] <= '9' && baud < 100000000;
         i++)
        baud = baud * 10 + (uint32_t)(options[i] - '0');
    return baud;
}

static uint32_t clock_of(const void *fdt, int node)
{
    uint32_t hz = 0, phandle;

    if (tree_u32(fdt, node, "clock-frequency", 0, &hz) == TREE_OK)
        return hz;
    if (tree_u32(fdt, node, "clocks", 0, &phandle) == TREE_OK)
        tree_u32(fdt, fdt_node_offset_by_phandle(fdt, phandle), "clock-frequency", 0, &hz);
    return hz;
}

static void copy_compatible(struct machine_uart *uart, const void *fdt, int node)
{
    int count = fdt_stringlist_count(fdt, node, "compatible");
    size_t used = 0;

    for (int i = 0; i < count; i++) {
        int size;
        const char *text = fdt_stringlist_get(fdt, node, "compatible", i, &size);

        if (!text || used + (size_t)size + 2 > sizeof(uart->compatible))
            return;
        memcpy(&uart->compatible[used], text, (size_t)size + 1);
        used += (size_t)size + 1;
    }
}

void machine_read_uart(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;
    struct machine_uart *uart = &machine->uart;
    struct tree_walk *walk = &reader->walk;
    const void *fdt = walk->fdt;
    int chosen = fdt_path_offset(fdt, "/chosen");
    const char *text = chosen < 0 ? NULL : tree_string(fdt, chosen, "stdout-path");
    struct paddr_range reg;
    const char *colon;
    size_t length;

    if (!text && chosen >= 0)
        text = tree_string(fdt, chosen, "linux,stdout-path");
    if (!text)
        return;
    length = strlen(text);
    colon = memchr(text, ':', length);
    if (!tree_walk_to(walk, fdt,
                      console_node(fdt, text, colon ? (size_t)(colon - text) : length)) ||
        tree_reg(walk, 0, &reg) != TREE_OK)
        return;
    machine->has_uart = true;
    uart->reg = reg;
    copy_compatible(uart, fdt, walk->node);
    tree_path(fdt, walk->node, uart->path, sizeof(uart->path));
    tree_interrupt(walk, machine->gic_phandle, machine->gic_cells, 0, &uart->irq);
    uart->clock_hz = clock_of(fdt, walk->node);
    tree_u32(fdt, walk->node, "current-speed", 0, &uart->baud);
    if (colon)
        uart->baud = baud_of(colon + 1, length - (size_t)(colon + 1 - text));
    tree_u32(fdt, walk->node, "reg-shift", 0, &uart->reg_shift);
    uart->reg_io_width = 1;
    tree_u32(fdt, walk->node, "reg-io-width", 0, &uart->reg_io_width);
}

bool machine_uart_compatible(const struct machine_uart *uart, const char *compatible)
{
    const char *text = uart->compatible;

    while (text < uart->compatible + sizeof(uart->compatible) && *text) {
        if (strcmp(text, compatible) == 0)
            return true;
        text += strlen(text) + 1;
    }
    return false;
}
