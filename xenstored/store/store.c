/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xen/io/xs_wire.h>
#include "path.h"
#include "view.h"

static bool allowed(const struct node *node, const struct actor *actor, unsigned int rights)
{
    return (permission_rights(node_permissions(node), node->permission_count, &actor->subject) &
            rights) == rights;
}

static int check_place(const struct node_place *place, const struct actor *actor,
                       unsigned int rights)
{
    if (!allowed(*place->slot, actor, rights))
        return EACCES;
    return *place->rest ? ENOENT : 0;
}

int store_lookup(const struct view *view, const struct actor *actor, const char *path,
                 unsigned int rights, struct node **node)
{
    struct node *root = view->root;
    struct node_place place;
    int error;

    node_locate(&root, path, &place);
    error = check_place(&place, actor, rights);
    if (!error)
        *node = *place.slot;
    return error;
}

void change_release(struct change *change)
{
    node_release(change->removed);
    free(change->old_permissions);
    memset(change, 0, sizeof(*change));
}

/* ---- Creating ---------------------------------------------------------------------------------
 */

struct new_nodes {
    struct node *top; /* one reference */
    uint16_t owner;
    long count;
    long bytes;
};

/* The chain of nodes for the components of `rest`, with `value` in the last. */
static int make_chain(struct view *view, const struct actor *actor, const struct node *ancestor,
                      const char *rest, const void *value, size_t length, struct new_nodes *chain)
{
    struct node *last = NULL, *node;
    const char *name;
    size_t name_length;

    while ((name = path_component(&rest, &name_length)) != NULL) {
        bool is_last = !rest[strspn(rest, "/")];

        node = node_new(name, name_length, node_permissions(ancestor), ancestor->permission_count,
                        value, is_last ? length : 0);
        if (!node)
            goto no_memory;
        /* Whoever makes a node owns it; what a privileged one makes belongs to the parent's. */
        if (!actor->subject.privileged)
            node_set_owner(node, actor->subject.domid);
        node->generation = view->store->generation + 1;
        if (last && !node_add_child(last, 0, node)) {
            node_release(node);
            goto no_memory;
        }
        if (!last)
            chain->top = node;
        last = node;
        chain->owner = node_owner(node);
        chain->count++;
        chain->bytes += (long)node_size(node);
    }
    return 0;

no_memory:
    node_release(chain->top);
    chain->top = NULL;
    return ENOMEM;
}

static int attach_chain(struct view *view, const char *path, struct node_place *place,
                        struct new_nodes *chain)
{
    int error = view_reserve_deltas(view, 1);

    if (error)
        return error;
    if (!node_own(&view->root, path, place) ||
        !node_add_child(*place->slot, place->index, chain->top))
        return ENOMEM;
    (*place->slot)->generation = ++view->store->generation;
    return view_account(view, chain->owner, chain->count, chain->bytes);
}

/* Each node of a chain that has become part of the tree. */
static void note_chain(const struct view *view, const struct new_nodes *chain, const char *path,
                       const char *rest)
{
    struct node *node = chain->top;
    size_t length;

    while (node && path_component(&rest, &length)) {
        view_note_changed(view, node, path, (size_t)(rest - path));
        node = node_child_count(node) ? node_child(node, 0) : NULL;
    }
}

static int create(struct view *view, const struct actor *actor, const char *path,
                  struct node_place *place, const void *value, size_t length)
{
    const struct node *ancestor = *place->slot;
    struct new_nodes chain = {0};
    int error;

    if (!allowed(ancestor, actor, RIGHT_WRITE))
        return EACCES;
    if (!actor->subject.privileged && strlen(path) > actor->quotas->limit[QUOTA_PATH])
        return ENOSPC;
    error = make_chain(view, actor, ancestor, place->rest, value, length, &chain);
    if (error)
        return error;
    error = view_check_quota(view, actor, chain.owner, chain.count, chain.bytes);
    if (!error)
        error = attach_chain(view, path, place, &chain);
    if (error)
        node_release(chain.top);
    else
        note_chain(view, &chain, path, place->rest);
    return error;
}

static int overwrite(struct view *view, const struct actor *actor, const char *path,
                     struct node_place *place, const void *value, size_t length)
{
    const struct node *node = *place->slot;
    uint16_t owner = node_owner(node);
    long growth = (long)length - (long)node->value_length;
    int error;

    if (!allowed(node, actor, RIGHT_WRITE))
        return EACCES;
    error = view_check_quota(view, actor, owner, 0, growth);
    if (!error)
        error = view_reserve_deltas(view, 1);
    if (error)
        return error;
    if (!node_own(&view->root, path, place) || !node_set_value(place->slot, value, length))
        return ENOMEM;
    (*place->slot)->generation = ++view->store->generation;
    view_note_changed(view, *place->slot, path, strlen(path));
    return view_account(view, owner, 0, growth);
}

int store_write(struct view *view, const struct actor *actor, const char *path, const void *value,
                size_t length, struct change *change)
{
    struct node_place place;
    int error;

    node_locate(&view->root, path, &place);
    if (!actor->subject.privileged && length > actor->quotas->limit[QUOTA_NODE_SIZE])
        return ENOSPC;
    if (*place.rest)
        error = create(view, actor, path, &place, value, length);
    else
        error = overwrite(view, actor, path, &place, value, length);
    change->happened = !error;
    return error;
}

int store_mkdir(struct view *view, const struct actor *actor, const char *path,
                struct change *change)
{
    struct node_place place;
    int error;

    node_locate(&view->root, path, &place);
    if (!*place.rest)
        return allowed(*place.slot, actor, RIGHT_WRITE) ? 0 : EACCES;
    error = create(view, actor, path, &place, NULL, 0);
    change->happened = !error;
    return error;
}

/* ---- Removing ---------------------------------------------------------------------------------
 */

struct removal {
    struct view freed; /* only its deltas are used */
    const struct actor *actor;
    int error;
};

static bool visit_removed(const struct node *node, unsigned int depth, void *context)
{
    struct removal *removal = context;

    (void)depth;
    if (!allowed(node, removal->actor, RIGHT_WRITE))
        removal->error = EACCES;
    else
        removal->error =
            view_account(&removal->freed, node_owner(node), -1, -(long)node_size(node));
    return !removal->error;
}

static int take_out(struct view *view, const char *path, struct node_place *place,
                    const struct removal *removal, struct change *change)
{
    int error = view_reserve_deltas(view, removal->freed.delta_count);

    if (error)
        return error;
    if (!node_own_above(&view->root, path, place))
        return ENOMEM;
    change->removed = node_take(place);
    view_note_gone(view, path);
    (*place->parent)->generation = ++view->store->generation;
    for (unsigned int i = 0; i < removal->freed.delta_count && !error; i++) {
        const struct usage_delta *delta = &removal->freed.deltas[i];

        error = view_account(view, delta->domid, delta->usage.nodes, delta->usage.bytes);
    }
    return error;
}

/* Nothing is at `path`: that is all right if it could have been there. */
static int remove_absent(const char *rest)
{
    size_t length;

    path_component(&rest, &length);
    return *rest ? ENOENT : 0;
}

int store_remove(struct view *view, const struct actor *actor, const char *path,
                 struct change *change)
{
    struct removal removal = {.actor = actor};
    struct node_place place;
    int error;

    node_locate(&view->root, path, &place);
    if (!allowed(*place.slot, actor, RIGHT_WRITE))
        return EACCES;
    if (*place.rest)
        return remove_absent(place.rest);
    if (!path[1])
        return EINVAL;
    removal.freed.store = view->store;
    if (!node_walk(*place.slot, visit_removed, &removal) && !removal.error)
        removal.error = EIO;
    error = removal.error ? removal.error : take_out(view, path, &place, &removal, change);
    view_drop_deltas(&removal.freed);
    change->happened = !error;
    return error;
}

/* ---- Permissions ------------------------------------------------------------------------------
 */

static int check_new_list(const struct node *node, const struct actor *actor,
                          const struct permission *list, unsigned int count)
{
    if (!permission_owner(node_permissions(node), &actor->subject))
        return EACCES;
    if (actor->subject.privileged)
        return 0;
    if (list[0].domid != node_owner(node))
        return EPERM;
    return count > actor->quotas->limit[QUOTA_PERMISSIONS] ? ENOSPC : 0;
}

static void account_new_list(struct view *view, const struct node *node, uint16_t old_owner,
                             size_t old_size)
{
    /* Cannot fail: two deltas are reserved. */
    view_account(view, old_owner, -1, -(long)old_size);
    view_account(view, node_owner(node), 1, (long)node_size(node));
}

/* For the watches. */
static bool keep_old_list(struct change *change, const struct node *node)
{
    size_t size = node->permission_count * sizeof(struct permission);

    change->old_permissions = malloc(size);
    if (!change->old_permissions)
        return false;
    memcpy(change->old_permissions, node_permissions(node), size);
    change->old_permission_count = node->permission_count;
    return true;
}

int store_set_permissions(struct view *view, const struct actor *actor, const char *path,
                          const struct permission *list, unsigned int count, struct change *change)
{
    struct node_place place;
    size_t old_size;
    int error;

    node_locate(&view->root, path, &place);
    error = check_place(&place, actor, RIGHT_WRITE);
    if (!error)
        error = check_new_list(*place.slot, actor, list, count);
    if (!error)
        error =
            view_check_quota(view, actor, list[0].domid, 0,
                             ((long)count - (*place.slot)->permission_count) * (long)sizeof(*list));
    if (!error)
        error = view_reserve_deltas(view, 2);
    if (error)
        return error;
    if (!node_own(&view->root, path, &place) || !keep_old_list(change, *place.slot))
        return ENOMEM;
    old_size = node_size(*place.slot);
    if (!node_set_permissions(place.slot, list, count)) {
        change_release(change);
        return ENOMEM;
    }
    (*place.slot)->generation = ++view->store->generation;
    view_note_changed(view, *place.slot, path, strlen(path));
    account_new_list(view, *place.slot, change->old_permissions[0].domid, old_size);
    change->happened = true;
    return 0;
}

int store_put(struct view *view, const struct actor *actor, const char *path, const void *value,
              size_t length, const struct permission *list, unsigned int count)
{
    struct change change = {0};
    int error = store_write(view, actor, path, value, length, &change);

    if (!error)
        error = store_set_permissions(view, actor, path, list, count, &change);
    change_release(&change);
    return error;
}
