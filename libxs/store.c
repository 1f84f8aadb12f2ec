/* SPDX-License-Identifier: MIT */
/* Reading and changing the store, transactions. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* How often a listing in parts starts again because the directory changed meanwhile. */
#define LISTING_TRIES 64

struct listing {
    char generation[24];
    char *names;
    size_t length;
};

/* The last part ends with an empty name; an empty directory is just that. */
static bool is_last_part(const char *names, unsigned int length)
{
    return length <= 1 || names[length - 1] != '\0' || names[length - 2] == '\0';
}

/* Appends one part. Returns 1 when the list is complete, 0 for more, -1 with errno. */
static int listing_add(struct listing *list, const char *part, unsigned int length)
{
    size_t generation_length = strnlen(part, length) + 1;
    bool complete;
    char *grown;

    if (generation_length > length || generation_length > sizeof(list->generation)) {
        errno = EIO;
        return -1;
    }
    if (list->length && strcmp(list->generation, part)) {
        errno = EAGAIN;
        return -1;
    }
    memcpy(list->generation, part, generation_length);
    part += generation_length;
    length -= (unsigned int)generation_length;
    complete = is_last_part(part, length);
    if (complete && length)
        length--;
    grown = realloc(list->names, list->length + length + 1);
    if (!grown)
        return -1;
    memcpy(grown + list->length, part, length);
    list->names = grown;
    list->length += length;
    return complete;
}

static int listing_read(struct xs_handle *h, xs_transaction_t t, const char *path,
                        struct listing *list)
{
    int complete = 0;

    while (!complete) {
        char offset[16];
        struct iovec parts[2] = {xs_part(path)};
        unsigned int length;
        char *part;

        snprintf(offset, sizeof(offset), "%zu", list->length);
        parts[1] = xs_part(offset);
        part = xs_request(h, t, XS_DIRECTORY_PART, parts, 2, &length);
        if (!part)
            return -1;
        complete = listing_add(list, part, length);
        free(part);
    }
    return complete < 0 ? -1 : 0;
}

static char *directory_parts(struct xs_handle *h, xs_transaction_t t, const char *path,
                             unsigned int *length)
{
    for (int tries = 0; tries < LISTING_TRIES; tries++) {
        struct listing list = {0};

        if (!listing_read(h, t, path, &list)) {
            *length = (unsigned int)list.length;
            return list.names;
        }
        free(list.names);
        if (errno != EAGAIN)
            break;
    }
    return NULL;
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
    unsigned int length = 0;
    char *names = xs_request_string(h, t, XS_DIRECTORY, path, &length);

    if (!names && errno == E2BIG)
        names = directory_parts(h, t, path, &length);
    return names ? xs_make_vector(names, length, num) : NULL;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
    return xs_request_string(h, t, XS_READ, path, len);
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
              unsigned int len)
{
    struct iovec parts[] = {xs_part(path), {.iov_base = (void *)data, .iov_len = len}};

    return xs_request_ack(h, t, XS_WRITE, parts, 2);
}

bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    struct iovec part = xs_part(path);

    return xs_request_ack(h, t, XS_MKDIR, &part, 1);
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    struct iovec part = xs_part(path);

    return xs_request_ack(h, t, XS_RM, &part, 1);
}

struct xs_permissions *xs_get_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
                                          unsigned int *num)
{
    unsigned int length;
    char *reply = xs_request_string(h, t, XS_GET_PERMS, path, &length);
    struct xs_permissions *perms = NULL;

    if (!reply)
        return NULL;
    *num = xs_count_strings(reply, length);
    perms = calloc(*num ? *num : 1, sizeof(*perms));
    if (perms && !xs_strings_to_perms(perms, *num, reply)) {
        free(perms);
        perms = NULL;
        errno = EIO;
    }
    free(reply);
    return perms;
}

bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
                        struct xs_permissions *perms, unsigned int num_perms)
{
    char strings[XENSTORE_PAYLOAD_MAX];
    struct iovec parts[2] = {xs_part(path)};
    size_t used = 0;

    for (unsigned int i = 0; i < num_perms; i++) {
        if (!xs_perm_to_string(&perms[i], strings + used, sizeof(strings) - used))
            return false;
        used += strlen(strings + used) + 1;
    }
    parts[1] = (struct iovec){.iov_base = strings, .iov_len = used};
    return xs_request_ack(h, t, XS_SET_PERMS, parts, 2);
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
    char *reply = xs_request_string(h, XBT_NULL, XS_TRANSACTION_START, "", NULL);
    xs_transaction_t t;

    if (!reply)
        return XBT_NULL;
    t = (xs_transaction_t)strtoul(reply, NULL, 0);
    free(reply);
    return t;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
    struct iovec part = xs_part(abort ? "F" : "T");

    return xs_request_ack(h, t, XS_TRANSACTION_END, &part, 1);
}
