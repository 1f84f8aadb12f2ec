/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "transaction.h"
#include "view.h"

/* Changes of most transactions. */
#define CHANGES_FEW 8

static void hold(struct transaction *transaction, size_t bytes)
{
    transaction->held_bytes += bytes;
    connection_hold(transaction->connection, (long)bytes);
}

/* ---- By id ------------------------------------------------------------------------------------
 */

#define FIRST_PLACES 8

static struct transaction **place_of(const struct connection *connection, uint32_t id)
{
    return &connection->by_id[id & (connection->id_places - 1)];
}

static void put_by_id(struct transaction *transaction)
{
    struct transaction **place = place_of(transaction->connection, transaction->id);

    transaction->chain = *place;
    *place = transaction;
}

static void drop_places(struct connection *connection)
{
    free(connection->by_id);
    connection->by_id = NULL;
    connection->id_places = 0;
}

/* As many places as there are transactions at least. false: out of memory. */
static bool make_places(struct connection *connection)
{
    unsigned int places = connection->id_places ? 2 * connection->id_places : FIRST_PLACES;
    struct transaction **made;

    if (connection->transaction_count < connection->id_places)
        return true;
    made = calloc(places, sizeof(struct transaction *));
    if (!made)
        return false;
    free(connection->by_id);
    connection->by_id = made;
    connection->id_places = places;
    for (struct list *link = connection->transactions.next; link != &connection->transactions;
         link = link->next)
        put_by_id(LIST_ENTRY(link, struct transaction, link));
    return true;
}

static void take_from_ids(struct transaction *transaction)
{
    struct connection *connection = transaction->connection;
    struct transaction **place = place_of(connection, transaction->id);

    while (*place != transaction)
        place = &(*place)->chain;
    *place = transaction->chain;
    /* A client that has had one will have more, most a few at a time. */
    if (!connection->transaction_count && connection->id_places > FIRST_PLACES)
        drop_places(connection);
}

struct transaction *transaction_find(const struct connection *connection, uint32_t id)
{
    struct transaction *transaction = connection->id_places ? *place_of(connection, id) : NULL;

    while (transaction && transaction->id != id)
        transaction = transaction->chain;
    return transaction;
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

/* ---- Beginning and end ------------------------------------------------------------------------
 */

/* By their deadlines. They come in this order unless limits differ from client to client. */
static void queue_by_age(struct transaction *transaction)
{
    struct list *before = transaction->connection->server->aging.previous;

    while (before != &transaction->connection->server->aging &&
           LIST_ENTRY(before, struct transaction, aging_link)->deadline > transaction->deadline)
        before = before->previous;
    list_append(before->next, &transaction->aging_link);
}

/* Its trees are still to be set. */
static struct transaction *transaction_new(struct connection *connection, uint32_t id,
                                           uint64_t deadline)
{
    struct transaction *transaction = malloc(sizeof(*transaction));

    if (!transaction || !make_places(connection)) {
        free(transaction);
        return NULL;
    }
    *transaction = (struct transaction){.connection = connection, .id = id, .deadline = deadline};
    list_init(&transaction->mutations);
    list_append(&connection->transactions, &transaction->link);
    put_by_id(transaction);
    list_init(&transaction->aging_link);
    if (deadline != TRANSACTION_AGELESS)
        queue_by_age(transaction);
    connection->transaction_count++;
    hold(transaction, sizeof(*transaction));
    return transaction;
}

static uint64_t deadline_of(const struct connection *connection)
{
    const struct actor *actor = &connection->actor;

    return actor->subject.privileged
               ? TRANSACTION_AGELESS
               : connection->server->store.generation + actor->quotas->limit[QUOTA_TRANSACTION_AGE];
}

int transaction_start(struct connection *connection, uint32_t *id)
{
    const struct actor *actor = &connection->actor;
    struct store *store = &connection->server->store;
    struct transaction *transaction;
    int error;

    if (!actor->subject.privileged &&
        connection->transaction_count >= actor->quotas->limit[QUOTA_TRANSACTIONS])
        return ENOSPC;
    error = connection_check_memory(connection, sizeof(*transaction));
    if (error)
        return error;
    transaction = transaction_new(connection, fresh_id(connection), deadline_of(connection));
    if (!transaction)
        return ENOMEM;
    transaction->base = node_reference(store->root);
    view_init(&transaction->view, store, node_reference(store->root));
    *id = transaction->id;
    return 0;
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
    take_from_ids(transaction);
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
    drop_places(connection);
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
    transaction = transaction_new(connection, id, TRANSACTION_AGELESS);
    if (!transaction)
        return ENOMEM;
    doom(transaction);
    return 0;
}

void transactions_check_age(struct server *server)
{
    while (!list_empty(&server->aging)) {
        struct transaction *oldest = LIST_ENTRY(server->aging.next, struct transaction, aging_link);

        if (server->store.generation <= oldest->deadline)
            return;
        doom(oldest);
    }
}

/* What it looked at or changed: charged. */
static int add_touched(struct transaction *transaction, const char *path, size_t bytes)
{
    if (!path_set_add(&transaction->touched, path))
        return ENOMEM;
    hold(transaction, bytes);
    return 0;
}

static size_t touched_size(const char *path)
{
    return strlen(path) + 1 + 2 * sizeof(char *);
}

int transaction_touch(struct transaction *transaction, const char *path)
{
    struct connection *connection = transaction->connection;
    const struct actor *actor = &connection->actor;
    size_t bytes = touched_size(path);
    int error;

    if (transaction->doomed || path_set_contains(&transaction->touched, path))
        return 0;
    if (!actor->subject.privileged &&
        transaction->touched.count >= actor->quotas->limit[QUOTA_TRANSACTION_NODES])
        return ENOSPC;
    error = connection_check_memory(connection, bytes);
    return error ? error : add_touched(transaction, path, bytes);
}

/* The value lives twice: in the transaction's tree and among the changes. */
static size_t mutation_held(const struct mutation *mutation)
{
    return 2 * mutation_size(mutation);
}

int transaction_mutate(struct transaction *transaction, const struct mutation *mutation)
{
    struct connection *connection = transaction->connection;
    size_t bytes = mutation_held(mutation);
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

/* ---- From the program before this one ---------------------------------------------------------
 */

struct transaction *transaction_revive(struct connection *connection, uint32_t id,
                                       uint64_t deadline, struct node *base, struct node *root)
{
    struct transaction *transaction =
        transaction_new(connection, id, base ? deadline : TRANSACTION_AGELESS);

    if (!transaction)
        return NULL;
    transaction->base = base;
    transaction->doomed = !base;
    view_init(&transaction->view, &connection->server->store, root);
    return transaction;
}

int transaction_revive_usage(struct transaction *transaction, uint16_t domid, long nodes,
                             long bytes)
{
    int error = view_reserve_deltas(&transaction->view, 1);

    return error ? error : view_account(&transaction->view, domid, nodes, bytes);
}

int transaction_revive_touched(struct transaction *transaction, const char *path)
{
    return add_touched(transaction, path, touched_size(path));
}

int transaction_revive_mutation(struct transaction *transaction, const struct mutation *mutation)
{
    struct mutation *copy = mutation_copy(mutation);

    if (!copy)
        return ENOMEM;
    list_append(&transaction->mutations, &copy->link);
    hold(transaction, mutation_held(mutation));
    return 0;
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
