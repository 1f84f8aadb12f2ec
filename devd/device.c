/* SPDX-License-Identifier: MIT */
#include "daemon.h"

const struct kind devd_kinds[LIBXL_DEVICE_KINDS] = {
    [LIBXL_DISK] =
        {
            .serve = devd_serve_disk,
            .release = devd_release_disk,
            .script = LIBXL_SCRIPTS "/block",
            .script_add = {"add", NULL},
            .script_remove = {"remove", NULL},
        },
    [LIBXL_NIC] =
        {
            .serve = devd_serve_network,
            .release = devd_release_network,
            .script = LIBXL_SCRIPTS "/vif-bridge",
            .script_add = {"online", "type_if=vif"},
            .script_remove = {"offline", "type_if=vif"},
        },
};
