/* SPDX-License-Identifier: MIT */
/* What is around the blocks in a gzip file: RFC 1952. */
#include "inflate_stream.h"

#include <trefoil/inflate.h>

#define HEADER     10U
#define TRAILER    8U
#define DEFLATE    8U
#define HEADER_CRC (1U << 1)
#define EXTRA      (1U << 2)
#define NAME       (1U << 3)
#define COMMENT    (1U << 4)
#define RESERVED   0xe0U
#define CRC_POLY   0xedb88320U

uint32_t crc32_of(uint32_t so_far, const void *content, uint64_t size)
{
    static uint32_t table[256];
    const uint8_t *bytes = content;
    uint32_t crc = ~so_far;

    for (uint32_t i = 0; i < 256 && table[255] == 0; i++) {
        uint32_t value = i;

        for (unsigned int bit = 0; bit < 8; bit++)
            value = value >> 1 ^ ((value & 1U) != 0 ? CRC_POLY : 0);
        table[i] = value;
    }
    for (uint64_t i = 0; i < size; i++)
        crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xffU];
    return ~crc;
}

bool gzip_is(const void *content, uint64_t size)
{
    const uint8_t *bytes = content;

    return size >= HEADER + TRAILER && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

/* Past a text and its 0; false when it has no end. */
static bool skip_text(struct inflate_stream *stream)
{
    while (stream->at < stream->end)
        if (*stream->at++ == 0)
            return true;
    return false;
}

static bool skip(struct inflate_stream *stream, uint64_t size)
{
    if (size > (uint64_t)(stream->end - stream->at))
        return false;
    stream->at += size;
    return true;
}

static bool skip_extra(struct inflate_stream *stream)
{
    const uint8_t *size = stream->at;

    return skip(stream, 2) && skip(stream, (uint64_t)size[0] | (uint64_t)size[1] << 8);
}

static const char *header(struct inflate_stream *stream)
{
    const uint8_t *start = stream->at;
    uint8_t flags = start[3];

    if (start[2] != DEFLATE || (flags & RESERVED) != 0)
        return "a gzip file of a kind that is not known";
    stream->at += HEADER;
    if (((flags & EXTRA) != 0 && !skip_extra(stream)) ||
        ((flags & NAME) != 0 && !skip_text(stream)) ||
        ((flags & COMMENT) != 0 && !skip_text(stream)) ||
        ((flags & HEADER_CRC) != 0 && !skip(stream, 2)))
        return GZIP_CUT_SHORT;
    return NULL;
}

static uint32_t little_endian(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

const char *gzip_unpack(const void *content, uint64_t size, void *to, uint64_t room,
                        uint64_t *length)
{
    struct inflate_stream stream = {
        .at = content, .end = (const uint8_t *)content + size, .to = to, .room = room};
    const char *wrong;

    *length = 0;
    if (!gzip_is(content, size))
        return "no gzip file";
    wrong = header(&stream);
    if (!wrong)
        wrong = inflate_blocks(&stream);
    if (wrong)
        return wrong;
    if (stream.end - stream.at < (ptrdiff_t)TRAILER)
        return GZIP_CUT_SHORT;
    if (little_endian(stream.at) != crc32_of(0, to, stream.length) ||
        little_endian(stream.at + 4) != (uint32_t)stream.length)
        return GZIP_DAMAGED;
    *length = stream.length;
    return NULL;
}
