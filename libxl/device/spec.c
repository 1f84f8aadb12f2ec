/* SPDX-License-Identifier: MIT */
#include "spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One reading. */
struct reader {
    struct libxl_ctx *ctx;
    const struct spec_syntax *syntax;
    void *item;
    struct spec_seen *seen;
};

static enum libxl_code bad_word(const struct reader *reader, const char *word, const char *why)
{
    return libxl_fail(reader->ctx, LIBXL_FAILED, "The %s specification's word '%.100s' %s.",
                      reader->syntax->noun, word, why);
}

/* Those of one position are one. */
static uint64_t bit_of(const struct reader *reader, const struct spec_key *key)
{
    return 1ull << (key->position ? key->position : 8 + (key - reader->syntax->keys));
}

static enum libxl_code store(const struct reader *reader, const struct spec_key *key,
                             const char *value, const char *word)
{
    char why[160];
    if (reader->seen->keys & bit_of(reader, key)) {
        snprintf(why, sizeof(why), "says %s a second time", key->name);
        return bad_word(reader, word, why);
    }
    /* An empty value is the default. */
    if (key->how != SPEC_FLAG && !*value)
        return LIBXL_OK;
    reader->seen->keys |= bit_of(reader, key);
    if (key->take && !key->take(reader->item, value)) {
        snprintf(why, sizeof(why), "makes no sense: %s %s", key->name, key->takes);
        return bad_word(reader, word, why);
    }
    if (!key->size)
        return LIBXL_OK;
    if (strlen(value) >= key->size) {
        snprintf(why, sizeof(why), "is too long: %s has at most %zu characters", key->name,
                 key->size - 1);
        return bad_word(reader, word, why);
    }
    snprintf((char *)reader->item + key->offset, key->size, "%s", value);
    return LIBXL_OK;
}

/* The key that a word names; *value is what follows its '='. */
static const struct spec_key *named(const struct spec_syntax *syntax, const char *word,
                                    const char **value)
{
    size_t length = strcspn(word, "=");
    for (const struct spec_key *key = syntax->keys; key->name; key++) {
        bool flag = key->how == SPEC_FLAG;
        if (strlen(key->name) != length || strncmp(key->name, word, length) != 0 ||
            flag != !word[length])
            continue;
        *value = key->how == SPEC_WHOLE ? word : word + length + !flag;
        return key;
    }
    return NULL;
}

/* Whether that position has its value, or gets none. */
static bool is_past(const struct reader *reader, unsigned int position, const char *word)
{
    const struct spec_syntax *syntax = reader->syntax;
    return reader->seen->keys & 1ull << position ||
           (syntax->left_out && syntax->left_out(reader->item, position, word));
}

/* A word that stands for itself. */
static enum libxl_code read_positional(const struct reader *reader, const char *word)
{
    struct spec_seen *seen = reader->seen;
    do
        seen->position++;
    while (is_past(reader, seen->position, word));
    if (seen->position > reader->syntax->positions)
        return *word ? bad_word(reader, word, "is one too many, or none that there is") : LIBXL_OK;
    for (const struct spec_key *key = reader->syntax->keys; key->name; key++) {
        if (key->position == seen->position && key->how != SPEC_WHOLE)
            return store(reader, key, word, word);
    }
    return LIBXL_OK;
}

static enum libxl_code read_word(const struct reader *reader, const char *word)
{
    const char *value;
    const struct spec_key *key = named(reader->syntax, word, &value);
    if (key)
        return store(reader, key, value, word);
    if (strchr(word, '=') && strcspn(word, "=") < strcspn(word, "/:"))
        return bad_word(reader, word, "names nothing that there is");
    return read_positional(reader, word);
}

/* Whether the word takes the commas after it, too. */
static bool takes_rest(const struct spec_syntax *syntax, const char *word)
{
    const char *value;
    const struct spec_key *key = strchr(word, '=') ? named(syntax, word, &value) : NULL;
    return key && key->how == SPEC_REST;
}

enum libxl_code libxl_spec_read(struct libxl_ctx *ctx, const struct spec_syntax *syntax,
                                const char *text, void *item, struct spec_seen *seen)
{
    const struct reader reader = {ctx, syntax, item, seen};
    char *copy = strdup(text), *rest = copy;
    enum libxl_code code = LIBXL_OK;
    if (!copy)
        return libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
    while (rest && !code) {
        char *word = rest + strspn(rest, " \t");
        rest = takes_rest(syntax, word) ? NULL : strchr(word, ',');
        if (rest)
            *rest++ = '\0';
        code = read_word(&reader, word);
    }
    free(copy);
    return code;
}
