/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "message.h"

static int message_fd = STDERR_FILENO;
static bool message_verbose;

void message_setup(int fd, bool verbose)
{
    message_fd = fd;
    message_verbose = verbose;
}

static void say(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

/* One write a line, so that lines of several writers do not mix. */
static void say(const char *format, va_list arguments)
{
    char line[512] = "xenconsoled: ";
    size_t used = sizeof "xenconsoled: " - 1;
    int length = vsnprintf(line + used, sizeof line - used - 1, format, arguments);
    ssize_t written;

    if (length < 0)
        return;
    used += (size_t)length;
    if (used > sizeof line - 2)
        used = sizeof line - 2;
    line[used++] = '\n';
    written = write(message_fd, line, used);
    (void)written; /* there is nowhere left to complain */
}

void message_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

void message_info(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

void message_detail(const char *format, ...)
{
    va_list arguments;

    if (!message_verbose)
        return;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}
