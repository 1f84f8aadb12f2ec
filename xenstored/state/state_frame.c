/* SPDX-License-Identifier: MIT */
/* Frames: records with their length and a checksum before them. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "state.h"

#define FORMAT       "trefoil-store-2\n"
#define BOOT_ID      "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_SIZE 36

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ le64toh(word)) * 1099511628211u;
    return hash ^ hash >> 32;
}

/* FNV-1a's way, eight bytes at a time: against a file that was cut or mixed up, not against malice.
 */
static uint32_t checksum_of(const void *bytes, size_t count)
{
    const uint8_t *next = bytes;
    uint64_t hash = 14695981039346656037u ^ count, word;

    for (; count >= sizeof(word); next += sizeof(word), count -= sizeof(word)) {
        memcpy(&word, next, sizeof(word));
        hash = mix(hash, word);
    }
    word = 0;
    memcpy(&word, next, count);
    return (uint32_t)mix(hash, word);
}

/* The ids of domains mean nothing after the machine was started anew, nor in another domain. */
void state_put_heading(const struct server *server, struct writer *writer)
{
    char boot[BOOT_ID_SIZE] = "";
    int file = open(BOOT_ID, O_RDONLY | O_CLOEXEC);

    if (file >= 0 && read(file, boot, sizeof(boot)) != sizeof(boot))
        memset(boot, 0, sizeof(boot));
    if (file >= 0)
        close(file);
    put_bytes(writer, FORMAT, strlen(FORMAT));
    put_bytes(writer, boot, sizeof(boot));
    put_number(writer, server->own_domid, 2);
}

const char *state_take_heading(const struct server *server, struct reader *reader)
{
    struct writer own = {0};
    const uint8_t *given;
    bool same;

    if ((size_t)(reader->end - reader->next) < strlen(FORMAT) ||
        memcmp(reader->next, FORMAT, strlen(FORMAT)) != 0)
        return "it is no state of this program's";
    state_put_heading(server, &own);
    given = take_bytes(reader, own.length);
    same = given && !own.failed && !memcmp(given, own.data, own.length);
    writer_free(&own);
    return same ? NULL : "it is from before this system was started, or another domain's";
}

void state_begin_frame(struct writer *frame)
{
    frame->length = 0;
    frame->failed = false;
    put_number(frame, 0, FRAME_HEADING);
}

void state_end_frame(struct writer *frame)
{
    size_t length = frame->length - FRAME_HEADING;
    struct writer heading = {.data = frame->data, .capacity = FRAME_HEADING};

    if (length > UINT32_MAX)
        frame->failed = true;
    if (frame->failed)
        return;
    put_number(&heading, length, 4);
    put_number(&heading, checksum_of(frame->data + FRAME_HEADING, length), 4);
}

bool state_frame_empty(const struct writer *frame)
{
    return frame->length == FRAME_HEADING && !frame->failed;
}

bool state_take_frame(struct reader *file, struct reader *records)
{
    size_t length = take_number(file, 4);
    uint32_t checksum = (uint32_t)take_number(file, 4);
    const uint8_t *bytes = take_bytes(file, length);

    if (!bytes || checksum_of(bytes, length) != checksum)
        return false;
    *records = reader_of(bytes, length);
    return true;
}
