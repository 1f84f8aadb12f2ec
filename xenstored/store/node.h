/* SPDX-License-Identifier: MIT */
/*
 * The tree, as a persistent data structure: a node belongs to every tree that refers to it. One
 * reference to a root is a snapshot that costs nothing; changing a path of a tree that shares its
 * nodes first copies the nodes of that path (and only those), so the other trees never notice.
 */
#ifndef XENSTORED_NODE_H
#define XENSTORED_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "permission.h"

struct node_children {
    uint32_t count, capacity;
    struct node *list[]; /* ordered by name */
};

/* One allocation besides its children's list: most nodes have one permission, a short name and
 * value. */
struct node {
    unsigned int references;
    uint16_t name_length : 14;
    uint16_t numeric : 1; /* the name is a number: before the others, in the numbers' order */
    uint16_t noted : 1;   /* the journal has an entry of it, as a node of the live tree */
    uint16_t permission_count;
    union {
        uint64_t generation;    /* of the last change of value, permissions or set of children */
        struct node *next_dead; /* while being freed */
    };
    struct node_children *children; /* NULL: it never had one */
    uint32_t value_length;
    char contents[]; /* permissions, name with a NUL, value */
};

/* New node without children, one reference; NULL: out of memory. */
struct node *node_new(const char *name, size_t name_length, const struct permission *permissions,
                      unsigned int permission_count, const void *value, size_t value_length);

struct node *node_reference(struct node *node);
/* Drops a reference, and with the last one the node and its references. NULL is allowed. */
void node_release(struct node *node);

static inline const struct permission *node_permissions(const struct node *node)
{
    return (const struct permission *)node->contents;
}

static inline uint16_t node_owner(const struct node *node)
{
    return node_permissions(node)[0].domid;
}

/* Of a node that belongs to one tree or none yet. */
static inline void node_set_owner(struct node *node, uint16_t domid)
{
    ((struct permission *)node->contents)[0].domid = domid;
}

static inline const char *node_name(const struct node *node)
{
    return node->contents + node->permission_count * sizeof(struct permission);
}

static inline const char *node_value(const struct node *node)
{
    return node_name(node) + node->name_length + 1;
}

static inline uint32_t node_child_count(const struct node *node)
{
    return node->children ? node->children->count : 0;
}

static inline struct node *node_child(const struct node *node, uint32_t index)
{
    return node->children->list[index];
}

/* The node at an absolute path below `root`, or NULL. */
struct node *node_find(struct node *root, const char *path);

/* Where a path leads in a tree. */
struct node_place {
    struct node **slot;   /* what refers to the deepest existing node on the way */
    struct node **parent; /* what refers to the one above; NULL: none is */
    const char *rest;     /* what is left of the path: "" when it is the node itself */
    uint32_t index;       /* where the next node of `rest` belongs among the children */
    bool shared;          /* another tree has a node of the way, too */
};

void node_locate(struct node **root, const char *path, struct node_place *place);

/*
 * Make the node at the place that `path` leads to in the tree, and those above it, belong to the
 * tree alone: the place may move. false: out of memory, the tree means the same as before.
 */
bool node_own(struct node **root, const char *path, struct node_place *place);
/* Only those above it. */
bool node_own_above(struct node **root, const char *path, struct node_place *place);

/* Set the value of a node that belongs to one tree, which refers to it at *slot: it may move.
 * false: out of memory, unchanged. */
bool node_set_value(struct node **slot, const void *value, size_t length);
bool node_set_permissions(struct node **slot, const struct permission *permissions,
                          unsigned int count);

/* Put `child` (whose reference is taken over) where it belongs under a node of one tree. */
bool node_add_child(struct node *parent, uint32_t index, struct node *child);
/* Take the node out of the tree, in which what is above belongs to it alone; the caller gets its
 * reference. */
struct node *node_take(const struct node_place *place);

/* Bytes that a node costs its owner. */
size_t node_size(const struct node *node);

/*
 * Call `visit` for `top` and every node below it, parents first, until it returns false. Returns
 * false then, or when the tree is deeper than a path can be. `depth` is 0 for `top`.
 */
typedef bool node_visitor(const struct node *node, unsigned int depth, void *context);
bool node_walk(const struct node *top, node_visitor *visit, void *context);

#endif
