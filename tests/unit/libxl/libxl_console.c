/* SPDX-License-Identifier: MIT */
/* In place of xl's ways to a console, which have tests of their own: there is none. */
#include <stdio.h>

#include "../../../xl/console/console_link.h"

struct console_link *console_link_open(struct libxl_ctx *ctx, uint32_t domid)
{
    (void)ctx;
    fprintf(stderr, "no console of domain %u\n", domid);
    return NULL;
}

struct console_link *console_link_kept(struct libxl_ctx *ctx, uint32_t domid, const char *what)
{
    (void)ctx;
    fprintf(stderr, "no %s of domain %u\n", what, domid);
    return NULL;
}
