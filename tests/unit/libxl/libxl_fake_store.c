/* SPDX-License-Identifier: MIT */
/* The fake's xenstore: what libxl uses of libxs, over a flat list of nodes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenstore.h>

#include "libxl_fake.h"

struct xs_handle {
    int unused;
};

static struct fake_node *find(const char *path)
{
    for (size_t i = 0; i < FAKE_NODES; i++) {
        if (!strcmp(fake.nodes[i].path, path))
            return &fake.nodes[i];
    }
    return NULL;
}

void fake_write(const char *path, const char *value)
{
    struct fake_node *node = find(path);
    if (!node)
        node = find("");
    if (!node)
        abort();
    snprintf(node->path, sizeof(node->path), "%s", path);
    snprintf(node->value, sizeof(node->value), "%s", value);
}

const char *fake_read(const char *path)
{
    const struct fake_node *node = find(path);
    return node ? node->value : NULL;
}

struct xs_handle *xs_open(unsigned long flags)
{
    (void)flags;
    errno = ECONNREFUSED;
    return fake.no_store ? NULL : calloc(1, sizeof(struct xs_handle));
}

void xs_close(struct xs_handle *h)
{
    free(h);
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
    (void)h;
    (void)t;
    const char *value = fake_read(path);
    errno = ENOENT;
    if (value && len)
        *len = (unsigned int)strlen(value);
    return value ? strdup(value) : NULL;
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
              unsigned int len)
{
    char value[64];
    struct fake_node *node = find(path);
    (void)h;
    (void)t;
    if (node && node->denied) {
        errno = node->denied;
        return false;
    }
    snprintf(value, sizeof(value), "%.*s", (int)len, (const char *)data);
    fake_write(path, value);
    return true;
}

/* Only what lies in /local/domain is ever listed. */
char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
    (void)h;
    (void)t;
    if (strcmp(path, "/local/domain") || fake.store_errno) {
        errno = fake.store_errno ? (int)fake.store_errno : ENOENT;
        return NULL;
    }
    char **list = calloc(1, FAKE_NODES * (sizeof(char *) + 16));
    char *text = (char *)(list + FAKE_NODES);
    *num = 0;
    for (size_t i = 0; i < FAKE_NODES; i++) {
        unsigned int domid;
        char rest[16];
        if (sscanf(fake.nodes[i].path, "/local/domain/%u/%15s", &domid, rest) != 2 ||
            strcmp(rest, "name"))
            continue;
        snprintf(text, 16, "%u", domid);
        list[(*num)++] = text;
        text += 16;
    }
    return list;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    (void)h;
    (void)path;
    (void)token;
    return true;
}

int xs_fileno(struct xs_handle *h)
{
    (void)h;
    return -1;
}

char **xs_check_watch(struct xs_handle *h)
{
    (void)h;
    errno = EAGAIN;
    return NULL;
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
    return xs_watch(h, path, token);
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    struct fake_node *node = find(path);
    (void)h;
    (void)t;
    if (node)
        memset(node, 0, sizeof(*node));
    return true;
}

/* Each write takes effect at once. */
xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
    (void)h;
    return 1;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
    (void)h;
    (void)t;
    return !abort;
}
