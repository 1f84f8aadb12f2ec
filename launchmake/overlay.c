/* SPDX-License-Identifier: MIT */
/* Overlays, laid over the machine's tree. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "make.h"

/* What a reference, and a phandle more, take besides what the overlay itself is. */
#define ROOM 65536

static bool wrong(struct make_board *board, const struct make_overlay *overlay, const char *what)
{
    make_say(board, MAKE_ERROR, overlay->place, overlay->key, "%s: %s", overlay->path, what);
    return false;
}

static bool is_overlay(const char *data, size_t size)
{
    int node;

    if (!make_is_flattened(data, size) || fdt_totalsize(data) > size ||
        fdt_check_full(data, size) != 0)
        return false;
    fdt_for_each_subnode(node, data, 0)
    {
        if (fdt_subnode_offset(data, node, "__overlay__") >= 0)
            return true;
    }
    return false;
}

/* The tree with room for it. */
static void *grow(const void *tree, size_t size)
{
    size_t whole = fdt_totalsize(tree) + 2 * size + ROOM;
    void *grown = malloc(whole);

    if (grown && fdt_open_into(tree, grown, (int)whole) == 0)
        return grown;
    free(grown);
    return NULL;
}

/* libfdt spoils both when it fails, so that the tree is of no use then. */
static bool lay(struct make_board *board, const struct make_overlay *overlay, void **tree)
{
    size_t size;
    char *data = make_read_file(overlay->path, MAKE_MAX_TREE, &size);
    void *grown;
    int result;

    if (!data)
        return wrong(board, overlay, strerror(errno));
    if (!is_overlay(data, size)) {
        free(data);
        return wrong(board, overlay, "no flattened overlay (dtc makes one of a source)");
    }
    grown = grow(*tree, size);
    board->out_of_memory |= !grown;
    result = grown ? fdt_overlay_apply(grown, data) : 0;
    free(data);
    free(*tree);
    *tree = grown;
    if (result == -FDT_ERR_NOTFOUND || result == -FDT_ERR_BADOFFSET)
        return wrong(board, overlay,
                     "what it refers to is not in the tree, or that has no labels (dtc -@)");
    return result == 0 ? grown != NULL : wrong(board, overlay, fdt_strerror(result));
}

void *make_lay_over(struct make_board *board, void *tree)
{
    bool right = true;

    for (const struct make_overlay *overlay = board->overlays; overlay && right;
         overlay = overlay->next)
        right = lay(board, overlay, &tree);
    if (right)
        return tree;
    free(tree);
    return NULL;
}
