/* SPDX-License-Identifier: MIT */
/* The console of the machine: Devicetree Specification 0.4, section 3.6, and the Linux serial
 * binding. */
#include <trefoil/machine.h>

#include <string.h>

#include "launch_arch.h"
#include "machine_parts.h"

/* The string that /aliases has for a name; an alias of an alias is none. */
static const char *alias_of(const void *fdt, const char *name, size_t length)
{
    char alias[MACHINE_PATH];
    const char *path;

    if (length >= sizeof(alias))
        return NULL;
    memcpy(alias, name, length);
    alias[length] = '\0';
    path = tree_string(fdt, tree_find(fdt, 0, "aliases", strlen("aliases")), alias);
    return path && path[0] == '/' ? path : NULL;
}

/* "PATH", "ALIAS", "ALIAS/REST", each with ":OPTIONS". */
static int console_node(const void *fdt, const char *text, size_t length)
{
    const char *slash = memchr(text, '/', length);
    size_t head = slash ? (size_t)(slash - text) : length;
    const char *alias;

    if (head == 0)
        return tree_find(fdt, 0, text, length);
    alias = alias_of(fdt, text, head);
    if (!alias)
        return -1;
    return tree_find(fdt, tree_find(fdt, 0, alias, strlen(alias)), text + head, length - head);
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
        tree_u32(fdt, tree_find_phandle(fdt, phandle), "clock-frequency", 0, &hz);
    return hz;
}

static void copy_compatible(struct machine_uart *uart, const void *fdt, int node)
{
    int size;
    const char *list = tree_property(fdt, node, "compatible", &size);
    size_t used = 0;

    while (list && size > 0) {
        size_t length = strnlen(list, (size_t)size) + 1;

        if (length > (size_t)size || used + length + 1 > sizeof(uart->compatible))
            return;
        memcpy(&uart->compatible[used], list, length);
        used += length;
        list += length;
        size -= (int)length;
    }
}

/* A text that names the console. Its first word counts. */
struct naming {
    const char *text, *colon; /* before its options; NULL: it has none */
    size_t length;
    struct paddr_range reg; /* of the node */
};

static bool walk_to_console(struct tree_walk *walk, struct naming *naming)
{
    const char *text = naming->text;

    if (!text)
        return false;
    naming->length = 0;
    while (text[naming->length] && text[naming->length] != ' ')
        naming->length++;
    naming->colon = memchr(text, ':', naming->length);
    return tree_walk_to(
               walk, walk->fdt,
               console_node(walk->fdt, text,
                            naming->colon ? (size_t)(naming->colon - text) : naming->length)) &&
           tree_reg(walk, 0, &naming->reg) == TREE_OK;
}

/* Xen's option goes first, if it names a device. */
static bool find_console(struct machine_reader *reader, struct naming *naming)
{
    const struct machine *machine = reader->machine;
    struct tree_walk *walk = &reader->walk;

    naming->text = machine_option(machine, "dtuart=");
    if (walk_to_console(walk, naming))
        return true;
    naming->text = tree_string(walk->fdt, machine->chosen, "stdout-path");
    if (!naming->text)
        naming->text = tree_string(walk->fdt, machine->chosen, "linux,stdout-path");
    return walk_to_console(walk, naming);
}

void machine_read_uart(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;
    struct machine_uart *uart = &machine->uart;
    struct tree_walk *walk = &reader->walk;
    const void *fdt = walk->fdt;
    struct naming naming;

    if (!find_console(reader, &naming))
        return;
    machine->has_uart = true;
    uart->reg = naming.reg;
    uart->node = walk->node;
    copy_compatible(uart, fdt, walk->node);
    tree_walk_path(walk, uart->path, sizeof(uart->path));
    arch_line(walk, machine, 0, &uart->irq);
    uart->clock_hz = clock_of(fdt, walk->node);
    tree_u32(fdt, walk->node, "current-speed", 0, &uart->baud);
    if (naming.colon)
        uart->baud =
            baud_of(naming.colon + 1, naming.length - (size_t)(naming.colon + 1 - naming.text));
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
