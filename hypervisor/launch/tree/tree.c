/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include <libfdt.h>
#include <string.h>

/* More cells than any binding uses; keeps arithmetic on cell counts small. */
#define MAX_CELLS 8

/* A property's value, if it is a string and nothing more. */
static const char *text_of(const char *data, int size)
{
    return size > 0 && memchr(data, '\0', (size_t)size) == data + size - 1 ? data : NULL;
}

static enum tree_result u32_of(const char *data, int size, unsigned int index, uint32_t *value)
{
    if (size == 0 || size % (int)sizeof(uint32_t) != 0)
        return TREE_MALFORMED;
    if (index >= (unsigned int)size / sizeof(uint32_t))
        return TREE_END;
    *value = fdt32_ld((const fdt32_t *)(data + index * sizeof(uint32_t)));
    return TREE_OK;
}

static bool says_okay(const struct tree_item *item)
{
    const char *status = text_of(item->data, item->size);

    return status && (strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0);
}

/* What a walk notes of each node; the first four count for the nodes below, too. */
enum note { ADDRESS_CELLS, SIZE_CELLS, INTERRUPT_PARENT, STATUS, COMPATIBLE, DEVICE_TYPE, NOTES };
static const char *const noted[NOTES] = {
    [ADDRESS_CELLS] = "#address-cells",
    [SIZE_CELLS] = "#size-cells",
    [INTERRUPT_PARENT] = "interrupt-parent",
    [STATUS] = "status",
    [COMPATIBLE] = "compatible",
    [DEVICE_TYPE] = "device_type",
};

static void take_note(struct tree_walk *walk, enum note note, const struct tree_item *item)
{
    struct tree_level *level = &walk->level[walk->depth];
    const char *text;

    switch (note) {
    case ADDRESS_CELLS: u32_of(item->data, item->size, 0, &level->address_cells); break;
    case SIZE_CELLS: u32_of(item->data, item->size, 0, &level->size_cells); break;
    case INTERRUPT_PARENT: u32_of(item->data, item->size, 0, &level->interrupt_parent); break;
    case STATUS: level->enabled = level->enabled && says_okay(item); break;
    case COMPATIBLE:
        walk->compatible = item->data;
        walk->compatible_size = item->size;
        break;
    case DEVICE_TYPE:
        text = text_of(item->data, item->size);
        walk->device_type = text ? text : "";
        break;
    case NOTES: break;
    }
}

/* In one pass over the node's properties; should one be there twice, the first counts. */
static void enter(struct tree_walk *walk)
{
    struct tree_level *level = &walk->level[walk->depth];
    const struct tree_level *above = walk->depth > 0 ? level - 1 : NULL;
    struct tree_item item = tree_items(walk->fdt, walk->node);
    unsigned int seen = 0;

    level->node = walk->node;
    level->address_cells = 2;
    level->size_cells = 1;
    level->interrupt_parent = above ? above->interrupt_parent : 0;
    level->enabled = !above || above->enabled;
    walk->compatible = walk->device_type = "";
    walk->compatible_size = 0;
    while (tree_next_item(walk->fdt, &item)) {
        for (enum note note = 0; note < NOTES; note++) {
            if (!tree_same(item.name, noted[note]))
                continue;
            if (!(seen & 1U << note))
                take_note(walk, note, &item);
            seen |= 1U << note;
            break;
        }
    }
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
        walk->node = tree_next_node(walk->fdt, walk->node, &walk->depth);
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
    tree_walk_start(walk, fdt);
    while (walk->node < node && walk->depth < TREE_MAX_DEPTH) {
        int next = tree_child(fdt, walk->node);

        /* The last child that does not begin after it. */
        for (walk->node = -1; next >= 0 && next <= node; next = tree_sibling(fdt, next))
            walk->node = next;
        if (walk->node < 0)
            return false;
        walk->depth++;
        enter(walk);
    }
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
    const char *data = tree_property(fdt, node, property, &size);

    return data ? u32_of(data, size, index, value) : TREE_END;
}

const char *tree_string(const void *fdt, int node, const char *property)
{
    int size;
    const char *data = tree_property(fdt, node, property, &size);

    return data ? text_of(data, size) : NULL;
}

int tree_list_index(const char *list, int size, const char *text)
{
    const char *end = list + size;

    if (size <= 0 || end[-1] != '\0')
        return -1;
    for (int index = 0; list < end; list += strlen(list) + 1, index++)
        if (tree_same(list, text))
            return index;
    return -1;
}

int tree_list_count(const char *list, int size)
{
    int count = 0;

    if (size <= 0 || list[size - 1] != '\0')
        return -1;
    for (int i = 0; i < size; i++)
        count += list[i] == '\0';
    return count;
}

bool tree_compatible(const void *fdt, int node, const char *compatible)
{
    int size;
    const char *list = tree_property(fdt, node, "compatible", &size);

    return list && tree_list_index(list, size, compatible) >= 0;
}

bool tree_walk_compatible(const struct tree_walk *walk, const char *compatible)
{
    return tree_list_index(walk->compatible, walk->compatible_size, compatible) >= 0;
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

/* Specifiers of any controllers, each led by its phandle. */
static enum tree_result interrupt_extended(const struct tree_walk *walk, uint32_t controller,
                                           uint32_t cells, unsigned int index,
                                           const uint8_t **specifier)
{
    int size;
    const uint8_t *data = tree_property(walk->fdt, walk->node, "interrupts-extended", &size);

    if (!data)
        return TREE_END;
    for (unsigned int i = 0; size >= (int)sizeof(uint32_t); i++) {
        uint32_t phandle = fdt32_ld((const fdt32_t *)data);
        uint32_t count = cells;

        if (phandle != controller && tree_u32(walk->fdt, tree_find_phandle(walk->fdt, phandle),
                                              "#interrupt-cells", 0, &count) != TREE_OK)
            return TREE_MALFORMED;
        if (count > MAX_CELLS || size < (int)((count + 1) * sizeof(uint32_t)))
            return TREE_MALFORMED;
        if (i == index) {
            *specifier = phandle == controller ? data + sizeof(uint32_t) : NULL;
            return TREE_OK;
        }
        data += (count + 1) * sizeof(uint32_t);
        size -= (int)((count + 1) * sizeof(uint32_t));
    }
    return TREE_END;
}

enum tree_result tree_interrupt(const struct tree_walk *walk, uint32_t controller, uint32_t cells,
                                unsigned int index, const uint8_t **specifier)
{
    int size;
    const uint8_t *data = tree_property(walk->fdt, walk->node, "interrupts", &size);
    unsigned int entry = cells * (unsigned int)sizeof(uint32_t);

    *specifier = NULL;
    if (cells == 0 || cells > MAX_CELLS)
        return TREE_MALFORMED;
    if (!data || tree_property(walk->fdt, walk->node, "interrupts-extended", NULL))
        return interrupt_extended(walk, controller, cells, index, specifier);
    if (walk->level[walk->depth].interrupt_parent != controller)
        return TREE_END;
    if (size == 0 || (unsigned int)size % entry != 0)
        return TREE_MALFORMED;
    if (index >= (unsigned int)size / entry)
        return TREE_END;
    *specifier = data + index * entry;
    return TREE_OK;
}
