/* SPDX-License-Identifier: MIT */
/* The bytes that kept state consists of: written into memory, read with every length checked. */
#ifndef XENSTORED_STATE_BYTES_H
#define XENSTORED_STATE_BYTES_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* All zero is an empty one. Once there is no memory, nothing more is put and `failed` stays set. */
struct writer {
    uint8_t *data;
    size_t length, capacity;
    bool failed;
};

/* Room for `count` bytes more. false: there is no memory, or was none before. */
bool writer_grow(struct writer *writer, size_t count);

static inline void put_bytes(struct writer *writer, const void *bytes, size_t count)
{
    if (!count || (count > writer->capacity - writer->length && !writer_grow(writer, count)))
        return;
    memcpy(writer->data + writer->length, bytes, count);
    writer->length += count;
}

/* The lowest `size` bytes of `value`. */
static inline void put_number(struct writer *writer, uint64_t value, unsigned int size)
{
    uint64_t bytes = htole64(value);

    put_bytes(writer, &bytes, size);
}

/* Bytes with their number before them. */
static inline void put_block(struct writer *writer, const void *bytes, size_t count)
{
    put_number(writer, count, 4);
    put_bytes(writer, bytes, count);
}

void put_text(struct writer *writer, const char *text);
void writer_free(struct writer *writer);

/* Once something is not there, all that is taken is 0 or NULL and `failed` stays set. */
struct reader {
    const uint8_t *next, *end;
    bool failed;
};

struct reader reader_of(const void *bytes, size_t count);
bool reader_at_end(const struct reader *reader);
/* The next bytes, in place. */
const uint8_t *take_bytes(struct reader *reader, size_t count);
uint64_t take_number(struct reader *reader, unsigned int size);
const uint8_t *take_block(struct reader *reader, size_t *count);
/* A string of at most `maximum` bytes without its NUL. */
const char *take_text(struct reader *reader, size_t maximum);

#endif
