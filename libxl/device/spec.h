/* SPDX-License-Identifier: MIT */
/* What disk and network specifications have in common: words with commas between, read by a table.
 */
#ifndef LIBXL_DEVICE_SPEC_H
#define LIBXL_DEVICE_SPEC_H

#include "../context.h"

enum spec_how {
    SPEC_TEXT,    /* NAME=VALUE, into a char[] */
    SPEC_REST,    /* the same, and the value is all that follows, commas too */
    SPEC_WHOLE,   /* NAME=VALUE as it stands, into a char[] */
    SPEC_TAKE,    /* NAME=VALUE, to a function */
    SPEC_FLAG,    /* NAME, to a function */
    SPEC_IGNORED, /* NAME=VALUE, means nothing to paravirtual devices */
};

struct spec_key {
    const char *name; /* NULL ends a table */
    enum spec_how how;
    size_t offset, size;                         /* of the char[] */
    bool (*take)(void *item, const char *value); /* false: the value makes no sense */
    const char *takes;                           /* what would: "r, ro, w or rw" */
    unsigned int position; /* from 1: a word that is no key and no flag is the next of these */
};

struct spec_syntax {
    const char *noun; /* "disk" */
    const struct spec_key *keys;
    unsigned int positions;
    /* Whether `word` is not for this position but for one after it; NULL: it never is. */
    bool (*left_out)(const void *item, unsigned int position, const char *word);
};

/* What was seen so far, over several specifications of one device. All 0 at first. */
struct spec_seen {
    uint64_t keys;
    unsigned int position;
};

/* Reads one specification into `item`. */
enum libxl_code libxl_spec_read(struct libxl_ctx *ctx, const struct spec_syntax *syntax,
                                const char *text, void *item, struct spec_seen *seen);

#endif
