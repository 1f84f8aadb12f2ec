/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "context.h"

#define FIRST_SIZE (64u * 1024)
#define LAST_SIZE  (16u * 1024 * 1024)

static const struct attempt reading = {.what = "Reading the hypervisor's log",
                                       .operation = OP_sysctl_readconsole,
                                       .domid = DOMID_INVALID};
static const struct attempt clearing = {.what = "Clearing the hypervisor's log",
                                        .operation = OP_sysctl_readconsole_clear,
                                        .domid = DOMID_INVALID};

enum libxl_code libxl_log(struct libxl_ctx *ctx, bool clear, char **text, size_t *length)
{
    *text = NULL;
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    /* A full buffer may mean that there is more: read again with a larger one, and clear only what
     * was read whole. */
    for (uint32_t size = FIRST_SIZE; size <= LAST_SIZE; size *= 4) {
        char *buffer = realloc(*text, size + 1);
        if (!buffer) {
            free(*text);
            *text = NULL;
            return libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
        }
        *text = buffer;
        int got = xc_readconsole(ctx->xc, buffer, size, 0, 0, NULL);
        if (got < 0) {
            free(buffer);
            *text = NULL;
            return libxl_from_xc(ctx, got, &reading);
        }
        *length = (size_t)got;
        buffer[got] = '\0';
        if ((uint32_t)got < size)
            break;
    }
    if (!clear)
        return LIBXL_OK;
    char rest;
    return libxl_from_xc(ctx, xc_readconsole(ctx->xc, &rest, sizeof(rest), 1, 0, NULL), &clearing);
}
