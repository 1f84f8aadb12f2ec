/* SPDX-License-Identifier: MIT */
/*
 * The store: the tree, what each domain owns in it, and the operations on it with their
 * permission and quota checks. Functions return 0 or an errno value. An operation that fails has
 * changed nothing.
 */
#ifndef XENSTORED_STORE_H
#define XENSTORED_STORE_H

#include "journal.h"
#include "node.h"
#include "quota.h"

/* What a domain owns. */
struct usage {
    long nodes;
    long bytes;
};

struct store {
    struct node *root;
    uint64_t generation; /* grows with every change */
    struct journal journal;
    struct usage usage[DOMAIN_ID_LIMIT];
};

/* A difference of one domain's usage. */
struct usage_delta {
    uint16_t domid;
    struct usage usage;
};

/* The domains whose nodes most operations concern: the owner before, the owner after. */
#define VIEW_FEW_DELTAS 2

/*
 * A tree to work on: the live one or a transaction's. `root` is one reference. `deltas` is how
 * far what domains own in it differs from store->usage. A view stays where it is.
 */
struct view {
    struct store *store;
    struct node *root;
    struct usage_delta *deltas; /* NULL, `few` or malloc'ed */
    unsigned int delta_count, delta_capacity;
    struct usage_delta few[VIEW_FEW_DELTAS];
    bool live;            /* what is done in it goes into the store's journal */
    size_t journal_start; /* and is forgotten back to here if it does not become the live tree */
};

/* Who does it, and within which limits. */
struct actor {
    struct subject subject;
    const struct quotas *quotas; /* of no meaning when privileged */
    size_t held_bytes;           /* what the actor holds apart from nodes */
};

/* What an operation did, for those who watch. */
struct change {
    struct node *removed;               /* what was there until now, one reference, or NULL */
    struct permission *old_permissions; /* malloc'ed, if they were replaced, or NULL */
    unsigned int old_permission_count;
    bool happened; /* false: nothing to tell anyone */
};

/* Make a store that consists of "/", owned by `owner`. Returns ENOMEM or 0. */
int store_init(struct store *store, uint16_t owner);
void store_destroy(struct store *store);

/* Work on the live tree: begin, one operation, end. */
void view_begin_live(struct view *view, struct store *store);
void view_end_live(struct view *view);

/* A view of a snapshot, whose reference is taken over. */
void view_init(struct view *view, struct store *store, struct node *snapshot);
void view_destroy(struct view *view);
/* Begin several operations that become the live tree together, by view_commit(), or never. */
void view_begin_commit(struct view *view, struct store *store);
/* Make the view's tree the live one; the view is empty afterwards. */
void view_commit(struct view *view);

/*
 * The node at `path` if `actor` has all of `rights` there. ENOENT only if he has them on the
 * nearest existing ancestor, so that nobody learns what he may not read; otherwise EACCES.
 */
int store_lookup(const struct view *view, const struct actor *actor, const char *path,
                 unsigned int rights, struct node **node);

int store_write(struct view *view, const struct actor *actor, const char *path, const void *value,
                size_t length, struct change *change);
/* A node with value and permissions, tell nobody. */
int store_put(struct view *view, const struct actor *actor, const char *path, const void *value,
              size_t length, const struct permission *list, unsigned int count);
/* Succeeds without effect if the node exists. */
int store_mkdir(struct view *view, const struct actor *actor, const char *path,
                struct change *change);
/*
 * Removes a node with all below it; succeeds without effect if only its parent exists. An
 * unprivileged actor needs the right to write each of them.
 */
int store_remove(struct view *view, const struct actor *actor, const char *path,
                 struct change *change);
int store_set_permissions(struct view *view, const struct actor *actor, const char *path,
                          const struct permission *list, unsigned int count, struct change *change);

/*
 * Take from `domid` all it has in the live tree: its nodes become `heir`'s, rights given to it are
 * dropped. ENOMEM: not all of it is done.
 */
int store_disown(struct store *store, uint16_t domid, uint16_t heir);

/* Free what a change refers to. */
void change_release(struct change *change);

/* What `domid` owns in the view. */
struct usage view_usage(const struct view *view, uint16_t domid);

#endif
