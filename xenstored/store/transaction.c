/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "transaction.h"

/* Changes of most transactions. */
#define CHANGES_FEW 8

static void hold(struct transaction *transaction, size_t bytes)
{
    transaction->held_bytes += bytes;
    connection_hold(transaction->connection, (long)bytes);
}

/* An id that no open transaction of the connection has; 0 is none. */
static uint32_t fresh_id(struct connection *connection)
{
    uint32_t id;

    do {
        id = connection->next_transaction++;
    } while (!id || transaction_find(connection, id));
    return id;
}

static struct transaction *transaction_new(struct connection *connection, uint32_t id)
{
    struct store *store = &connection->server->store;
    struct transaction *transaction = malloc(sizeof(*transaction));

    if (!transaction)
        return NULL;
    *transaction = (struct transaction){.connection = connection,
                                        .id = id,
                                        .base = node_reference(store->root),
                                        .base_generation = store->generation};
    view_init(&transaction->view, store, node_reference(store->root));
    list_init(&transaction->mutations);
    list_append(&connection->transactions, &transaction->link);
    list_init(&transaction->aging_link);
    if (!connection->actor.subject.privileged)
        list_append(&connection->server->aging, &transaction->aging_link);
    connection->transaction_count++;
    hold(transaction, sizeof(*transaction));
    return transaction;
}

int transaction_start(struct connection *connection, uint32_t *id)
{
    const struct actor *actor = &connection->actor;
    struct transaction *transaction;
    int error;

    if (!actor->subject.privileged &&
        connection->transaction_count >= actor->quotas->limit[QUOTA_TRANSACTIONS])
        return ENOSPC;
    error = connection_check_memory(connection, sizeof(*transaction));
    if (error)
        return error;
    transaction = transaction_new(connection, fresh_id(connection));
    if (!transaction)
        return ENOMEM;
    *id = transaction->id;
    return 0;
}

struct transaction *transaction_find(struct connection *connection, uint32_t id)
{
    for (struct list *link = connection->transactions.next; link != &connection->transactions;
         link = link->next) {
        struct transaction *transaction = LIST_ENTRY(link, struct transaction, link);

        if (transaction->id == id)
            return transaction;
    }
    return NULL;
}

static void drop_trees(struct transaction *transaction)
{
    node_release(transaction->base);
    transaction->base = NULL;
    view_destroy(&transaction->view);
}

static void drop_contents(struct transaction *transaction)
{
    drop_trees(transaction);
    path_set_clear(&transaction->touched);
    for (struct list *link = transaction->mutations.next, *next; link != &transaction->mutations;
         link = next) {
        next = link->next;
        free(LIST_ENTRY(link, struct mutation, link));
    }
    list_init(&transaction->mutations);
}

void transaction_abort(struct transaction *transaction)
{
    struct connection *connection = transaction->connection;

    drop_contents(transaction);
    connection_hold(connection, -(long)transaction->held_bytes);
    connection->transaction_count--;
    list_remove(&transaction->link);
    list_remove(&transaction->aging_link);
    free(transaction);
}

void transactions_abort_all(struct connection *connection)
{
    for (struct list *link = connection->transactions.next, *next;
         link != &connection->transactions; link = next) {
        next = link->next;
        transaction_abort(LIST_ENTRY(link, struct transaction, link));
    }
}

/*
 * A snapshot keeps alive what the live tree has replaced since. So that a client who starts
 * transactions and then is silent cannot make the store grow, one that is too old is emptied: it
 * goes on with the tree as it is now and ends with EAGAIN.
 */
static void doom(struct transaction *transaction)
{
    struct store *store = &transaction->connection->server->store;

    drop_contents(transaction);
    view_init(&transaction->view, store, node_reference(store->root));
    transaction->doomed = true;
    list_remove(&transaction->aging_link);
}

int transaction_restore(struct connection *connection, uint32_t id)
{
    struct transaction *transaction;

    if (!id || transaction_find(connection, id))
        return EEXIST;
    transaction = transaction_new(connection, id);
    if (!transaction)
        return ENOMEM;
    doom(transaction);
    return 0;
}

static void check_age(struct transaction *transaction)
{
    const struct actor *actor = &transaction->connection->actor;
    struct store *store = &transaction->connection->server->store;

    if (store->generation - transaction->base_generation <=
        actor->quotas->limit[QUOTA_TRANSACTION_AGE])
        return;
    doom(transaction);
}

void transactions_check_age(struct server *server)
{
    for (struct list *link = server->aging.next, *next; link != &server->aging; link = next) {
        next = link->next;
        check_age(LIST_ENTRY(link, struct transaction, aging_link));
    }
}

int transaction_touch(struct transaction *transaction, const char *path)
{
    struct connection *connection = transaction->connection;
    const struct actor *actor = &connection->actor;
    size_t bytes = strlen(path) + 1 + 2 * sizeof(char *);
    int error;

    if (transaction->doomed || path_set_contains(&transaction->touched, path))
        return 0;
    if (!actor->subject.privileged &&
        transaction->touched.count >= actor->quotas->limit[QUOTA_TRANSACTION_NODES])
        return ENOSPC;
    error = connection_check_memory(connection, bytes);
    if (error)
        return error;
    if (!path_set_add(&transaction->touched, path))
        return ENOMEM;
    hold(transaction, bytes);
    return 0;
}

int transaction_mutate(struct transaction *transaction, const struct mutation *mutation)
{
    struct connection *connection = transaction->connection;
    /* The value lives twice: in the transaction's tree and among the changes. */
    size_t bytes = 2 * mutation_size(mutation);
    struct change change = {0};
    struct mutation *copy;
    int error = transaction_touch(transaction, mutation->path);

    if (!error)
        error = connection_check_memory(connection, bytes);
    if (error)
        return error;
    copy = mutation_copy(mutation);
    if (!copy)
        return ENOMEM;
    error = mutation_apply(mutation, &transaction->view, &connection->actor, &change);
    if (!error && change.happened && !transaction->doomed) {
        list_append(&transaction->mutations, &copy->link);
        hold(transaction, bytes);
    } else {
        free(copy);
    }
    change_release(&change);
    return error;
}

/* ---- Committing -------------------------------------------------------------------------------
 */

static uint64_t generation_at(struct node *root, const char *path)
{
    const struct node *node = node_find(root, path);

    return node ? node->generation + 1 : 0;
}

static bool conflicts(const struct transaction *transaction, struct node *live)
{
    const struct path_set *touched = &transaction->touched;

    if (transaction->doomed)
        return true;
    if (list_empty(&transaction->mutations) || transaction->base == live)
        return false;
    for (unsigned int i = 0; i < touched->capacity; i++) {
        const char *path = touched->slots[i];

        if (path && generation_at(transaction->base, path) != generation_at(live, path))
            return true;
    }
    return false;
}

static unsigned int count_mutations(const struct transaction *transaction)
{
    unsigned int count = 0;

    for (struct list *link = transaction->mutations.next; link != &transaction->mutations;
         link = link->next)
        count++;
    return count;
}

/* Do all changes again in `view`. What worked in the snapshot and does not now is a conflict. */
static int replay(struct transaction *transaction, struct view *view, struct change *changes)
{
    /* What the transaction holds itself is about to be given back. */
    struct actor actor = transaction->connection->actor;
    unsigned int i = 0;

    actor.held_bytes -= transaction->held_bytes;
    for (struct list *link = transaction->mutations.next; link != &transaction->mutations;
         link = link->next, i++) {
        const struct mutation *mutation = LIST_ENTRY(link, struct mutation, link);
        int error = mutation_apply(mutation, view, &actor, &changes[i]);

        if (error)
            return error == ENOSPC || error == ENOMEM ? error : EAGAIN;
    }
    return 0;
}

static void fire_changes(struct transaction *transaction, const struct change *changes)
{
    struct server *server = transaction->connection->server;
    unsigned int i = 0;

    for (struct list *link = transaction->mutations.next; link != &transaction->mutations;
         link = link->next, i++) {
        const struct mutation *mutation = LIST_ENTRY(link, struct mutation, link);

        if (changes[i].happened)
            watches_fire(server, mutation->path, &changes[i]);
    }
}

/* All changes become the live tree, or none does. */
static int replay_all(struct transaction *transaction, struct change *changes)
{
    struct store *store = &transaction->connection->server->store;
    struct view view;
    int error;

    view_begin_commit(&view, store);
    error = replay(transaction, &view, changes);
    if (error)
        view_destroy(&view);
    else
        view_commit(&view);
    return error;
}

/* A single one that fails has changed nothing: it is done in place. */
static int replay_one(struct transaction *transaction, struct change *change)
{
    struct view view;
    int error;

    view_begin_live(&view, &transaction->connection->server->store);
    error = replay(transaction, &view, change);
    view_end_live(&view);
    return error;
}

static int commit_changes(struct transaction *transaction)
{
    unsigned int count = count_mutations(transaction);
    struct change few[CHANGES_FEW] = {0};
    struct change *changes = count > CHANGES_FEW ? calloc(count, sizeof(*changes)) : few;
    int error;

    if (!changes)
        return ENOMEM;
    /* What they share with the live tree would be copied to be changed. */
    drop_trees(transaction);
    error = count == 1 ? replay_one(transaction, changes) : replay_all(transaction, changes);
    if (!error)
        fire_changes(transaction, changes);
    for (unsigned int i = 0; i < count; i++)
        change_release(&changes[i]);
    if (changes != few)
        free(changes);
    return error;
}

int transaction_commit(struct transaction *transaction)
{
    struct server *server = transaction->connection->server;
    int error = conflicts(transaction, server->store.root) ? EAGAIN : commit_changes(transaction);

    if (error == EAGAIN)
        server->counters.conflicts++;
    else if (!error)
        server->counters.commits++;
    transaction_abort(transaction);
    return error;
}
