/* SPDX-License-Identifier: MIT */
/* xenstore-chmod. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

struct change {
    struct client *client;
    struct xs_permissions *list;
    unsigned int count;
};

static int set_one(const struct change *change, const char *path)
{
    struct client *client = change->client;

    if (xs_set_permissions(client->xs, client->transaction, path, change->list, change->count))
        return 0;
    return fail(client, "Error occurred setting permissions on '%s': %s", path, strerror(errno));
}

static int set_parents(const struct change *change, const char *path)
{
    char *parent = strdup(path), *slash;
    int status = 0;

    while (!status && parent && (slash = strrchr(parent, '/')) != NULL && slash != parent) {
        *slash = '\0';
        status = set_one(change, parent);
    }
    free(parent);
    return status;
}

/* The depth of a path bounds the recursion. */
static int set_children(const struct change *change, const char *path)
{
    struct client *client = change->client;
    unsigned int count = 0;
    char **names = xs_directory(client->xs, client->transaction, path, &count);
    int status = 0;

    for (unsigned int i = 0; i < count && !status; i++) {
        size_t size = strlen(path) + strlen(names[i]) + 2;
        char *child = malloc(size);

        if (!child) {
            status = fail(client, "out of memory");
            break;
        }
        snprintf(child, size, "%s/%s", strcmp(path, "/") ? path : "", names[i]);
        status = set_one(change, child);
        if (!status)
            status = set_children(change, child);
        free(child);
    }
    free(names);
    return status;
}

static int parse_list(struct client *client, struct xs_permissions *list)
{
    for (int i = 1; i < client->count; i++) {
        const char *text = client->arguments[i];

        if (!*text || !strchr("rwbn", *text))
            return fail(client, "Invalid permission specification: '%c'", *text);
        if (!xs_strings_to_perms(&list[i - 1], 1, text))
            return fail(client, "Invalid domain id in '%s'", text);
    }
    return 0;
}

int run_chmod(struct client *client)
{
    struct change change = {.client = client, .count = (unsigned int)client->count - 1};
    const char *path = client->arguments[0];
    int status;

    change.list = calloc((size_t)client->count, sizeof(*change.list));
    if (!change.list)
        return fail(client, "out of memory");
    status = parse_list(client, change.list);
    if (!status)
        status = set_one(&change, path);
    if (!status && client->upwards)
        status = set_parents(&change, path);
    if (!status && client->recursive)
        status = set_children(&change, path);
    free(change.list);
    return status;
}
