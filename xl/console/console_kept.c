/* SPDX-License-Identifier: MIT */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <console_protocol.h>

#include "data.h"
#include "console_kept.h"
#include "console_link.h"

#define SIZE_MAX_KEPT (4u << 20) /* what a daemon may send */
#define ANSWER_MS     10000      /* how long it may be silent */

struct text {
    char *data;
    size_t size;
};

static bool append(struct text *text, const char *data, size_t size)
{
    char *more = realloc(text->data, text->size + size + 1);

    if (!more)
        return xl_fail_with("Out of memory.") == XL_OK;
    text->data = more;
    memcpy(more + text->size, data, size);
    text->size += size;
    more[text->size] = '\0';
    return text->size <= SIZE_MAX_KEPT || xl_fail_with("xenconsoled sends without end.") == XL_OK;
}

/* Reads to the link's end. False after a message. */
static bool read_all(struct console_link *link, struct text *text)
{
    struct pollfd wait = {.fd = link->fd, .events = POLLIN};
    char data[4096];

    for (;;) {
        ssize_t count = link->ops->receive(link, data, sizeof data);

        if (count < 0)
            return true;
        if (count > 0 && !append(text, data, (size_t)count))
            return false;
        if (count == 0 && poll(&wait, 1, ANSWER_MS) == 0)
            return xl_fail_with("xenconsoled does not go on.") == XL_OK;
    }
}

/* Takes out carriage returns: what a guest printed is to be read, not to move a cursor. */
static void strip_returns(struct text *text)
{
    size_t kept = 0;

    for (size_t i = 0; i < text->size; i++)
        if (text->data[i] != '\r')
            text->data[kept++] = text->data[i];
    text->size = kept;
}

/* Where the last `lines` begin. */
static size_t tail(const struct text *text, unsigned long lines)
{
    size_t at = text->size;

    if (at > 0 && text->data[at - 1] == '\n')
        at--;
    while (at > 0 && !(text->data[at - 1] == '\n' && --lines == 0))
        at--;
    return at;
}

static int print(const struct xl_call *call, struct text *text, unsigned long lines)
{
    strip_returns(text);
    size_t from = lines ? tail(text, lines) : 0, size = text->size - from;

    if (size)
        libxl_make_printable(text->data + from, size, "\n\t");
    if (xl_wants_data(call, 'j')) {
        if (!append(text, "", 0))
            return XL_FAILED;
        return xl_print_lines(call, "console", text->data + from);
    }
    fwrite(size ? text->data + from : "", 1, size, stdout);
    if (size && text->data[text->size - 1] != '\n')
        putchar('\n');
    return XL_OK;
}

static int read_and_print(const struct xl_call *call, struct console_link *link,
                          unsigned long lines)
{
    struct text text = {0};
    int status = read_all(link, &text) ? XL_OK : XL_FAILED;

    if (status == XL_OK && link->reason[0] && strcmp(link->reason, CONSOLE_REASON_ALL) != 0)
        status = xl_fail_with("xenconsoled: %s.", link->reason);
    if (status == XL_OK)
        status = print(call, &text, lines);
    free(text.data);
    return status;
}

int console_print_kept(const struct xl_call *call, const char *what, unsigned long lines)
{
    const char *domain = call->argv[0];
    uint32_t domid;

    /* It may be gone, and its log not. */
    if (libxl_domain_find(xl_context(), domain, &domid) != LIBXL_OK &&
        libxl_boot_domain_find(xl_context(), domain, &domid) != LIBXL_OK)
        return xl_fail();
    struct console_link *link = console_link_kept(xl_context(), domid, what);

    if (!link)
        return XL_FAILED;
    int status = read_and_print(call, link, lines);

    link->ops->close(link);
    return status;
}
