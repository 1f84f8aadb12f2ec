/* SPDX-License-Identifier: MIT */
#include "configuration.h"

#include <string.h>

#define MAX_SETTINGS 1024
#define MAX_ITEMS    1024

struct reader {
    struct make_board *board;
    const char *at, *end;
    struct make_place place;
    char *value; /* room for the longest */
};

static char peek(const struct reader *reader)
{
    return reader->at < reader->end ? *reader->at : '\0';
}

static char take(struct reader *reader)
{
    char c = peek(reader);

    if (reader->at < reader->end)
        reader->at++;
    if (c == '\n')
        reader->place.line++;
    return c;
}

static bool is_key(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("_.", c));
}

static void skip_comment(struct reader *reader)
{
    while (reader->at < reader->end && peek(reader) != '\n')
        take(reader);
}

/* What separates words; ends of lines, too, where `lines`. */
static void skip(struct reader *reader, bool lines)
{
    for (;;) {
        char c = peek(reader);

        if (c == '#')
            skip_comment(reader);
        else if (c && (strchr(" \t\r", c) || (lines && c == '\n')))
            take(reader);
        else
            return;
    }
}

static bool refuse(struct reader *reader, const char *key, const char *what)
{
    make_say(reader->board, MAKE_ERROR, reader->place, key, "%s", what);
    return false;
}

static bool read_string(struct reader *reader, const char *key, const char **text)
{
    char quote = take(reader);
    size_t length = 0;

    while (reader->at < reader->end && peek(reader) != '\n') {
        char c = take(reader);

        if (c == quote) {
            *text = make_text_of(reader->board, reader->value, length);
            return true;
        }
        reader->value[length++] = c == '\\' ? take(reader) : c;
    }
    return refuse(reader, key, "a string has no end");
}

static bool read_scalar(struct reader *reader, const char *key, const char **text)
{
    const char *start = reader->at;

    if (peek(reader) == '"' || peek(reader) == '\'')
        return read_string(reader, key, text);
    while (is_key(peek(reader)) || peek(reader) == '-')
        take(reader);
    if (reader->at == start)
        return refuse(reader, key, "not a string in quotes, a number or a list of these");
    *text = make_text_of(reader->board, start, (size_t)(reader->at - start));
    return true;
}

/* A list in a list, which no key takes that means something here: its end is looked for. */
static bool pass_list(struct reader *reader, const char *key, const char **text)
{
    unsigned int depth = 0;

    *text = "[";
    while (reader->at < reader->end) {
        char c = peek(reader);
        const char *string;

        if (c == '"' || c == '\'') {
            if (!read_string(reader, key, &string))
                return false;
            continue;
        }
        take(reader);
        depth += c == '[';
        depth -= c == ']';
        if (depth == 0)
            return true;
    }
    return refuse(reader, key, "a list has no end");
}

static bool read_item(struct reader *reader, const char *key, const char **text)
{
    return peek(reader) == '[' ? pass_list(reader, key, text) : read_scalar(reader, key, text);
}

static bool read_list(struct reader *reader, struct configuration_setting *setting)
{
    struct configuration_item **last = &setting->items;
    unsigned int count = 0;

    take(reader);
    for (;;) {
        struct configuration_item *item;

        skip(reader, true);
        if (peek(reader) == ']') {
            take(reader);
            return true;
        }
        if (count++ == MAX_ITEMS)
            return refuse(reader, setting->key, "more entries than a list may have");
        item = make_allocate(reader->board, sizeof(*item));
        if (!item || !read_item(reader, setting->key, &item->text))
            return false;
        *last = item;
        last = &item->next;
        skip(reader, true);
        if (peek(reader) == ',')
            take(reader);
        else if (peek(reader) != ']')
            return refuse(reader, setting->key, "a list has no end");
    }
}

static bool read_key(struct reader *reader, struct configuration_setting *setting)
{
    const char *start = reader->at;

    while (is_key(peek(reader)))
        take(reader);
    setting->key = make_text_of(reader->board, start, (size_t)(reader->at - start));
    skip(reader, false);
    if (reader->at == start || peek(reader) != '=')
        return refuse(reader, NULL, "not KEY = value");
    take(reader);
    return true;
}

static bool read_setting(struct reader *reader, struct configuration_setting *setting)
{
    setting->place = reader->place;
    if (!read_key(reader, setting))
        return false;
    skip(reader, false);
    if (peek(reader) == '[' ? !read_list(reader, setting)
                            : !read_scalar(reader, setting->key, &setting->text))
        return false;
    skip(reader, false);
    if (peek(reader) == ';')
        take(reader);
    else if (reader->at < reader->end && peek(reader) != '\n')
        return refuse(reader, setting->key,
                      "more after its value; one that is no number is put in quotes");
    return true;
}

struct configuration_setting *configuration_read(struct make_board *board, const char *file,
                                                 const char *text, size_t size)
{
    struct reader reader = {.board = board, .at = text, .end = text + size, .place = {file, 1}};
    struct configuration_setting *first = NULL, **last = &first;
    unsigned int count = 0;

    reader.value = make_allocate(board, size + 1);
    while (reader.value) {
        struct configuration_setting *setting;

        skip(&reader, true);
        if (reader.at == reader.end)
            break;
        if (count++ == MAX_SETTINGS) {
            refuse(&reader, NULL, "more settings than a configuration has");
            break;
        }
        setting = make_allocate(board, sizeof(*setting));
        if (!setting)
            break;
        if (read_setting(&reader, setting)) {
            *last = setting;
            last = &setting->next;
        } else {
            skip_comment(&reader);
        }
    }
    return first;
}
