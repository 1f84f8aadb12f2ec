/* SPDX-License-Identifier: MIT */
/* The fake's xenstore: what libxl uses of libxs, over a flat list of nodes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* The name of what a node is, or lies below, in the directory; false: it lies elsewhere. */
static bool child_of(const struct fake_node *node, const char *directory, char name[32])
{
    size_t length = strlen(directory);
    if (strncmp(node->path, directory, length) != 0 || node->path[length] != '/')
        return false;
    snprintf(name, 32, "%.*s", (int)strcspn(node->path + length + 1, "/"), node->path + length + 1);
    return true;
}

struct xs_handle *xs_open(unsigned long flags)
{
    (void)flags;
    while (fake.store_is_silent)
        usleep(1000);
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
    char name[32];
    if (fake.store_read)
        fake.store_read(path);
    const char *value = fake_read(path);
    errno = ENOENT;
    /* A directory that nobody wrote is there as what lies in it is. */
    for (size_t i = 0; !value && i < FAKE_NODES; i++)
        value = child_of(&fake.nodes[i], path, name) ? "" : NULL;
    if (value && len)
        *len = (unsigned int)strlen(value);
    return value ? strdup(value) : NULL;
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
              unsigned int len)
{
    char value[256];
    struct fake_node *node = find(path);
    (void)h;
    (void)t;
    if (node && node->denied) {
        errno = node->denied;
        return false;
    }
    if (fake.store_write)
        fake.store_write(path);
    snprintf(value, sizeof(value), "%.*s", (int)len, (const char *)data);
    fake_write(path, value);
    return true;
}

static bool listed(char **list, unsigned int count, const char *name)
{
    for (unsigned int i = 0; i < count; i++) {
        if (!strcmp(list[i], name))
            return true;
    }
    return false;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
    (void)h;
    (void)t;
    if (fake.store_errno) {
        errno = (int)fake.store_errno;
        return NULL;
    }
    char **list = calloc(1, FAKE_NODES * (sizeof(char *) + 32));
    char *text = (char *)(list + FAKE_NODES);
    *num = 0;
    for (size_t i = 0; i < FAKE_NODES; i++) {
        char name[32];
        if (!child_of(&fake.nodes[i], path, name) || listed(list, *num, name))
            continue;
        memcpy(text, name, sizeof(name));
        list[(*num)++] = text;
        text += 32;
    }
    if (*num || find(path))
        return list;
    free(list);
    errno = ENOENT;
    return NULL;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    (void)h;
    (void)path;
    (void)token;
    return true;
}

static bool store_changed; /* by others, in their turn */

/* Others have their turn; then there is something to be read at once, where a test has others. */
int xs_fileno(struct xs_handle *h)
{
    static int always = -1;
    (void)h;
    if (!fake.store_turn)
        return -1;
    fake.store_turn();
    store_changed = true;
    if (always < 0)
        always = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    return always;
}

char **xs_check_watch(struct xs_handle *h)
{
    static char nothing[] = "";
    char **event = store_changed ? calloc(2, sizeof(*event)) : NULL;
    (void)h;
    store_changed = false;
    if (event)
        event[0] = event[1] = nothing;
    else
        errno = EAGAIN;
    return event;
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
    return xs_watch(h, path, token);
}

void fake_remove(const char *path)
{
    char name[32];
    for (size_t i = 0; i < FAKE_NODES; i++) {
        if (!strcmp(fake.nodes[i].path, path) || child_of(&fake.nodes[i], path, name))
            memset(&fake.nodes[i], 0, sizeof(fake.nodes[i]));
    }
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    const struct fake_node *node = find(path);
    (void)h;
    (void)t;
    if (node && node->denied) {
        errno = node->denied;
        return false;
    }
    fake_remove(path);
    return true;
}

bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    return find(path) || xs_write(h, t, path, "", 0);
}

bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
                        struct xs_permissions *perms, unsigned int num_perms)
{
    struct fake_node *node = find(path);
    (void)h;
    (void)t;
    if (!node || num_perms != 2) {
        errno = ENOENT;
        return false;
    }
    snprintf(node->permissions, sizeof(node->permissions), "%c%u,%c%u", "nrwb"[perms[0].perms & 3],
             perms[0].id, "nrwb"[perms[1].perms & 3], perms[1].id);
    return true;
}

/* Only the root's owner is ever asked for. */
struct xs_permissions *xs_get_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
                                          unsigned int *num)
{
    (void)h;
    (void)t;
    errno = ENOENT;
    if (strcmp(path, "/") != 0 || fake.store_owner == DOMID_INVALID)
        return NULL;
    struct xs_permissions *owner = calloc(1, sizeof(*owner));
    if (owner)
        owner->id = fake.store_owner;
    *num = 1;
    return owner;
}

const char *fake_permissions(const char *path)
{
    const struct fake_node *node = find(path);
    return node ? node->permissions : NULL;
}

/* As nothing else writes meanwhile, each write takes effect at once; what does not come to pass is
 * taken back. One at a time. */
static struct fake_node before[FAKE_NODES];

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
    (void)h;
    memcpy(before, fake.nodes, sizeof(before));
    return 1;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
    (void)h;
    (void)t;
    if (!abort && !fake.store_conflicts)
        return true;
    memcpy(fake.nodes, before, sizeof(before));
    if (abort)
        return true;
    fake.store_conflicts--;
    errno = EAGAIN;
    return false;
}
