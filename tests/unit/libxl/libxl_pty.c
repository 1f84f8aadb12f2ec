/* SPDX-License-Identifier: MIT */
#include "libxl_pty.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>
#include <curses.h>

#include "libxl/part.h"

#define WRITTEN_MS 100

void pty_resize(struct pty *pty, int rows, int columns)
{
    const struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    assert_int_equal(ioctl(pty->own, TIOCSWINSZ, &size), 0);
}

void pty_open(struct pty *pty, int rows, int columns)
{
    static const struct part part = {TERMINAL_PART_FILE, TERMINAL_PART_SYMBOL,
                                     TERMINAL_PART_VERSION};
    char why[512];
    part_folder = PART;
    pty->part = part_load(&part, why, sizeof(why));
    if (!pty->part)
        fail_msg("%s", why);
    pty->own = posix_openpt(O_RDWR | O_NOCTTY);
    assert_int_equal(grantpt(pty->own), 0);
    assert_int_equal(unlockpt(pty->own), 0);
    pty->terminal = open(ptsname(pty->own), O_RDWR | O_NOCTTY);
    assert_true(pty->terminal >= 0);
    pty_resize(pty, rows, columns);
}

void pty_close(struct pty *pty)
{
    close(pty->own);
    close(pty->terminal);
    part_folder = NULL;
}

void pty_type(struct pty *pty, const char *keys)
{
    assert_int_equal(write(pty->own, keys, strlen(keys)), strlen(keys));
}

void pty_read(struct pty *pty)
{
    struct pollfd fd = {.fd = pty->own, .events = POLLIN};
    size_t length = 0;
    while (length + 1 < sizeof(pty->out) && poll(&fd, 1, WRITTEN_MS) > 0) {
        ssize_t got = read(pty->own, pty->out + length, sizeof(pty->out) - 1 - length);
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    pty->out[length] = '\0';
}

void pty_row(int row, char *text, size_t size)
{
    int length = mvinnstr(row, 0, text, (int)size - 1);
    while (length > 0 && text[length - 1] == ' ')
        length--;
    text[length > 0 ? length : 0] = '\0';
}
