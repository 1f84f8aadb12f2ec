/* SPDX-License-Identifier: MIT */
/* The machine's serial line: a file, and nobody types. */
#include "host.h"

#include <errno.h>
#include <unistd.h>

#include <trefoil/arch.h>
#include <trefoil/core.h>

static int line = -1;

void host_uart_to(int fd)
{
    line = fd;
}

/* What cannot be written is lost, as on a line that nobody listens to; `xl dmesg` has it. */
size_t uart_put(const char *text, size_t size)
{
    size_t done = 0;

    while (line >= 0 && done < size) {
        ssize_t count = write(line, text + done, size - done);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        done += (size_t)count;
    }
    return size;
}

void uart_want_transmit(bool want)
{
    (void)want;
}

int uart_get(void)
{
    return -1;
}

unsigned long watchdog_start(unsigned long seconds)
{
    (void)seconds;
    return 0;
}

void watchdog_feed(void)
{
}

void watchdog_stop(void)
{
}

/* A domain's virtual UART swallows its input: no driver is behind it. */
size_t arch_console_input(struct domain *domain, const char *text, size_t size)
{
    (void)domain;
    (void)text;
    return size;
}
