/* SPDX-License-Identifier: MIT */
/* xenstore-read, -exists, -write, -rm. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

static int print_value(struct client *client, const char *path, char *value, unsigned int length)
{
    char *text;

    if (client->show_path)
        fprintf(client->out, "%s: ", path);
    if (client->raw) {
        fwrite(value, 1, length, client->out);
        return 0;
    }
    text = text_escape(value, length);
    if (!text)
        return fail(client, "out of memory");
    fprintf(client->out, "%s\n", text);
    free(text);
    return 0;
}

int run_read(struct client *client)
{
    for (int i = 0; i < client->count; i++) {
        unsigned int length;
        char *value = xs_read(client->xs, client->transaction, client->arguments[i], &length);
        int status;

        if (!value)
            return fail(client, "couldn't read path %s: %s", client->arguments[i], strerror(errno));
        status = print_value(client, client->arguments[i], value, length);
        free(value);
        if (status)
            return status;
    }
    return 0;
}

int run_exists(struct client *client)
{
    for (int i = 0; i < client->count; i++) {
        char *value = xs_read(client->xs, client->transaction, client->arguments[i], NULL);

        if (!value && errno != ENOENT)
            return fail(client, "couldn't read path %s: %s", client->arguments[i], strerror(errno));
        free(value);
        if (!value)
            return 1;
    }
    return 0;
}

static bool write_value(struct client *client, const char *path, const char *text)
{
    unsigned int length = (unsigned int)strlen(text);
    char *bytes = client->raw ? strdup(text) : text_unescape(text, &length);
    bool done = bytes && xs_write(client->xs, client->transaction, path, bytes, length);

    int error = errno;

    free(bytes);
    errno = error;
    return done;
}

int run_write(struct client *client)
{
    for (int i = 0; i < client->count; i += 2) {
        if (!write_value(client, client->arguments[i], client->arguments[i + 1]))
            return fail(client, "could not write path %s: %s", client->arguments[i],
                        strerror(errno));
    }
    return 0;
}

/* Remove the parents that became empty and have no value; up to the root's children. */
static void tidy_up(struct client *client, const char *path)
{
    char *parent = strdup(path), *slash;

    while (parent && (slash = strrchr(parent, '/')) != NULL && slash != parent) {
        unsigned int count, length;
        char **names, *value;
        bool empty;

        *slash = '\0';
        names = xs_directory(client->xs, client->transaction, parent, &count);
        value = xs_read(client->xs, client->transaction, parent, &length);
        empty = names && !count && value && !length;
        free(names);
        free(value);
        if (!empty || !xs_rm(client->xs, client->transaction, parent))
            break;
    }
    free(parent);
}

int run_rm(struct client *client)
{
    for (int i = 0; i < client->count; i++) {
        if (!xs_rm(client->xs, client->transaction, client->arguments[i]))
            return fail(client, "could not remove path %s: %s", client->arguments[i],
                        strerror(errno));
        if (client->tidy)
            tidy_up(client, client->arguments[i]);
    }
    return 0;
}
