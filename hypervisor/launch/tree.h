/* SPDX-License-Identifier: MIT */
/*
 * Reading a flattened device tree in one pass. A walk keeps the way down from the root, so that
 * cell counts, ranges and status of the nodes above are at hand without searching the tree again.
 * Inner header of launch/.
 */
#ifndef LAUNCH_TREE_H
#define LAUNCH_TREE_H

#include <trefoil/machine.h>
#include <trefoil/types.h>

#define TREE_MAX_DEPTH 16

struct tree_level {
    int node;               /* FDT offset */
    uint32_t address_cells; /* for its children, DT 0.4 section 2.3.5 */
    uint32_t size_cells;
    uint32_t interrupt_parent; /* phandle in force here, 0: none said so far */
    bool enabled;              /* status of it and of all above */
};

struct tree_walk {
    const void *fdt;
    int node; /* FDT offset */
    int depth;
    struct tree_level level[TREE_MAX_DEPTH + 1]; /* [0] is the root, [depth] the node */
};

enum tree_result {
    TREE_OK,
    TREE_END,          /* no such entry */
    TREE_MALFORMED,    /* property of the wrong size, or a number that does not fit */
    TREE_UNTRANSLATED, /* an address on a bus that the CPU cannot reach */
};

/* Is this a complete tree that libfdt may be let loose on? One pass over all of it. */
bool tree_valid(const void *fdt);

/* Starts at the root; then each node in tree order. Nodes deeper than TREE_MAX_DEPTH are passed
 * over. */
void tree_walk_start(struct tree_walk *walk, const void *fdt);
bool tree_walk_next(struct tree_walk *walk);
/* Goes to a given node. False when it is too deep or none. */
bool tree_walk_to(struct tree_walk *walk, const void *fdt, int node);
/* From this node on, the next one that is not below it. */
bool tree_walk_skip(struct tree_walk *walk);

/*
 * The same as fdt_getprop(), for a tree that tree_valid() has passed. libfdt checks its whole way
 * anew for each property that it looks at, some 4,000 instructions a call; a boot makes 1,600
 * calls.
 */
const void *tree_property(const void *fdt, int node, const char *name, int *size);
/* The same as fdt_get_phandle(); 0 when there is none. */
uint32_t tree_phandle(const void *fdt, int node);

/* Takes one number of `cells` cells off the front; false when it is too short or does not fit 64
 * bits. */
bool tree_take(const uint8_t **data, int *size, uint32_t cells, uint64_t *value);
/* The index-th u32 of a property. */
enum tree_result tree_u32(const void *fdt, int node, const char *property, unsigned int index,
                          uint32_t *value);
/* A property that is a string and nothing more; NULL when it is absent or not a string. */
const char *tree_string(const void *fdt, int node, const char *property);
bool tree_compatible(const void *fdt, int node, const char *compatible);
/* Path for a message, "?" when it does not fit. */
const char *tree_path(const void *fdt, int node, char *path, size_t size);
/* Names of nodes and properties can hold any byte, a message is one line of text. */
void tree_make_printable(char *text);

/* The index-th range of reg as the CPU sees it, translated through ranges. */
enum tree_result tree_reg(const struct tree_walk *walk, unsigned int index,
                          struct paddr_range *range);
/* The index-th interrupt as a GIC INTID, of a controller with this phandle and #interrupt-cells.
 * INTID 0: another controller's. */
enum tree_result tree_interrupt(const struct tree_walk *walk, uint32_t gic_phandle,
                                uint32_t gic_cells, unsigned int index, uint32_t *intid);

#endif
