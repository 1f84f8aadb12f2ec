/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <tools/clock.h>

#include "domain/boot_tree.h"
#include "log.h"
#include "state_compact.h"

/* Changes as long as this, and as all there is, make a new file worth while. */
#define CHANGES_MIN (256u << 10)
/* What waits to be written is not kept beyond this: then all there is is written anew. */
#define WAITING_MAX (4u << 20)
/* Until the next attempt, when the file could not be written, ms. */
#define PAUSE 100

struct state {
    char *path, *temporary;
    struct state_file file;        /* without one, the next begins with all there is */
    struct state_file spare;       /* an empty one at `temporary`, for the next; or none */
    size_t limit;                  /* of its size, until a new one is made */
    struct compaction *compaction; /* of that; NULL: none is being made */
    bool told;                     /* that none could be made */
    bool behind;                   /* `frame` could not be written */
    int64_t retry;                 /* when to try again, ms */
    unsigned int specials;         /* watch_table.special_changes that are saved */
    struct list unsaved;           /* domains by unsaved_link */
    struct writer frame;           /* what comes next */
};

/* ---- What is written --------------------------------------------------------------------------
 */

void state_put_specials(struct writer *writer, const struct server *server)
{
    for (unsigned int i = 0; i < SPECIAL_COUNT; i++) {
        const struct special_permissions *now = &server->watches.special[i];

        put_number(writer, RECORD_SPECIAL, 1);
        put_number(writer, i, 1);
        put_permissions(writer, now->list, now->count);
    }
}

static void collect_nodes(struct writer *frame, struct store *store)
{
    struct journal *journal = &store->journal;
    enum journal_kind kind;
    size_t position = 0;
    const char *path;

    while ((path = journal_next(journal, &position, &kind)) != NULL) {
        struct node *node = kind == JOURNAL_CHANGED ? node_find(store->root, path) : NULL;

        if (node) {
            state_put_node(frame, path, node);
        } else if (kind == JOURNAL_GONE) {
            put_number(frame, RECORD_GONE, 1);
            put_text(frame, path);
        }
    }
    frame->failed |= journal->failed;
    journal_cut(journal, 0);
    journal->failed = false;
}

/* Puts into the frame what has changed since the last time. */
static void collect(struct state *state, struct server *server)
{
    while (!list_empty(&state->unsaved)) {
        state_put_domain_record(&state->frame,
                                LIST_ENTRY(state->unsaved.next, struct domain, unsaved_link));
        list_remove(state->unsaved.next);
    }
    if (state->specials != server->watches.special_changes)
        state_put_specials(&state->frame, server);
    state->specials = server->watches.special_changes;
    collect_nodes(&state->frame, &server->store);
    state->frame.failed |= state->behind && state->frame.length > WAITING_MAX;
}

/* ---- The file ---------------------------------------------------------------------------------
 */

static void give_up_compaction(struct state *state)
{
    compaction_free(state->compaction);
    state->compaction = NULL;
    state_file_close(&state->spare);
    unlink(state->temporary);
}

/* How long a file may become, of which `whole` bytes tell of all there is. */
static size_t limit_of(size_t whole)
{
    return whole + (whole > CHANGES_MIN ? whole : CHANGES_MIN);
}

/* About as many as a file takes with all there is. */
static size_t bytes_of(const struct store *store)
{
    size_t bytes = 0;

    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++)
        bytes += (size_t)store->usage[i].bytes;
    return bytes;
}

static int begin_compaction(struct state *state, const struct server *server)
{
    return compaction_begin(&state->compaction, server, state->temporary, &state->file,
                            &state->spare);
}

/* The new file is whole. */
static int end_compaction(struct state *state)
{
    size_t whole;
    int error = compaction_end(state->compaction, &state->file, &state->spare, &whole,
                               state->temporary, state->path);

    if (error)
        return error;
    state->compaction = NULL;
    state->told = false;
    state->limit = limit_of(whole);
    return 0;
}

/* A new file with all there is, at once. */
static int replace_file(struct state *state, const struct server *server)
{
    int error;

    give_up_compaction(state);
    error = begin_compaction(state, server);
    if (!error) {
        do
            error = compaction_step(state->compaction, &state->file);
        while (error == EAGAIN);
    }
    if (!error)
        error = end_compaction(state);
    if (error)
        give_up_compaction(state);
    return error;
}

static int write_frame(struct state *state, const struct server *server)
{
    int error = 0;

    state_end_frame(&state->frame);
    if (state->file.fd >= 0 && !state->frame.failed)
        error = state_file_append(&state->file, state->frame.data, state->frame.length);
    if (state->file.fd < 0 || state->frame.failed || error)
        error = replace_file(state, server);
    if (!error)
        state_begin_frame(&state->frame);
    return error;
}

static void note_outcome(struct state *state, int error)
{
    if (error && !state->behind)
        log_message(LOG_ERR,
                    "%s: the state cannot be kept: %s: until it can, who changes it waits for the "
                    "answer, and who would add to it is refused",
                    state->path, strerror(error));
    else if (!error && state->behind)
        log_message(LOG_NOTICE, "%s: the state is kept again", state->path);
    state->behind = error != 0;
    state->retry = error ? clock_ms() + PAUSE : 0;
}

/* A piece of the new file, if one is wanted. Without it the old one goes on growing. */
static void compact(struct state *state, const struct server *server)
{
    int error;

    if (!state->compaction && state->file.size <= state->limit)
        return;
    if (!state->compaction) {
        error = begin_compaction(state, server);
    } else {
        error = compaction_step(state->compaction, &state->file);
        if (error == EAGAIN)
            return;
        if (!error)
            error = end_compaction(state);
    }
    if (!error)
        return;
    give_up_compaction(state);
    state->limit = state->file.size + CHANGES_MIN;
    if (!state->told)
        log_message(LOG_WARNING, "%s: no shorter file can be made: %s", state->path,
                    strerror(error));
    state->told = true;
}

void state_save(struct server *server)
{
    struct state *state = server->state;

    if (!state)
        return;
    collect(state, server);
    if (state->behind && clock_ms() < state->retry)
        return;
    if (!state_frame_empty(&state->frame) || state->file.fd < 0)
        note_outcome(state, write_frame(state, server));
    if (!state->behind)
        compact(state, server);
}

bool state_behind(const struct server *server)
{
    return server->state && server->state->behind;
}

int state_timeout(const struct server *server)
{
    int64_t left;

    if (!state_behind(server))
        return -1;
    left = server->state->retry - clock_ms();
    return left < 0 ? 0 : (int)left;
}

/* ---- Who has changed --------------------------------------------------------------------------
 */

bool state_unsaved(const struct server *server)
{
    const struct state *state = server->state;

    return state && !state->behind && (!list_empty(&state->unsaved) || state->compaction);
}

void state_touch(struct server *server, uint16_t domid)
{
    struct domain *domain = server->state ? server->domains[domid] : NULL;

    if (domain && list_empty(&domain->unsaved_link))
        list_append(&server->state->unsaved, &domain->unsaved_link);
}

void state_forget(struct server *server, uint16_t domid)
{
    if (!server->state)
        return;
    put_number(&server->state->frame, RECORD_FORGOTTEN, 1);
    put_number(&server->state->frame, domid, 2);
}

/* ---- Beginning and end ------------------------------------------------------------------------
 */

static bool is_ours(int fd, size_t *size)
{
    struct stat status;

    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid() ||
        (status.st_mode & 022))
        return false;
    *size = (size_t)status.st_size;
    return true;
}

/* A sentence, or NULL with how much of it counts. */
static const char *read_file(struct server *server, int fd, size_t *size, size_t *good)
{
    const char *problem;
    size_t length;
    char *bytes;

    if (!is_ours(fd, size))
        return "it is not a file that only this user can write";
    if (!*size)
        return "it is no state of this program's";
    bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return strerror(errno);
    length = *size;
    problem = state_load(server, bytes, length, good);
    /* Room that was set aside is nothing that was lost. */
    while (!problem && *size > *good && !bytes[*size - 1])
        --*size;
    munmap(bytes, length);
    return problem;
}

/* Takes the server back to what it was before a file that turned out to be bad. */
static int start_over(struct server *server)
{
    int error;

    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++) {
        if (server->domains[i])
            domain_free(server, server->domains[i]);
    }
    store_destroy(&server->store);
    watches_init(&server->watches, server->own_domid);
    error = store_init(&server->store, server->own_domid);
    return error ? error : boot_tree_frame(server);
}

static int go_on_from(struct state *state, struct server *server)
{
    int fd = open(state->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    size_t size = 0, good = 0;
    const char *problem;
    int error;

    if (fd < 0 && errno == ENOENT)
        return 0;
    problem = fd < 0 ? strerror(errno) : read_file(server, fd, &size, &good);
    if (problem) {
        log_message(LOG_WARNING, "%s: beginning anew: %s", state->path, problem);
        if (fd >= 0)
            close(fd);
        return start_over(server);
    }
    if (good < size)
        log_message(LOG_WARNING, "%s: %zu bytes at its end are not whole and left out", state->path,
                    size - good);
    error = state_file_continue(&state->file, fd, good);
    /* It cannot be gone on with, but has been read: the next one takes its place. */
    if (error)
        state_file_close(&state->file);
    state->limit = limit_of(bytes_of(&server->store));
    return 0;
}

static int begin(struct state *state, struct server *server, const char *path, bool anew)
{
    size_t size = strlen(path) + sizeof(".new");
    int error;

    state->path = strdup(path);
    state->temporary = malloc(size);
    state_begin_frame(&state->frame);
    if (!state->path || !state->temporary || state->frame.failed)
        return ENOMEM;
    snprintf(state->temporary, size, "%s.new", path);
    error = anew ? 0 : go_on_from(state, server);
    server->store.journal.on = !error;
    state->specials = server->watches.special_changes;
    return error;
}

static int open_state(struct server *server, const char *path, bool sync, bool anew)
{
    struct state *state = calloc(1, sizeof(*state));
    int error;

    if (!state)
        return ENOMEM;
    list_init(&state->unsaved);
    state->file.fd = state->spare.fd = -1;
    state->file.sync = sync;
    error = begin(state, server, path, anew);
    server->state = state;
    if (error)
        state_close(server);
    return error;
}

int state_open(struct server *server, const char *path, bool sync)
{
    return open_state(server, path, sync, false);
}

int state_continue(struct server *server, const char *path, bool sync)
{
    return open_state(server, path, sync, true);
}

void state_close(struct server *server)
{
    struct state *state = server->state;

    server->state = NULL;
    if (!state)
        return;
    server->store.journal.on = false;
    while (!list_empty(&state->unsaved))
        list_remove(state->unsaved.next);
    if (state->compaction || state->spare.fd >= 0)
        give_up_compaction(state);
    state_file_close(&state->file);
    writer_free(&state->frame);
    free(state->path);
    free(state->temporary);
    free(state);
}
