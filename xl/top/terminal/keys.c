/* SPDX-License-Identifier: MIT */
/* What comes from the terminal: keys, signals, and its size. */
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <curses.h>

#include "terminal_ops.h"

#define ANSWER_MS   500 /* within which a terminal says where its cursor is */
#define ROWS        24
#define COLUMNS     80
#define ROWS_MAX    1000
#define COLUMNS_MAX 1000
#define ESCAPE      27
#define BACKSPACE   8

static int in, out;

/* ---- Signals ---- */

static const int numbers[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT};
#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static volatile sig_atomic_t has_resized, is_to_end;
static struct sigaction actions_before[NUMBERS];
static sigset_t mask_before;

static void on_signal(int number)
{
    if (number == SIGWINCH)
        has_resized = 1;
    else
        is_to_end = 1;
}

void terminal_signals_take(void)
{
    const struct sigaction action = {.sa_handler = on_signal};
    sigset_t mask;
    has_resized = is_to_end = 0;
    sigemptyset(&mask);
    for (size_t i = 0; i < NUMBERS; i++)
        sigaddset(&mask, numbers[i]);
    sigprocmask(SIG_BLOCK, &mask, &mask_before);
    for (size_t i = 0; i < NUMBERS; i++)
        sigaction(numbers[i], &action, &actions_before[i]);
}

void terminal_signals_give_back(void)
{
    for (size_t i = 0; i < NUMBERS; i++)
        sigaction(numbers[i], &actions_before[i], NULL);
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

/* Whether something can be read within so many ms; a signal ends the wait. */
static bool wait_for_input(int milliseconds)
{
    struct pollfd fd = {.fd = in, .events = POLLIN};
    const struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    return ppoll(&fd, 1, &time, &mask_before) > 0;
}

/* ---- Size ---- */

static int from_environment(const char *name)
{
    const char *text = getenv(name);
    return text ? (int)strtol(text, NULL, 10) : 0;
}

/* Whether it answers ECMA-48's question (DSR) where its cursor is. */
static bool can_answer(void)
{
    const char *question = terminal_capability("u7");
    return question && !strcmp(question, "\033[6n");
}

/* Where the cursor is when it was sent far to the right and down. */
static bool ask_size(int *rows, int *columns)
{
    static const char question[] = "\033[999;999H\033[6n";
    char answer[32];
    size_t length = 0;
    if (!can_answer() || write(out, question, sizeof(question) - 1) < 0)
        return false;
    while (length + 1 < sizeof(answer)) {
        if (!wait_for_input(ANSWER_MS) || read(in, answer + length, 1) != 1)
            return false;
        if (answer[length++] == 'R')
            break;
    }
    answer[length] = '\0';
    const char *start = strchr(answer, '\033');
    return start && sscanf(start, "\033[%d;%dR", rows, columns) == 2;
}

static bool is_size(int rows, int columns)
{
    return rows > 0 && columns > 0 && rows <= ROWS_MAX && columns <= COLUMNS_MAX;
}

/* A serial line has no size but what the terminal says. */
void terminal_take_size(void)
{
    struct winsize size;
    int rows = 0, columns = 0;
    if (ioctl(out, TIOCGWINSZ, &size) == 0) {
        rows = size.ws_row;
        columns = size.ws_col;
    }
    if (rows < 1 || columns < 1) {
        rows = from_environment("LINES");
        columns = from_environment("COLUMNS");
    }
    if ((rows < 1 || columns < 1) && !ask_size(&rows, &columns))
        rows = columns = 0;
    if (!is_size(rows, columns)) {
        rows = ROWS;
        columns = COLUMNS;
    }
    resize_term(rows, columns);
    clearok(curscr, TRUE);
}

/* ---- Keys ---- */

/* In either mode of a keypad, and of terminals that are taken for others. */
static const struct {
    const char *sequence;
    int code;
} sequences[] = {
    {"\033[A", KEY_UP},     {"\033OA", KEY_UP},    {"\033[B", KEY_DOWN},   {"\033OB", KEY_DOWN},
    {"\033[C", KEY_RIGHT},  {"\033OC", KEY_RIGHT}, {"\033[D", KEY_LEFT},   {"\033OD", KEY_LEFT},
    {"\033[5~", KEY_PPAGE}, {"\033[H", KEY_HOME},  {"\033[6~", KEY_NPAGE}, {"\033OH", KEY_HOME},
    {"\033[1~", KEY_HOME},  {"\033[F", KEY_END},   {"\033[4~", KEY_END},   {"\033OF", KEY_END},
};

static const struct {
    int code, key;
} keys[] = {
    {KEY_UP, TERMINAL_UP},           {KEY_DOWN, TERMINAL_DOWN},     {KEY_LEFT, TERMINAL_LEFT},
    {KEY_RIGHT, TERMINAL_RIGHT},     {KEY_PPAGE, TERMINAL_PAGE_UP}, {KEY_HOME, TERMINAL_HOME},
    {KEY_NPAGE, TERMINAL_PAGE_DOWN}, {KEY_END, TERMINAL_END},       {KEY_ENTER, '\r'},
    {KEY_BACKSPACE, BACKSPACE},
};

void terminal_keys_begin(int from, int to)
{
    in = from;
    out = to;
    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
        define_key(sequences[i].sequence, sequences[i].code);
}

/* What follows an escape, of a key that nobody has described. Alone it is that key. */
static int skip_sequence(void)
{
    int letter = getch();
    if (letter == ERR)
        return ESCAPE;
    while ((letter = getch()) != ERR) {
        if (letter >= '@' && letter <= '~')
            break;
    }
    return TERMINAL_UNKNOWN;
}

static int translate(int code)
{
    if (code == ESCAPE)
        return skip_sequence();
    if (code <= UCHAR_MAX)
        return code;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (keys[i].code == code)
            return keys[i].key;
    }
    return TERMINAL_UNKNOWN;
}

int terminal_key(int milliseconds)
{
    int code = getch();
    if (code != ERR)
        return translate(code);
    bool is_ready = wait_for_input(milliseconds);
    if (is_to_end)
        return TERMINAL_GONE;
    if (has_resized) {
        has_resized = 0;
        terminal_take_size();
        return TERMINAL_RESIZED;
    }
    if (!is_ready)
        return TERMINAL_NONE;
    code = getch();
    return code == ERR ? TERMINAL_GONE : translate(code);
}
