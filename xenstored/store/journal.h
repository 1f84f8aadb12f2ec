/* SPDX-License-Identifier: MIT */
/*
 * What has changed in the live tree since somebody last asked, in its order: paths only. What is at
 * a path by then is in the tree, so that a node that changes often takes one entry.
 */
#ifndef XENSTORED_JOURNAL_H
#define XENSTORED_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

enum journal_kind {
    JOURNAL_CHANGED = 'c', /* made, or its value or permissions set; it may be gone since */
    JOURNAL_GONE = 'g',    /* removed with all below it */
};

/* All zero is one that notes nothing. */
struct journal {
    bool on;
    bool failed; /* there was no memory for an entry: all of the tree may have changed */
    char *entries;
    size_t length, capacity;
};

/* Note the first `length` bytes of `path`. */
void journal_note(struct journal *journal, enum journal_kind kind, const char *path, size_t length);
/* Forget all that was noted since its length was `length`. */
void journal_cut(struct journal *journal, size_t length);
void journal_free(struct journal *journal);

/* One entry of it from *position on, which moves behind it; NULL at the end. */
const char *journal_next(const struct journal *journal, size_t *position, enum journal_kind *kind);

#endif
