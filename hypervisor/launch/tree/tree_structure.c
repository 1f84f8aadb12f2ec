/* SPDX-License-Identifier: MIT */
/* The structure block (Devicetree Specification 0.4, section 5.4): checked once, then followed. */
#include "tree.h"

#include <libfdt.h>
#include <string.h>

/* Before it, nodes had their whole path for a name, and properties another alignment. */
#define OLDEST_VERSION 16
/* A later one may be read as one of these if it says so. */
#define NEWEST_VERSION 17

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

static const char *structure_of(const void *fdt)
{
    return (const char *)fdt + fdt32_to_cpu(((const struct fdt_header *)fdt)->off_dt_struct);
}

/* How far a tag and what belongs to it reach; nothing if that is not within the `left` bytes. */
static uint32_t extent_of(const char *at, uint32_t left)
{
    const struct fdt_property *property = (const void *)at;
    const char *end;

    switch (structure_word(at, 0)) {
    case FDT_NOP:
    case FDT_END_NODE: return FDT_TAGSIZE;
    case FDT_BEGIN_NODE:
        end = memchr(at + FDT_TAGSIZE, '\0', left - FDT_TAGSIZE);
        return end ? padded((uint32_t)(end - at) + 1) : 0;
    case FDT_PROP:
        if (left < sizeof(*property) || fdt32_to_cpu(property->len) > left - sizeof(*property))
            return 0;
        return (uint32_t)sizeof(*property) + padded(fdt32_to_cpu(property->len));
    default: return 0;
    }
}

/* Where names of properties may begin: up to the last zero of the strings block. */
static uint32_t names_of(const void *fdt)
{
    const char *strings = (const char *)fdt + fdt_off_dt_strings(fdt);
    uint32_t size = fdt_size_dt_strings(fdt);

    while (size > 0 && strings[size - 1] != '\0')
        size--;
    return size;
}

/* May the tag be where it is? *depth goes along; only the root begins at depth 0, without a name.
 */
static bool in_place(const char *at, bool first, uint32_t names, uint32_t *depth)
{
    switch (structure_word(at, 0)) {
    case FDT_BEGIN_NODE: return first ? (*depth)++ == 0 && !at[FDT_TAGSIZE] : (*depth)++ != 0;
    case FDT_END_NODE: return (*depth)-- != 0;
    case FDT_PROP:
        return *depth != 0 &&
               fdt32_to_cpu(((const struct fdt_property *)(const void *)at)->nameoff) < names;
    default: return !first;
    }
}

/*
 * In one pass, and as strict as fdt_check_full(), which looks for the end of every property's name
 * and takes three times as long: does every step through the structure lead on, up to its end, and
 * are all nodes ended there and all names strings? (libfdt 1.6 follows a property's length
 * backwards as well, and then goes round and round.)
 */
static bool leads_on(const void *fdt)
{
    const char *structure = structure_of(fdt), *at = structure;
    uint32_t left = fdt_version(fdt) > OLDEST_VERSION ? fdt_size_dt_struct(fdt)
                                                      : fdt_totalsize(fdt) - fdt_off_dt_struct(fdt);
    uint32_t names = names_of(fdt), depth = 0;

    while (left >= FDT_TAGSIZE && structure_word(at, 0) != FDT_END) {
        uint32_t step = extent_of(at, left);

        if (step == 0 || step > left || !in_place(at, at == structure, names, &depth))
            return false;
        at += step;
        left -= step;
    }
    return left >= FDT_TAGSIZE && depth == 0 && at != structure;
}

/* Does a block lie behind the header and before the tree's end? */
static bool holds(const void *fdt, uint32_t offset, uint32_t size)
{
    return offset >= sizeof(struct fdt_header) && offset <= fdt_totalsize(fdt) &&
           size <= fdt_totalsize(fdt) - offset;
}

static bool header_valid(const void *fdt)
{
    return fdt_magic(fdt) == FDT_MAGIC && fdt_version(fdt) >= OLDEST_VERSION &&
           fdt_last_comp_version(fdt) <= NEWEST_VERSION &&
           fdt_last_comp_version(fdt) <= fdt_version(fdt) && fdt_totalsize(fdt) <= INT32_MAX &&
           holds(fdt, fdt_off_mem_rsvmap(fdt), 0) &&
           holds(fdt, fdt_off_dt_struct(fdt),
                 fdt_version(fdt) > OLDEST_VERSION ? fdt_size_dt_struct(fdt) : 0) &&
           holds(fdt, fdt_off_dt_strings(fdt), fdt_size_dt_strings(fdt)) &&
           fdt_off_dt_struct(fdt) % FDT_TAGSIZE == 0;
}

enum tree_result tree_reservation(const void *fdt, unsigned int index, struct paddr_range *range)
{
    struct fdt_reserve_entry entry;
    uint64_t at = fdt_off_mem_rsvmap(fdt) + (uint64_t)index * sizeof(entry);

    if (at + sizeof(entry) > fdt_totalsize(fdt))
        return TREE_MALFORMED;
    memcpy(&entry, (const char *)fdt + at, sizeof(entry));
    range->start = fdt64_to_cpu(entry.address);
    range->size = fdt64_to_cpu(entry.size);
    return range->size != 0 ? TREE_OK : TREE_END;
}

static bool reservations_end(const void *fdt)
{
    enum tree_result result;
    struct paddr_range range;
    unsigned int index = 0;

    while ((result = tree_reservation(fdt, index, &range)) == TREE_OK)
        index++;
    return result == TREE_END;
}

bool tree_valid(const void *fdt)
{
    return header_valid(fdt) && reservations_end(fdt) && leads_on(fdt);
}

const char *tree_name(const void *fdt, int node)
{
    return structure_of(fdt) + node + FDT_TAGSIZE;
}

int tree_next_node(const void *fdt, int node, int *depth)
{
    const char *structure = structure_of(fdt);
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

struct tree_item tree_items(const void *fdt, int node)
{
    return (struct tree_item){.next = after_name(structure_of(fdt), (uint32_t)node)};
}

bool tree_next_item(const void *fdt, struct tree_item *item)
{
    const char *structure = structure_of(fdt);
    const struct fdt_property *property;
    uint32_t tag;

    while ((tag = structure_word(structure, item->next)) == FDT_NOP)
        item->next += FDT_TAGSIZE;
    if (tag != FDT_PROP)
        return false;
    property = (const void *)(structure + item->next);
    item->name = (const char *)fdt +
                 fdt32_to_cpu(((const struct fdt_header *)fdt)->off_dt_strings) +
                 fdt32_to_cpu(property->nameoff);
    item->data = property->data;
    item->size = (int)fdt32_to_cpu(property->len);
    item->next += (uint32_t)sizeof(*property) + padded((uint32_t)item->size);
    return true;
}

const void *tree_property(const void *fdt, int node, const char *name, int *size)
{
    if (size)
        *size = node < 0 ? node : -FDT_ERR_NOTFOUND;
    if (node < 0)
        return NULL;
    struct tree_item item = tree_items(fdt, node);

    while (tree_next_item(fdt, &item)) {
        if (!tree_same(item.name, name))
            continue;
        if (size)
            *size = item.size;
        return item.data;
    }
    return NULL;
}
