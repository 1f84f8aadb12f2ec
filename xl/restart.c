/* SPDX-License-Identifier: MIT */
#include "data.h"

/* Building takes a second at most; only others that hold on to the old domain's pages delay it. */
#define PATIENCE 30 /* s */

static bool forced;

static int restart_one(const char *name)
{
    struct libxl_domain domain;
    uint64_t instance;
    uint32_t domid;
    if (libxl_boot_domain_find(xl_context(), name, &domid) != LIBXL_OK)
        return xl_fail();
    if (!forced && libxl_domain_get(xl_context(), domid, &domain) == LIBXL_OK &&
        (domain.roles & LIBXL_ROLE_XENSTORE) && !(domain.roles & LIBXL_ROLE_HARDWARE))
        return xl_fail_with("Not restarting domain %u (%s), on which the others' xenstore depends; "
                            "use -f to force.",
                            domid, domain.name);
    instance = libxl_domain_instance(xl_context(), domid);
    if (libxl_domain_restart(xl_context(), domid) != LIBXL_OK ||
        libxl_domain_wait_restarted(xl_context(), domid, instance, PATIENCE) != LIBXL_OK ||
        libxl_domain_stays(xl_context(), domid, XL_SETTLING) != LIBXL_OK)
        return xl_fail();
    return xl_tell(domid, "restarted", "Domain %u has been restarted", domid);
}

static int run(const struct xl_call *call)
{
    int status = XL_OK;
    forced = xl_forced() || xl_given(call, 'f');
    for (int i = 0; i < call->argc; i++) {
        if (restart_one(call->argv[i]) != XL_OK)
            status = XL_FAILED;
    }
    return status;
}

static const struct xl_option options[] = {
    {'f', NULL, NULL, "permit restarting a domain with the xenstore role"},
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_restart = {
    .name = "restart",
    .arguments = "[-f] <Domain...>",
    .summary = "Start a boot-time domain again, whether it runs, has ended or is gone",
    .details =
        "One that runs is ended without asking it. It comes back as the device tree describes it, "
        "with its id,\n"
        "name, roles and memory size, and xl returns when it runs. The hardware domain cannot be "
        "restarted: its\n"
        "devices may still write into its memory. 'xl reboot' asks the guest instead.",
    .options = options,
    .tells = true,
    .least = 1,
    .most = -1,
    .run = run,
};
