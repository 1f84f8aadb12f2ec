/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include <libfdt.h>
#include <string.h>

/* More cells than any binding uses; keeps arithmetic on cell counts small. */
#define MAX_CELLS 8

/* Before it, nodes had their whole path for a name, and properties another alignment. */
#define OLDEST_VERSION 16

/* Is every step through the structure a step ahead? libfdt 1.6 follows a property's length
 * backwards as well, and then goes round and round. */
static bool leads_on(const void *fdt)
{
    int offset = 0, next;

    while (fdt_next_tag(fdt, offset, &next) != FDT_END) {
        if (next <= offset)
            return false;
        offset = next;
    }
    return true;
}

bool tree_valid(const void *fdt)
{
    /* To libfdt, nothing at all is a complete tree: the root is asked for. */
    return fdt_check_header(fdt) == 0 && fdt_version(fdt) >= OLDEST_VERSION && leads_on(fdt) &&
           fdt_check_full(fdt, fdt_totalsize(fdt)) == 0 && fdt_get_name(fdt, 0, NULL);
}

/* The word at an offset in the structure block, and what a length takes there (DT 0.4 section 5.4).
 */
static uint32_t structure_word(const char *structure, uint32_t offset)
{
    return fdt32_to_cpu(*(const fdt32_t *)(structure + offset));
}

static uint32_t padded(uint32_t length)
{
    return (length + FDT_TAGSIZE - 1) & ~(uint32_t)(FDT_TAGSIZE - 1);
}

/* From a node's start to its first property or what else follows its name. */
static uint32_t after_name(const char *structure, uint32_t node)
{
    uint32_t name = node + FDT_TAGSIZE;

    return name + padded((uint32_t)strlen(structure + name) + 1);
}

/* The same as fdt_next_node(), for a tree that tree_valid() has passed; -1 at the end. */
static int next_node(const void *fdt, int node, int *depth)
{
    const char *structure = (const char *)fdt + fdt_off_dt_struct(fdt);
    uint32_t at = after_name(structure, (uint32_t)node);

    for (;;) {
        switch (structure_word(structure, at)) {
        case FDT_BEGIN_NODE: (*depth)++; return (int)at;
        case FDT_END_NODE:
            if (--*depth < 0)
                return -1;
            break;
        case FDT_PROP: {
            const struct fdt_property *property = (const void *)(structure + at);

            at += (uint32_t)(sizeof(*property) - FDT_TAGSIZE) + padded(fdt32_to_cpu(property->len));
            break;
        }
        case FDT_NOP: break;
        default: return -1;
        }
        at += FDT_TAGSIZE;
    }
}

const void *tree_property(const void *fdt, int node, const char *name, int *size)
{
    const char *structure = (const char *)fdt + fdt_off_dt_struct(fdt);
    const char *strings = (const char *)fdt + fdt_off_dt_strings(fdt);
    uint32_t at, tag;

    if (size)
        *size = node < 0 ? node : -FDT_ERR_NOTFOUND;
    if (node < 0)
        return NULL;
    at = after_name(structure, (uint32_t)node);
    while ((tag = structure_word(structure, at)) == FDT_PROP || tag == FDT_NOP) {
        const struct fdt_property *property = (const void *)(structure + at);
        uint32_t length;

        at += FDT_TAGSIZE;
        if (tag == FDT_NOP)
            continue;
        length = fdt32_to_cpu(property->len);
        if (strcmp(strings + fdt32_to_cpu(property->nameoff), name) == 0) {
            if (size)
                *size = (int)length;
            return property->data;
        }
        at += (uint32_t)(sizeof(*property) - FDT_TAGSIZE) + padded(length);
    }
    return NULL;
}

uint32_t tree_phandle(const void *fdt, int node)
{
    uint32_t phandle;

    if (tree_u32(fdt, node, "phandle", 0, &phandle) != TREE_OK &&
        tree_u32(fdt, node, "linux,phandle", 0, &phandle) != TREE_OK)
        return 0;
    return phandle;
}

static uint32_t cells_of(const void *fdt, int node, const char *property, uint32_t otherwise)
{
    uint32_t cells;

    return tree_u32(fdt, node, property, 0, &cells) == TREE_OK ? cells : otherwise;
}

static bool node_enabled(const void *fdt, int node)
{
    const char *status = tree_string(fdt, node, "status");

    if (!status)
        return tree_property(fdt, node, "status", NULL) == NULL;
    return strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

static void enter(struct tree_walk *walk)
{
    struct tree_level *level = &walk->level[walk->depth];
    const struct tree_level *above = walk->depth > 0 ? level - 1 : NULL;
    const void *fdt = walk->fdt;

    level->node = walk->node;
    level->address_cells = cells_of(fdt, walk->node, "#address-cells", 2);
    level->size_cells = cells_of(fdt, walk->node, "#size-cells", 1);
    level->interrupt_parent =
        cells_of(fdt, walk->node, "interrupt-parent", above ? above->interrupt_parent : 0);
    level->enabled = (!above || above->enabled) && node_enabled(fdt, walk->node);
}

void tree_walk_start(struct tree_walk *walk, const void *fdt)
{
    walk->fdt = fdt;
    walk->node = 0;
    walk->depth = 0;
    enter(walk);
}

bool tree_walk_next(struct tree_walk *walk)
{
    do {
        walk->node = next_node(walk->fdt, walk->node, &walk->depth);
        if (walk->node < 0 || walk->depth <= 0)
            return false;
    } while (walk->depth > TREE_MAX_DEPTH);
    enter(walk);
    return true;
}

bool tree_walk_skip(struct tree_walk *walk)
{
    int depth = walk->depth;

    do {
        if (!tree_walk_next(walk))
            return false;
    } while (walk->depth > depth);
    return true;
}

bool tree_walk_to(struct tree_walk *walk, const void *fdt, int node)
{
    if (node < 0)
        return false;
    tree_walk_start(walk, fdt);
    while (walk->node < node)
        if (!tree_walk_next(walk))
            return false;
    return walk->node == node;
}

bool tree_take(const uint8_t **data, int *size, uint32_t cells, uint64_t *value)
{
    uint64_t result = 0;

    if (cells > MAX_CELLS || *size < (int)(cells * sizeof(uint32_t)))
        return false;
    for (uint32_t i = 0; i < cells; i++) {
        if (result >> 32)
            return false;
        result = result << 32 | fdt32_ld((const fdt32_t *)(*data + i * sizeof(uint32_t)));
    }
    *data += cells * sizeof(uint32_t);
    *size -= (int)(cells * sizeof(uint32_t));
    *value = result;
    return true;
}

enum tree_result tree_u32(const void *fdt, int node, const char *property, unsigned int index,
                          uint32_t *value)
{
    int size;
    const uint8_t *data = tree_property(fdt, node, property, &size);

    if (!data)
        return TREE_END;
    if (size == 0 || size % (int)sizeof(uint32_t) != 0)
        return TREE_MALFORMED;
    if (index >= (unsigned int)size / sizeof(uint32_t))
        return TREE_END;
    *value = fdt32_ld((const fdt32_t *)(data + index * sizeof(uint32_t)));
    return TREE_OK;
}

const char *tree_string(const void *fdt, int node, const char *property)
{
    int size;
    const char *text = tree_property(fdt, node, property, &size);

    if (!text || size <= 0 || memchr(text, '\0', (size_t)size) != text + size - 1)
        return NULL;
    return text;
}

bool tree_compatible(const void *fdt, int node, const char *compatible)
{
    int size;
    const char *list = tree_property(fdt, node, "compatible", &size);

    return list && fdt_stringlist_contains(list, size, compatible);
}

const char *tree_path(const void *fdt, int node, char *path, size_t size)
{
    if (node < 0 || fdt_get_path(fdt, node, path, (int)size) != 0)
        strcpy(path, "?");
    return path;
}

void tree_make_printable(char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

/* Finds the ranges entry of the bus at `level` that holds the range, and moves the range up to the
 * bus above. */
static enum tree_result translate_once(const struct tree_walk *walk, int level,
                                       struct paddr_range *range)
{
    const struct tree_level *bus = &walk->level[level];
    uint32_t parent_cells = walk->level[level - 1].address_cells;
    int size;
    const uint8_t *data = tree_property(walk->fdt, bus->node, "ranges", &size);

    if (!data)
        return TREE_UNTRANSLATED;
    if (size == 0)
        return TREE_OK;
    if (bus->address_cells > MAX_CELLS || parent_cells > MAX_CELLS || bus->size_cells > MAX_CELLS)
        return TREE_MALFORMED;
    int entry = (int)((bus->address_cells + parent_cells + bus->size_cells) * sizeof(uint32_t));

    if (entry == 0)
        return TREE_MALFORMED;
    for (; size >= entry; data += entry, size -= entry) {
        const uint8_t *at = data;
        int left = entry;
        uint64_t child, parent, length;

        if (!tree_take(&at, &left, bus->address_cells, &child) ||
            !tree_take(&at, &left, parent_cells, &parent) ||
            !tree_take(&at, &left, bus->size_cells, &length))
            continue; /* PCI space codes fill the upper cells: not a plain address */
        if (range->start >= child && range->start - child < length &&
            range->size <= length - (range->start - child)) {
            range->start = range->start - child + parent;
            return TREE_OK;
        }
    }
    return TREE_UNTRANSLATED;
}

static enum tree_result read_reg(const struct tree_walk *walk, unsigned int index,
                                 struct paddr_range *range)
{
    int size;
    const uint8_t *data = tree_property(walk->fdt, walk->node, "reg", &size);

    if (!data || walk->depth == 0)
        return TREE_END;
    const struct tree_level *bus = &walk->level[walk->depth - 1];

    if (bus->address_cells > MAX_CELLS || bus->size_cells > MAX_CELLS)
        return TREE_MALFORMED;
    unsigned int entry = (bus->address_cells + bus->size_cells) * (unsigned int)sizeof(uint32_t);

    if (entry == 0 || size == 0 || (unsigned int)size % entry != 0)
        return TREE_MALFORMED;
    if (index >= (unsigned int)size / entry)
        return TREE_END;
    data += index * entry;
    size = (int)entry;
    if (!tree_take(&data, &size, bus->address_cells, &range->start) ||
        !tree_take(&data, &size, bus->size_cells, &range->size))
        return TREE_MALFORMED;
    return TREE_OK;
}

enum tree_result tree_reg(const struct tree_walk *walk, unsigned int index,
                          struct paddr_range *range)
{
    enum tree_result result = read_reg(walk, index, range);

    for (int level = walk->depth - 1; result == TREE_OK && level > 0; level--)
        result = translate_once(walk, level, range);
    if (result == TREE_OK && range->size > UINT64_MAX - range->start)
        return TREE_MALFORMED;
    return result;
}

/* The binding of the Arm GIC: type (0 SPI, 1 PPI), number within the type, flags. */
static uint32_t intid_of(const uint8_t *data)
{
    uint32_t type = fdt32_ld((const fdt32_t *)data);
    uint32_t number = fdt32_ld((const fdt32_t *)(data + sizeof(uint32_t)));

    if (type == 0 && number < 988)
        return number + 32;
    if (type == 1 && number < 16)
        return number + 16;
    return 0;
}

static enum tree_result interrupt_extended(const struct tree_walk *walk, uint32_t gic_phandle,
                                           uint32_t gic_cells, unsigned int index, uint32_t *intid)
{
    int size;
    const uint8_t *data = tree_property(walk->fdt, walk->node, "interrupts-extended", &size);

    *intid = 0;
    if (!data)
        return TREE_END;
    for (unsigned int i = 0; size >= (int)sizeof(uint32_t); i++) {
        uint32_t phandle = fdt32_ld((const fdt32_t *)data);
        bool gic = phandle == gic_phandle;
        uint32_t cells = gic_cells;

        if (!gic && tree_u32(walk->fdt, fdt_node_offset_by_phandle(walk->fdt, phandle),
                             "#interrupt-cells", 0, &cells) != TREE_OK)
            return TREE_MALFORMED;
        if (cells > MAX_CELLS || size < (int)((cells + 1) * sizeof(uint32_t)))
            return TREE_MALFORMED;
        if (i == index) {
            *intid = gic ? intid_of(data + sizeof(uint32_t)) : 0;
            return gic && *intid == 0 ? TREE_MALFORMED : TREE_OK;
        }
        data += (cells + 1) * sizeof(uint32_t);
        size -= (int)((cells + 1) * sizeof(uint32_t));
    }
    return TREE_END;
}

enum tree_result tree_interrupt(const struct tree_walk *walk, uint32_t gic_phandle,
                                uint32_t gic_cells, unsigned int index, uint32_t *intid)
{
    int size;
    const uint8_t *data = tree_property(walk->fdt, walk->node, "interrupts", &size);

    *intid = 0;
    if (gic_cells < 3 || gic_cells > MAX_CELLS)
        return TREE_MALFORMED;
    if (!data || tree_property(walk->fdt, walk->node, "interrupts-extended", NULL))
        return interrupt_extended(walk, gic_phandle, gic_cells, index, intid);
    if (walk->level[walk->depth].interrupt_parent != gic_phandle)
        return TREE_END;
    unsigned int entry = gic_cells * (unsigned int)sizeof(uint32_t);

    if (size == 0 || (unsigned int)size % entry != 0)
        return TREE_MALFORMED;
    if (index >= (unsigned int)size / entry)
        return TREE_END;
    *intid = intid_of(data + index * entry);
    return *intid == 0 ? TREE_MALFORMED : TREE_OK;
}
