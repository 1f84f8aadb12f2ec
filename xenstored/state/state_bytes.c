/* SPDX-License-Identifier: MIT */
#include "state_bytes.h"

#include <stdlib.h>
#include <string.h>

bool writer_grow(struct writer *writer, size_t count)
{
    size_t capacity = writer->capacity ? writer->capacity : 1024;
    uint8_t *grown;

    if (writer->failed)
        return false;
    while (capacity - writer->length < count)
        capacity *= 2;
    grown = realloc(writer->data, capacity);
    if (!grown) {
        /* Nor is there room for anything shorter. */
        writer->failed = true;
        writer->capacity = writer->length;
        return false;
    }
    writer->data = grown;
    writer->capacity = capacity;
    return true;
}

void put_text(struct writer *writer, const char *text)
{
    put_block(writer, text, strlen(text) + 1);
}

void writer_free(struct writer *writer)
{
    free(writer->data);
    memset(writer, 0, sizeof(*writer));
}

struct reader reader_of(const void *bytes, size_t count)
{
    const uint8_t *start = bytes;

    return (struct reader){.next = start, .end = count ? start + count : start};
}

bool reader_at_end(const struct reader *reader)
{
    return reader->failed || reader->next == reader->end;
}

const uint8_t *take_bytes(struct reader *reader, size_t count)
{
    const uint8_t *bytes = reader->next;

    if (reader->failed || (size_t)(reader->end - reader->next) < count) {
        reader->failed = true;
        return NULL;
    }
    reader->next += count;
    return bytes;
}

uint64_t take_number(struct reader *reader, unsigned int size)
{
    const uint8_t *bytes = take_bytes(reader, size);
    uint64_t value = 0;

    for (unsigned int i = 0; bytes && i < size; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

const uint8_t *take_block(struct reader *reader, size_t *count)
{
    *count = take_number(reader, 4);
    return take_bytes(reader, *count);
}

const char *take_text(struct reader *reader, size_t maximum)
{
    size_t size;
    const char *text = (const char *)take_block(reader, &size);

    if (!text || !size || size > maximum + 1 || text[size - 1] || strlen(text) != size - 1) {
        reader->failed = true;
        return NULL;
    }
    return text;
}
