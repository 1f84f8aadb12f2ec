/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "node.h"
#include "path.h"

#define FIRST_CAPACITY 4

static bool is_number(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (name[i] < '0' || name[i] > '9')
            return false;
    }
    return length > 0;
}

static bool copy_bytes(void **copy, const void *bytes, size_t length)
{
    *copy = NULL;
    if (!length)
        return true;
    *copy = malloc(length);
    if (!*copy)
        return false;
    memcpy(*copy, bytes, length);
    return true;
}

struct node *node_new(const char *name, size_t name_length, const struct permission *permissions,
                      unsigned int permission_count)
{
    struct node *node = calloc(1, sizeof(*node) + name_length + 1);

    if (!node)
        return NULL;
    node->references = 1;
    node->name_length = (uint16_t)name_length;
    memcpy(node->name, name, name_length);
    node->numeric = is_number(name, name_length);
    if (!node_set_permissions(node, permissions, permission_count)) {
        free(node);
        return NULL;
    }
    return node;
}

struct node *node_reference(struct node *node)
{
    node->references++;
    return node;
}

/* Without recursion: the depth of the tree is the clients' choice. */
void node_release(struct node *node)
{
    struct node *dead = NULL;

    if (!node || --node->references)
        return;
    node->next_dead = NULL;
    dead = node;
    while (dead) {
        node = dead;
        dead = node->next_dead;
        for (uint32_t i = 0; i < node->child_count; i++) {
            struct node *child = node->children[i];

            if (!--child->references) {
                child->next_dead = dead;
                dead = child;
            }
        }
        free(node->children);
        free(node->permissions);
        free(node->value);
        free(node);
    }
}

static int compare_names(const struct node *node, const char *name, size_t length, bool numeric)
{
    size_t common = node->name_length < length ? node->name_length : length;
    int order;

    if (node->numeric != numeric)
        return node->numeric ? -1 : 1;
    if (numeric && node->name_length != length)
        return node->name_length < length ? -1 : 1;
    order = memcmp(node->name, name, common);
    if (order || node->name_length == length)
        return order;
    return node->name_length < length ? -1 : 1;
}

/* The position where a child of that name is or belongs. */
static bool find_child(const struct node *parent, const char *name, size_t length, uint32_t *index)
{
    bool numeric = is_number(name, length);
    uint32_t low = 0, high = parent->child_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare_names(parent->children[middle], name, length, numeric);

        if (!order) {
            *index = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return false;
}

struct node *node_find_deepest(struct node *root, const char *path, const char **rest)
{
    struct node *node = root;
    const char *next = path, *name;
    size_t length;
    uint32_t index;

    *rest = path;
    while ((name = path_component(&next, &length)) != NULL) {
        if (!find_child(node, name, length, &index))
            return node;
        node = node->children[index];
        *rest = next;
    }
    *rest = "";
    return node;
}

struct node *node_find(struct node *root, const char *path)
{
    const char *rest;
    struct node *node = node_find_deepest(root, path, &rest);

    return *rest ? NULL : node;
}

static bool share_children(struct node *copy, const struct node *node)
{
    if (!node->child_count)
        return true;
    copy->children = malloc(node->child_count * sizeof(*copy->children));
    if (!copy->children)
        return false;
    for (uint32_t i = 0; i < node->child_count; i++)
        copy->children[i] = node_reference(node->children[i]);
    copy->child_count = copy->child_capacity = node->child_count;
    return true;
}

static struct node *copy_node(const struct node *node)
{
    struct node *copy =
        node_new(node->name, node->name_length, node->permissions, node->permission_count);

    if (!copy)
        return NULL;
    copy->generation = node->generation;
    if (!node_set_value(copy, node->value, node->value_length) || !share_children(copy, node)) {
        node_release(copy);
        return NULL;
    }
    return copy;
}

static struct node *own_slot(struct node **slot)
{
    struct node *copy;

    if ((*slot)->references == 1)
        return *slot;
    copy = copy_node(*slot);
    if (!copy)
        return NULL;
    node_release(*slot);
    *slot = copy;
    return copy;
}

struct node *node_own(struct node **root, const char *path)
{
    struct node *node = own_slot(root);
    const char *next = path, *name;
    size_t length;
    uint32_t index;

    while (node && (name = path_component(&next, &length)) != NULL) {
        if (!node->children || !find_child(node, name, length, &index))
            return NULL;
        node = own_slot(&node->children[index]);
    }
    return node;
}

bool node_set_value(struct node *node, const void *value, size_t length)
{
    void *copy;

    if (!copy_bytes(&copy, value, length))
        return false;
    free(node->value);
    node->value = copy;
    node->value_length = (uint32_t)length;
    return true;
}

bool node_set_permissions(struct node *node, const struct permission *permissions,
                          unsigned int count)
{
    void *copy;

    if (!copy_bytes(&copy, permissions, count * sizeof(*permissions)))
        return false;
    free(node->permissions);
    node->permissions = copy;
    node->permission_count = (uint16_t)count;
    return true;
}

bool node_add_child(struct node *parent, struct node *child)
{
    uint32_t index;

    if (parent->child_count == parent->child_capacity) {
        uint32_t capacity = parent->child_capacity ? parent->child_capacity * 2 : FIRST_CAPACITY;
        struct node **grown = realloc(parent->children, capacity * sizeof(*grown));

        if (!grown)
            return false;
        parent->children = grown;
        parent->child_capacity = capacity;
    }
    if (find_child(parent, child->name, child->name_length, &index))
        return false;
    memmove(&parent->children[index + 1], &parent->children[index],
            (parent->child_count - index) * sizeof(*parent->children));
    parent->children[index] = child;
    parent->child_count++;
    return true;
}

struct node *node_take_child(struct node *parent, const char *name, size_t name_length)
{
    struct node *child;
    uint32_t index;

    if (!find_child(parent, name, name_length, &index))
        return NULL;
    child = parent->children[index];
    parent->child_count--;
    memmove(&parent->children[index], &parent->children[index + 1],
            (parent->child_count - index) * sizeof(*parent->children));
    return child;
}

size_t node_size(const struct node *node)
{
    return sizeof(*node) + node->name_length + 1 + node->value_length +
           node->permission_count * sizeof(*node->permissions) + sizeof(node);
}

bool node_walk(const struct node *top, node_visitor *visit, void *context)
{
    const struct node *path[PATH_MAX_DEPTH + 1];
    uint32_t next[PATH_MAX_DEPTH + 1];
    unsigned int depth = 1;

    path[0] = top;
    next[0] = 0;
    if (!visit(top, 0, context))
        return false;
    while (depth) {
        const struct node *node = path[depth - 1];

        if (next[depth - 1] == node->child_count) {
            depth--;
            continue;
        }
        node = node->children[next[depth - 1]++];
        if (depth > PATH_MAX_DEPTH || !visit(node, depth, context))
            return false;
        path[depth] = node;
        next[depth] = 0;
        depth++;
    }
    return true;
}
