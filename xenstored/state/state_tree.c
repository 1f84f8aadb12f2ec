/* SPDX-License-Identifier: MIT */
/*
 * The difference between two trees. They share what is the same in both, so that the time this
 * takes goes with what has changed.
 */
#include <stdlib.h>
#include <string.h>

#include <xen/io/xs_wire.h>

#include "store/path.h"
#include "state.h"

/* One pair of nodes of the same path, and how far their children have been compared. */
struct step {
    struct node *old, *new; /* `old` may be NULL */
    uint32_t old_next, new_next;
    size_t path_length;
};

struct difference {
    struct writer *writer;
    struct step steps[PATH_MAX_DEPTH + 1];
    unsigned int depth;
    char path[XENSTORE_ABS_PATH_MAX + 2];
};

static bool same_content(const struct node *old, const struct node *new)
{
    return old->value_length == new->value_length &&
           old->permission_count == new->permission_count &&
           (!new->value_length || !memcmp(old->value, new->value, new->value_length)) &&
           !memcmp(old->permissions, new->permissions,
                   new->permission_count * sizeof(*new->permissions));
}

static void put_node(struct difference *difference, const struct node *node)
{
    struct writer *writer = difference->writer;

    put_number(writer, RECORD_NODE, 1);
    put_text(writer, difference->path);
    put_number(writer, node->permission_count, 2);
    for (unsigned int i = 0; i < node->permission_count; i++) {
        put_number(writer, node->permissions[i].domid, 2);
        put_number(writer, node->permissions[i].rights, 1);
    }
    put_block(writer, node->value, node->value_length);
}

/* The path of a child of the current pair; false: no path of ours is so long. */
static bool enter(struct difference *difference, const struct node *child)
{
    size_t length = difference->steps[difference->depth].path_length;

    if (length + 1 + child->name_length > XENSTORE_ABS_PATH_MAX ||
        difference->depth == PATH_MAX_DEPTH)
        return false;
    difference->path[length] = '/';
    memcpy(difference->path + length + 1, child->name, child->name_length + 1u);
    return true;
}

/* Goes on with a pair of children whose path has been made. */
static void descend(struct difference *difference, struct node *old, struct node *new)
{
    struct step *step = &difference->steps[++difference->depth];

    if (!old || !same_content(old, new))
        put_node(difference, new);
    *step = (struct step){.old = old, .new = new, .path_length = strlen(difference->path)};
}

static void take_leave(struct difference *difference, const struct node *child)
{
    if (!enter(difference, child))
        return;
    put_number(difference->writer, RECORD_GONE, 1);
    put_text(difference->writer, difference->path);
}

/* The next pair of children that is not one and the same; false: there is none. Both lists are in
 * the same order. */
static bool next_pair(struct step *step, struct node **old, struct node **new)
{
    uint32_t old_count = step->old ? step->old->child_count : 0;

    *old = *new = NULL;
    while (step->old_next < old_count && step->new_next < step->new->child_count &&
           step->old->children[step->old_next] == step->new->children[step->new_next]) {
        step->old_next++;
        step->new_next++;
    }
    if (step->new_next < step->new->child_count)
        *new = step->new->children[step->new_next];
    if (step->old_next < old_count)
        *old = step->old->children[step->old_next];
    if (*old && *new &&strcmp((*old)->name, (*new)->name) != 0) {
        /* One of them has no counterpart. */
        if (node_find(step->old, (*new)->name))
            *new = NULL;
        else
            *old = NULL;
    }
    step->old_next += *old != NULL;
    step->new_next += *new != NULL;
    return *old || *new;
}

static void compare(struct difference *difference)
{
    for (;;) {
        struct node *old, *new;

        if (!next_pair(&difference->steps[difference->depth], &old, &new)) {
            if (!difference->depth)
                return;
            difference->depth--;
        } else if (!new) {
            take_leave(difference, old);
        } else if (enter(difference, new)) {
            descend(difference, old, new);
        }
    }
}

void state_put_tree(struct writer *writer, struct node *old, struct node *new)
{
    struct difference *difference;

    if (old == new)
        return;
    difference = malloc(sizeof(*difference));
    if (!difference) {
        writer->failed = true;
        return;
    }
    difference->writer = writer;
    difference->depth = 0;
    strcpy(difference->path, "/");
    if (!old || !same_content(old, new))
        put_node(difference, new);
    difference->steps[0] = (struct step){.old = old, .new = new};
    compare(difference);
    free(difference);
}
