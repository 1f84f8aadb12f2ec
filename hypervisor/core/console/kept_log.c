/* SPDX-License-Identifier: MIT */
#include "kept_log.h"
#include <trefoil/arch.h>
#include <trefoil/string.h>

/* FNV-1a's, by 64 bits at a time. What the check begins with changes with the layout. */
#define CHECK_BASIS UINT64_C(0xcbf29ce484222325)
#define CHECK_PRIME UINT64_C(0x100000001b3)

struct kept_line kept_lines[KEPT_LINES]
    __attribute__((aligned(PAGE_SIZE), section(".noinit.kept")));

static uint64_t last; /* number */

static uint32_t check_of(const struct kept_line *line, uint32_t size)
{
    uint64_t check = (CHECK_BASIS ^ line->number) * CHECK_PRIME ^ size;

    for (unsigned int i = 0; i < (size + 7) / 8; i++)
        check = (check * CHECK_PRIME) ^ line->words[i];
    check *= CHECK_PRIME;
    return (uint32_t)(check >> 32 ^ check);
}

static bool is_whole(const struct kept_line *line, unsigned int place)
{
    return line->size && line->size <= KEPT_TEXT && line->number % KEPT_LINES == place &&
           line->check == check_of(line, line->size);
}

static uint64_t newest(void)
{
    uint64_t number = 0;

    for (unsigned int i = 0; i < KEPT_LINES; i++) {
        if (is_whole(&kept_lines[i], i) && kept_lines[i].number > number)
            number = kept_lines[i].number;
    }
    return number;
}

void kept_log_forget(void)
{
    memset(kept_lines, 0, sizeof(kept_lines));
    arch_clean_for_guest(kept_lines, sizeof(kept_lines));
}

unsigned int kept_log_open(void (*tell)(const char *text, size_t size))
{
    uint64_t end = newest();
    unsigned int count = 0;

    for (unsigned int i = 1; i <= KEPT_LINES && end; i++) {
        uint64_t number = end - KEPT_LINES + i;
        struct kept_line *line = &kept_lines[number % KEPT_LINES];

        if (line->number != number || !is_whole(line, (unsigned int)(number % KEPT_LINES)))
            continue;
        for (uint32_t at = 0; at < line->size; at++) {
            if (line->text[at] < ' ' || line->text[at] > '~')
                line->text[at] = '?';
        }
        tell(line->text, line->size);
        count++;
    }
    last = 0;
    kept_log_forget();
    return count;
}

void kept_log_add(const char *text, size_t size)
{
    uint64_t number = ++last;
    struct kept_line *line = &kept_lines[number % KEPT_LINES];

    if (size > KEPT_TEXT)
        size = KEPT_TEXT;
    if (size)
        line->words[(size - 1) / 8] = 0;
    memcpy(line->text, text, size);
    line->number = number;
    line->size = (uint32_t)size;
    line->check = check_of(line, (uint32_t)size);
    arch_clean_for_guest(line, offsetof(struct kept_line, text) + size);
}
