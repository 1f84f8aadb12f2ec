/* SPDX-License-Identifier: MIT */
/* The line to the terminal: its mode, its size, its keys. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "terminal.h"

#define ESCAPE_MS 50  /* within which the rest of a key comes */
#define ANSWER_MS 500 /* within which a terminal says where its cursor is */
#define ROWS      24
#define COLUMNS   80

static struct termios mode_before;
static volatile sig_atomic_t has_resized, is_to_end;

static void on_signal(int number)
{
    if (number == SIGWINCH)
        has_resized = 1;
    else
        is_to_end = 1;
}

/* One byte within so many ms; -1: none, -2: there will be none. */
static int read_byte(const struct terminal *terminal, int milliseconds)
{
    struct pollfd fd = {.fd = terminal->in, .events = POLLIN};
    unsigned char byte;
    if (poll(&fd, 1, milliseconds) <= 0)
        return -1;
    ssize_t got = read(terminal->in, &byte, 1);
    if (got == 1)
        return byte;
    return got < 0 && (errno == EINTR || errno == EAGAIN) ? -1 : -2;
}

/* ---- Size ---- */

static int from_environment(const char *name)
{
    const char *text = getenv(name);
    return text ? (int)strtol(text, NULL, 10) : 0;
}

/* Where the cursor is (ECMA-48: CPR) when it was sent far to the right and down. */
static bool ask_size(const struct terminal *terminal, int *rows, int *columns)
{
    static const char question[] = "\033[999;999H\033[6n";
    char answer[32];
    size_t length = 0;
    if (write(terminal->out, question, sizeof(question) - 1) < 0)
        return false;
    while (length + 1 < sizeof(answer)) {
        int byte = read_byte(terminal, ANSWER_MS);
        if (byte < 0)
            return false;
        answer[length++] = (char)byte;
        if (byte == 'R')
            break;
    }
    answer[length] = '\0';
    const char *start = strchr(answer, '\033');
    return start && sscanf(start, "\033[%d;%dR", rows, columns) == 2;
}

/* A serial line has no size but what the terminal says. */
static bool take_size(struct terminal *terminal)
{
    struct winsize size;
    int rows = 0, columns = 0;
    if (ioctl(terminal->out, TIOCGWINSZ, &size) == 0) {
        rows = size.ws_row;
        columns = size.ws_col;
    }
    if (rows < 1 || columns < 1) {
        rows = from_environment("LINES");
        columns = from_environment("COLUMNS");
    }
    if ((rows < 1 || columns < 1) && !ask_size(terminal, &rows, &columns)) {
        rows = ROWS;
        columns = COLUMNS;
    }
    return terminal_resize(terminal, rows, columns) || terminal_resize(terminal, ROWS, COLUMNS);
}

/* ---- Keys ---- */

static const struct {
    const char *sequence; /* after ESC */
    int key;
} sequences[] = {
    {"[A", TERMINAL_UP},         {"OA", TERMINAL_UP},    {"[B", TERMINAL_DOWN},
    {"OB", TERMINAL_DOWN},       {"[C", TERMINAL_RIGHT}, {"OC", TERMINAL_RIGHT},
    {"[D", TERMINAL_LEFT},       {"OD", TERMINAL_LEFT},  {"[5~", TERMINAL_PAGE_UP},
    {"[6~", TERMINAL_PAGE_DOWN}, {"[H", TERMINAL_HOME},  {"[1~", TERMINAL_HOME},
    {"OH", TERMINAL_HOME},       {"[F", TERMINAL_END},   {"[4~", TERMINAL_END},
    {"OF", TERMINAL_END},
};

static bool is_last(const char *sequence, size_t length)
{
    char last = sequence[length - 1];
    return length > 1 && last >= '@' && last <= '~';
}

/* What follows an escape. Alone it is that key. */
static int read_sequence(const struct terminal *terminal)
{
    char sequence[16];
    size_t length = 0;
    do {
        int byte = read_byte(terminal, ESCAPE_MS);
        if (byte < 0)
            return length ? TERMINAL_UNKNOWN : 27;
        sequence[length++] = (char)byte;
    } while (length + 1 < sizeof(sequence) && !is_last(sequence, length));
    sequence[length] = '\0';
    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
        if (!strcmp(sequence, sequences[i].sequence))
            return sequences[i].key;
    }
    return TERMINAL_UNKNOWN;
}

int terminal_key(struct terminal *terminal, int milliseconds)
{
    int byte = is_to_end || has_resized ? -1 : read_byte(terminal, milliseconds);
    if (is_to_end || byte == -2)
        return TERMINAL_GONE;
    if (has_resized) {
        has_resized = 0;
        return take_size(terminal) ? TERMINAL_RESIZED : TERMINAL_GONE;
    }
    if (byte < 0)
        return TERMINAL_NONE;
    return byte == 27 ? read_sequence(terminal) : byte;
}

/* ---- Mode ---- */

/* Those that cannot move their cursor, or of which nothing is known. */
static bool can_move(const char *name)
{
    static const char *const cannot[] = {"", "dumb", "unknown", "emacs"};
    for (size_t i = 0; i < sizeof(cannot) / sizeof(cannot[0]); i++) {
        if (!name || !strcmp(name, cannot[i]))
            return false;
    }
    return true;
}

static bool knows_colours(const char *name)
{
    const char *refused = getenv("NO_COLOR");
    return !(refused && *refused) && strncmp(name, "vt", 2) != 0;
}

static void follow_signals(void (*handler)(int))
{
    static const int numbers[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT};
    struct sigaction action = {.sa_handler = handler};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        sigaction(numbers[i], &action, NULL);
}

bool terminal_open(struct terminal *terminal)
{
    const char *name = getenv("TERM");
    *terminal = (struct terminal){.in = STDIN_FILENO, .out = STDOUT_FILENO};
    if (!can_move(name) || !isatty(terminal->out) || tcgetattr(terminal->in, &mode_before) != 0)
        return false;
    terminal->has_colours = knows_colours(name);
    struct termios raw = mode_before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    has_resized = is_to_end = 0;
    follow_signals(on_signal);
    if (tcsetattr(terminal->in, TCSADRAIN, &raw) == 0 && take_size(terminal))
        return true;
    terminal_close(terminal);
    return false;
}

void terminal_close(struct terminal *terminal)
{
    char text[32];
    int length = snprintf(text, sizeof(text), "\033[0m\033[%d;1H\r\n", terminal->rows);
    if (terminal->in >= 0) {
        if (terminal->cells && write(terminal->out, text, (size_t)length) < 0)
            has_resized = 0;
        tcsetattr(terminal->in, TCSADRAIN, &mode_before);
        follow_signals(SIG_DFL);
    }
    free(terminal->cells);
    free(terminal->shown);
    terminal->cells = terminal->shown = NULL;
}
