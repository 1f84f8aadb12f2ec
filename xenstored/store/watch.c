/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire/connection.h"
#include "path.h"

static const char *const special_names[SPECIAL_COUNT] = {
    [SPECIAL_INTRODUCE] = "@introduceDomain",
    [SPECIAL_RELEASE] = "@releaseDomain",
};

void watches_init(struct watch_table *table, uint16_t owner)
{
    for (unsigned int i = 0; i < WATCH_BUCKETS; i++) {
        list_init(&table->buckets[i]);
        list_init(&table->pending[i]);
    }
    table->count = 0;
    table->special_changes = 0;
    for (unsigned int i = 0; i < SPECIAL_COUNT; i++) {
        table->special[i].list[0] = (struct permission){.domid = owner, .rights = RIGHT_NONE};
        table->special[i].count = 1;
    }
}

enum special special_by_name(const char *name)
{
    enum special special = 0;

    while (special < SPECIAL_COUNT && strcmp(name, special_names[special]))
        special++;
    return special;
}

void watches_disown(struct watch_table *table, uint16_t domid, uint16_t heir)
{
    for (unsigned int i = 0; i < SPECIAL_COUNT; i++) {
        struct special_permissions *permissions = &table->special[i];
        unsigned int count = 1;

        if (permissions->list[0].domid == domid)
            permissions->list[0].domid = heir;
        for (unsigned int k = 1; k < permissions->count; k++) {
            if (permissions->list[k].domid != domid)
                permissions->list[count++] = permissions->list[k];
        }
        permissions->count = count;
    }
    table->special_changes++;
}

/* FNV-1a, which can go on from the hash of a prefix. */
#define HASH_START 2166136261u
static uint32_t hash_on(uint32_t hash, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)text[i]) * 16777619u;
    return hash;
}

static struct list *bucket_of(struct watch_table *table, const char *path)
{
    return &table->buckets[hash_on(HASH_START, path, strlen(path)) % WATCH_BUCKETS];
}

static struct watch *find_watch(const struct connection *connection, const char *path,
                                const char *token)
{
    for (struct list *link = connection->watches.next; link != &connection->watches;
         link = link->next) {
        struct watch *watch = LIST_ENTRY(link, struct watch, link);

        if (!strcmp(watch->path, path) && !strcmp(watch->token, token))
            return watch;
    }
    return NULL;
}

static size_t watch_size(const struct watch *watch)
{
    return sizeof(*watch) + strlen(watch->path) + 1 + strlen(watch->token) + 1;
}

int watch_add(struct connection *connection, const char *path, size_t relative_offset,
              const char *token, unsigned int depth)
{
    const struct actor *actor = &connection->actor;
    struct watch_table *table = &connection->server->watches;
    size_t path_size = strlen(path) + 1, token_size = strlen(token) + 1;
    size_t size = sizeof(struct watch) + path_size + token_size;
    struct watch *watch;
    int error;

    if (find_watch(connection, path, token))
        return EEXIST;
    if (!actor->subject.privileged &&
        connection->watch_count >= actor->quotas->limit[QUOTA_WATCHES])
        return ENOSPC;
    error = connection_check_memory(connection, size);
    if (error)
        return error;
    watch = calloc(1, size);
    if (!watch)
        return ENOMEM;
    watch->connection = connection;
    watch->relative_offset = relative_offset;
    watch->depth = depth;
    memcpy(watch->path, path, path_size);
    watch->token = memcpy(watch->path + path_size, token, token_size);
    list_init(&watch->pending);
    list_append(&connection->watches, &watch->link);
    list_append(bucket_of(table, path), &watch->bucket);
    connection->watch_count++;
    table->count++;
    connection_hold(connection, (long)size);
    return 0;
}

static void free_watch(struct watch *watch)
{
    struct connection *connection = watch->connection;
    struct list *link = watch->pending.next;

    while (link != &watch->pending) {
        struct message *message = LIST_ENTRY(link, struct message, watch_link);

        link = link->next;
        if (!message->sent) {
            message_free(connection, message);
            continue;
        }
        /* Half of it is under way: the rest must follow, as if it were a reply. */
        list_remove(&message->watch_link);
        list_remove(&message->same_link);
        message->watch = NULL;
        connection->events--;
        connection->replies++;
    }
    connection_hold(connection, -(long)watch_size(watch));
    connection->watch_count--;
    connection->server->watches.count--;
    list_remove(&watch->link);
    list_remove(&watch->bucket);
    free(watch);
}

int watch_remove(struct connection *connection, const char *path, const char *token)
{
    struct watch *watch = find_watch(connection, path, token);

    if (!watch)
        return ENOENT;
    free_watch(watch);
    return 0;
}

void watches_remove_all(struct connection *connection)
{
    for (struct list *link = connection->watches.next, *next; link != &connection->watches;
         link = next) {
        next = link->next;
        free_watch(LIST_ENTRY(link, struct watch, link));
    }
}

/* ---- Events -----------------------------------------------------------------------------------
 */

struct list *watch_pending_bucket(const struct watch *watch, const char *path)
{
    uint32_t hash = hash_on(HASH_START, (const char *)&watch, sizeof(watch));

    return &watch->connection->server->watches
                .pending[hash_on(hash, path, strlen(path)) % WATCH_BUCKETS];
}

static bool already_pending(const struct watch *watch, const char *path)
{
    const struct list *bucket = watch_pending_bucket(watch, path);

    for (struct list *link = bucket->next; link != bucket; link = link->next) {
        const struct message *message = LIST_ENTRY(link, struct message, same_link);

        if (message->watch == watch && !message->sent &&
            !strcmp(message->bytes + sizeof(struct xsd_sockmsg), path))
            return true;
    }
    return false;
}

/* Instead of what waits for this watch there will be one event for its own path. */
static void drop_pending(struct watch *watch)
{
    struct list *link = watch->pending.next;

    while (link != &watch->pending) {
        struct message *message = LIST_ENTRY(link, struct message, watch_link);

        link = link->next;
        if (!message->sent) {
            message_free(watch->connection, message);
            watch->connection->server->counters.merged_events++;
        }
    }
}

/*
 * Queue an event unless the same one waits already: the client reads the node after all changes
 * then. A client that does not fetch its events gets, once it has too many, one event for the
 * watched path in place of all that wait for that watch. So the queue is never longer than the
 * limit and one for each watch, and no change goes untold.
 */
static void add_event(struct watch *watch, const char *path)
{
    struct connection *connection = watch->connection;
    const struct actor *actor = &connection->actor;
    unsigned int limit =
        actor->subject.privileged ? PRIVILEGED_EVENTS : actor->quotas->limit[QUOTA_EVENTS];
    const char *shown = path + watch->relative_offset;

    if (already_pending(watch, shown))
        return;
    if (connection->events >= limit) {
        drop_pending(watch);
        shown = watch->path + watch->relative_offset;
    }
    if (strlen(shown) + strlen(watch->token) + 2 > XENSTORE_PAYLOAD_MAX)
        shown = watch->path + watch->relative_offset;
    connection_event(connection, watch, shown);
}

void watch_fire_first(struct connection *connection, const char *path, const char *token)
{
    struct watch *watch = find_watch(connection, path, token);

    if (watch)
        add_event(watch, watch->path);
}

static bool readable(const struct node *node, const struct subject *subject)
{
    return node && (permission_rights(node_permissions(node), node->permission_count, subject) &
                    RIGHT_READ);
}

/*
 * Whether `subject` may learn of the change: who could or can read the node, or the parent whose
 * list shows it come and go.
 */
static bool may_see(const struct server *server, const struct subject *subject, const char *path,
                    const struct change *change, const struct node *removed)
{
    char parent[XENSTORE_ABS_PATH_MAX + 1];
    size_t length;

    if (subject->privileged || readable(node_find(server->store.root, path), subject) ||
        readable(removed, subject))
        return true;
    if (change->old_permissions &&
        (permission_rights(change->old_permissions, change->old_permission_count, subject) &
         RIGHT_READ))
        return true;
    if (!path[1])
        return false;
    length = path_parent_length(path);
    memcpy(parent, path, length);
    parent[length] = '\0';
    return readable(node_find(server->store.root, parent), subject);
}

/* The watches on exactly `watched`, for a change at or below it. */
static void fire_bucket(struct server *server, const char *watched, size_t watched_length,
                        uint32_t hash, const char *path, const struct change *change)
{
    struct list *head = &server->watches.buckets[hash % WATCH_BUCKETS];

    for (struct list *link = head->next; link != head; link = link->next) {
        struct watch *watch = LIST_ENTRY(link, struct watch, bucket);

        if (strncmp(watch->path, watched, watched_length) || watch->path[watched_length])
            continue;
        if (path_levels_below(path, watch->path) > watch->depth)
            continue;
        if (may_see(server, &watch->connection->actor.subject, path, change, change->removed))
            add_event(watch, path);
    }
}

/* A walk over what was removed, with the path of each node and its hash. */
struct removed_walk {
    struct server *server;
    const struct change *change;
    char path[XENSTORE_ABS_PATH_MAX + 1];
    size_t length[PATH_MAX_DEPTH + 1];
    uint32_t hash[PATH_MAX_DEPTH + 1];
};

/* The watches on exactly that node, which went with one above it. */
static bool fire_removed(const struct node *node, unsigned int depth, void *context)
{
    struct removed_walk *walk = context;
    size_t start = depth ? walk->length[depth - 1] : 0;
    struct list *head;

    if (!depth)
        return true;
    if (start + 1 + node->name_length > XENSTORE_ABS_PATH_MAX)
        return false;
    walk->path[start] = '/';
    memcpy(walk->path + start + 1, node_name(node), node->name_length + 1u);
    walk->length[depth] = start + 1 + node->name_length;
    walk->hash[depth] = hash_on(walk->hash[depth - 1], walk->path + start, node->name_length + 1u);
    head = &walk->server->watches.buckets[walk->hash[depth] % WATCH_BUCKETS];
    for (struct list *link = head->next; link != head; link = link->next) {
        struct watch *watch = LIST_ENTRY(link, struct watch, bucket);

        if (!strcmp(watch->path, walk->path) &&
            may_see(walk->server, &watch->connection->actor.subject, walk->path, walk->change,
                    node))
            add_event(watch, walk->path);
    }
    return true;
}

/* `hash` is the path's. As much work as there are nodes, however many watches there are elsewhere.
 */
static void fire_below(struct server *server, const char *path, uint32_t hash,
                       const struct change *change)
{
    struct removed_walk walk = {.server = server, .change = change};

    strcpy(walk.path, path);
    walk.length[0] = strlen(path);
    walk.hash[0] = hash;
    node_walk(change->removed, fire_removed, &walk);
}

void watches_fire(struct server *server, const char *path, const struct change *change)
{
    uint32_t hash = hash_on(HASH_START, "/", 1);
    size_t end = 0;

    if (!server->watches.count)
        return;
    fire_bucket(server, "/", 1, hash, path, change);
    for (size_t start = 0; path[1] && path[start]; start = end) {
        end = start + 1 + strcspn(path + start + 1, "/");
        /* The slash of the first component is in the hash already. */
        if (start)
            hash = hash_on(hash, path + start, end - start);
        else
            hash = hash_on(hash, path + 1, end - 1);
        fire_bucket(server, path, end, hash, path, change);
    }
    if (change->removed && node_child_count(change->removed))
        fire_below(server, path, hash, change);
}

void watches_fire_special(struct server *server, enum special special)
{
    const struct special_permissions *permissions = &server->watches.special[special];
    const char *name = special_names[special];
    struct list *head = bucket_of(&server->watches, name);

    for (struct list *link = head->next; link != head; link = link->next) {
        struct watch *watch = LIST_ENTRY(link, struct watch, bucket);

        if (!strcmp(watch->path, name) && (permission_rights(permissions->list, permissions->count,
                                                             &watch->connection->actor.subject) &
                                           RIGHT_READ))
            add_event(watch, name);
    }
}
