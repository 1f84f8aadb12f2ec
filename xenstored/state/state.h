/* SPDX-License-Identifier: MIT */
/*
 * What outlives the process. The file begins with all there is and goes on with what each turn
 * changed, written before anyone is answered: whenever xenstored is killed, the next one goes on
 * from the last turn that somebody could know of. When the changes have outgrown the rest, a new
 * file with all there is takes the place of the old one; it is made in pieces beside the turns.
 *
 * What cannot be written for want of room is kept in memory and tried again: who changed it waits
 * for the answer meanwhile, and who wants to add to it is refused.
 */
#ifndef XENSTORED_STATE_H
#define XENSTORED_STATE_H

#include "domain/domain.h"
#include "state_bytes.h"

/*
 * Keep the state in the file `path` from now on, beginning with what an earlier xenstored left
 * there. A file that is damaged or not ours is told of in one line, and ignored. With `sync` the
 * disk has what anyone has been told of, if there is one. The server must be new, with its frame.
 * 0, or ENOMEM.
 */
int state_open(struct server *server, const char *path, bool sync);
/* The same for a server that has come by a live update: what stands in the file is replaced. */
int state_continue(struct server *server, const char *path, bool sync);
/* Stop keeping it; the file stays. */
void state_close(struct server *server);

/* Write what has changed since the last time. Without a state file these do nothing. */
void state_save(struct server *server);
/* Whether there is something to do for state_save() soon. */
bool state_unsaved(const struct server *server);
/* Whether what has changed could not be written. */
bool state_behind(const struct server *server);
/* When state_save() is to be called again at the latest: in so many ms, or -1. */
int state_timeout(const struct server *server);

/* A domain or its connection is no longer as it was saved, or is no more. */
void state_touch(struct server *server, uint16_t domid);
void state_forget(struct server *server, uint16_t domid);

/* ---- Its parts --------------------------------------------------------------------------------
 */

enum record {
    RECORD_NODE = 1, /* path, rights, value: the parents are there */
    RECORD_GONE,     /* path: the node is no more, nor what was below it */
    RECORD_DOMAIN,   /* all of a domain but its nodes */
    RECORD_FORGOTTEN,
    RECORD_SPECIAL, /* the rights on a special event */
    RECORD_CHILD,   /* depth, name, rights, value: below the last node, or one of its ancestors */
    RECORD_PART,    /* all there is takes several frames, up to the next of these */
    RECORD_WHOLE,
};

/* What a frame begins with: the length of its records, their checksum. */
#define FRAME_HEADING 8

/*
 * What stands in a file, put into a server that is new. A sentence, or NULL: then all that was
 * written to its end is there, which are the first *good bytes.
 */
const char *state_load(struct server *server, const void *bytes, size_t count, size_t *good);
/* The records of one frame. false: they are none. *partial: whether frames are missing behind it.
 */
bool state_apply(struct server *server, struct reader *reader, bool *partial);

/* What a file of ours begins with: its format, and this system's boot. */
void state_put_heading(const struct server *server, struct writer *writer);
/* A sentence, or NULL. */
const char *state_take_heading(const struct server *server, struct reader *reader);

void state_begin_frame(struct writer *frame);
/* Afterwards its bytes are to be written, unless it has failed. */
void state_end_frame(struct writer *frame);
bool state_frame_empty(const struct writer *frame);
/* false: none that is whole. */
bool state_take_frame(struct reader *file, struct reader *records);

/* The longest list of permissions that a request can set. */
#define PERMISSIONS_MAX (XENSTORE_PAYLOAD_MAX / 3)
/* A list: its length, then domain and rights of each. */
void put_permissions(struct writer *writer, const struct permission *list, unsigned int count);
/* One of `maximum` at most, and of one at least. false: it is none. */
bool take_permissions(struct reader *reader, struct permission *list, unsigned int maximum,
                      unsigned int *count);

/* A node as it is now; the journal may note it again. */
void state_put_node(struct writer *writer, const char *path, struct node *node);
/* The rights on special events. */
void state_put_specials(struct writer *writer, const struct server *server);

/* All nodes of a tree as it is now, bit by bit. NULL: out of memory. */
struct snapshot *snapshot_new(struct node *root);
/* The next records, of about `limit` bytes; false when those were the last. */
bool snapshot_put(struct snapshot *snapshot, struct writer *writer, size_t limit);
void snapshot_free(struct snapshot *snapshot);
/* All of it at once. */
void state_put_tree(struct writer *writer, struct node *root);

/* A domain with its kind before it. */
void state_put_domain_record(struct writer *writer, const struct domain *domain);

void state_put_domain(struct writer *writer, const struct domain *domain);
bool state_take_domain(struct server *server, struct reader *reader);

/* A connection on a ring; its restoration says false if the domain has to begin anew. */
void state_put_connection(struct writer *writer, const struct connection *connection);
bool state_take_connection(struct domain *domain);

#endif
