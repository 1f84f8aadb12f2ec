/* SPDX-License-Identifier: MIT */
/* The kinds of descriptions: their names, their looks, their readers. */
#include <string.h>

#include "imagebuilder.h"
#include "libvirt.h"
#include "system.h"
#include "xlcfg.h"

/* Lines of an ImageBuilder configuration that every one has, and nothing else. */
static bool is_imagebuilder(const char *text, size_t size)
{
    static const char *const keys[] = {"NUM_DOMUS=", "DOMU_KERNEL[", "DOM0_KERNEL="};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (memmem(text, size, keys[i], strlen(keys[i])))
            return true;
    return false;
}

/* A line that begins with name =, which every domain of xl's has. */
static bool is_xl(const char *text, size_t size)
{
    const char *end = text + size;

    while (text < end) {
        const char *line = memchr(text, '\n', (size_t)(end - text));
        const char *at = text + strspn(text, " \t");

        if (strncmp(at, "name", 4) == 0 && at[4 + strspn(at + 4, " \t")] == '=')
            return true;
        text = line ? line + 1 : end;
    }
    return false;
}

/* The first thing in XML. */
static bool is_xml(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '<';
}

static bool is_libvirt(const char *text, size_t size)
{
    return is_xml(text) && memmem(text, size, "<domain", strlen("<domain"));
}

/* Flattened, or a source. */
static bool is_tree(const char *text, size_t size)
{
    static const char *const words[] = {"/dts-v1/", "/include/", "openamp,domain-v1"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (memmem(text, size, words[i], strlen(words[i])))
            return true;
    return make_is_flattened(text, size);
}

static const struct {
    const char *name;
    bool (*looks)(const char *text, size_t size);
    void (*read)(struct make_board *board, const char *file, const char *text, size_t size);
} kinds[] = {
    [MAKE_IMAGEBUILDER] = {"imagebuilder", is_imagebuilder, imagebuilder_read},
    [MAKE_XL] = {"xl", is_xl, xlcfg_read},
    [MAKE_LIBVIRT] = {"libvirt", is_libvirt, libvirt_read},
    [MAKE_SYSTEM] = {"system-device-tree", is_tree, system_read},
};

enum make_kind make_kind_of_name(const char *name)
{
    enum make_kind kind = 0;

    while (kind < MAKE_KINDS && strcmp(kinds[kind].name, name) != 0)
        kind++;
    return kind;
}

enum make_kind make_kind_of_text(const char *text, size_t size)
{
    enum make_kind kind = is_xml(text) ? MAKE_LIBVIRT : is_tree(text, size) ? MAKE_SYSTEM : 0;

    while (kind < MAKE_KINDS && !kinds[kind].looks(text, size))
        kind++;
    return kind;
}

const char *make_kind_name(enum make_kind kind)
{
    return kinds[kind].name;
}

void make_read(struct make_board *board, enum make_kind kind, const char *file, const char *text,
               size_t size)
{
    kinds[kind].read(board, file, text, size);
}
