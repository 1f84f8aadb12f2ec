/* SPDX-License-Identifier: MIT */
/* What an earlier xenstored has left, put into a new one. Nothing in it is believed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/path.h"
#include "state.h"

#define FORMAT        "trefoil-store-1\n"
#define BOOT_ID       "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_SIZE  36
#define FRAME_HEADING 8 /* length and checksum */

/* FNV-1a: against a file that was cut or mixed up, not against malice. */
uint32_t state_checksum(const void *bytes, size_t count)
{
    const uint8_t *next = bytes;
    uint32_t hash = 2166136261u;

    while (count--)
        hash = (hash ^ *next++) * 16777619u;
    return hash;
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

/* ---- Records ----------------------------------------------------------------------------------
 */

static bool take_permissions(struct reader *reader, struct permission *list, unsigned int *count)
{
    *count = (unsigned int)take_number(reader, 2);
    if (!*count || *count > SPECIAL_MAX_PERMISSIONS)
        return false;
    for (unsigned int i = 0; i < *count; i++) {
        list[i].domid = (uint16_t)take_number(reader, 2);
        list[i].rights = (uint16_t)take_number(reader, 1);
        if (list[i].domid >= DOMAIN_ID_LIMIT || list[i].rights > RIGHT_BOTH)
            return false;
    }
    return !reader->failed;
}

static bool apply_node(struct server *server, struct reader *reader)
{
    const struct actor actor = server_actor(server);
    struct permission list[SPECIAL_MAX_PERMISSIONS];
    const char *path = take_text(reader, XENSTORE_ABS_PATH_MAX);
    struct view view;
    unsigned int count;
    const uint8_t *value;
    size_t length;
    int error;

    if (!path || !path_is_valid(path) || !take_permissions(reader, list, &count))
        return false;
    value = take_block(reader, &length);
    if (!value)
        return false;
    view_begin_live(&view, &server->store);
    error = store_put(&view, &actor, path, value, length, list, count);
    view_end_live(&view);
    return !error;
}

static bool apply_gone(struct server *server, struct reader *reader)
{
    const struct actor actor = server_actor(server);
    const char *path = take_text(reader, XENSTORE_ABS_PATH_MAX);
    struct change change = {0};
    struct view view;
    int error;

    if (!path || !path_is_valid(path))
        return false;
    view_begin_live(&view, &server->store);
    error = store_remove(&view, &actor, path, &change);
    view_end_live(&view);
    change_release(&change);
    return !error;
}

static bool apply_forgotten(struct server *server, struct reader *reader)
{
    uint16_t domid = (uint16_t)take_number(reader, 2);

    if (reader->failed || domid >= DOMAIN_ID_LIMIT)
        return false;
    if (server->domains[domid])
        domain_free(server, server->domains[domid]);
    return true;
}

static bool apply_special(struct server *server, struct reader *reader)
{
    unsigned int number = (unsigned int)take_number(reader, 1);
    struct special_permissions permissions;

    if (reader->failed || number >= SPECIAL_COUNT ||
        !take_permissions(reader, permissions.list, &permissions.count))
        return false;
    server->watches.special[number] = permissions;
    return true;
}

bool state_apply(struct server *server, struct reader *reader)
{
    static bool (*const apply[])(struct server *, struct reader *) = {
        [RECORD_NODE] = apply_node,          [RECORD_GONE] = apply_gone,
        [RECORD_DOMAIN] = state_take_domain, [RECORD_FORGOTTEN] = apply_forgotten,
        [RECORD_SPECIAL] = apply_special,
    };

    while (!reader_at_end(reader)) {
        size_t kind = take_number(reader, 1);

        if (kind >= sizeof(apply) / sizeof(apply[0]) || !apply[kind] ||
            !apply[kind](server, reader))
            return false;
    }
    return !reader->failed;
}

/* ---- The file ---------------------------------------------------------------------------------
 */

static bool take_heading(const struct server *server, struct reader *reader)
{
    struct writer own = {0};
    const uint8_t *given;
    bool same;

    state_put_heading(server, &own);
    given = take_bytes(reader, own.length);
    same = given && !own.failed && !memcmp(given, own.data, own.length);
    writer_free(&own);
    return same;
}

const char *state_load(struct server *server, const void *bytes, size_t count)
{
    struct reader file = reader_of(bytes, count);

    if (count < strlen(FORMAT) || memcmp(bytes, FORMAT, strlen(FORMAT)) != 0)
        return "it is no state of this program's";
    if (!take_heading(server, &file))
        return "it is from before this system was started, or another domain's";
    while ((size_t)(file.end - file.next) >= FRAME_HEADING) {
        size_t length = take_number(&file, 4);
        uint32_t checksum = (uint32_t)take_number(&file, 4);
        const uint8_t *records = take_bytes(&file, length);
        struct reader reader = reader_of(records, length);

        /* Its turn was not written to the end: nobody knows of it. */
        if (!records)
            break;
        if (state_checksum(records, length) != checksum || !state_apply(server, &reader))
            return "it is damaged";
    }
    return NULL;
}
