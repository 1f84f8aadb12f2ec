/* SPDX-License-Identifier: MIT */
/*
 * Reading a flattened device tree in one pass. A walk keeps the way down from the root, so that
 * cell counts, ranges and status of the nodes above are at hand without searching the tree again.
 * Inner header of launch/.
 */
#ifndef LAUNCH_TREE_H
#define LAUNCH_TREE_H

#include <string.h>
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
    const char *compatible; /* of the node: its list, empty when it has none */
    int compatible_size;
    const char *device_type;                     /* "" when it has none */
    struct tree_level level[TREE_MAX_DEPTH + 1]; /* [0] is the root, [depth] the node */
};

enum tree_result {
    TREE_OK,
    TREE_END,          /* no such entry */
    TREE_MALFORMED,    /* property of the wrong size, or a number that does not fit */
    TREE_UNTRANSLATED, /* an address on a bus that the CPU cannot reach */
};

/* tree_structure.c: is this a complete tree? All of it is looked at. */
bool tree_valid(const void *fdt);
/* The index-th entry of the memory reservation block (DT 0.4 section 5.3); malformed when it is
 * not within the tree. */
enum tree_result tree_reservation(const void *fdt, unsigned int index, struct paddr_range *range);

/* Starts at the root; then each node in tree order. Nodes deeper than TREE_MAX_DEPTH are passed
 * over. */
void tree_walk_start(struct tree_walk *walk, const void *fdt);
bool tree_walk_next(struct tree_walk *walk);
/* Goes to a given node without looking at what does not lead there. False when it is too deep or
 * none. */
bool tree_walk_to(struct tree_walk *walk, const void *fdt, int node);
/* From this node on, the next one that is not below it. */
bool tree_walk_skip(struct tree_walk *walk);

/*
 * From here on for a tree that tree_valid() has passed. libfdt has the same, but it checks its
 * whole way anew for each node and property that it looks at, some 4,000 instructions a call; a
 * boot makes thousands of calls.
 */

/* The node after this one in tree order, -1 after the last; *depth goes along. */
int tree_next_node(const void *fdt, int node, int *depth);
/* With its unit address. */
const char *tree_name(const void *fdt, int node);
/* Its first child, and a child's next sibling; -1 when there is none. */
int tree_child(const void *fdt, int node);
int tree_sibling(const void *fdt, int node);

/* One property after the other. */
struct tree_item {
    const char *name;
    const char *data;
    int size;
    uint32_t next; /* where to go on in the structure block */
};
struct tree_item tree_items(const void *fdt, int node);
/* False after the last. */
bool tree_next_item(const void *fdt, struct tree_item *item);

/* Most names differ in their first character. */
static inline bool tree_same(const char *a, const char *b)
{
    return *a == *b && strcmp(a, b) == 0;
}

/* The same as fdt_getprop(). */
const void *tree_property(const void *fdt, int node, const char *name, int *size);
/* The same as fdt_get_phandle(); 0 when there is none. */
uint32_t tree_phandle(const void *fdt, int node);

/* tree_find.c: the node at a path of `length` characters below `node` (0: from the root); -1 when
 * there is none. A name without unit address stands for the first that has one, too. */
int tree_find(const void *fdt, int node, const char *path, size_t length);
int tree_find_phandle(const void *fdt, uint32_t phandle);

/* Takes one number of `cells` cells off the front; false when it is too short or does not fit 64
 * bits. */
bool tree_take(const uint8_t **data, int *size, uint32_t cells, uint64_t *value);
/* The index-th u32 of a property. */
enum tree_result tree_u32(const void *fdt, int node, const char *property, unsigned int index,
                          uint32_t *value);
/* A property that is a string and nothing more; NULL when it is absent or not a string. */
const char *tree_string(const void *fdt, int node, const char *property);
bool tree_compatible(const void *fdt, int node, const char *compatible);
bool tree_walk_compatible(const struct tree_walk *walk, const char *compatible);
/* Which of the strings of a list the text is, -1 for none. A list is no list if its last string
 * does not end. */
int tree_list_index(const char *list, int size, const char *text);
/* How many strings, -1 if it is no list. */
int tree_list_count(const char *list, int size);
/* Path for a message, "?" when it does not fit. */
const char *tree_path(const void *fdt, int node, char *path, size_t size);
/* The same of the walk's node, whose way from the root is known. */
const char *tree_walk_path(const struct tree_walk *walk, char *path, size_t size);
/* Names of nodes and properties can hold any byte, a message is one line of text. */
void tree_make_printable(char *text);

/* The index-th range of reg as the CPU sees it, translated through ranges. */
enum tree_result tree_reg(const struct tree_walk *walk, unsigned int index,
                          struct paddr_range *range);
/* The cells of the index-th interrupt of a controller with this phandle and #interrupt-cells; NULL:
 * another controller's. */
enum tree_result tree_interrupt(const struct tree_walk *walk, uint32_t controller, uint32_t cells,
                                unsigned int index, const uint8_t **specifier);

#endif
