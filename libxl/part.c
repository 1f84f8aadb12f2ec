/* SPDX-License-Identifier: MIT */
/* Finds and loads the part that is for XML. */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xml_part.h"

/* From the folder of the program: no prefix is in what is built. */
#define XML_PART_INSTALLED "../lib/trefoil"

const char *xml_part_folder;

/* The folder of this program, where the part is before it is installed; /usr/bin where that is
 * not known. */
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

static void find_part(char *path, size_t size)
{
    char folder[PATH_MAX];
    if (xml_part_folder) {
        snprintf(path, size, "%s/%s", xml_part_folder, XML_PART_FILE);
        return;
    }
    program_folder(folder, sizeof(folder));
    snprintf(path, size, "%s/%s", folder, XML_PART_FILE);
    if (!is_there(path))
        snprintf(path, size, "%s/%s/%s", folder, XML_PART_INSTALLED, XML_PART_FILE);
}

const struct xml_part *xml_part_load(char *why, size_t size)
{
    char path[PATH_MAX + sizeof(XML_PART_INSTALLED) + sizeof(XML_PART_FILE) + 2];
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
