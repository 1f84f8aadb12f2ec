/* SPDX-License-Identifier: MIT */
/* Words that several kinds of descriptions have. */
#include <string.h>
#include <xen/bootfdt.h>

#include "make.h"

bool make_next_word(const char **text, const char *separators, char *word, size_t size)
{
    size_t length;

    *text += strspn(*text, separators);
    length = strcspn(*text, separators);
    snprintf(word, size, "%.*s", (int)(length < size ? length : size - 1), *text);
    *text += length;
    return length > 0;
}

bool make_roles(const char *text, uint64_t *roles)
{
    static const struct {
        const char *name;
        uint32_t role;
    } names[] = {{"control", DOMAIN_CAPS_CONTROL},
                 {"hardware", DOMAIN_CAPS_HARDWARE},
                 {"xenstore", DOMAIN_CAPS_XENSTORE},
                 {"dom0", DOMAIN_CAPS_CONTROL | DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE},
                 {"none", 0}};
    char word[24];

    *roles = 0;
    if (make_number(text, roles))
        return !(*roles & ~(uint64_t)DOMAIN_CAPS_MASK);
    while (make_next_word(&text, "| \t,", word, sizeof(word))) {
        size_t i = 0;

        while (i < sizeof(names) / sizeof(names[0]) && strcmp(names[i].name, word) != 0)
            i++;
        if (i == sizeof(names) / sizeof(names[0]))
            return false;
        *roles |= names[i].role;
    }
    return true;
}
