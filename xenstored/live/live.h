/* SPDX-License-Identifier: MIT */
/*
 * Live update: all that one xenstored is, as a stream that another one becomes. Unlike the kept
 * state it holds what only a process has: the sockets' descriptors, trees that open transactions
 * share, replies on their way. live.def lists its records; docs/xenstored.md says the rest.
 */
#ifndef XENSTORED_LIVE_H
#define XENSTORED_LIVE_H

#include "domain/domain.h"
#include "state/state_bytes.h"

enum live_record {
#define LIVE(kind, number, name, holds) LIVE_##kind = (number),
#include "live.def"
#undef LIVE
};

/* What a stream begins with. Another number: records that this program cannot know. */
#define LIVE_FORMAT "trefoil-live-1\n"

/* What belongs to the process rather than to the server. */
struct live_process {
    int listener;
    char socket[108]; /* where it listens */
    bool domains;     /* it serves rings, too */
    bool background;  /* its messages go to syslog */
    bool traced;      /* messages go to the server's trace file */
};

/*
 * Write all into the empty file `fd`, at its beginning. Nothing may wait to be kept. 0 or an errno
 * value.
 */
int live_write(const struct server *server, const struct live_process *process, int fd);

/* Long enough for any sentence about a stream. */
#define LIVE_PROBLEM_SIZE 160

/*
 * Make a new server without a frame what the stream says. Its connections are parked: nothing may
 * be handled before domains_resume() and sockets_adopt(). false with a sentence in `problem`; the
 * server is then good for server_destroy() only.
 */
bool live_read(struct server *server, struct live_process *process, const void *bytes, size_t count,
               char problem[LIVE_PROBLEM_SIZE]);

/* ---- Parked connections -----------------------------------------------------------------------
 */

/* One whose bytes nobody moves yet. `fd` becomes the connection's; -1: none. NULL: out of memory.
 */
struct connection *parked_new(struct server *server, const struct subject *subject,
                              const struct quotas *quotas, int fd);
/* Let it be moved by `transport` from now on. Its descriptor is the caller's; -1: it was not
 * parked, or has none. */
int parked_take(struct connection *connection, const struct transport *transport, void *context);

/* ---- Nodes ------------------------------------------------------------------------------------
 */

/* Not a node's place. */
#define LIVE_NOWHERE UINT32_MAX

/* The nodes of several trees, each once, however many trees share it. */
struct node_places;
struct node_places *node_places_new(void);
void node_places_free(struct node_places *places);
/* Calls `put` for each node of the tree that has no place yet, children first, and gives it the
 * next. false: out of memory, or `put` said so. */
typedef bool node_putter(struct node_places *places, const struct node *node, void *context);
bool node_places_add(struct node_places *places, struct node *root, node_putter *put,
                     void *context);
/* Of a node that was added. */
uint32_t node_place(const struct node_places *places, const struct node *node);

/* The reverse: nodes by their places, as they are read. */
struct node_list {
    struct node_entry *entries;
    uint32_t count, capacity;
};
/*
 * The next one, from the body of a record; false if it is none, or there is no memory. The list
 * keeps a reference to each.
 */
bool node_list_take(struct node_list *list, struct reader *reader);
/* A reference to the tree whose root is at `place`; NULL: that is no root. */
struct node *node_list_tree(const struct node_list *list, uint32_t place);
void node_list_free(struct node_list *list);

#endif
