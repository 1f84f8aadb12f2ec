/* SPDX-License-Identifier: MIT */
/* What is left of a domain in the store when it has ended. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xen/io/xs_wire.h>

#include "path.h"
#include "store.h"

/* The paths of all nodes that have to do with a domain. */
struct search {
    uint16_t domid;
    char path[XENSTORE_ABS_PATH_MAX + 1];
    size_t length[PATH_MAX_DEPTH + 1]; /* of the path down to each depth */
    char **found;
    size_t count, capacity;
};

static bool concerns(const struct node *node, uint16_t domid)
{
    for (unsigned int i = 0; i < node->permission_count; i++) {
        if (node_permissions(node)[i].domid == domid)
            return true;
    }
    return false;
}

static bool remember(struct search *search)
{
    if (search->count == search->capacity) {
        size_t capacity = search->capacity ? 2 * search->capacity : 64;
        char **grown = realloc(search->found, capacity * sizeof(*grown));

        if (!grown)
            return false;
        search->found = grown;
        search->capacity = capacity;
    }
    search->found[search->count] = strdup(search->path);
    return search->found[search->count++] != NULL;
}

static bool visit(const struct node *node, unsigned int depth, void *context)
{
    struct search *search = context;

    if (depth) {
        size_t start = search->length[depth - 1];

        /* The tree holds no path that is longer than paths can be. */
        if (start + 1 + node->name_length > XENSTORE_ABS_PATH_MAX)
            return false;
        search->path[start] = '/';
        memcpy(search->path + start + 1, node_name(node), node->name_length + 1u);
        search->length[depth] = start + 1 + node->name_length;
    } else {
        search->length[0] = 0;
        strcpy(search->path, "/");
    }
    return !concerns(node, search->domid) || remember(search);
}

/* The list without the domain. */
static unsigned int cleaned(const struct node *node, uint16_t domid, uint16_t heir,
                            struct permission *list)
{
    unsigned int count = 1;

    list[0] = node_permissions(node)[0];
    if (list[0].domid == domid)
        list[0].domid = heir;
    for (unsigned int i = 1; i < node->permission_count; i++) {
        if (node_permissions(node)[i].domid != domid)
            list[count++] = node_permissions(node)[i];
    }
    return count;
}

static int clean(struct view *view, const char *path, uint16_t domid, uint16_t heir)
{
    const struct actor actor = {.subject = {.domid = heir, .target = -1, .privileged = true}};
    const struct node *node = node_find(view->root, path);
    struct change change = {0};
    struct permission *list;
    int error;

    if (!node)
        return EIO;
    list = malloc(node->permission_count * sizeof(*list));
    if (!list)
        return ENOMEM;
    error =
        store_set_permissions(view, &actor, path, list, cleaned(node, domid, heir, list), &change);
    change_release(&change);
    free(list);
    return error;
}

int store_disown(struct store *store, uint16_t domid, uint16_t heir)
{
    struct search *search = calloc(1, sizeof(*search));
    int error = 0;

    if (!search)
        return ENOMEM;
    search->domid = domid;
    if (!node_walk(store->root, visit, search))
        error = ENOMEM;
    for (size_t i = 0; i < search->count; i++) {
        struct view view;

        if (!search->found[i])
            continue;
        view_begin_live(&view, store);
        if (clean(&view, search->found[i], domid, heir))
            error = ENOMEM;
        view_end_live(&view);
        free(search->found[i]);
    }
    free(search->found);
    free(search);
    return error;
}
