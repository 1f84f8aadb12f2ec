/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "log.h"
#include "message.h"

static int message_fd = STDERR_FILENO;
static struct log *message_log;
static bool message_verbose;

void message_setup(int fd, bool verbose)
{
    message_fd = fd;
    message_log = NULL;
    message_verbose = verbose;
}

void message_to_log(struct log *log)
{
    message_log = log;
}

/* There is nowhere to complain about where complaints go. */
static void put(const char *line, size_t size)
{
    static bool putting;
    ssize_t written;

    if (putting)
        return;
    putting = true;
    if (message_log) {
        log_append(message_log, line, size);
    } else {
        written = write(message_fd, line, size);
        (void)written;
    }
    putting = false;
}

static void say(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

/* One write a line, so that lines of several writers do not mix. */
static void say(const char *format, va_list arguments)
{
    char line[512] = "xenconsoled: ";
    size_t used = sizeof "xenconsoled: " - 1;
    int length = vsnprintf(line + used, sizeof line - used - 1, format, arguments);

    if (length < 0)
        return;
    used += (size_t)length;
    if (used > sizeof line - 2)
        used = sizeof line - 2;
    line[used++] = '\n';
    put(line, used);
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
