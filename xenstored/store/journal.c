/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "journal.h"

#define FIRST_CAPACITY 4096

static bool reserve(struct journal *journal, size_t count)
{
    size_t capacity = journal->capacity ? journal->capacity : FIRST_CAPACITY;
    char *grown;

    while (capacity < journal->length + count)
        capacity *= 2;
    if (capacity == journal->capacity)
        return true;
    grown = realloc(journal->entries, capacity);
    if (!grown)
        return false;
    journal->entries = grown;
    journal->capacity = capacity;
    return true;
}

void journal_note(struct journal *journal, enum journal_kind kind, const char *path, size_t length)
{
    if (!journal->on || journal->failed)
        return;
    if (!reserve(journal, length + 2)) {
        journal->failed = true;
        return;
    }
    journal->entries[journal->length] = (char)kind;
    memcpy(journal->entries + journal->length + 1, path, length);
    journal->entries[journal->length + 1 + length] = '\0';
    journal->length += length + 2;
}

void journal_cut(struct journal *journal, size_t length)
{
    journal->length = length;
}

void journal_free(struct journal *journal)
{
    free(journal->entries);
    memset(journal, 0, sizeof(*journal));
}

const char *journal_next(const struct journal *journal, size_t *position, enum journal_kind *kind)
{
    const char *entry = journal->entries + *position;

    if (*position >= journal->length)
        return NULL;
    *kind = (enum journal_kind)entry[0];
    *position += strlen(entry) + 1;
    return entry + 1;
}
