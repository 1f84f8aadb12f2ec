/* SPDX-License-Identifier: MIT */
/* From paths and phandles to nodes, and back. */
#include "tree.h"

#include <libfdt.h>
#include <string.h>

int tree_child(const void *fdt, int node)
{
    int depth = 0, child = tree_next_node(fdt, node, &depth);

    return depth == 1 ? child : -1;
}

int tree_sibling(const void *fdt, int node)
{
    int depth = 1;

    do
        node = tree_next_node(fdt, node, &depth);
    while (node >= 0 && depth > 1);
    return node >= 0 && depth == 1 ? node : -1;
}

/* Is it called so, or so with a unit address that the text leaves out? */
static bool is_called(const char *name, const char *text, size_t length)
{
    if (strncmp(name, text, length) != 0)
        return false;
    return name[length] == '\0' || (name[length] == '@' && !memchr(text, '@', length));
}

int tree_find(const void *fdt, int node, const char *path, size_t length)
{
    const char *end = path + length;

    while (node >= 0) {
        const char *slash;
        size_t part;

        while (path < end && *path == '/')
            path++;
        if (path == end)
            return node;
        slash = memchr(path, '/', (size_t)(end - path));
        part = (size_t)((slash ? slash : end) - path);
        node = tree_child(fdt, node);
        while (node >= 0 && !is_called(tree_name(fdt, node), path, part))
            node = tree_sibling(fdt, node);
        path += part;
    }
    return -1;
}

uint32_t tree_phandle(const void *fdt, int node)
{
    struct tree_item item = tree_items(fdt, node);
    uint32_t old = 0;

    while (tree_next_item(fdt, &item)) {
        const char *name = item.name;
        bool prefixed = strncmp(name, "linux,", strlen("linux,")) == 0;

        if (strcmp(prefixed ? name + strlen("linux,") : name, "phandle") != 0 ||
            item.size != sizeof(uint32_t))
            continue;
        if (!prefixed)
            return fdt32_ld((const fdt32_t *)item.data);
        old = fdt32_ld((const fdt32_t *)item.data);
    }
    return old;
}

int tree_find_phandle(const void *fdt, uint32_t phandle)
{
    int depth = 0;

    if (phandle == 0 || phandle == UINT32_MAX)
        return -1;
    for (int node = 0; node >= 0; node = tree_next_node(fdt, node, &depth))
        if (tree_phandle(fdt, node) == phandle)
            return node;
    return -1;
}

const char *tree_walk_path(const struct tree_walk *walk, char *path, size_t size)
{
    size_t used = 0;

    strcpy(path, "/");
    for (int i = 1; i <= walk->depth; i++) {
        const char *name = tree_name(walk->fdt, walk->level[i].node);
        size_t length = strlen(name);

        if (used + length + 2 > size)
            return strcpy(path, "?");
        path[used] = '/';
        memcpy(&path[used + 1], name, length + 1);
        used += length + 1;
    }
    return path;
}

const char *tree_path(const void *fdt, int node, char *path, size_t size)
{
    struct tree_walk walk;

    return tree_walk_to(&walk, fdt, node) ? tree_walk_path(&walk, path, size) : strcpy(path, "?");
}
