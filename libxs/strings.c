/* SPDX-License-Identifier: MIT */
/* Strings on the wire: lists of them, permissions, paths. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct iovec xs_part(const char *string)
{
    return (struct iovec){.iov_base = (void *)string, .iov_len = strlen(string) + 1};
}

unsigned int xs_count_strings(const char *strings, unsigned int len)
{
    unsigned int count = 0;

    for (unsigned int i = 0; i < len; i++) {
        if (!strings[i])
            count++;
    }
    return count;
}

char **xs_make_vector(char *strings, unsigned int length, unsigned int *count)
{
    unsigned int number = xs_count_strings(strings, length);
    char **vector = malloc((number + 1) * sizeof(*vector) + length + 1);
    char *next;

    if (!vector) {
        free(strings);
        return NULL;
    }
    next = memcpy(&vector[number + 1], strings, length);
    free(strings);
    for (unsigned int i = 0; i < number; i++) {
        vector[i] = next;
        next += strlen(next) + 1;
    }
    vector[number] = NULL;
    *count = number;
    return vector;
}

bool xs_path_is_subpath(const char *parent, const char *child)
{
    size_t length = strlen(parent);

    /* The root is the only path that ends with a slash. */
    if (length == 1 && *parent == '/')
        length = 0;
    return !strncmp(parent, child, length) && (child[length] == '/' || !child[length]);
}

static const char perm_letters[] = {
    [XS_PERM_NONE] = 'n',
    [XS_PERM_READ] = 'r',
    [XS_PERM_WRITE] = 'w',
    [XS_PERM_READ | XS_PERM_WRITE] = 'b',
};

bool xs_perm_to_string(const struct xs_permissions *perm, char *buffer, size_t buf_len)
{
    int length;

    if (perm->perms >= sizeof(perm_letters)) {
        errno = EINVAL;
        return false;
    }
    length = snprintf(buffer, buf_len, "%c%u", perm_letters[perm->perms], perm->id);
    if (length < 0 || (size_t)length >= buf_len) {
        errno = ENOSPC;
        return false;
    }
    return true;
}

bool xs_strings_to_perms(struct xs_permissions *perms, unsigned int num, const char *strings)
{
    for (unsigned int i = 0; i < num; i++) {
        const char *letter = *strings ? memchr(perm_letters, *strings, sizeof(perm_letters)) : NULL;
        char *end;

        if (!letter) {
            errno = EINVAL;
            return false;
        }
        perms[i].perms = (unsigned int)(letter - perm_letters);
        perms[i].id = (unsigned int)strtoul(strings + 1, &end, 10);
        if (end == strings + 1 || *end) {
            errno = EINVAL;
            return false;
        }
        strings = end + 1;
    }
    return true;
}
