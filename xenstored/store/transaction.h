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

struct transaction {
    struct list link;       /* in connection.transactions */
    struct list aging_link; /* in server.aging, or alone */
    struct connection *connection;
    uint32_t id;
    bool doomed;       /* can only end with EAGAIN; the snapshot is gone, `view` is empty */
    struct node *base; /* the snapshot, one reference */
    uint64_t base_generation;
    struct view view;
    struct list mutations;
    struct path_set touched;
    size_t held_bytes;
};

/* Returns 0 with *id, ENOSPC (quota) or ENOMEM. */
int transaction_start(struct connection *connection, uint32_t *id);
/* One that was open in an earlier xenstored: it can only end with EAGAIN. 0, EEXIST or ENOMEM. */
int transaction_restore(struct connection *connection, uint32_t id);
/* The connection's transaction of that id, or NULL. */
struct transaction *transaction_find(struct connection *connection, uint32_t id);

/* Note that the client learnt something about `path`. 0, ENOSPC or ENOMEM. */
int transaction_touch(struct transaction *transaction, const char *path);
/* Change the transaction's tree. */
int transaction_mutate(struct transaction *transaction, const struct mutation *mutation);

/* Commit, tell the watchers, and free it in any case. 0, EAGAIN, ENOSPC or ENOMEM. */
int transaction_commit(struct transaction *transaction);
void transaction_abort(struct transaction *transaction);
void transactions_abort_all(struct connection *connection);
/* Empty those that are too old; to be called now and then. */
void transactions_check_age(struct server *server);

#endif
