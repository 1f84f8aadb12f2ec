/* SPDX-License-Identifier: MIT */
/*
 * A new file in place of one that changes have made long: all there is, in pieces beside the
 * turns, then what the old file got meanwhile. The old one counts until the new one is whole.
 */
#include "state_compact.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "state.h"

/* Bytes of the tree, or of the old file, in one piece. */
#define PIECE (64u << 10)

struct compaction {
    struct state_file file;
    struct snapshot *snapshot; /* NULL: all of the tree is written */
    struct writer piece;
    size_t tail;  /* of the old file, from where on it is still to be copied */
    size_t whole; /* bytes that tell of all there is */
};

static int write_piece(struct compaction *compaction)
{
    if (compaction->piece.failed)
        return ENOMEM;
    return state_file_append(&compaction->file, compaction->piece.data, compaction->piece.length);
}

static int write_beginning(struct compaction *compaction, const struct server *server)
{
    struct writer *piece = &compaction->piece;
    int error;

    state_put_heading(server, piece);
    error = write_piece(compaction);
    if (error)
        return error;
    state_begin_frame(piece);
    put_number(piece, RECORD_PART, 1);
    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++) {
        if (server->domains[i])
            state_put_domain_record(piece, server->domains[i]);
    }
    state_put_specials(piece, server);
    state_end_frame(piece);
    return write_piece(compaction);
}

int compaction_begin(struct compaction **result, const struct server *server, const char *path,
                     const struct state_file *old, struct state_file *spare)
{
    struct compaction *compaction = calloc(1, sizeof(*compaction));
    int error = 0;

    *result = compaction;
    if (!compaction)
        return ENOMEM;
    compaction->file = *spare;
    spare->fd = -1;
    compaction->tail = old->size;
    if (compaction->file.fd < 0)
        error = state_file_create(&compaction->file, path, old->sync);
    if (error)
        return error;
    compaction->snapshot = snapshot_new(server->store.root);
    return compaction->snapshot ? write_beginning(compaction, server) : ENOMEM;
}

static int write_nodes(struct compaction *compaction)
{
    bool more;

    state_begin_frame(&compaction->piece);
    more = snapshot_put(compaction->snapshot, &compaction->piece, PIECE);
    if (!more)
        put_number(&compaction->piece, RECORD_WHOLE, 1);
    state_end_frame(&compaction->piece);
    if (!more) {
        snapshot_free(compaction->snapshot);
        compaction->snapshot = NULL;
    }
    return write_piece(compaction);
}

static int copy_tail(struct compaction *compaction, const struct state_file *old)
{
    size_t count = old->size - compaction->tail;
    char bytes[PIECE];
    ssize_t got;
    int error;

    if (count > sizeof(bytes))
        count = sizeof(bytes);
    got = pread(old->fd, bytes, count, (off_t)compaction->tail);
    if (got <= 0)
        return got < 0 ? errno : EIO;
    error = state_file_append(&compaction->file, bytes, (size_t)got);
    if (!error)
        compaction->tail += (size_t)got;
    return error;
}

int compaction_step(struct compaction *compaction, const struct state_file *old)
{
    int error = 0;

    if (compaction->snapshot) {
        error = write_nodes(compaction);
        compaction->whole = compaction->file.size;
    }
    if (!error && !compaction->snapshot && compaction->tail < old->size)
        error = copy_tail(compaction, old);
    if (error)
        return error;
    return compaction->snapshot || compaction->tail < old->size ? EAGAIN : 0;
}

int compaction_end(struct compaction *compaction, struct state_file *file, struct state_file *spare,
                   size_t *whole, const char *from, const char *to)
{
    bool exchanged;
    int error = state_file_rename(&compaction->file, from, to, &exchanged);

    if (error)
        return error;
    if (exchanged && state_file_reuse(file)) {
        *spare = *file;
    } else {
        state_file_close(file);
        if (exchanged)
            unlink(from);
    }
    *file = compaction->file;
    *whole = compaction->whole;
    compaction->file.fd = -1;
    compaction_free(compaction);
    return 0;
}

void compaction_free(struct compaction *compaction)
{
    if (!compaction)
        return;
    state_file_close(&compaction->file);
    snapshot_free(compaction->snapshot);
    writer_free(&compaction->piece);
    free(compaction);
}
