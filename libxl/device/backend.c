/* SPDX-License-Identifier: MIT */
/* Which domain serves devices, and whether a daemon does it there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../memory.h"
#include "kind.h"

/* What our daemon writes in its own domain's directory: its process id. Xen's `xl devd`, 4.17's and
 * 4.20's, writes nothing that says it is there. */
#define PRESENT "libxl/devd"

static enum libxl_code hardware_domain(struct libxl_ctx *ctx, uint32_t *domid)
{
    struct libxl_domain *list;
    size_t count;
    enum libxl_code code = libxl_domain_list(ctx, &list, &count);
    if (code)
        return code;
    code = LIBXL_NO_DOMAIN;
    for (size_t i = 0; i < count && code; i++) {
        if (list[i].roles & LIBXL_ROLE_HARDWARE) {
            *domid = list[i].domid;
            code = LIBXL_OK;
        }
    }
    free(list);
    return code;
}

uint32_t libxl_backend_default(struct libxl_ctx *ctx)
{
    uint32_t domid = libxl_own_domid(ctx);
    if (domid != DOMID_INVALID && libxl_node_exists(ctx, "/local/domain/%u/" PRESENT, domid))
        return domid;
    /* Xen has no such role: there it is the domain that was first. */
    return hardware_domain(ctx, &domid) == LIBXL_OK ? domid : 0;
}

bool libxl_backend_served(struct libxl_ctx *ctx, uint32_t backend_domid)
{
    struct remembered *known = libxl_memory_find(ctx, backend_domid);
    if (known && known->is_served_known && !known->is_served && !known->is_to_be_asked)
        return false;
    bool served = libxl_node_exists(ctx, "/local/domain/%u/" PRESENT, backend_domid);
    if (known) {
        known->is_served_known = true;
        known->is_served = served;
    }
    return served;
}

bool libxl_backend_announce(struct libxl_ctx *ctx, bool present)
{
    char path[64], text[16];
    struct xs_handle *store = libxl_store(ctx);
    uint32_t domid = libxl_own_domid(ctx);
    if (!store || domid == DOMID_INVALID)
        return false;
    snprintf(path, sizeof(path), "/local/domain/%u/" PRESENT, domid);
    snprintf(text, sizeof(text), "%d", (int)getpid());
    return present ? xs_write(store, XBT_NULL, path, text, (unsigned int)strlen(text))
                   : xs_rm(store, XBT_NULL, path);
}
