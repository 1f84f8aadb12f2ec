/* SPDX-License-Identifier: MIT */
#include "describe.h"

#include <string.h>

#include "cells.h"

#define UNPACK(...)      __VA_ARGS__
#define CALL(macro, ...) macro(__VA_ARGS__)

#define WORDS(self, control, hardware, xenstore, device_model)                                     \
    {                                                                                              \
        CELL_##self, CELL_##control, CELL_##hardware, CELL_##xenstore, CELL_##device_model         \
    }
#define SETS(guest, control, hardware, xenstore, device_model)                                     \
    {                                                                                              \
        guest, control, hardware, xenstore, device_model                                           \
    }

static const struct {
    struct policy_row row;
    uint8_t cells[POLICY_COUNT][COLUMN_COUNT];
} table[] = {
#define OPERATION(name, kind, target, dummy, silo, split, abi, why)                                \
    [OP_##name] = {                                                                                \
        {#name, abi, why, false},                                                                  \
        {CALL(WORDS, UNPACK dummy), CALL(WORDS, UNPACK silo), CALL(WORDS, UNPACK split)}},
#define PAIR(name, dummy, silo, split, abi, why)                                                   \
    [OP_##name] = {{#name, abi, why, true},                                                        \
                   {CALL(SETS, UNPACK dummy), CALL(SETS, UNPACK silo), CALL(SETS, UNPACK split)}},
#include "operations.def"
#undef OPERATION
#undef PAIR
};

static const struct policy_item items[] = {
#define SECTION(text)                                               {text, OP_COUNT},
#define OPERATION(name, kind, target, dummy, silo, split, abi, why) {NULL, OP_##name},
#define PAIR(name, dummy, silo, split, abi, why)                    {NULL, OP_##name},
#include "operations.def"
#undef OPERATION
#undef PAIR
};

static const char *const columns[] = {
    [COLUMN_SELF] = "self",
    [COLUMN_CONTROL] = "control",
    [COLUMN_HARDWARE] = "hardware",
    [COLUMN_XENSTORE] = "xenstore",
    [COLUMN_DEVICE_MODEL] = "device model",
};
static const char *const kinds[] = {
    [KIND_read] = "read", [KIND_change] = "change", [KIND_communicate] = "communicate"};
static const char *const targets[] = {
    [TARGET_itself] = "itself", [TARGET_domain] = "domain", [TARGET_system] = "machine"};
static const char *const relations[] = {
    [RELATION_SYSTEM] = "the machine",        [RELATION_SELF] = "itself",
    [RELATION_OWN_TARGET] = "its own target", [RELATION_PEER] = "a declared peer",
    [RELATION_OTHER] = "another domain",      [RELATION_UNTARGETABLE] = "an untargetable domain",
    [RELATION_UNKNOWN] = "no such domain",
};

const struct policy_item *policy_items(size_t *count)
{
    *count = sizeof(items) / sizeof(items[0]);
    return items;
}

const struct policy_row *policy_row(enum policy_operation operation)
{
    return &table[operation].row;
}

const char *policy_column_name(enum policy_column column)
{
    return columns[column];
}

const char *policy_kind_name(enum policy_kind kind)
{
    return kinds[kind];
}

const char *policy_target_name(enum policy_target target)
{
    return targets[target];
}

const char *policy_relation_name(enum policy_relation relation)
{
    return relations[relation];
}

static const struct word {
    unsigned int bits;
    const char *text;
} partner_words[] = {
    {ALL, "anyone"},    {C, "control"},        {H, "hardware"},
    {X, "xenstore"},    {D, "device models"},  {G, "guests"},
    {T, "own targets"}, {P, "declared peers"}, {U, "untargetable too"},
};

/* For each of these, of several that fit the first says it all. */
static const struct word domain_words[] = {
    {CELL_see, "any, untargetable too"},
    {CELL_all, "any"},
    {CELL_both, "itself, own targets"},
    {CELL_own, "own targets"},
    {CELL_itself, "itself"},
    {0, "no"},
};

static void append(char *text, size_t size, const char *more)
{
    size_t used = strlen(text);
    size_t room = size - used - 1;

    strncat(text, more, room);
}

static void list_partners(unsigned int set, char *text, size_t size)
{
    const size_t count = sizeof(partner_words) / sizeof(partner_words[0]);

    for (size_t i = 0; i < count; i++) {
        const struct word *word = &partner_words[i];

        if ((set & word->bits) != word->bits)
            continue;
        if (text[0] != '\0')
            append(text, size, ", ");
        append(text, size, word->text);
        set &= ~word->bits;
    }
    if (text[0] == '\0')
        append(text, size, "nobody");
}

static const char *domain_word(unsigned int cell)
{
    const struct word *word = domain_words;

    while ((cell & word->bits) != word->bits)
        word++;
    return word->text;
}

static const char *operation_word(enum policy_target target, unsigned int cell)
{
    if (target == TARGET_system)
        return (cell & CELL_IN_SYSTEM) != 0 ? "yes" : "no";
    return domain_word(cell);
}

const char *policy_cell_text(enum policy_id policy, enum policy_operation operation,
                             enum policy_column column, char *text, size_t size)
{
    unsigned int cell = table[operation].cells[policy][column];

    text[0] = '\0';
    if (table[operation].row.pair)
        list_partners(cell, text, size);
    else
        append(text, size, operation_word(policy_operation_target(operation), cell));
    return text;
}

enum policy_operation policy_operation_from_name(const char *name)
{
    enum policy_operation operation = 0;

    while (operation < OP_COUNT && strcmp(name, table[operation].row.name) != 0 &&
           strcmp(name, table[operation].row.abi) != 0)
        operation++;
    return operation;
}
