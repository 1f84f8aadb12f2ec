/* SPDX-License-Identifier: MIT */
/*
 * Passthrough trees of domains that are to have devices of the machine and bring no tree that
 * describes them: one is made of the machine's own nodes. A device is where it is on the machine.
 */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "make.h"
#include "tree/tree.h"

#define ROOM       (1u << 20)
#define MAX_DEPTH  8
#define MAX_CLOCKS 16
#define PAGE       UINT64_C(4096)

struct passing {
    struct make_board *board;
    const struct make_domain *domain;
    const struct make_passthrough *passed; /* the device that is described */
    const void *tree;                      /* the machine's */
    const struct machine *machine;
    void *out;           /* the passthrough tree, which grows at its end */
    uint32_t controller; /* phandle of its interrupt controller: none of the machine's */
    int error;           /* of libfdt; 0: none */
    uint32_t clocks[MAX_CLOCKS];
    unsigned int nr_clocks;
};

static void note(struct passing *passing, int result)
{
    if (result < 0 && passing->error == 0)
        passing->error = result;
}

static void put(struct passing *passing, const char *name, const void *data, size_t size)
{
    if (!passing->error)
        note(passing, fdt_property(passing->out, name, data, (int)size));
}

static void put_cell(struct passing *passing, const char *name, uint32_t cell)
{
    const fdt32_t value = cpu_to_fdt32(cell);

    put(passing, name, &value, sizeof(value));
}

static void begin(struct passing *passing, const char *name)
{
    if (!passing->error)
        note(passing, fdt_begin_node(passing->out, name));
}

static void end(struct passing *passing)
{
    if (!passing->error)
        note(passing, fdt_end_node(passing->out));
}

static void leave_out(const struct passing *passing, const char *property, const char *why)
{
    make_say(passing->board, MAKE_WARNING, passing->passed->place, passing->passed->key,
             "%s: %.40s is left out: %s", passing->passed->path, property, why);
}

/* ---- clocks ---- */

/* Is each of them a clock that needs nobody? */
static bool take_clocks(struct passing *passing, const struct tree_item *item)
{
    const uint8_t *data = (const uint8_t *)item->data;
    int size = item->size;
    uint64_t phandle;

    while (tree_take(&data, &size, 1, &phandle)) {
        int node = phandle ? tree_find_phandle(passing->tree, (uint32_t)phandle) : -1;

        if (node < 0 || !tree_compatible(passing->tree, node, "fixed-clock") ||
            passing->nr_clocks == MAX_CLOCKS)
            return false;
        passing->clocks[passing->nr_clocks++] = (uint32_t)phandle;
    }
    return size == 0;
}

static bool is_first(const struct passing *passing, unsigned int index)
{
    for (unsigned int i = 0; i < index; i++)
        if (passing->clocks[i] == passing->clocks[index])
            return false;
    return true;
}

static void put_clocks(struct passing *passing)
{
    for (unsigned int i = 0; i < passing->nr_clocks; i++) {
        int node = tree_find_phandle(passing->tree, passing->clocks[i]);
        struct tree_item item = tree_items(passing->tree, node);
        char name[24];

        if (!is_first(passing, i))
            continue;
        snprintf(name, sizeof(name), "clock-%u", i);
        begin(passing, name);
        while (tree_next_item(passing->tree, &item))
            put(passing, item.name, item.data, (size_t)item.size);
        end(passing);
    }
}

/* ---- a device's node ---- */

/* Said anew, or the machine's alone. */
static const char *const own[] = {"reg",    "interrupts",   "interrupt-parent", "xen,passthrough",
                                  "status", "linux,phandle"};

/* What refers to other nodes, so that it means nothing in another tree. */
static const char *const references[] = {"iommus",
                                         "iommu-map",
                                         "power-domains",
                                         "resets",
                                         "dmas",
                                         "msi-parent",
                                         "phys",
                                         "nvmem-cells",
                                         "phy-handle",
                                         "interrupts-extended",
                                         "assigned-clocks",
                                         "assigned-clock-parents",
                                         "interconnects",
                                         "memory-region"};

static bool is_among(const char *const names[], size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool ends_in(const char *name, const char *tail)
{
    size_t length = strlen(name);

    return length >= strlen(tail) && strcmp(name + length - strlen(tail), tail) == 0;
}

static bool refers(const char *name)
{
    return is_among(references, sizeof(references) / sizeof(references[0]), name) ||
           (strncmp(name, "pinctrl-", 8) == 0 && strcmp(name, "pinctrl-names") != 0) ||
           ends_in(name, "-supply") || ends_in(name, "-gpios") || ends_in(name, "-gpio");
}

static void put_property(struct passing *passing, const struct tree_item *item, bool inside)
{
    if (!inside && is_among(own, sizeof(own) / sizeof(own[0]), item->name))
        return;
    if (refers(item->name))
        leave_out(passing, item->name, "what it refers to is the machine's");
    else if (strcmp(item->name, "clocks") == 0 && !take_clocks(passing, item))
        leave_out(passing, item->name, "only fixed clocks are passed on");
    else
        put(passing, item->name, item->data, (size_t)item->size);
}

/* What is below it: as it is. */
static void put_below(struct passing *passing, int node)
{
    int depth = 0, open = 0;

    for (node = tree_next_node(passing->tree, node, &depth); node >= 0 && depth > 0;
         node = tree_next_node(passing->tree, node, &depth)) {
        struct tree_item item = tree_items(passing->tree, node);

        if (depth > MAX_DEPTH)
            continue;
        for (; open >= depth; open--)
            end(passing);
        begin(passing, tree_name(passing->tree, node));
        while (tree_next_item(passing->tree, &item))
            put_property(passing, &item, true);
        open = depth;
    }
    for (; open > 0; open--)
        end(passing);
}

static unsigned int put_number(fdt32_t *cells, unsigned int count, uint64_t number)
{
    cells[count] = cpu_to_fdt32((uint32_t)(number >> 32));
    cells[count + 1] = cpu_to_fdt32((uint32_t)number);
    return count + 2;
}

/* Where they are on the machine; what is mapped are whole pages. */
static void put_registers(struct passing *passing, const struct tree_walk *walk)
{
    fdt32_t reg[4 * LAUNCH_MAX_PASSED], pages[6 * LAUNCH_MAX_PASSED];
    unsigned int nr_reg = 0, nr_pages = 0;
    struct paddr_range range;

    for (unsigned int i = 0; i < LAUNCH_MAX_PASSED && tree_reg(walk, i, &range) == TREE_OK; i++) {
        uint64_t start = range.start & ~(PAGE - 1);
        uint64_t stop = (range.start + range.size + PAGE - 1) & ~(PAGE - 1);

        nr_reg = put_number(reg, put_number(reg, nr_reg, range.start), range.size);
        nr_pages = put_number(pages, put_number(pages, nr_pages, start), stop - start);
        nr_pages = put_number(pages, nr_pages, start);
    }
    if (nr_reg == 0)
        return;
    put(passing, "reg", reg, nr_reg * sizeof(*reg));
    put(passing, "xen,reg", pages, nr_pages * sizeof(*pages));
}

/* Of each the three cells that a domain's controller takes. */
static void put_interrupts(struct passing *passing, const struct tree_walk *walk)
{
    const struct machine *machine = passing->machine;
    const uint8_t *specifier;
    fdt32_t cells[3 * 32];
    unsigned int count = 0;

    if (!tree_property(walk->fdt, walk->node, "interrupts", NULL))
        return;
    while (count < 32 &&
           tree_interrupt(walk, machine->controller.phandle, machine->controller.cells, count,
                          &specifier) == TREE_OK &&
           specifier && machine->controller.cells >= 3)
        memcpy(&cells[3 * count++], specifier, 3 * sizeof(*cells));
    if (count == 0) {
        leave_out(passing, "interrupts", "they are not of the machine's interrupt controller");
        return;
    }
    put(passing, "interrupts", cells, 3 * count * sizeof(*cells));
    put_cell(passing, "interrupt-parent", passing->controller);
}

static void put_device(struct passing *passing)
{
    const char *path = passing->passed->path;
    int node = path[0] == '/' ? tree_find(passing->tree, 0, path, strlen(path)) : -1;
    struct tree_walk walk;
    struct tree_item item;

    /* put_passthrough() says that it is not there. */
    if (node <= 0 || !tree_walk_to(&walk, passing->tree, node))
        return;
    begin(passing, tree_name(passing->tree, node));
    item = tree_items(passing->tree, node);
    while (tree_next_item(passing->tree, &item))
        put_property(passing, &item, false);
    put_registers(passing, &walk);
    put_interrupts(passing, &walk);
    put(passing, "xen,path", path, strlen(path) + 1);
    put(passing, "xen,force-assign-without-iommu", NULL, 0);
    put_below(passing, node);
    end(passing);
}

/* ---- the tree ---- */

static void put_cells(struct passing *passing)
{
    put_cell(passing, "#address-cells", 2);
    put_cell(passing, "#size-cells", 2);
}

static void put_all(struct passing *passing)
{
    note(passing, fdt_create(passing->out, ROOM));
    if (!passing->error)
        note(passing, fdt_finish_reservemap(passing->out));
    begin(passing, "");
    put_cells(passing);
    begin(passing, LAUNCH_CONTROLLER_NODE);
    put_cell(passing, "#interrupt-cells", 3);
    put(passing, "interrupt-controller", NULL, 0);
    put_cell(passing, "phandle", passing->controller);
    end(passing);
    begin(passing, "passthrough");
    put(passing, "compatible", "simple-bus", sizeof("simple-bus"));
    put(passing, "ranges", NULL, 0);
    put_cells(passing);
    for (passing->passed = passing->board->passthrough; passing->passed;
         passing->passed = passing->passed->next)
        if (passing->passed->domain == passing->domain)
            put_device(passing);
    put_clocks(passing);
    end(passing);
    end(passing);
    if (!passing->error)
        note(passing, fdt_finish(passing->out));
}

static void make_one(struct make_board *board, struct make_domain *domain,
                     const struct make_passthrough *passed, const void *tree,
                     const struct machine *machine)
{
    struct passing passing = {.board = board, .domain = domain, .tree = tree, .machine = machine};

    passing.out = make_allocate(board, ROOM);
    if (!passing.out)
        return;
    note(&passing, fdt_generate_phandle(tree, &passing.controller));
    if (!passing.error)
        put_all(&passing);
    if (passing.error) {
        make_say(board, MAKE_ERROR, passed->place, passed->key,
                 "its devices cannot be described in a tree: %s", fdt_strerror(passing.error));
        return;
    }
    make_set_content(board, domain, MAKE_DEVICE_TREE, passed,
                     make_format(board, "%s.passthrough.dtb", domain->name), passing.out,
                     fdt_totalsize(passing.out));
    make_say(board, MAKE_NOTE, passed->place, passed->key,
             "a passthrough tree is made of the machine's nodes, as none is named");
}

void make_pass_devices(struct make_board *board, const void *tree)
{
    struct machine *machine = calloc(1, sizeof(*machine));
    char error[LAUNCH_MESSAGE];
    bool whole = machine && machine_read(tree, machine, error, sizeof(error));

    board->out_of_memory |= !machine;
    /* What is wrong with the machine's tree is said by make_place_all(). */
    for (const struct make_passthrough *passed = board->passthrough; passed && whole;
         passed = passed->next)
        if (passed->domain && !passed->domain->has_module[MAKE_DEVICE_TREE])
            make_one(board, passed->domain, passed, tree, machine);
    free(machine);
}
