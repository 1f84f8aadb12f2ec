/* SPDX-License-Identifier: MIT */
/* What gzip.c and inflate.c share. */
#ifndef INFLATE_STREAM_H
#define INFLATE_STREAM_H

#include <trefoil/types.h>

#define GZIP_CUT_SHORT "a gzip file that is cut short"
#define GZIP_DAMAGED   "a gzip file that is damaged"
#define GZIP_TOO_LARGE "a gzip file, larger than there is room for when it is unpacked"

struct inflate_stream {
    const uint8_t *at, *end; /* what is not taken yet */
    uint64_t hold;           /* bits taken from there and not used, the first lowest */
    unsigned int bits;       /* how many; those above are 0 */
    uint8_t *to;
    uint64_t room, length; /* of `to`; of it used */
};

/* Blocks up to the last one; then at is behind them. NULL, or what is wrong. */
const char *inflate_blocks(struct inflate_stream *stream);

#endif
