/* SPDX-License-Identifier: MIT */
/* Finds and loads the part that is for XML. */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xml_part.h"

/* As the build says where it will be. */
#ifndef XML_PART_INSTALLED
#define XML_PART_INSTALLED "/usr/lib/trefoil"
#endif

const char *xml_part_folder;

/* The folder of this program, where the part is before it is installed. False: not known. */
static bool program_folder(char *folder, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", folder, size - 1);
    char *slash;
    if (length < 0)
        return false;
    folder[length] = '\0';
    slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    return slash;
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void find_part(char *path, size_t size)
{
    char folder[PATH_MAX];
    if (xml_part_folder) {
        snprintf(path, size, "%s/%s", xml_part_folder, XML_PART_FILE);
        return;
    }
    if (program_folder(folder, sizeof(folder))) {
        snprintf(path, size, "%s/%s", folder, XML_PART_FILE);
        if (is_there(path))
            return;
    }
    snprintf(path, size, "%s/%s", XML_PART_INSTALLED, XML_PART_FILE);
}

const struct xml_part *xml_part_load(char *why, size_t size)
{
    char path[PATH_MAX + sizeof(XML_PART_FILE) + 1];
    const struct xml_part *part;
    void *handle;
    find_part(path, sizeof(path));
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    part = handle ? dlsym(handle, XML_PART_SYMBOL) : NULL;
    if (!part) {
        const char *error = dlerror();
        snprintf(why, size, "%s", error ? error : path);
        return NULL;
    }
    if (part->version != XML_PART_VERSION) {
        snprintf(why, size, "%s is of another version of xl", path);
        return NULL;
    }
    return part;
}
