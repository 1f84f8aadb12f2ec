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

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;

    return at ? (int)(at - digits) : -1;
}

bool make_uuid(const char *text, uint8_t uuid[16])
{
    unsigned int nibbles = 0;

    for (; *text; text++) {
        int value = digit(*text);

        if (*text == '-')
            continue;
        if (value < 0 || nibbles == 32)
            return false;
        uuid[nibbles / 2] = (uint8_t)(uuid[nibbles / 2] << 4 | value);
        nibbles++;
    }
    return nibbles == 32;
}

const char *make_end(const char *text, bool *same)
{
    static const struct {
        const char *action, *ours;
        bool same;
    } actions[] = {
        {"destroy", "destroy", true},           {"restart", "restart", true},
        {"preserve", "preserve", true},         {"rename-restart", "restart", false},
        {"coredump-destroy", "destroy", false}, {"coredump-restart", "restart", false},
    };

    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        if (strcmp(actions[i].action, text) == 0) {
            *same = actions[i].same;
            return actions[i].ours;
        }
    return NULL;
}
