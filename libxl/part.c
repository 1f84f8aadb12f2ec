/* SPDX-License-Identifier: MIT */
/* Finds and loads parts. */
#include "part.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* From the folder of the program: no prefix is in what is built. */
#define PARTS_INSTALLED "../lib/trefoil"

const char *part_folder;

/* The folder of this program, where a part is before it is installed; /usr/bin where that is not
 * known. */
static void program_folder(char *folder, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", folder, size - 1);
    char *slash;
    folder[length > 0 ? length : 0] = '\0';
    slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    else
        snprintf(folder, size, "/usr/bin");
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void find_part(const char *file, char *path, size_t size)
{
    char folder[PATH_MAX];
    if (part_folder) {
        snprintf(path, size, "%s/%s", part_folder, file);
        return;
    }
    program_folder(folder, sizeof(folder));
    snprintf(path, size, "%s/%s", folder, file);
    if (!is_there(path))
        snprintf(path, size, "%s/%s/%s", folder, PARTS_INSTALLED, file);
}

const void *part_load(const struct part *part, char *why, size_t size)
{
    char path[2 * PATH_MAX];
    const unsigned int *found;
    void *handle;
    find_part(part->file, path, sizeof(path));
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    found = handle ? dlsym(handle, part->symbol) : NULL;
    if (!found) {
        const char *error = dlerror();
        snprintf(why, size, "%s", error ? error : path);
        return NULL;
    }
    if (*found != part->version) {
        snprintf(why, size, "%s is of another version of xl", path);
        return NULL;
    }
    return found;
}
