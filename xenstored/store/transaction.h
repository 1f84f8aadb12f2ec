/* SPDX-License-Identifier: MIT */
/*
 * Transactions. Each works on a snapshot of the tree and so sees no change but its own. It keeps
 * the set of paths it looked at or changed, and the changes in their order. It can commit
 * when none of those paths has changed in the live tree since the snapshot; then the changes
 * are done again there, all or none. A transaction that changed nothing always commits: what it
 * has read was all true at its beginning.
 */
#ifndef XENSTORED_TRANSACTION_H
#define XENSTORED_TRANSACTION_H

#include "wire/connection.h"
#include "mutation.h"
#include "path_set.h"

/* The deadline of one that never becomes too old, as a privileged client's. */
#define TRANSACTION_AGELESS UINT64_MAX

struct transaction {
    struct list link;          /* in connection.transactions, the oldest first */
    struct list aging_link;    /* in server.aging, or alone */
    struct transaction *chain; /* the next in its place of connection.by_id */
    struct connection *connection;
    uint32_t id;
    bool doomed;       /* can only end with EAGAIN; the snapshot is gone, `view` is empty */
    struct node *base; /* the snapshot, one reference */
    uint64_t deadline; /* the store's generation after which it is too old */
    struct view view;
    struct list mutations;
    struct path_set touched;
    size_t held_bytes;
};

/* Returns 0 with *id, ENOSPC (quota) or ENOMEM. */
int transaction_start(struct connection *connection, uint32_t *id);
/* One that was open in an earlier xenstored: it can only end with EAGAIN. 0, EEXIST or ENOMEM. */
int transaction_restore(struct connection *connection, uint32_t id);
/*
 * One that was open in the program before this one, with the trees that it began with and has made,
 * whose references are taken over, unless it returns NULL: there is no memory. Without `base` it
 * can only end with EAGAIN. Then what else it holds, as often as needed: 0 or ENOMEM.
 */
struct transaction *transaction_revive(struct connection *connection, uint32_t id,
                                       uint64_t deadline, struct node *base, struct node *root);
int transaction_revive_usage(struct transaction *transaction, uint16_t domid, long nodes,
                             long bytes);
int transaction_revive_touched(struct transaction *transaction, const char *path);
int transaction_revive_mutation(struct transaction *transaction, const struct mutation *mutation);
/* The connection's transaction of that id, or NULL. */
struct transaction *transaction_find(const struct connection *connection, uint32_t id);

/* Note that the client learnt something about `path`. 0, ENOSPC or ENOMEM. */
int transaction_touch(struct transaction *transaction, const char *path);
/* Change the transaction's tree. */
int transaction_mutate(struct transaction *transaction, const struct mutation *mutation);

/* Commit, tell the watchers, and free it in any case. 0, EAGAIN, ENOSPC or ENOMEM. */
int transaction_commit(struct transaction *transaction);
void transaction_abort(struct transaction *transaction);
/* And frees all that transactions have taken. */
void transactions_abort_all(struct connection *connection);
/*
 * Empty those that are too old, by the quota at their beginning; to be called now and then. Costs
 * nothing for those that are not.
 */
void transactions_check_age(struct server *server);

#endif
