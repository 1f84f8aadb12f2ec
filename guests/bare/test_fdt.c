/* SPDX-License-Identifier: MIT */
/* Reading the flattened device tree that the guest was given (Devicetree Specification 5). */
#include "test.h"

enum { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOP = 4 };

static const uint8_t *tree;

void fdt_use(const void *fdt)
{
    tree = fdt;
}

uint64_t fdt_cells(const void *property, unsigned int first, unsigned int count)
{
    const uint8_t *byte = (const uint8_t *)property + 4 * (size_t)first;
    uint64_t value = 0;

    for (unsigned int i = 0; i < 4 * count; i++)
        value = value << 8 | byte[i];
    return value;
}

static uint32_t word(size_t offset)
{
    return (uint32_t)fdt_cells(tree + offset, 0, 1);
}

static size_t length(const char *text)
{
    size_t n = 0;

    while (text[n] != '\0')
        n++;
    return n;
}

bool text_equal(const char *one, const char *other)
{
    for (; *one != '\0' && *one == *other; one++, other++)
        ;
    return *one == *other;
}

/* Is the node's name the first part of the path? Then what follows of the path, else NULL. */
static const char *part_match(const char *path, const char *name)
{
    while (*path == '/')
        path++;
    while (*path != '\0' && *path != '/' && *path == *name) {
        path++;
        name++;
    }
    if (*path != '\0' && *path != '/')
        return NULL;
    return *name == '\0' || *name == '@' ? path : NULL;
}

const void *fdt_property(const char *path, const char *name, uint32_t *size)
{
    size_t at = word(8), strings = word(12), end = at + word(36);
    unsigned int depth = 0, matched = 0; /* nodes of the path that we are in */
    const char *rest[16] = {path};

    while (at < end) {
        uint32_t token = word(at);

        at += 4;
        if (token == BEGIN_NODE) {
            const char *node = (const char *)tree + at, *after = NULL;

            if (depth > 0 && depth < LENGTH(rest) && matched == depth)
                after = part_match(rest[depth - 1], node);
            depth++;
            if (depth == 1 || after != NULL) {
                matched = depth;
                rest[depth - 1] = depth == 1 ? path : after;
            }
            at += (length(node) + 4) & ~3UL;
        } else if (token == END_NODE) {
            depth--;
            if (matched > depth)
                matched = depth;
        } else if (token == PROPERTY) {
            const char *wanted = rest[matched > 0 ? matched - 1 : 0];
            bool here = matched == depth && (*wanted == '\0' || text_equal(wanted, "/"));

            if (here && text_equal((const char *)tree + strings + word(at + 4), name)) {
                *size = word(at);
                return tree + at + 8;
            }
            at += 8 + ((word(at) + 3) & ~3UL);
        } else if (token != NOP) {
            break;
        }
    }
    return NULL;
}

unsigned int option(const char *name)
{
    uint32_t size;
    const char *text = fdt_property("/chosen", "bootargs", &size);
    unsigned int value = 0;

    while (text != NULL && *text != '\0') {
        const char *letter = name;

        while (*letter != '\0' && *letter == *text) {
            letter++;
            text++;
        }
        if (*letter == '\0' && *text == '=') {
            for (text++; *text >= '0' && *text <= '9'; text++)
                value = 10 * value + (unsigned int)(*text - '0');
            return value;
        }
        while (*text != '\0' && *text++ != ' ')
            ;
    }
    return 0;
}
