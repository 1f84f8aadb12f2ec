/* SPDX-License-Identifier: MIT */
/* What an earlier xenstored has left, put into a new one. Nothing in it is believed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/path.h"
#include "state.h"

/* ---- Records ----------------------------------------------------------------------------------
 */

bool take_permissions(struct reader *reader, struct permission *list, unsigned int maximum,
                      unsigned int *count)
{
    *count = (unsigned int)take_number(reader, 2);
    if (!*count || *count > maximum)
        return false;
    for (unsigned int i = 0; i < *count; i++) {
        list[i].domid = (uint16_t)take_number(reader, 2);
        list[i].rights = (uint16_t)take_number(reader, 1);
        if (list[i].domid >= DOMAIN_ID_LIMIT || list[i].rights > RIGHT_BOTH)
            return false;
    }
    return !reader->failed;
}

/* Where the last node of the frame was: what RECORD_CHILD goes on from. */
struct place {
    char path[XENSTORE_ABS_PATH_MAX + 1];
    size_t length[PATH_MAX_DEPTH + 1]; /* of the path down to each depth */
    unsigned int depth;
    bool known;
};

/* The node at place->path. */
static bool put_node(struct server *server, const struct place *place, struct reader *reader)
{
    const struct actor actor = server_actor(server);
    struct permission list[PERMISSIONS_MAX];
    struct view view;
    unsigned int count;
    const uint8_t *value;
    size_t length;
    int error;

    if (!path_is_valid(place->path) || !take_permissions(reader, list, PERMISSIONS_MAX, &count))
        return false;
    value = take_block(reader, &length);
    if (!value)
        return false;
    view_begin_live(&view, &server->store);
    error = store_put(&view, &actor, place->path, value, length, list, count);
    view_end_live(&view);
    return !error;
}

static bool apply_node(struct server *server, struct place *place, struct reader *reader)
{
    const char *path = take_text(reader, XENSTORE_ABS_PATH_MAX), *next = path, *name;
    size_t length;

    if (!path || !path_is_valid(path))
        return false;
    strcpy(place->path, path);
    place->depth = 0;
    place->length[0] = 0;
    while ((name = path_component(&next, &length)) != NULL)
        place->length[++place->depth] = (size_t)(name - path) + length;
    place->known = true;
    return put_node(server, place, reader);
}

static bool apply_child(struct server *server, struct place *place, struct reader *reader)
{
    unsigned int depth = (unsigned int)take_number(reader, 2);
    const char *name = take_text(reader, XENSTORE_ABS_PATH_MAX);
    size_t start;

    if (!name || strchr(name, '/') || !place->known || !depth || depth > place->depth + 1 ||
        depth > PATH_MAX_DEPTH)
        return false;
    start = place->length[depth - 1];
    if (start + 1 + strlen(name) > XENSTORE_ABS_PATH_MAX)
        return false;
    place->path[start] = '/';
    strcpy(place->path + start + 1, name);
    place->depth = depth;
    place->length[depth] = start + 1 + strlen(name);
    return put_node(server, place, reader);
}

static bool apply_gone(struct server *server, struct place *place, struct reader *reader)
{
    const struct actor actor = server_actor(server);
    const char *path = take_text(reader, XENSTORE_ABS_PATH_MAX);
    struct change change = {0};
    struct view view;
    int error;

    place->known = false;
    if (!path || !path_is_valid(path))
        return false;
    view_begin_live(&view, &server->store);
    error = store_remove(&view, &actor, path, &change);
    view_end_live(&view);
    change_release(&change);
    /* What was made and went in one turn was never told of. */
    return !error || error == ENOENT;
}

static bool apply_domain(struct server *server, struct place *place, struct reader *reader)
{
    (void)place;
    return state_take_domain(server, reader);
}

static bool apply_forgotten(struct server *server, struct place *place, struct reader *reader)
{
    uint16_t domid = (uint16_t)take_number(reader, 2);

    (void)place;
    if (reader->failed || domid >= DOMAIN_ID_LIMIT)
        return false;
    if (server->domains[domid])
        domain_free(server, server->domains[domid]);
    return true;
}

static bool apply_special(struct server *server, struct place *place, struct reader *reader)
{
    unsigned int number = (unsigned int)take_number(reader, 1);
    struct special_permissions permissions;

    (void)place;
    if (reader->failed || number >= SPECIAL_COUNT ||
        !take_permissions(reader, permissions.list, SPECIAL_MAX_PERMISSIONS, &permissions.count))
        return false;
    server->watches.special[number] = permissions;
    return true;
}

bool state_apply(struct server *server, struct reader *reader, bool *partial)
{
    static bool (*const apply[])(struct server *, struct place *, struct reader *) = {
        [RECORD_NODE] = apply_node,       [RECORD_GONE] = apply_gone,
        [RECORD_DOMAIN] = apply_domain,   [RECORD_FORGOTTEN] = apply_forgotten,
        [RECORD_SPECIAL] = apply_special, [RECORD_CHILD] = apply_child,
    };
    struct place place;

    place.known = false;
    while (!reader_at_end(reader)) {
        size_t kind = take_number(reader, 1);

        if (kind == RECORD_PART || kind == RECORD_WHOLE)
            *partial = kind == RECORD_PART;
        else if (kind >= sizeof(apply) / sizeof(apply[0]) || !apply[kind] ||
                 !apply[kind](server, &place, reader))
            return false;
    }
    return !reader->failed;
}

const char *state_load(struct server *server, const void *bytes, size_t count, size_t *good)
{
    struct reader file = reader_of(bytes, count), records;
    const char *problem = state_take_heading(server, &file);
    bool partial = false;

    if (problem)
        return problem;
    *good = (size_t)(file.next - (const uint8_t *)bytes);
    /* The end of a frame that is not whole was not written: nobody knows of its turn. */
    while (!reader_at_end(&file) && state_take_frame(&file, &records)) {
        if (!state_apply(server, &records, &partial))
            return "it is damaged";
        *good = (size_t)(file.next - (const uint8_t *)bytes);
    }
    return partial ? "it is damaged" : NULL;
}
