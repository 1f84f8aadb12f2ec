/* SPDX-License-Identifier: MIT */
/* Compressed blocks without the check sum around them, which would keep chance out: zlib must say
 * the same of each, and the same bytes come out. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/inflate_stream.h"

#define ROOM       65536U
#define RAW_WINDOW (-15) /* zlib's number for 32 KiB and nothing around */

static uint8_t mine[ROOM], theirs[ROOM];

static bool zlib_reads(const uint8_t *data, size_t size, size_t *length)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)data,
                       .avail_in = (uInt)size,
                       .next_out = theirs,
                       .avail_out = sizeof(theirs)};
    int result;

    if (inflateInit2(&stream, RAW_WINDOW) != Z_OK)
        abort();
    result = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    *length = stream.total_out;
    return result == Z_STREAM_END;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct inflate_stream stream = {.at = data, .end = data + size, .to = mine, .room = ROOM};
    bool good = inflate_blocks(&stream) == NULL;
    size_t length;

    if (good != zlib_reads(data, size, &length) ||
        (good && (stream.length != length || memcmp(mine, theirs, length) != 0)))
        abort();
    return 0;
}
