/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "domain/boot_tree.h"
#include "log.h"

/* A file larger than this is none of ours. */
#define SIZE_MAX_READ (256u << 20)
/* Changes as long as this, and as four times all there is, make a new file worth while. */
#define CHANGES_MIN (256u << 10)
/* Turns until the next attempt, when the file could not be written. */
#define PAUSE         4096
#define FRAME_HEADING 8

struct state {
    char *path, *temporary;
    int file; /* -1: there is none, the next one begins with all there is */
    size_t size, limit;
    unsigned int pause;
    struct node *saved; /* the tree as it is in the file */
    struct special_permissions special[SPECIAL_COUNT];
    struct list unsaved; /* domains by unsaved_link */
    struct writer frame; /* what comes next */
};

/* ---- What is written --------------------------------------------------------------------------
 */

static void begin_frame(struct state *state)
{
    state->frame.length = 0;
    state->frame.failed = false;
    put_number(&state->frame, 0, FRAME_HEADING);
}

static void end_frame(struct writer *frame)
{
    uint32_t length = (uint32_t)(frame->length - FRAME_HEADING);
    struct writer heading = {.data = frame->data, .capacity = FRAME_HEADING};

    if (frame->failed)
        return;
    put_number(&heading, length, 4);
    put_number(&heading, state_checksum(frame->data + FRAME_HEADING, length), 4);
}

static void put_domain(struct writer *frame, const struct domain *domain)
{
    put_number(frame, RECORD_DOMAIN, 1);
    state_put_domain(frame, domain);
}

static void put_special(struct state *state, const struct server *server, bool all)
{
    struct writer *frame = &state->frame;

    for (unsigned int i = 0; i < SPECIAL_COUNT; i++) {
        const struct special_permissions *now = &server->watches.special[i];

        if (!all && now->count == state->special[i].count &&
            !memcmp(now->list, state->special[i].list, now->count * sizeof(now->list[0])))
            continue;
        put_number(frame, RECORD_SPECIAL, 1);
        put_number(frame, i, 1);
        put_number(frame, now->count, 2);
        for (unsigned int k = 0; k < now->count; k++) {
            put_number(frame, now->list[k].domid, 2);
            put_number(frame, now->list[k].rights, 1);
        }
    }
}

static void put_changes(struct state *state, struct server *server)
{
    for (struct list *link = state->unsaved.next; link != &state->unsaved; link = link->next)
        put_domain(&state->frame, LIST_ENTRY(link, struct domain, unsaved_link));
    put_special(state, server, false);
    state_put_tree(&state->frame, state->saved, server->store.root);
}

static void put_all(struct state *state, struct server *server)
{
    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++) {
        if (server->domains[i])
            put_domain(&state->frame, server->domains[i]);
    }
    put_special(state, server, true);
    state_put_tree(&state->frame, NULL, server->store.root);
}

/* ---- The file ---------------------------------------------------------------------------------
 */

static bool write_whole(int file, const struct writer *bytes)
{
    size_t done = 0;

    while (done < bytes->length) {
        ssize_t count = write(file, bytes->data + done, bytes->length - done);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        done += (size_t)count;
    }
    return true;
}

/* A new file in place of the old one, all at once. */
static bool begin_file(struct state *state, const struct server *server)
{
    struct writer heading = {0};
    bool good;
    int file;

    unlink(state->temporary);
    file = open(state->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    state_put_heading(server, &heading);
    good = !heading.failed && write_whole(file, &heading) && write_whole(file, &state->frame) &&
           !rename(state->temporary, state->path);
    writer_free(&heading);
    if (!good) {
        close(file);
        return false;
    }
    if (state->file >= 0)
        close(state->file);
    state->file = file;
    state->size = 0;
    state->limit = 4 * state->frame.length + CHANGES_MIN;
    return true;
}

/* What is not whole must not be gone on from. */
static void give_up(struct state *state)
{
    log_message(LOG_ERR, "%s: the state cannot be kept: %s", state->path,
                state->frame.failed ? strerror(ENOMEM) : strerror(errno));
    unlink(state->path);
    unlink(state->temporary);
    if (state->file >= 0)
        close(state->file);
    state->file = -1;
    state->pause = PAUSE;
    begin_frame(state);
}

static void remember(struct state *state, struct server *server)
{
    node_release(state->saved);
    state->saved = node_reference(server->store.root);
    memcpy(state->special, server->watches.special, sizeof(state->special));
    while (!list_empty(&state->unsaved))
        list_remove(state->unsaved.next);
    begin_frame(state);
}

static bool write_frame(struct state *state, struct server *server)
{
    bool anew = state->file < 0 || state->size > state->limit;

    if (anew) {
        begin_frame(state);
        put_all(state, server);
    } else {
        put_changes(state, server);
    }
    if (state->frame.length == FRAME_HEADING && !state->frame.failed)
        return true;
    end_frame(&state->frame);
    if (state->frame.failed)
        return false;
    if (anew)
        return begin_file(state, server);
    state->size += state->frame.length;
    return write_whole(state->file, &state->frame);
}

void state_save(struct server *server)
{
    struct state *state = server->state;

    if (!state || (state->pause && state->pause--))
        return;
    if (write_frame(state, server))
        remember(state, server);
    else
        give_up(state);
}

/* ---- Who has changed --------------------------------------------------------------------------
 */

bool state_unsaved(const struct server *server)
{
    return server->state && !server->state->pause && !list_empty(&server->state->unsaved);
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

static bool is_ours(int file, size_t *size)
{
    struct stat status;

    if (fstat(file, &status) < 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid() ||
        (status.st_mode & 022) || status.st_size > SIZE_MAX_READ)
        return false;
    *size = (size_t)status.st_size;
    return true;
}

/* A sentence, or NULL. */
static const char *read_file(struct server *server, int file)
{
    const char *problem = "it is not a file that only this user can write";
    size_t size = 0, done = 0;
    char *bytes;

    if (!is_ours(file, &size))
        return problem;
    bytes = malloc(size + 1);
    if (!bytes)
        return "there is no memory for it";
    while (done < size) {
        ssize_t count = read(file, bytes + done, size - done);

        if (count <= 0)
            break;
        done += (size_t)count;
    }
    problem = state_load(server, bytes, done);
    free(bytes);
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

static int go_on_from(struct server *server, const char *path)
{
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    const char *problem;

    if (file < 0 && errno == ENOENT)
        return 0;
    problem = file < 0 ? strerror(errno) : read_file(server, file);
    if (file >= 0)
        close(file);
    if (!problem)
        return 0;
    log_message(LOG_WARNING, "%s: beginning anew: %s", path, problem);
    return start_over(server);
}

int state_open(struct server *server, const char *path)
{
    struct state *state = calloc(1, sizeof(*state));
    size_t size = strlen(path) + sizeof(".new");
    int error = state ? go_on_from(server, path) : ENOMEM;

    if (!error) {
        list_init(&state->unsaved);
        state->file = -1;
        state->path = strdup(path);
        state->temporary = malloc(size);
        begin_frame(state);
        error = state->path && state->temporary && !state->frame.failed ? 0 : ENOMEM;
    }
    server->state = state;
    if (error)
        state_close(server);
    else
        snprintf(state->temporary, size, "%s.new", path);
    return error;
}

void state_close(struct server *server)
{
    struct state *state = server->state;

    server->state = NULL;
    if (!state)
        return;
    while (state->unsaved.next && !list_empty(&state->unsaved))
        list_remove(state->unsaved.next);
    if (state->path && state->file >= 0)
        close(state->file);
    node_release(state->saved);
    writer_free(&state->frame);
    free(state->path);
    free(state->temporary);
    free(state);
}
