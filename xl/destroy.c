/* SPDX-License-Identifier: MIT */
#include "xl.h"

static bool forced;

/* On these other domains depend. */
#define NEEDED_ROLES (LIBXL_ROLE_HARDWARE | LIBXL_ROLE_XENSTORE)

static int destroy_one(uint32_t domid)
{
    struct libxl_domain domain;
    if (!forced && libxl_domain_get(xl_context(), domid, &domain) == LIBXL_OK &&
        (domain.domid == 0 || (domain.roles & NEEDED_ROLES)))
        return xl_fail_with("Not destroying domain %u (%s), on which the others' devices or "
                            "xenstore depend; use -f "
                            "to force.",
                            domid, domain.name);
    return libxl_domain_destroy(xl_context(), domid) == LIBXL_OK ? XL_OK : xl_fail();
}

static int run(const struct xl_call *call)
{
    forced = xl_forced() || xl_given(call, 'f');
    return xl_for_each(call, destroy_one);
}

static const struct xl_option options[] = {
    {'f', NULL, NULL, "permit destroying domain 0 and domains with the hardware or xenstore role"},
    {0},
};

const struct xl_command xl_command_destroy = {
    .name = "destroy",
    .arguments = "[-f] <Domain...>",
    .summary = "Terminate a domain immediately",
    .details = "The guest is not asked and saves nothing.",
    .options = options,
    .least = 1,
    .most = -1,
    .run = run,
};
