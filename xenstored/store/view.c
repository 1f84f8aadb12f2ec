/* SPDX-License-Identifier: MIT */
/* The store's trees and the account of what is owned in them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view.h"

int store_init(struct store *store, uint16_t owner)
{
    struct permission permission = {.domid = owner, .rights = RIGHT_NONE};

    memset(store, 0, sizeof(*store));
    store->root = node_new("", 0, &permission, 1, NULL, 0);
    if (!store->root)
        return ENOMEM;
    store->usage[owner].nodes = 1;
    store->usage[owner].bytes = (long)node_size(store->root);
    return 0;
}

void store_destroy(struct store *store)
{
    node_release(store->root);
    store->root = NULL;
    journal_free(&store->journal);
}

void view_begin_live(struct view *view, struct store *store)
{
    /* The reference moves, so that nodes which no snapshot shares are changed in place. */
    view_init(view, store, store->root);
    view->live = true;
    store->root = NULL;
}

void view_end_live(struct view *view)
{
    view_commit(view);
}

void view_init(struct view *view, struct store *store, struct node *snapshot)
{
    *view = (struct view){.store = store, .root = snapshot};
}

void view_begin_commit(struct view *view, struct store *store)
{
    view_init(view, store, node_reference(store->root));
    view->live = true;
    view->journal_start = store->journal.length;
}

void view_destroy(struct view *view)
{
    if (view->live)
        journal_cut(&view->store->journal, view->journal_start);
    node_release(view->root);
    view_drop_deltas(view);
    memset(view, 0, sizeof(*view));
}

void view_commit(struct view *view)
{
    struct store *store = view->store;

    for (unsigned int i = 0; i < view->delta_count; i++) {
        struct usage *usage = &store->usage[view->deltas[i].domid];

        usage->nodes += view->deltas[i].usage.nodes;
        usage->bytes += view->deltas[i].usage.bytes;
    }
    node_release(store->root);
    store->root = view->root;
    view->root = NULL;
    view->live = false;
    view_destroy(view);
}

void view_note_changed(const struct view *view, struct node *node, const char *path, size_t length)
{
    if (!view->live || !view->store->journal.on || node->noted)
        return;
    journal_note(&view->store->journal, JOURNAL_CHANGED, path, length);
    node->noted = true;
}

void view_note_gone(const struct view *view, const char *path)
{
    if (view->live)
        journal_note(&view->store->journal, JOURNAL_GONE, path, strlen(path));
}

static struct usage_delta *find_delta(const struct view *view, uint16_t domid)
{
    for (unsigned int i = 0; i < view->delta_count; i++) {
        if (view->deltas[i].domid == domid)
            return &view->deltas[i];
    }
    return NULL;
}

struct usage view_usage(const struct view *view, uint16_t domid)
{
    const struct usage_delta *delta = find_delta(view, domid);
    struct usage usage = view->store->usage[domid];

    if (delta) {
        usage.nodes += delta->usage.nodes;
        usage.bytes += delta->usage.bytes;
    }
    return usage;
}

static int grow_deltas(struct view *view, unsigned int capacity)
{
    bool few = view->deltas == view->few;
    struct usage_delta *grown = realloc(few ? NULL : view->deltas, capacity * sizeof(*grown));

    if (!grown)
        return ENOMEM;
    if (few)
        memcpy(grown, view->few, sizeof(view->few));
    view->deltas = grown;
    view->delta_capacity = capacity;
    return 0;
}

int view_reserve_deltas(struct view *view, unsigned int count)
{
    if (!view->deltas) {
        view->deltas = view->few;
        view->delta_capacity = VIEW_FEW_DELTAS;
    }
    if (view->delta_count + count <= view->delta_capacity)
        return 0;
    return grow_deltas(view, view->delta_capacity * 2 + count);
}

void view_drop_deltas(struct view *view)
{
    if (view->deltas != view->few)
        free(view->deltas);
    view->deltas = NULL;
    view->delta_count = view->delta_capacity = 0;
}

int view_account(struct view *view, uint16_t domid, long nodes, long bytes)
{
    struct usage_delta *delta = find_delta(view, domid);

    if (!delta) {
        int error = view_reserve_deltas(view, 1);

        if (error)
            return error;
        delta = &view->deltas[view->delta_count++];
        *delta = (struct usage_delta){.domid = domid};
    }
    delta->usage.nodes += nodes;
    delta->usage.bytes += bytes;
    return 0;
}

int view_check_quota(const struct view *view, const struct actor *actor, uint16_t owner, long nodes,
                     long bytes)
{
    struct usage usage;

    if (actor->subject.privileged)
        return 0;
    usage = view_usage(view, owner);
    if (nodes > 0 && usage.nodes + nodes > (long)actor->quotas->limit[QUOTA_NODES])
        return ENOSPC;
    if (bytes > 0 && owner == actor->subject.domid)
        usage.bytes += (long)actor->held_bytes;
    if (bytes > 0 && usage.bytes + bytes > (long)actor->quotas->limit[QUOTA_MEMORY])
        return ENOSPC;
    return 0;
}
