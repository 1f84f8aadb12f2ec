/* SPDX-License-Identifier: MIT */
/*
 * What outlives the process. The file begins with all there is and goes on with what each turn
 * changed, written before anyone is answered: whenever xenstored is killed, the next one goes on
 * from the last turn that somebody could know of. When the changes have outgrown the rest, a new
 * file with all there is takes the place of the old one.
 */
#ifndef XENSTORED_STATE_H
#define XENSTORED_STATE_H

#include "domain/domain.h"
#include "state_bytes.h"

/*
 * Keep the state in the file `path` from now on, beginning with what an earlier xenstored left
 * there. A file that is damaged or not ours is told of in one line, and ignored. The server must
 * be new, with its frame. 0, or ENOMEM.
 */
int state_open(struct server *server, const char *path);
/* Stop keeping it; the file stays. */
void state_close(struct server *server);

/* Write what has changed since the last time. Without a state file these do nothing. */
void state_save(struct server *server);
/* Whether something has changed that state_save() does not see in the tree. */
bool state_unsaved(const struct server *server);

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
};

/* How the file `path` differs from an empty server, put into that server. A sentence, or NULL. */
const char *state_load(struct server *server, const void *bytes, size_t count);
/* The records of one turn. false: they are none. */
bool state_apply(struct server *server, struct reader *reader);

/* What a file of ours begins with: its format, and this system's boot. */
void state_put_heading(const struct server *server, struct writer *writer);
uint32_t state_checksum(const void *bytes, size_t count);

/* How `new` differs from `old` (NULL: from nothing), as records. */
void state_put_tree(struct writer *writer, struct node *old, struct node *new);

void state_put_domain(struct writer *writer, const struct domain *domain);
bool state_take_domain(struct server *server, struct reader *reader);

/* A connection on a ring; its restoration says false if the domain has to begin anew. */
void state_put_connection(struct writer *writer, const struct connection *connection);
bool state_take_connection(struct domain *domain);

#endif
