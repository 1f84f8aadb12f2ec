/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "assignment.h"

#define MAX_ASSIGNMENTS 8192
#define MAX_INDEX       65535

struct reader {
    struct make_board *board;
    const char *at, *end;
    struct make_place place;
    char *value; /* room for the longest */
    size_t length;
};

static char peek(const struct reader *reader)
{
    return reader->at < reader->end ? *reader->at : '\n';
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

static void skip_line(struct reader *reader)
{
    while (peek(reader) != '\n')
        take(reader);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool refuse(struct reader *reader, const char *key, const char *what)
{
    make_say(reader->board, MAKE_ERROR, reader->place, key, "%s", what);
    return false;
}

/* A character of a value that is not quoted by '. */
static bool is_shell(char c)
{
    return c == '$' || c == '`';
}

static bool read_escape(struct reader *reader, bool quoted)
{
    char c = take(reader);

    if (c == '\n')
        return true;
    if (quoted && !strchr("\"\\$`", c))
        reader->value[reader->length++] = '\\';
    reader->value[reader->length++] = c;
    return true;
}

static bool read_quoted(struct reader *reader, const char *key, char quote)
{
    while (reader->at < reader->end) {
        char c = take(reader);

        if (c == quote)
            return true;
        if (c == '\\' && quote == '"') {
            read_escape(reader, true);
            continue;
        }
        if (quote == '"' && is_shell(c))
            return refuse(reader, key, "variables and commands are a shell's, and none is run");
        reader->value[reader->length++] = c;
    }
    return refuse(reader, key, "a quotation has no end");
}

/* One piece of a word that is not quoted; false at its end, or after a message. */
static bool read_plain(struct reader *reader, const char *key, bool *right)
{
    char c = peek(reader);

    if (c == '\n' || c == ' ' || c == '\t' || c == '\r')
        return false;
    if (is_shell(c) || strchr("();&|<>", c)) {
        *right = refuse(reader, key, "only a value that needs no shell is understood");
        return false;
    }
    take(reader);
    if (c == '"' || c == '\'')
        *right = read_quoted(reader, key, c);
    else if (c == '\\')
        read_escape(reader, false);
    else
        reader->value[reader->length++] = c;
    return *right;
}

/* What may follow a value: a comment. */
static bool read_rest(struct reader *reader, const char *key)
{
    while (peek(reader) == ' ' || peek(reader) == '\t' || peek(reader) == '\r')
        take(reader);
    if (peek(reader) != '\n' && peek(reader) != '#')
        return refuse(reader, key, "more than one word; a value with spaces is put in quotes");
    skip_line(reader);
    return true;
}

static bool read_value(struct reader *reader, const char *key)
{
    bool right = true;

    reader->length = 0;
    while (read_plain(reader, key, &right))
        ;
    return right && read_rest(reader, key);
}

static bool read_index(struct reader *reader, unsigned int *index)
{
    *index = 0;
    if (!is_digit(peek(reader)))
        return false;
    while (is_digit(peek(reader))) {
        *index = *index * 10 + (unsigned int)(take(reader) - '0');
        if (*index > MAX_INDEX)
            return false;
    }
    return true;
}

static bool read_indices(struct reader *reader, struct assignment *assignment)
{
    while (peek(reader) == '[' || (assignment->nr_indices == 1 && peek(reader) == ',')) {
        take(reader);
        if (assignment->nr_indices == 2 ||
            !read_index(reader, &assignment->index[assignment->nr_indices++]))
            return false;
        if (peek(reader) != ',' && take(reader) != ']')
            return false;
    }
    return true;
}

/* KEY, its indices and = ; false after a message. */
static bool read_key(struct reader *reader, struct assignment *assignment)
{
    const char *start = reader->at;

    if (!is_letter(peek(reader)))
        return refuse(reader, NULL, "not KEY=value");
    while (is_letter(peek(reader)) || is_digit(peek(reader)))
        take(reader);
    assignment->key = make_text_of(reader->board, start, (size_t)(reader->at - start));
    if (!read_indices(reader, assignment))
        return refuse(reader, assignment->key, "an index is a number, as [0] or [0,1]");
    assignment->name = make_text_of(reader->board, start, (size_t)(reader->at - start));
    if (peek(reader) != '=')
        return refuse(reader, NULL, "not KEY=value: nothing is run, as by a shell");
    take(reader);
    return true;
}

static bool read_assignment(struct reader *reader, struct assignment *assignment)
{
    assignment->place = reader->place;
    if (!read_key(reader, assignment) || !read_value(reader, assignment->name))
        return false;
    assignment->value = make_text_of(reader->board, reader->value, reader->length);
    return true;
}

static bool is_same(const struct assignment *a, const struct assignment *b)
{
    return a->nr_indices == b->nr_indices && a->index[0] == b->index[0] &&
           a->index[1] == b->index[1] && strcmp(a->key, b->key) == 0;
}

static void override_earlier(struct assignment *first, const struct assignment *last)
{
    for (; first && first != last; first = first->next)
        if (is_same(first, last))
            first->overridden = true;
}

static void read_lines(struct reader *reader, struct assignment **first)
{
    struct assignment **last = first;
    unsigned int count = 0;

    while (reader->at < reader->end) {
        struct assignment *assignment;

        while (peek(reader) == ' ' || peek(reader) == '\t' || peek(reader) == '\r')
            take(reader);
        if (peek(reader) != '\n' && peek(reader) != '#') {
            if (count++ == MAX_ASSIGNMENTS) {
                refuse(reader, NULL, "more lines than a description has");
                return;
            }
            assignment = make_allocate(reader->board, sizeof(*assignment));
            if (!assignment)
                return;
            if (read_assignment(reader, assignment)) {
                *last = assignment;
                last = &assignment->next;
                override_earlier(*first, assignment);
            }
        }
        skip_line(reader);
        take(reader);
    }
}

struct assignment *assignments_read(struct make_board *board, const char *file, const char *text,
                                    size_t size)
{
    struct reader reader = {.board = board, .at = text, .end = text + size, .place = {file, 1}};
    struct assignment *first = NULL;

    reader.value = make_allocate(board, 2 * size + 1);
    if (reader.value)
        read_lines(&reader, &first);
    return first;
}
