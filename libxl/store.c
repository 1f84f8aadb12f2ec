/* SPDX-License-Identifier: MIT */
/*
 * The connection to xenstored. Linux's xenbus device opens whether or not an xenstored is there and
 * then blocks the first request for ever, so that one is made by a helper thread with a time limit.
 */
#include "store.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ANSWER_SECONDS 5

struct connection {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct xs_handle *store;
    int error;
    bool done;
    bool abandoned; /* nobody waits: the thread cleans up */
};

/* Those that nobody waits for, and that have no answer yet. */
static atomic_uint unanswered;

static void free_connection(struct connection *connection)
{
    pthread_cond_destroy(&connection->changed);
    pthread_mutex_destroy(&connection->lock);
    free(connection);
}

static void *connect_thread(void *argument)
{
    struct connection *connection = argument;
    struct xs_handle *store = xs_open(0);
    int error = store ? 0 : errno;
    if (store)
        free(xs_read(store, XBT_NULL, "/tool/xenstored", NULL));

    pthread_mutex_lock(&connection->lock);
    connection->store = store;
    connection->error = error;
    connection->done = true;
    bool abandoned = connection->abandoned;
    pthread_cond_signal(&connection->changed);
    pthread_mutex_unlock(&connection->lock);
    if (abandoned) {
        atomic_fetch_sub(&unanswered, 1);
        xs_close(store);
        free_connection(connection);
    }
    return NULL;
}

/* Waits for the thread: 0, or an errno value. */
static int await_connection(struct connection *connection, struct xs_handle **store)
{
    struct timespec limit;
    int rc = 0;
    clock_gettime(CLOCK_MONOTONIC, &limit);
    limit.tv_sec += ANSWER_SECONDS;
    pthread_mutex_lock(&connection->lock);
    while (!connection->done && rc == 0)
        rc = pthread_cond_timedwait(&connection->changed, &connection->lock, &limit);
    bool done = connection->done;
    connection->abandoned = !done;
    if (!done)
        atomic_fetch_add(&unanswered, 1);
    pthread_mutex_unlock(&connection->lock);
    if (!done)
        return ETIMEDOUT;
    *store = connection->store;
    rc = connection->error;
    free_connection(connection);
    return rc;
}

/* A program that tries again and again has one thread that waits, and waits itself only once. */
static int connect_store(struct xs_handle **store)
{
    if (atomic_load(&unanswered))
        return ETIMEDOUT;
    struct connection *connection = calloc(1, sizeof(*connection));
    if (!connection)
        return ENOMEM;
    pthread_mutex_init(&connection->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&connection->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_t thread;
    int rc = pthread_create(&thread, NULL, connect_thread, connection);
    if (rc) {
        free_connection(connection);
        return rc;
    }
    pthread_detach(thread);
    return await_connection(connection, store);
}

struct xs_handle *libxl_store(struct libxl_ctx *ctx)
{
    if (ctx->store_tried) {
        if (!ctx->store)
            libxl_fail(ctx, LIBXL_NO_XENSTORED, "No xenstored answers.");
        return ctx->store;
    }
    ctx->store_tried = true;
    int error = connect_store(&ctx->store);
    if (error)
        libxl_fail(ctx, LIBXL_NO_XENSTORED, "No xenstored answers: %s.", strerror(error));
    return ctx->store;
}

bool libxl_store_read(struct libxl_ctx *ctx, char *out, size_t size, const char *format, ...)
{
    struct xs_handle *store = libxl_store(ctx);
    if (!store)
        return false;
    char path[256];
    va_list list;
    va_start(list, format);
    vsnprintf(path, sizeof(path), format, list);
    va_end(list);
    char *value = xs_read(store, XBT_NULL, path, NULL);
    if (!value)
        return false;
    snprintf(out, size, "%s", value);
    free(value);
    return true;
}

/*
 * Who is connected by xenstored's socket has no directory for relative paths: it is in the domain
 * that xenstored runs in, to which the root of the store belongs.
 */
static uint32_t store_owner(struct libxl_ctx *ctx)
{
    unsigned int count;
    struct xs_handle *store = libxl_store(ctx);
    struct xs_permissions *owner = store ? xs_get_permissions(store, XBT_NULL, "/", &count) : NULL;
    uint32_t domid = owner && count ? owner[0].id : DOMID_INVALID;
    free(owner);
    return domid;
}

uint32_t libxl_own_domid(struct libxl_ctx *ctx)
{
    char text[16];
    return libxl_store_read(ctx, text, sizeof(text), "domid") ? (uint32_t)strtoul(text, NULL, 10)
                                                              : store_owner(ctx);
}

struct xs_handle *libxl_watch_domains(struct libxl_ctx *ctx)
{
    static const char *const paths[] = {"@releaseDomain", "@introduceDomain"};
    struct xs_handle *store = libxl_store(ctx);
    for (size_t i = 0; store && i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (!xs_watch(store, paths[i], "wait") && errno != EEXIST)
            store = NULL;
    }
    return store;
}

void libxl_await_change(struct xs_handle *store)
{
    struct pollfd fd = {.fd = store ? xs_fileno(store) : -1, .events = POLLIN};
    if (poll(&fd, 1, 500) <= 0)
        return;
    char **event;
    while ((event = xs_check_watch(store)))
        free(event);
}
