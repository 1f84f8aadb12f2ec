/* SPDX-License-Identifier: MIT */
/* Words that several kinds of descriptions have. */
#include <string.h>
#include <xen/bootfdt.h>

#include "make.h"

#define MAX_CPU  1023 /* that is understood */
#define LAST_CPU 63   /* that a tree can say, for all of them */

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

static bool read_cpu(const char **text, unsigned int *cpu)
{
    const char *at = *text;

    *cpu = 0;
    for (; *at >= '0' && *at <= '9' && *cpu <= MAX_CPU; at++)
        *cpu = *cpu * 10 + (unsigned int)(*at - '0');
    if (at == *text || *cpu > MAX_CPU)
        return false;
    *text = at;
    return true;
}

/* One CPU or a range of them, or all. */
static bool read_range(const char **text, bool all, unsigned int *first, unsigned int *last)
{
    if (all && strncmp(*text, "all", 3) == 0) {
        *text += 3;
        *first = 0;
        *last = LAST_CPU;
        return true;
    }
    if (!read_cpu(text, first))
        return false;
    *last = *first;
    if (**text != '-')
        return true;
    (*text)++;
    return read_cpu(text, last) && *last >= *first;
}

/* After ^ those that are none of them. */
static bool read_cpus(const char *text, bool all, bool cpus[MAX_CPU + 1])
{
    unsigned int first, last;

    for (;; text++) {
        bool without = *text == '^';

        text += without;
        if (!read_range(&text, all, &first, &last))
            return false;
        for (; first <= last; first++)
            cpus[first] = !without;
        if (*text != ',')
            return !*text;
    }
}

const char *make_cpus(struct make_board *board, const char *list, bool all, const char **wrong)
{
    bool cpus[MAX_CPU + 2] = {false};
    char text[4 * (MAX_CPU + 1)] = "";
    size_t used = 0;

    *wrong = all ? "only CPUs such as \"0-3,^2,5\" and \"all\" can be said"
                 : "only CPUs such as \"0-3,^2,5\" can be said";
    if (!read_cpus(list, all, cpus))
        return NULL;
    for (unsigned int first = 0, end; first <= MAX_CPU; first = end + 1) {
        for (end = first; cpus[end]; end++)
            ;
        if (end > first)
            used += (size_t)snprintf(text + used, sizeof(text) - used,
                                     end > first + 1 ? "%s%u-%u" : "%s%u", used ? "," : "", first,
                                     end - 1);
    }
    *wrong = "leaves no CPU";
    return used ? make_text(board, text) : NULL;
}
