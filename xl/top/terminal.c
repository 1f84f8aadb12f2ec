/* SPDX-License-Identifier: MIT */
/* The grid, and what is written for it (ECMA-48: CUP, ED, SGR). */
#include "terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "terminal_cell.h"

#define ROWS_MAX    1000
#define COLUMNS_MAX 1000

static size_t size_of(const struct terminal *terminal)
{
    return (size_t)terminal->rows * (size_t)terminal->columns;
}

bool terminal_resize(struct terminal *terminal, int rows, int columns)
{
    if (rows < 1 || columns < 1 || rows > ROWS_MAX || columns > COLUMNS_MAX)
        return false;
    free(terminal->cells);
    free(terminal->shown);
    terminal->rows = rows;
    terminal->columns = columns;
    terminal->cells = calloc(size_of(terminal), sizeof(*terminal->cells));
    terminal->shown = calloc(size_of(terminal), sizeof(*terminal->shown));
    if (!terminal->cells || !terminal->shown)
        return false;
    terminal_clear(terminal);
    return true;
}

void terminal_clear(struct terminal *terminal)
{
    for (size_t i = 0; i < size_of(terminal); i++)
        terminal->cells[i] = (struct terminal_cell){.letter = ' '};
}

/* Of a letter of several bytes only the first is shown. */
static char printable(char byte)
{
    unsigned char value = (unsigned char)byte;
    return value >= ' ' && value < 0x7f ? byte : '?';
}

void terminal_put(struct terminal *terminal, int row, int column, unsigned int style,
                  const char *text)
{
    if (row < 0 || row >= terminal->rows || column < 0)
        return;
    struct terminal_cell *line = terminal->cells + (size_t)row * (size_t)terminal->columns;
    for (; *text && column < terminal->columns; text++) {
        if (((unsigned char)*text & 0xc0) == 0x80)
            continue;
        line[column++] = (struct terminal_cell){.letter = printable(*text), .style = style};
    }
}

void terminal_mark(struct terminal *terminal, int row, unsigned int style)
{
    if (row < 0 || row >= terminal->rows)
        return;
    struct terminal_cell *line = terminal->cells + (size_t)row * (size_t)terminal->columns;
    for (int column = 0; column < terminal->columns; column++)
        line[column].style |= style;
}

void terminal_row(const struct terminal *terminal, int row, char *out, size_t size)
{
    const struct terminal_cell *line = terminal->cells + (size_t)row * (size_t)terminal->columns;
    size_t length = 0;
    for (int column = 0; column < terminal->columns && length + 1 < size; column++)
        out[length++] = line[column].letter;
    while (length && out[length - 1] == ' ')
        length--;
    out[length] = '\0';
}

/* ---- Writing ---- */

struct writer {
    const struct terminal *terminal;
    char text[4096];
    size_t length;
    bool failed;
};

static void flush(struct writer *writer)
{
    for (size_t done = 0; done < writer->length && !writer->failed;) {
        ssize_t wrote = write(writer->terminal->out, writer->text + done, writer->length - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        writer->failed = wrote <= 0;
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    writer->length = 0;
}

static void emit(struct writer *writer, const char *text)
{
    size_t length = strlen(text);
    if (writer->length + length > sizeof(writer->text))
        flush(writer);
    memcpy(writer->text + writer->length, text, length);
    writer->length += length;
}

static void emit_style(struct writer *writer, unsigned int style)
{
    const unsigned int colours = TERMINAL_RED | TERMINAL_YELLOW;
    if (!writer->terminal->has_colours && (style & colours))
        style = (style & ~colours) | TERMINAL_BOLD;
    emit(writer, "\033[0");
    emit(writer, style & TERMINAL_BOLD ? ";1" : "");
    emit(writer, style & TERMINAL_REVERSE ? ";7" : "");
    emit(writer, style & TERMINAL_RED ? ";31" : "");
    emit(writer, style & TERMINAL_YELLOW ? ";33" : "");
    emit(writer, "m");
}

static bool is_same(const struct terminal_cell *a, const struct terminal_cell *b)
{
    return a->letter == b->letter && a->style == b->style;
}

/* The changed letters of a row: the cursor is moved to each run of them. */
static void emit_row(struct writer *writer, int row, unsigned int *style)
{
    const struct terminal *terminal = writer->terminal;
    const size_t first = (size_t)row * (size_t)terminal->columns;
    int at = -1;
    /* A letter in the last column of the last row scrolls some terminals. */
    int columns = terminal->columns - (row == terminal->rows - 1);
    for (int column = 0; column < columns; column++) {
        struct terminal_cell *cell = &terminal->cells[first + (size_t)column];
        char place[32];
        if (is_same(cell, &terminal->shown[first + (size_t)column]))
            continue;
        snprintf(place, sizeof(place), "\033[%d;%dH", row + 1, column + 1);
        if (at != column)
            emit(writer, place);
        if (cell->style != *style)
            emit_style(writer, cell->style);
        *style = cell->style;
        emit(writer, (char[]){cell->letter, '\0'});
        terminal->shown[first + (size_t)column] = *cell;
        at = column + 1;
    }
}

bool terminal_show(struct terminal *terminal)
{
    struct writer writer = {.terminal = terminal};
    unsigned int style = 0;
    if (!terminal->shown[0].letter) {
        emit(&writer, "\033[0m\033[H\033[J");
        for (size_t i = 0; i < size_of(terminal); i++)
            terminal->shown[i] = (struct terminal_cell){.letter = ' '};
    }
    for (int row = 0; row < terminal->rows; row++)
        emit_row(&writer, row, &style);
    if (style)
        emit_style(&writer, 0);
    flush(&writer);
    return !writer.failed;
}
