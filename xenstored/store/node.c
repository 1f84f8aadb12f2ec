/* SPDX-License-Identifier: MIT */
#include <stddef.h>
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

/* Of a node with contents of these sizes. */
static size_t block_size(unsigned int permission_count, size_t name_length, size_t value_length)
{
    return offsetof(struct node, contents) + permission_count * sizeof(struct permission) +
           name_length + 1 + value_length;
}

static size_t node_block(const struct node *node)
{
    return block_size(node->permission_count, node->name_length, node->value_length);
}

static void *copy_bytes(void *to, const void *from, size_t size)
{
    return size ? memcpy(to, from, size) : to;
}

/* Its name and value are those at `name` and `value`, everything else but the permissions is unset.
 */
static struct node *allocate(const struct permission *permissions, unsigned int permission_count,
                             const char *name, size_t name_length, const void *value,
                             size_t value_length)
{
    struct node *node = malloc(block_size(permission_count, name_length, value_length));

    if (!node)
        return NULL;
    memset(node, 0, offsetof(struct node, contents));
    node->references = 1;
    node->permission_count = (uint16_t)permission_count;
    node->name_length = (uint16_t)name_length & 0x3fff;
    node->value_length = (uint32_t)value_length;
    copy_bytes(node->contents, permissions, permission_count * sizeof(*permissions));
    char *place =
        copy_bytes(node->contents + permission_count * sizeof(*permissions), name, name_length);
    place[name_length] = '\0';
    copy_bytes(place + name_length + 1, value, value_length);
    return node;
}

struct node *node_new(const char *name, size_t name_length, const struct permission *permissions,
                      unsigned int permission_count, const void *value, size_t value_length)
{
    struct node *node =
        allocate(permissions, permission_count, name, name_length, value, value_length);

    if (node)
        node->numeric = is_number(name, name_length);
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
        for (uint32_t i = 0; i < node_child_count(node); i++) {
            struct node *child = node_child(node, i);

            if (!--child->references) {
                child->next_dead = dead;
                dead = child;
            }
        }
        free(node->children);
        free(node);
    }
}

static int compare_names(const struct node *node, const char *name, size_t length, bool numeric)
{
    const char *own = node_name(node);
    size_t own_length = node->name_length;
    int order;

    if (node->numeric != numeric)
        return node->numeric ? -1 : 1;
    if (numeric && own_length != length)
        return own_length < length ? -1 : 1;
    /* Most that differ do so at once. */
    order = (unsigned char)own[0] - (unsigned char)name[0];
    if (!order)
        order = memcmp(own, name, own_length < length ? own_length : length);
    if (order || own_length == length)
        return order;
    return own_length < length ? -1 : 1;
}

/* The position where a child of that name is or belongs. */
static bool find_child(const struct node *parent, const char *name, size_t length, uint32_t *index)
{
    bool numeric = is_number(name, length);
    uint32_t low = 0, high = node_child_count(parent);

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare_names(node_child(parent, middle), name, length, numeric);

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

void node_locate(struct node **root, const char *path, struct node_place *place)
{
    const char *next = path, *name;
    size_t length;

    *place = (struct node_place){.slot = root, .shared = (*root)->references > 1};
    for (place->rest = path; (name = path_component(&next, &length)) != NULL; place->rest = next) {
        struct node *node = *place->slot;

        if (!find_child(node, name, length, &place->index))
            return;
        place->parent = place->slot;
        place->slot = &node->children->list[place->index];
        place->shared |= (*place->slot)->references > 1;
    }
    place->rest = "";
}

struct node *node_find(struct node *root, const char *path)
{
    struct node_place place;

    node_locate(&root, path, &place);
    return *place.rest ? NULL : *place.slot;
}

static size_t list_size(uint32_t capacity)
{
    return offsetof(struct node_children, list) + capacity * sizeof(struct node *);
}

static bool share_children(struct node *copy, const struct node *node)
{
    uint32_t count = node_child_count(node);

    if (!count)
        return true;
    copy->children = malloc(list_size(count));
    if (!copy->children)
        return false;
    for (uint32_t i = 0; i < count; i++)
        copy->children->list[i] = node_reference(node_child(node, i));
    copy->children->count = copy->children->capacity = count;
    return true;
}

static struct node *copy_node(const struct node *node)
{
    struct node *copy = malloc(node_block(node));

    if (!copy)
        return NULL;
    memcpy(copy, node, node_block(node));
    copy->references = 1;
    copy->noted = false;
    copy->children = NULL;
    if (!share_children(copy, node)) {
        node_release(copy);
        return NULL;
    }
    return copy;
}

static bool own_slot(struct node **slot)
{
    struct node *copy;

    if ((*slot)->references == 1)
        return true;
    copy = copy_node(*slot);
    if (!copy)
        return false;
    node_release(*slot);
    *slot = copy;
    return true;
}

bool node_own_above(struct node **root, const char *path, struct node_place *place)
{
    const struct node *target = *place->slot;
    struct node **slot = root, **parent = NULL;
    const char *next = path, *name;
    size_t length;
    uint32_t index;

    if (!place->shared)
        return true;
    while (*slot != target) {
        name = path_component(&next, &length);
        if (!own_slot(slot) || !name || !find_child(*slot, name, length, &index))
            return false;
        parent = slot;
        slot = &(*slot)->children->list[index];
    }
    place->slot = slot;
    place->parent = parent;
    return true;
}

bool node_own(struct node **root, const char *path, struct node_place *place)
{
    return !place->shared || (node_own_above(root, path, place) && own_slot(place->slot));
}

bool node_set_value(struct node **slot, const void *value, size_t length)
{
    struct node *node = *slot;

    if (length != node->value_length) {
        node = realloc(node, block_size(node->permission_count, node->name_length, length));
        if (!node)
            return false;
        node->value_length = (uint32_t)length;
        *slot = node;
    }
    copy_bytes((char *)node_value(node), value, length);
    return true;
}

bool node_set_permissions(struct node **slot, const struct permission *permissions,
                          unsigned int count)
{
    const struct node *old = *slot;
    struct node *node = allocate(permissions, count, node_name(old), old->name_length,
                                 node_value(old), old->value_length);

    if (!node)
        return false;
    node->numeric = old->numeric;
    node->noted = old->noted;
    node->generation = old->generation;
    node->children = old->children;
    free(*slot);
    *slot = node;
    return true;
}

/* Room for one more. */
static bool grow_list(struct node *parent)
{
    uint32_t count = node_child_count(parent);
    uint32_t capacity = count ? count * 2 : FIRST_CAPACITY;
    struct node_children *grown;

    if (parent->children && count < parent->children->capacity)
        return true;
    grown = realloc(parent->children, list_size(capacity));
    if (!grown)
        return false;
    grown->count = count;
    grown->capacity = capacity;
    parent->children = grown;
    return true;
}

bool node_add_child(struct node *parent, uint32_t index, struct node *child)
{
    struct node_children *children;

    if (!grow_list(parent))
        return false;
    children = parent->children;
    memmove(&children->list[index + 1], &children->list[index],
            (children->count - index) * sizeof(children->list[0]));
    children->list[index] = child;
    children->count++;
    return true;
}

struct node *node_take(const struct node_place *place)
{
    struct node_children *children = (*place->parent)->children;
    struct node *node = *place->slot;

    children->count--;
    memmove(place->slot, place->slot + 1,
            (size_t)(&children->list[children->count] - place->slot) * sizeof(children->list[0]));
    return node;
}

size_t node_size(const struct node *node)
{
    return node_block(node) + sizeof(node);
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

        if (next[depth - 1] == node_child_count(node)) {
            depth--;
            continue;
        }
        node = node_child(node, next[depth - 1]++);
        if (depth > PATH_MAX_DEPTH || !visit(node, depth, context))
            return false;
        path[depth] = node;
        next[depth] = 0;
        depth++;
    }
    return true;
}
