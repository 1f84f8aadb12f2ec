/* SPDX-License-Identifier: MIT */
/*
 * Trees that share nodes, as records. Each node comes once, after its children, which it names by
 * their places: so what is shared stays shared, and a reader can tell at each node how large and
 * how deep the tree below it is.
 */
#include <stdlib.h>
#include <string.h>

#include <xen/io/xs_wire.h>

#include "live.h"
#include "state/state.h"
#include "store/path.h"

/* ---- Writing ----------------------------------------------------------------------------------
 */

struct place {
    const struct node *node; /* NULL: free */
    uint32_t place;
};

struct node_places {
    struct place *table; /* open addressing, `capacity` is a power of two */
    size_t capacity;
    uint32_t count;
    struct {
        struct node *node;
        uint32_t next; /* child */
    } steps[PATH_MAX_DEPTH + 1];
};

#define FIRST_PLACES 1024

struct node_places *node_places_new(void)
{
    struct node_places *places = calloc(1, sizeof(*places));

    if (!places)
        return NULL;
    places->capacity = FIRST_PLACES;
    places->table = calloc(places->capacity, sizeof(*places->table));
    if (places->table)
        return places;
    free(places);
    return NULL;
}

void node_places_free(struct node_places *places)
{
    if (places)
        free(places->table);
    free(places);
}

static struct place *find_place(struct place *table, size_t capacity, const struct node *node)
{
    /* Nodes lie at least 16 bytes apart; the multiplier is 2^64 divided by the golden ratio. */
    uint64_t hash = ((uint64_t)(uintptr_t)node >> 4) * UINT64_C(0x9e3779b97f4a7c15);
    size_t index = (size_t)(hash >> 20) & (capacity - 1);

    while (table[index].node && table[index].node != node)
        index = (index + 1) & (capacity - 1);
    return &table[index];
}

static bool grow_places(struct node_places *places)
{
    size_t capacity = places->capacity * 2;
    struct place *table;

    if ((size_t)places->count * 2 < places->capacity)
        return true;
    table = calloc(capacity, sizeof(*table));
    if (!table)
        return false;
    for (size_t i = 0; i < places->capacity; i++) {
        if (places->table[i].node)
            *find_place(table, capacity, places->table[i].node) = places->table[i];
    }
    free(places->table);
    places->table = table;
    places->capacity = capacity;
    return true;
}

uint32_t node_place(const struct node_places *places, const struct node *node)
{
    const struct place *place = find_place(places->table, places->capacity, node);

    return place->node ? place->place : LIVE_NOWHERE;
}

static bool give_place(struct node_places *places, const struct node *node)
{
    struct place *place;

    if (!grow_places(places))
        return false;
    place = find_place(places->table, places->capacity, node);
    *place = (struct place){.node = node, .place = places->count++};
    return true;
}

bool node_places_add(struct node_places *places, struct node *root, node_putter *put, void *context)
{
    unsigned int depth = 1;

    if (node_place(places, root) != LIVE_NOWHERE)
        return true;
    places->steps[0].node = root;
    places->steps[0].next = 0;
    while (depth) {
        struct node *node = places->steps[depth - 1].node, *child;

        if (places->steps[depth - 1].next == node_child_count(node)) {
            if (!put(places, node, context) || !give_place(places, node))
                return false;
            depth--;
            continue;
        }
        child = node_child(node, places->steps[depth - 1].next++);
        if (node_place(places, child) != LIVE_NOWHERE)
            continue;
        if (depth > PATH_MAX_DEPTH)
            return false;
        places->steps[depth].node = child;
        places->steps[depth++].next = 0;
    }
    return true;
}

/* ---- Reading ----------------------------------------------------------------------------------
 */

struct node_entry {
    struct node *node;
    uint32_t size;    /* nodes of the tree that it is the root of */
    uint16_t longest; /* path below it */
    uint16_t deepest;
};

static bool make_room(struct node_list *list)
{
    uint32_t capacity = list->capacity ? list->capacity * 2 : 256;
    struct node_entry *grown;

    if (list->count < list->capacity)
        return true;
    grown = realloc(list->entries, capacity * sizeof(*grown));
    if (!grown)
        return false;
    list->entries = grown;
    list->capacity = capacity;
    return true;
}

/* "" is a root's. */
static bool name_is_valid(const char *name)
{
    char path[XENSTORE_ABS_PATH_MAX + 2];

    if (!*name)
        return true;
    path[0] = '/';
    strcpy(path + 1, name);
    return !strchr(name, '/') && path_is_valid(path);
}

static struct node *take_content(struct reader *reader)
{
    struct permission list[PERMISSIONS_MAX];
    uint64_t generation = take_number(reader, 8);
    const char *name = take_text(reader, XENSTORE_ABS_PATH_MAX - 1);
    unsigned int count;
    const uint8_t *value;
    struct node *node;
    size_t length;

    if (!name || !name_is_valid(name) || !take_permissions(reader, list, PERMISSIONS_MAX, &count))
        return NULL;
    value = take_block(reader, &length);
    if (!value || length > XENSTORE_PAYLOAD_MAX)
        return NULL;
    node = node_new(name, strlen(name), list, count, value, length);
    if (node)
        node->generation = generation;
    return node;
}

/* One child, which must be behind those before it. */
static bool take_child(const struct node_list *list, struct reader *reader,
                       struct node_entry *entry)
{
    uint32_t place = (uint32_t)take_number(reader, 4), count = node_child_count(entry->node);
    const struct node_entry *child;
    struct node_place where;
    size_t longest;

    if (reader->failed || place >= list->count)
        return false;
    child = &list->entries[place];
    longest = 1u + child->node->name_length + child->longest;
    if (!child->node->name_length || longest > XENSTORE_ABS_PATH_MAX ||
        child->deepest == PATH_MAX_DEPTH || child->size > UINT32_MAX - entry->size)
        return false;
    node_locate(&entry->node, node_name(child->node), &where);
    if (!*where.rest || where.index != count || !node_add_child(entry->node, count, child->node))
        return false;
    node_reference(child->node);
    entry->size += child->size;
    entry->longest = longest > entry->longest ? (uint16_t)longest : entry->longest;
    if (child->deepest + 1u > entry->deepest)
        entry->deepest = (uint16_t)(child->deepest + 1u);
    return true;
}

bool node_list_take(struct node_list *list, struct reader *reader)
{
    struct node_entry entry = {.node = take_content(reader), .size = 1};
    uint32_t children = (uint32_t)take_number(reader, 4);
    bool good = entry.node && make_room(list);

    for (uint32_t i = 0; good && i < children; i++)
        good = take_child(list, reader, &entry);
    if (!good || reader->failed) {
        node_release(entry.node);
        return false;
    }
    list->entries[list->count++] = entry;
    return true;
}

struct node *node_list_tree(const struct node_list *list, uint32_t place)
{
    const struct node_entry *entry;

    if (place >= list->count)
        return NULL;
    entry = &list->entries[place];
    /* One that had more nodes than the stream would have some of them twice. */
    if (entry->node->name_length || entry->size > list->count)
        return NULL;
    return node_reference(entry->node);
}

void node_list_free(struct node_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        node_release(list->entries[i].node);
    free(list->entries);
    memset(list, 0, sizeof(*list));
}
