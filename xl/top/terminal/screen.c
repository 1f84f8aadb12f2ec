/* SPDX-License-Identifier: MIT */
/* The terminal as ncurses' standard screen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curses.h>

#include "terminal_ops.h"

#define ESCAPE_MS 50 /* within which the rest of a key comes */

enum { PAIR_RED = 1, PAIR_YELLOW };

static struct {
    SCREEN *screen;
    FILE *in, *out;
    char *terminfo; /* what TERMINFO was */
    bool has_colours;
} terminal;

/* ---- Taking over, and giving back ---- */

static FILE *open_again(int file, const char *mode)
{
    int copy = dup(file);
    FILE *stream = copy < 0 ? NULL : fdopen(copy, mode);
    if (!stream && copy >= 0)
        close(copy);
    return stream;
}

static bool wants_colours(void)
{
    const char *refused = getenv("NO_COLOR");
    return !(refused && *refused);
}

static void begin_colours(void)
{
    terminal.has_colours = wants_colours() && has_colors() && start_color() == OK;
    if (!terminal.has_colours)
        return;
    int ground = use_default_colors() == OK ? -1 : COLOR_BLACK;
    init_pair(PAIR_RED, COLOR_RED, (short)ground);
    init_pair(PAIR_YELLOW, COLOR_YELLOW, (short)ground);
}

/* Keys come as they are typed, and all is drawn whether some wait or not. */
static void set_mode(void)
{
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(ESCAPE_MS);
    typeahead(-1);
}

static bool take_over(const char *name, int in, int out)
{
    const char *known = terminal_describe(name, out);
    if (!known)
        return false;
    terminal.in = open_again(in, "r");
    terminal.out = open_again(out, "w");
    if (terminal.in && terminal.out)
        terminal.screen = newterm(known, terminal.out, terminal.in);
    return terminal.screen;
}

static void forget_files(void)
{
    if (terminal.in)
        fclose(terminal.in);
    if (terminal.out)
        fclose(terminal.out);
    if (terminal.terminfo)
        setenv("TERMINFO", terminal.terminfo, 1);
    else
        unsetenv("TERMINFO");
    free(terminal.terminfo);
    terminal = (typeof(terminal)){0};
}

static bool open_screen(const char *name, int in, int out)
{
    const char *terminfo = getenv("TERMINFO");
    terminal.terminfo = terminfo ? strdup(terminfo) : NULL;
    terminal_signals_take();
    if (!take_over(name, in, out)) {
        terminal_signals_give_back();
        forget_files();
        return false;
    }
    set_mode();
    begin_colours();
    terminal_keys_begin(in, out);
    terminal_take_size();
    return true;
}

static void close_screen(void)
{
    bool stays = !terminal_capability("rmcup"); /* else what was there before comes again */
    endwin();
    if (stays)
        fputs("\r\n", terminal.out);
    delscreen(terminal.screen);
    forget_files();
    terminal_signals_give_back();
}

/* ---- What is on it ---- */

static void get_size(int *rows, int *columns)
{
    getmaxyx(stdscr, *rows, *columns);
}

static void clear_screen(void)
{
    erase();
}

static chtype attributes(unsigned int style)
{
    const unsigned int colours = TERMINAL_RED | TERMINAL_YELLOW;
    chtype looks = style & TERMINAL_REVERSE ? A_REVERSE : A_NORMAL;
    if (style & TERMINAL_BOLD || (style & colours && !terminal.has_colours))
        looks |= A_BOLD;
    if (style & TERMINAL_RED && terminal.has_colours)
        looks |= (chtype)COLOR_PAIR(PAIR_RED);
    else if (style & TERMINAL_YELLOW && terminal.has_colours)
        looks |= (chtype)COLOR_PAIR(PAIR_YELLOW);
    return looks;
}

/* Of a letter of several bytes only the first is shown. */
static chtype printable(char byte)
{
    unsigned char value = (unsigned char)byte;
    return value >= ' ' && value < 0x7f ? value : '?';
}

static void put_text(int row, int column, unsigned int style, const char *text)
{
    if (row < 0 || row >= LINES || column < 0)
        return;
    for (; *text && column < COLS; text++) {
        if (((unsigned char)*text & 0xc0) != 0x80)
            mvaddch(row, column++, printable(*text) | attributes(style));
    }
}

static void mark_row(int row, unsigned int style)
{
    if (row < 0 || row >= LINES)
        return;
    for (int column = 0; column < COLS; column++)
        mvaddch(row, column, mvinch(row, column) | attributes(style));
}

static bool show_screen(void)
{
    return refresh() != ERR;
}

const struct terminal_part terminal_part = {
    .version = TERMINAL_PART_VERSION,
    .open = open_screen,
    .close = close_screen,
    .size = get_size,
    .clear = clear_screen,
    .put = put_text,
    .mark = mark_row,
    .show = show_screen,
    .key = terminal_key,
};
