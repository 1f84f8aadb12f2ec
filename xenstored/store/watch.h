/* SPDX-License-Identifier: MIT */
/*
 * Watches. They are found by the path they are set on: a change looks at the entry of its own
 * path and of each ancestor, so that its cost does not depend on how many watches there are.
 */
#ifndef XENSTORED_WATCH_H
#define XENSTORED_WATCH_H

#include "list.h"
#include "store.h"

struct connection;
struct server;

#define WATCH_BUCKETS 1024
/* No limit on how far below the watched path events come from. */
#define WATCH_ANY_DEPTH 0xffffffffu

enum special {
    SPECIAL_INTRODUCE,
    SPECIAL_RELEASE,
    SPECIAL_COUNT,
    SPECIAL_NONE = SPECIAL_COUNT,
};

/* The rights on a special event: who may read it gets it. */
#define SPECIAL_MAX_PERMISSIONS 64
struct special_permissions {
    struct permission list[SPECIAL_MAX_PERMISSIONS];
    unsigned int count;
};

struct watch_table {
    struct list buckets[WATCH_BUCKETS];
    struct list pending[WATCH_BUCKETS]; /* events not sent yet, by watch and path */
    unsigned int count;
    struct special_permissions special[SPECIAL_COUNT];
    unsigned int special_changes; /* grows with each of these */
};

struct watch {
    struct list link;    /* in connection.watches */
    struct list bucket;  /* in watch_table.buckets */
    struct list pending; /* its events not sent yet: messages by watch_link */
    struct connection *connection;
    size_t relative_offset; /* where the part of an event's path starts that the client gave */
    unsigned int depth;
    char *token;
    char path[]; /* absolute, or special; the token lies behind it */
};

void watches_init(struct watch_table *table, uint16_t owner);

/* The special event of that name, or SPECIAL_NONE. */
enum special special_by_name(const char *name);

/*
 * Set a watch on an absolute or special path; events' paths are shown from relative_offset on.
 * Returns EEXIST, ENOSPC (quota), ENOMEM or 0.
 */
int watch_add(struct connection *connection, const char *path, size_t relative_offset,
              const char *token, unsigned int depth);
/* Send the event that every new watch starts with. */
void watch_fire_first(struct connection *connection, const char *path, const char *token);
/* ENOENT if there is none. Events not sent yet are dropped. */
int watch_remove(struct connection *connection, const char *path, const char *token);
void watches_remove_all(struct connection *connection);

/* Take from `domid` the rights on special events; what it owned becomes `heir`'s. */
void watches_disown(struct watch_table *table, uint16_t domid, uint16_t heir);

/* Where the table of `watch` has its events for `path`, as the client sees it. */
struct list *watch_pending_bucket(const struct watch *watch, const char *path);

/* Tell everyone who watches and may read it of a change of the live tree at `path`. */
void watches_fire(struct server *server, const char *path, const struct change *change);
void watches_fire_special(struct server *server, enum special special);

#endif
