/* SPDX-License-Identifier: MIT */
/* What store.c needs of views beyond what everyone may use. */
#ifndef XENSTORED_VIEW_H
#define XENSTORED_VIEW_H

#include "store.h"

/* Make sure that the next `count` domains can be accounted without failing. */
int view_reserve_deltas(struct view *view, unsigned int count);

/* Free what they take. */
void view_drop_deltas(struct view *view);

/* Note that `domid` owns more or less. Fails only if no delta is reserved. */
int view_account(struct view *view, uint16_t domid, long nodes, long bytes);

/*
 * ENOSPC if `owner` may not own that much more when `actor` asks. What others own is not bounded
 * by the actor's limits but by its own, which are the same unless set otherwise.
 */
int view_check_quota(const struct view *view, const struct actor *actor, uint16_t owner, long nodes,
                     long bytes);

/* The node at the first `length` bytes of `path` has changed, in this view; or it is gone. */
void view_note_changed(const struct view *view, struct node *node, const char *path, size_t length);
void view_note_gone(const struct view *view, const char *path);

#endif
