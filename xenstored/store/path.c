/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <xen/io/xs_wire.h>

#include "path.h"

/* What a name may consist of. */
static const bool in_name[256] = {
    ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['0' ... '9'] = true,
    ['-'] = true,         ['_'] = true,         ['@'] = true,
};

bool path_is_valid(const char *path)
{
    const char *next = path;

    if (path[0] == '/' && !path[1])
        return true;
    do {
        const char *name = next + 1;

        if (*next != '/' || !in_name[(unsigned char)*name])
            return false;
        for (next = name; in_name[(unsigned char)*next];)
            next++;
    } while (*next);
    return next - path <= XENSTORE_ABS_PATH_MAX;
}

bool path_is_special(const char *path)
{
    const char *next = path;

    if (*path != '@')
        return false;
    while (in_name[(unsigned char)*next] || *next == '/')
        next++;
    return !*next && next - path > 1 && next - path <= XENSTORE_REL_PATH_MAX;
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
    const char *start = *next, *end;

    while (*start == '/')
        start++;
    if (!*start)
        return NULL;
    for (end = start; *end && *end != '/';)
        end++;
    *length = (size_t)(end - start);
    *next = end;
    return start;
}

size_t path_parent_length(const char *path)
{
    size_t length = (size_t)(strrchr(path, '/') - path);

    return length ? length : 1;
}
