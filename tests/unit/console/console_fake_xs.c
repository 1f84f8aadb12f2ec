/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <xenstore.h>

#include "console_fake.h"
#include "console_fake_store.h"

#define NODES   512
#define WATCHES 256
#define EVENTS  1024

static struct {
    char path[192], value[128];
    bool used;
} nodes[NODES];

static struct {
    char path[192], token[64];
    bool used;
} watches[WATCHES];

static char events[EVENTS][2][192];
static unsigned int event_first, event_last;
static int store_fd = -1;
static bool stopped;

static void update_fd(void)
{
    uint64_t value = 1;

    if (store_fd < 0)
        return;
    if (stopped || event_first != event_last)
        (void)!write(store_fd, &value, sizeof value);
    else
        (void)!read(store_fd, &value, sizeof value);
}

static void queue_event(const char *path, const char *token)
{
    if (event_last - event_first == EVENTS)
        abort();
    snprintf(events[event_last % EVENTS][0], sizeof events[0][0], "%s", path);
    snprintf(events[event_last % EVENTS][1], sizeof events[0][1], "%s", token);
    event_last++;
    update_fd();
}

static bool below(const char *parent, const char *path)
{
    size_t length = strlen(parent);

    return strncmp(parent, path, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static void fire(const char *path)
{
    for (int i = 0; i < WATCHES; i++)
        if (watches[i].used && below(watches[i].path, path))
            queue_event(path, watches[i].token);
}

/* Relative paths are the daemon's: it runs in domain 0. */
static const char *absolute(const char *path)
{
    static char full[256];

    if (path[0] == '/' || path[0] == '@')
        return path;
    snprintf(full, sizeof full, "/local/domain/0/%s", path);
    return full;
}

static int find(const char *path)
{
    for (int i = 0; i < NODES; i++)
        if (nodes[i].used && strcmp(nodes[i].path, path) == 0)
            return i;
    return -1;
}

static void set(const char *path, const char *value)
{
    int at = find(path);

    for (int i = 0; i < NODES && at < 0; i++)
        if (!nodes[i].used)
            at = i;
    if (at < 0)
        abort();
    nodes[at].used = true;
    snprintf(nodes[at].path, sizeof nodes[at].path, "%s", path);
    snprintf(nodes[at].value, sizeof nodes[at].value, "%s", value);
}

static void drop(const char *path)
{
    for (int i = 0; i < NODES; i++)
        if (nodes[i].used && below(path, nodes[i].path))
            nodes[i].used = false;
}

void fake_store_reset(void)
{
    memset(nodes, 0, sizeof nodes);
    memset(watches, 0, sizeof watches);
    event_first = event_last = 0;
    stopped = false;
}

void fake_store_write(const char *path, const char *value)
{
    set(path, value);
    fire(path);
}

const char *fake_store_read(const char *path)
{
    int at = find(path);

    return at < 0 ? NULL : nodes[at].value;
}

void fake_store_remove(const char *path)
{
    drop(path);
    fire(path);
}

void fake_store_fire(const char *special)
{
    fire(special);
}

void fake_store_stop(void)
{
    stopped = true;
    memset(watches, 0, sizeof watches);
    event_first = event_last;
    update_fd();
}

void fake_store_start(void)
{
    stopped = false;
    update_fd();
}

/* ---- libxs ----------------------------------------------------------------------------------- */

static bool refuse(int error)
{
    errno = error;
    return false;
}

struct xs_handle *xs_open(unsigned long flags)
{
    (void)flags;
    if (stopped) {
        errno = ENOENT;
        return NULL;
    }
    store_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return (struct xs_handle *)nodes;
}

void xs_close(struct xs_handle *h)
{
    (void)h;
    memset(watches, 0, sizeof watches);
    event_first = event_last;
    close(store_fd);
    store_fd = -1;
}

int xs_fileno(struct xs_handle *h)
{
    (void)h;
    return store_fd;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
    const char *value = stopped ? NULL : fake_store_read(absolute(path));

    (void)h;
    (void)t;
    errno = stopped ? EIO : ENOENT;
    if (value && len)
        *len = (unsigned int)strlen(value);
    return value ? strdup(value) : NULL;
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
              unsigned int len)
{
    char value[128];

    (void)h;
    (void)t;
    if (stopped || len >= sizeof value)
        return refuse(EIO);
    memcpy(value, data, len);
    value[len] = '\0';
    fake_store_write(absolute(path), value);
    return true;
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    (void)h;
    (void)t;
    if (stopped)
        return refuse(EIO);
    fake_store_remove(absolute(path));
    return true;
}

/* Adds the child of `parent` on the way to `path` to the list, once. */
static unsigned int add_child(char (*names)[64], unsigned int count, const char *parent,
                              const char *path)
{
    const char *child = path + strlen(parent) + 1;
    size_t length = strcspn(child, "/");

    for (unsigned int i = 0; i < count; i++)
        if (strlen(names[i]) == length && memcmp(names[i], child, length) == 0)
            return count;
    snprintf(names[count], sizeof names[count], "%.*s", (int)length, child);
    return count + 1;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
    static char names[NODES][64];
    unsigned int count = 0;
    char **list;

    (void)h;
    (void)t;
    for (int i = 0; i < NODES; i++)
        if (nodes[i].used && below(path, nodes[i].path) && strcmp(path, nodes[i].path) != 0)
            count = add_child(names, count, path, nodes[i].path);
    if (stopped || count == 0) {
        errno = stopped ? EIO : ENOENT;
        return NULL;
    }
    list = malloc(count * (sizeof *list + sizeof names[0]));
    for (unsigned int i = 0; i < count; i++) {
        list[i] = (char *)(list + count) + i * sizeof names[0];
        memcpy(list[i], names[i], sizeof names[0]);
    }
    *num = count;
    return list;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    (void)h;
    if (stopped)
        return refuse(EIO);
    for (int i = 0; i < WATCHES; i++) {
        if (watches[i].used)
            continue;
        watches[i].used = true;
        snprintf(watches[i].path, sizeof watches[i].path, "%s", path);
        snprintf(watches[i].token, sizeof watches[i].token, "%s", token);
        queue_event(path, token);
        return true;
    }
    abort();
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
    (void)h;
    for (int i = 0; i < WATCHES; i++) {
        if (watches[i].used && strcmp(watches[i].path, path) == 0 &&
            strcmp(watches[i].token, token) == 0) {
            watches[i].used = false;
            return true;
        }
    }
    return refuse(ENOENT);
}

char **xs_check_watch(struct xs_handle *h)
{
    char **event;

    (void)h;
    if (stopped || event_first == event_last) {
        errno = stopped ? EIO : EAGAIN;
        return NULL;
    }
    event = malloc(2 * sizeof *event + 2 * sizeof events[0][0]);
    for (int i = 0; i < 2; i++) {
        event[i] = (char *)(event + 2) + i * (int)sizeof events[0][0];
        memcpy(event[i], events[event_first % EVENTS][i], sizeof events[0][0]);
    }
    event_first++;
    update_fd();
    return event;
}

bool xs_is_domain_introduced(struct xs_handle *h, unsigned int domid)
{
    (void)h;
    (void)domid;
    return !stopped;
}
