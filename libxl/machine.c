/* SPDX-License-Identifier: MIT */
/* The end of the machine. */
#include <errno.h>

#include "context.h"

enum libxl_code libxl_machine_end(struct libxl_ctx *ctx, enum libxl_machine how)
{
    static const uint32_t commands[] = {
        [LIBXL_MACHINE_ASK] = XEN_SYSCTL_TREFOIL_MACHINE_ASK,
        [LIBXL_MACHINE_OFF] = XEN_SYSCTL_TREFOIL_MACHINE_OFF,
        [LIBXL_MACHINE_RESET] = XEN_SYSCTL_TREFOIL_MACHINE_RESET,
    };
    const struct attempt attempt = {.what = "Ending the machine",
                                    .operation = OP_sysctl_trefoil_machine,
                                    .domid = DOMID_INVALID};
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    int rc = xc_machine(ctx->xc, commands[how]);
    if (rc == -ENOSYS)
        return libxl_fail(ctx, LIBXL_UNSUPPORTED,
                          "This hypervisor leaves the machine's end to its hardware domain.");
    /* A twin that ends takes the connection along. */
    if (how != LIBXL_MACHINE_ASK && (rc == -EPIPE || rc == -ECONNRESET))
        return LIBXL_OK;
    return libxl_from_xc(ctx, rc, &attempt);
}
