/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "xl.h"

struct maps {
    uint8_t hard[LIBXL_MAP_BYTES], soft[LIBXL_MAP_BYTES];
    bool has_hard, has_soft;
};

/* "-" leaves a map as it is. */
static bool parse_map(const char *text, uint32_t pcpus, uint8_t *map, bool *given)
{
    *given = strcmp(text, "-") != 0;
    if (!*given || xl_parse_cpumap(text, pcpus, map, LIBXL_MAP_BYTES))
        return true;
    xl_fail_with("'%s' is no list of pcpus of this machine: say all, or something like 0,2-3.",
                 text);
    return false;
}

/* Where the domain cannot be looked at, pinning says what it takes. */
static bool has_vcpu(uint32_t domid, uint32_t vcpu)
{
    struct libxl_domain domain;
    if (libxl_domain_get(xl_context(), domid, &domain) != LIBXL_OK || vcpu < domain.vcpus)
        return true;
    xl_fail_with("Domain %u (%s) has no vcpu %u: it has %u, numbered from 0.", domid, domain.name,
                 vcpu, domain.vcpus);
    return false;
}

static int pin(uint32_t domid, uint32_t vcpu, const struct maps *maps)
{
    const uint8_t *hard = maps->has_hard ? maps->hard : NULL;
    const uint8_t *soft = maps->has_soft ? maps->soft : NULL;
    if (libxl_vcpu_set_affinity(xl_context(), domid, vcpu, hard, soft) != LIBXL_OK)
        return xl_fail();
    return XL_OK;
}

static int pin_all(uint32_t domid, const struct maps *maps)
{
    struct libxl_domain domain;
    if (libxl_domain_get(xl_context(), domid, &domain) != LIBXL_OK)
        return xl_fail();
    int status = XL_OK;
    for (uint32_t i = 0; i < domain.vcpus && status == XL_OK; i++)
        status = pin(domid, i, maps);
    return status;
}

/* Both maps as the arguments say. */
static bool parse_maps(const struct xl_call *call, struct maps *maps)
{
    uint32_t pcpus = libxl_pcpus(xl_context());
    if (!pcpus) {
        xl_fail();
        return false;
    }
    return parse_map(call->argv[2], pcpus, maps->hard, &maps->has_hard) &&
           parse_map(call->argc > 3 ? call->argv[3] : "-", pcpus, maps->soft, &maps->has_soft);
}

static int run(const struct xl_call *call)
{
    struct maps maps;
    uint32_t domid;
    char *end;
    unsigned long vcpu = strtoul(call->argv[1], &end, 10);
    bool all = !strcmp(call->argv[1], "all");
    if (!all && (*end || end == call->argv[1] || vcpu > UINT32_MAX))
        return xl_fail_with("'%s' is no vcpu: say its number, or all.", call->argv[1]);
    if (!parse_maps(call, &maps))
        return XL_FAILED;
    if (libxl_domain_find(xl_context(), call->argv[0], &domid) != LIBXL_OK)
        return xl_fail();
    if (all)
        return pin_all(domid, &maps);
    return has_vcpu(domid, (uint32_t)vcpu) ? pin(domid, (uint32_t)vcpu, &maps) : XL_FAILED;
}

const struct xl_command xl_command_vcpu_pin = {
    .name = "vcpu-pin",
    .arguments = "<Domain> <VCPU|all> <Hard|-|all> [Soft|-|all]",
    .summary = "Set which pcpus a vcpu can use, and which it prefers",
    .details = "Pcpus are a list such as 0,2-3; - leaves what there is.",
    .least = 3,
    .most = 4,
    .run = run,
};
