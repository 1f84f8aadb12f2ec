/* SPDX-License-Identifier: MIT */
#include "print.h"
#include "xl.h"

static bool forced;

/* On domains with a role others depend. */
static bool is_needed(const struct libxl_domain *domain)
{
    return domain->domid == 0 || (domain->roles & ~LIBXL_ROLE_UNTARGETABLE);
}

static int destroy_one(uint32_t domid)
{
    struct libxl_domain domain;
    if (!forced && libxl_domain_get(xl_context(), domid, &domain) == LIBXL_OK &&
        is_needed(&domain)) {
        char roles[80];
        xl_format_roles(domain.roles, roles, sizeof(roles));
        return xl_fail_with("Not destroying domain %u (%s), on which others depend (roles: %s); "
                            "use -f to force.",
                            domid, domain.name, roles);
    }
    return libxl_domain_destroy(xl_context(), domid) == LIBXL_OK ? XL_OK : xl_fail();
}

static int run(const struct xl_call *call)
{
    forced = xl_forced() || xl_given(call, 'f');
    return xl_for_each(call, destroy_one);
}

static const struct xl_option options[] = {
    {'f', NULL, NULL, "permit destroying domain 0 and domains with a role"},
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
