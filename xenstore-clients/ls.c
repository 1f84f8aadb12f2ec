/* SPDX-License-Identifier: MIT */
/* xenstore-ls and xenstore-list. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client.h"

/* On a terminal: where permissions begin. */
#define PERMISSION_COLUMN 60
#define CUT_MARK          "..."

/* What is shown of a tree, and where. */
struct listing {
    struct client *client;
    bool terminal;
    int width; /* 0: no limit */
};

static char *join(const char *directory, const char *name)
{
    size_t size = strlen(directory) + strlen(name) + 2;
    char *path = malloc(size);

    /* The root brings its slash along. */
    if (path)
        snprintf(path, size, "%s%s%s", directory, strcmp(directory, "/") ? "/" : "", name);
    return path;
}

/* Cut the text so that the line fits. Returns what to write behind it. */
static const char *cut(const struct listing *listing, char *text, int column)
{
    int room = listing->width - column - (int)sizeof("\"" CUT_MARK "\"");

    if (!listing->width || room < 0 || strlen(text) <= (size_t)room + sizeof(CUT_MARK) - 1)
        return "";
    text[room] = '\0';
    return CUT_MARK;
}

static void print_node_permissions(const struct listing *listing, const char *path, int column)
{
    struct client *client = listing->client;
    struct xs_permissions *list;
    unsigned int count;

    list = xs_get_permissions(client->xs, XBT_NULL, path, &count);
    if (!list)
        return;
    if (listing->terminal && !client->full_path) {
        fputc(' ', stdout);
        for (column++; column < PERMISSION_COLUMN; column++)
            fputc(column & 1 ? '.' : ' ', stdout);
        fputs("  ", stdout);
    } else {
        fputs("   ", stdout);
    }
    print_permissions(stdout, list, count);
    free(list);
}

/* One line. Returns false when the node is gone meanwhile. */
static bool print_node(const struct listing *listing, const char *path, const char *name, int depth)
{
    struct client *client = listing->client;
    unsigned int length;
    char *value = xs_read(client->xs, XBT_NULL, path, &length), *text;
    const char *mark;
    int column;

    if (!value && errno == ENOENT)
        return false;
    if (client->full_path)
        column = printf("%s", path);
    else
        column = printf("%*s%s", depth, "", name);
    text = value ? text_escape(value, length) : NULL;
    if (text) {
        mark = cut(listing, text, column + 3);
        column += printf(" = \"%s%s\"", text, mark);
    } else {
        column += printf(":"); /* not for us to read */
    }
    if (client->permissions)
        print_node_permissions(listing, path, column);
    putchar('\n');
    free(text);
    free(value);
    return true;
}

/* The depth of a path bounds the recursion. */
static int print_below(const struct listing *listing, const char *path, int depth)
{
    struct client *client = listing->client;
    unsigned int count;
    char **names = xs_directory(client->xs, XBT_NULL, path, &count);
    int status = 0;

    if (!names) {
        /* A node that goes while we look is no mistake, one that was asked for is. */
        if (errno == ENOENT && depth)
            return 0;
        return fail(client, "xs_directory (%s): %s", path, strerror(errno));
    }
    for (unsigned int i = 0; i < count; i++) {
        char *child = join(path, names[i]);

        if (child && print_node(listing, child, names[i], depth))
            status |= print_below(listing, child, depth + 1);
        free(child);
    }
    free(names);
    return status;
}

int run_ls(struct client *client)
{
    struct listing listing = {.client = client, .terminal = isatty(STDOUT_FILENO)};
    struct winsize size;
    int status = 0;

    if (listing.terminal)
        listing.width = !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : 80;
    if (!client->count)
        return print_below(&listing, "/", 0);
    for (int i = 0; i < client->count; i++)
        status |= print_below(&listing, client->arguments[i], 0);
    return status;
}

static void list_directory(struct client *client, const char *path, char **names,
                           unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        if (client->show_path)
            fprintf(client->out, "%s/", strcmp(path, "/") ? path : "");
        fprintf(client->out, "%s\n", names[i]);
    }
}

int run_list(struct client *client)
{
    for (int i = 0; i < client->count; i++) {
        unsigned int count;
        char **names = xs_directory(client->xs, client->transaction, client->arguments[i], &count);

        if (!names)
            return fail(client, "could not list path %s: %s", client->arguments[i],
                        strerror(errno));
        list_directory(client, client->arguments[i], names, count);
        free(names);
    }
    return 0;
}
