/* SPDX-License-Identifier: MIT */
/* Handlers: reading and changing nodes. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "store/number.h"
#include "store/path.h"
#include "protocol.h"

/* Longest list that fits into a request: "n0" and its NUL for each entry. */
#define LIST_MAX (XENSTORE_PAYLOAD_MAX / 3)

static int find_node(struct request *request, const char *given, struct node **node)
{
    struct view live = {.store = &request->server->store, .root = request->server->store.root};
    const struct view *view = request->transaction ? &request->transaction->view : &live;
    struct request_path path;
    int error = request_path(request, given, &path);

    if (error)
        return error;
    if (path_is_special(path.text))
        return EINVAL;
    if (request->transaction) {
        error = transaction_touch(request->transaction, path.text);
        if (error)
            return error;
    }
    return store_lookup(view, &request->connection->actor, path.text, RIGHT_READ, node);
}

static int mutate_live(struct request *request, const struct mutation *mutation)
{
    struct change change = {0};
    struct view view;
    int error;

    view_begin_live(&view, &request->server->store);
    error = mutation_apply(mutation, &view, &request->connection->actor, &change);
    view_end_live(&view);
    if (!error && change.happened)
        watches_fire(request->server, mutation->path, &change);
    change_release(&change);
    return error;
}

static int mutate(struct request *request, const struct mutation *mutation)
{
    int error;

    if (path_is_special(mutation->path))
        return EINVAL;
    if (request->transaction)
        error = transaction_mutate(request->transaction, mutation);
    else
        error = mutate_live(request, mutation);
    return error ? error : reply_ok(request);
}

int handle_read(struct request *request)
{
    const char *given;
    struct node *node;
    int error = request_string(request, &given);

    if (!error)
        error = find_node(request, given, &node);
    return error ? error : reply_data(request, node_value(node), node->value_length);
}

int handle_write(struct request *request)
{
    const char *given = request->body;
    size_t given_size = strnlen(given, request->length) + 1;
    struct request_path path;
    struct mutation mutation = {.kind = MUTATION_WRITE};
    int error;

    if (given_size > request->length)
        return EINVAL;
    error = request_path(request, given, &path);
    if (error)
        return error;
    mutation.path = path.text;
    mutation.data = given + given_size;
    mutation.length = request->length - given_size;
    return mutate(request, &mutation);
}

static int mutate_path(struct request *request, enum mutation_kind kind)
{
    const char *given;
    struct request_path path;
    struct mutation mutation = {.kind = kind};
    int error = request_string(request, &given);

    if (!error)
        error = request_path(request, given, &path);
    if (error)
        return error;
    mutation.path = path.text;
    return mutate(request, &mutation);
}

int handle_mkdir(struct request *request)
{
    return mutate_path(request, MUTATION_MKDIR);
}

int handle_rm(struct request *request)
{
    return mutate_path(request, MUTATION_REMOVE);
}

/* ---- Listing ----------------------------------------------------------------------------------
 */

int handle_directory(struct request *request)
{
    char names[XENSTORE_PAYLOAD_MAX];
    size_t length = 0;
    const char *given;
    struct node *node;
    int error = request_string(request, &given);

    if (!error)
        error = find_node(request, given, &node);
    if (error)
        return error;
    for (uint32_t i = 0; i < node_child_count(node); i++) {
        const struct node *child = node_child(node, i);
        size_t size = child->name_length + 1u;

        if (length + size > sizeof(names))
            return E2BIG;
        memcpy(names + length, node_name(child), size);
        length += size;
    }
    return reply_data(request, names, length);
}

int handle_directory_part(struct request *request)
{
    char part[XENSTORE_PAYLOAD_MAX];
    size_t length, position = 0;
    const char *strings[2];
    unsigned long offset;
    struct node *node;
    uint32_t i;
    int error;

    if (request_strings(request, strings, 2) != 2 || !parse_number(strings[1], ULONG_MAX, &offset))
        return EINVAL;
    error = find_node(request, strings[0], &node);
    if (error)
        return error;
    length = format_number(node->generation, part) + 1;
    for (i = 0; i < node_child_count(node); i++) {
        const struct node *child = node_child(node, i);
        size_t size = child->name_length + 1u;

        /* One byte stays for the empty name that ends the last part. */
        if (position >= offset && length + size + 1 > sizeof(part))
            break;
        if (position >= offset) {
            memcpy(part + length, node_name(child), size);
            length += size;
        }
        position += size;
    }
    if (offset > position)
        return EINVAL;
    if (i == node_child_count(node))
        part[length++] = '\0';
    return reply_data(request, part, length);
}

/* ---- Permissions ------------------------------------------------------------------------------
 */

static int reply_permissions(struct request *request, const struct permission *list,
                             unsigned int count)
{
    char text[XENSTORE_PAYLOAD_MAX + PERMISSION_TEXT_SIZE];
    size_t length = 0;

    for (unsigned int i = 0; i < count; i++) {
        length += permission_format(&list[i], text + length);
        if (length > XENSTORE_PAYLOAD_MAX)
            return E2BIG;
    }
    return reply_data(request, text, length);
}

static int get_special(struct request *request, const char *name)
{
    enum special special = special_by_name(name);
    const struct special_permissions *permissions;

    if (special == SPECIAL_NONE)
        return ENOENT;
    permissions = &request->server->watches.special[special];
    if (!(permission_rights(permissions->list, permissions->count,
                            &request->connection->actor.subject) &
          RIGHT_READ))
        return EACCES;
    return reply_permissions(request, permissions->list, permissions->count);
}

int handle_get_perms(struct request *request)
{
    const char *given;
    struct node *node;
    int error = request_string(request, &given);

    if (error)
        return error;
    if (path_is_special(given))
        return get_special(request, given);
    error = find_node(request, given, &node);
    return error ? error
                 : reply_permissions(request, node_permissions(node), node->permission_count);
}

static int set_special(struct request *request, const char *name, const struct permission *list,
                       unsigned int count)
{
    enum special special = special_by_name(name);
    struct special_permissions *permissions;

    if (!request->connection->actor.subject.privileged)
        return EACCES;
    if (special == SPECIAL_NONE)
        return ENOENT;
    if (count > SPECIAL_MAX_PERMISSIONS)
        return ENOSPC;
    permissions = &request->server->watches.special[special];
    memcpy(permissions->list, list, count * sizeof(*list));
    permissions->count = count;
    request->server->watches.special_changes++;
    return reply_ok(request);
}

int handle_set_perms(struct request *request)
{
    const char *strings[LIST_MAX + 1];
    struct permission list[LIST_MAX];
    struct request_path path;
    struct mutation mutation = {.kind = MUTATION_SET_PERMISSIONS, .data = list};
    int count = request_strings(request, strings, LIST_MAX + 1);
    int error;

    if (count < 2 || count > LIST_MAX + 1)
        return EINVAL;
    error = request_path(request, strings[0], &path);
    if (error)
        return error;
    for (int i = 1; i < count; i++) {
        if (!permission_parse(strings[i], &list[i - 1]))
            return EINVAL;
    }
    mutation.path = path.text;
    mutation.length = (size_t)count - 1;
    if (path_is_special(path.text))
        return set_special(request, path.text, list, (unsigned int)count - 1);
    return mutate(request, &mutation);
}
