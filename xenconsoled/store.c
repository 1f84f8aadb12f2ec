/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

/* Formats a path into a local buffer; false when it does not fit or nobody is there to ask. */
#define FORMAT_PATH(daemon, path, format)                                                          \
    ({                                                                                             \
        va_list arguments_;                                                                        \
        int length_;                                                                               \
        va_start(arguments_, format);                                                              \
        length_ = vsnprintf((path), sizeof(path), (format), arguments_);                           \
        va_end(arguments_);                                                                        \
        (daemon)->store &&length_ >= 0 && (size_t)length_ < sizeof(path);                          \
    })

/* Looks at errno after a failure. */
static void failed(struct daemon *daemon)
{
    if (errno == EIO || errno == EPIPE || errno == ECONNRESET || errno == EBADF)
        daemon_store_lost(daemon);
}

bool store_parse_number(const char *text, unsigned int *value)
{
    char *end;
    unsigned long number;

    errno = 0;
    number = strtoul(text, &end, 10);
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' || number > UINT_MAX)
        return false;
    *value = (unsigned int)number;
    return true;
}

char *store_read(struct daemon *daemon, const char *format, ...)
{
    char path[STORE_PATH_MAX];
    char *value;

    if (!FORMAT_PATH(daemon, path, format))
        return NULL;
    value = xs_read(daemon->store, XBT_NULL, path, NULL);
    if (!value)
        failed(daemon);
    return value;
}

bool store_read_number(struct daemon *daemon, unsigned int *value, const char *format, ...)
{
    char path[STORE_PATH_MAX];
    char *text;
    bool good;

    if (!FORMAT_PATH(daemon, path, format))
        return false;
    text = store_read(daemon, "%s", path);
    good = text && store_parse_number(text, value);
    free(text);
    return good;
}

char **store_list(struct daemon *daemon, unsigned int *count, const char *path)
{
    char **names = daemon->store ? xs_directory(daemon->store, XBT_NULL, path, count) : NULL;

    if (!names && daemon->store)
        failed(daemon);
    return names;
}

bool store_write(struct daemon *daemon, const char *value, const char *format, ...)
{
    char path[STORE_PATH_MAX];

    if (!FORMAT_PATH(daemon, path, format))
        return false;
    if (xs_write(daemon->store, XBT_NULL, path, value, (unsigned int)strlen(value)))
        return true;
    failed(daemon);
    return false;
}

bool store_remove(struct daemon *daemon, const char *format, ...)
{
    char path[STORE_PATH_MAX];

    if (!FORMAT_PATH(daemon, path, format))
        return false;
    if (xs_rm(daemon->store, XBT_NULL, path))
        return true;
    failed(daemon);
    return false;
}

bool store_watch(struct daemon *daemon, const char *token, const char *format, ...)
{
    char path[STORE_PATH_MAX];

    if (!FORMAT_PATH(daemon, path, format))
        return false;
    if (xs_watch(daemon->store, path, token) || errno == EEXIST)
        return true;
    failed(daemon);
    return false;
}

void store_unwatch(struct daemon *daemon, const char *token, const char *format, ...)
{
    char path[STORE_PATH_MAX];

    if (FORMAT_PATH(daemon, path, format) && !xs_unwatch(daemon->store, path, token))
        failed(daemon);
}

bool store_introduced(struct daemon *daemon, unsigned int domid)
{
    return daemon->store && xs_is_domain_introduced(daemon->store, domid);
}
