/* SPDX-License-Identifier: MIT */
/*
 * Nodes as records. A whole tree goes out in pieces, parents first; a node is told of by its depth
 * and name, which say enough once its parent has been told of: so a piece is about as long as what
 * its nodes are charged for, however long their paths are.
 */
#include <stdlib.h>
#include <string.h>

#include <xen/io/xs_wire.h>

#include "store/path.h"
#include "state.h"

/* How far the children of one node have been told of. */
struct step {
    struct node *node;
    uint32_t next;
    size_t path_length;
};

struct snapshot {
    struct node *root; /* one reference */
    struct step steps[PATH_MAX_DEPTH + 1];
    unsigned int depth;
    bool begun;
    char path[XENSTORE_ABS_PATH_MAX + 2];
};

void put_permissions(struct writer *writer, const struct permission *list, unsigned int count)
{
    put_number(writer, count, 2);
    for (unsigned int i = 0; i < count; i++) {
        put_number(writer, list[i].domid, 2);
        put_number(writer, list[i].rights, 1);
    }
}

static void put_content(struct writer *writer, const struct node *node)
{
    put_permissions(writer, node_permissions(node), node->permission_count);
    put_block(writer, node_value(node), node->value_length);
}

void state_put_node(struct writer *writer, const char *path, struct node *node)
{
    put_number(writer, RECORD_NODE, 1);
    put_text(writer, path);
    put_content(writer, node);
    node->noted = false;
}

struct snapshot *snapshot_new(struct node *root)
{
    struct snapshot *snapshot = malloc(sizeof(*snapshot));

    if (!snapshot)
        return NULL;
    snapshot->root = node_reference(root);
    snapshot->depth = 0;
    snapshot->begun = false;
    snapshot->steps[0] = (struct step){.node = snapshot->root};
    strcpy(snapshot->path, "/");
    return snapshot;
}

void snapshot_free(struct snapshot *snapshot)
{
    if (snapshot)
        node_release(snapshot->root);
    free(snapshot);
}

/* The path of a child of the current node; false: no path of ours is so long. */
static bool enter(struct snapshot *snapshot, struct node *child)
{
    size_t length = snapshot->steps[snapshot->depth].path_length;

    if (length + 1 + child->name_length > XENSTORE_ABS_PATH_MAX ||
        snapshot->depth == PATH_MAX_DEPTH)
        return false;
    snapshot->path[length] = '/';
    memcpy(snapshot->path + length + 1, node_name(child), child->name_length + 1u);
    snapshot->steps[++snapshot->depth] =
        (struct step){.node = child, .path_length = length + 1 + child->name_length};
    return true;
}

/* The next node in the order of telling, or NULL. */
static struct node *next_node(struct snapshot *snapshot)
{
    for (;;) {
        struct step *step = &snapshot->steps[snapshot->depth];

        if (step->next < node_child_count(step->node)) {
            struct node *child = node_child(step->node, step->next++);

            if (enter(snapshot, child))
                return child;
        } else if (snapshot->depth) {
            snapshot->depth--;
        } else {
            return NULL;
        }
    }
}

static void put_child(struct writer *writer, const struct snapshot *snapshot, struct node *node)
{
    put_number(writer, RECORD_CHILD, 1);
    put_number(writer, snapshot->depth, 2);
    put_text(writer, node_name(node));
    put_content(writer, node);
    node->noted = false;
}

bool snapshot_put(struct snapshot *snapshot, struct writer *writer, size_t limit)
{
    size_t end = writer->length + limit;
    bool first = true;

    if (!snapshot->begun) {
        state_put_node(writer, "/", snapshot->root);
        snapshot->begun = true;
        first = false;
    }
    while (writer->length < end && !writer->failed) {
        struct node *node = next_node(snapshot);

        if (!node)
            return false;
        if (first)
            state_put_node(writer, snapshot->path, node);
        else
            put_child(writer, snapshot, node);
        first = false;
    }
    return true;
}

void state_put_tree(struct writer *writer, struct node *root)
{
    struct snapshot *snapshot = snapshot_new(root);

    if (snapshot)
        snapshot_put(snapshot, writer, SIZE_MAX - writer->length);
    else
        writer->failed = true;
    snapshot_free(snapshot);
}
