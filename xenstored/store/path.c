/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <xen/io/xs_wire.h>

#include "path.h"

/* What a path may consist of. */
static const bool allowed[256] = {
    ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['0' ... '9'] = true, ['-'] = true,
    ['/'] = true,         ['_'] = true,         ['@'] = true,
};

/* The length of a text of nothing else, or 0. */
static size_t allowed_length(const char *text)
{
    size_t length = 0;

    while (allowed[(unsigned char)text[length]])
        length++;
    return text[length] ? 0 : length;
}

bool path_is_valid(const char *path)
{
    size_t length = allowed_length(path);

    if (path[0] != '/' || !length || length > XENSTORE_ABS_PATH_MAX)
        return false;
    return length == 1 || (path[length - 1] != '/' && !strstr(path, "//"));
}

bool path_is_special(const char *path)
{
    size_t length = allowed_length(path);

    return path[0] == '@' && length > 1 && length <= XENSTORE_REL_PATH_MAX;
}

bool path_is_below(const char *path, const char *ancestor)
{
    size_t length = strlen(ancestor);

    if (length == 1 && *ancestor == '/')
        return *path == '/';
    return !strncmp(path, ancestor, length) && (!path[length] || path[length] == '/');
}

unsigned int path_levels_below(const char *path, const char *ancestor)
{
    size_t length = strlen(ancestor);
    unsigned int levels = 0;

    if (length == 1 && *ancestor == '/') {
        /* "/" is level 0, and every other path starts with a slash that counts. */
        if (!path[1])
            return 0;
        length = 0;
    }
    for (path += length; *path; path++)
        levels += *path == '/';
    return levels;
}

const char *path_component(const char **next, size_t *length)
{
    const char *start = *next;

    while (*start == '/')
        start++;
    if (!*start)
        return NULL;
    *length = strcspn(start, "/");
    *next = start + *length;
    return start;
}

size_t path_parent_length(const char *path)
{
    size_t length = (size_t)(strrchr(path, '/') - path);

    return length ? length : 1;
}
