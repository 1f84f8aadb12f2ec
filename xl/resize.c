/* SPDX-License-Identifier: MIT */
/* What a running domain has: its memory, its vcpus. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "xl.h"

/* In what one may count, each 1024 of the one before; 'm' if nothing is said. */
static const char units[] = "bkmgt";

/* A size such as 512, 512m or 1g, in KiB. */
static bool parse_size(const char *text, uint64_t *kib)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    const char *unit = strchr(units, *end ? tolower((unsigned char)*end) : 'm');
    if (*text < '0' || *text > '9' || errno || !unit || (*end && end[1]))
        return false;
    if (*unit == 'b') {
        *kib = number / 1024;
        return true;
    }
    unsigned int shift = 10u * (unsigned int)(unit - units - 1);
    *kib = number << shift;
    return *kib >> shift == number;
}

static int set_memory(const struct xl_call *call,
                      enum libxl_code (*set)(struct libxl_ctx *, uint32_t, uint64_t))
{
    uint32_t domid;
    uint64_t kib;
    if (!parse_size(call->argv[1], &kib))
        return xl_fail_with("invalid memory size: %s: say a number of MiB, or one with b, k, m, g "
                            "or t.",
                            call->argv[1]);
    if (libxl_domain_find(xl_context(), call->argv[0], &domid) != LIBXL_OK ||
        set(xl_context(), domid, kib) != LIBXL_OK)
        return xl_fail();
    return XL_OK;
}

static int run_mem_set(const struct xl_call *call)
{
    return set_memory(call, libxl_domain_set_memory);
}

static int run_mem_max(const struct xl_call *call)
{
    return set_memory(call, libxl_domain_set_max_memory);
}

/* More vcpus than the machine has CPUs only slow each other down. */
static bool too_many(uint32_t domid, unsigned long vcpus)
{
    struct libxl_domain domain;
    uint32_t pcpus = libxl_pcpus(xl_context());
    if (!pcpus || vcpus <= pcpus || libxl_domain_get(xl_context(), domid, &domain) != LIBXL_OK ||
        vcpus <= domain.vcpus_online || vcpus > domain.vcpus)
        return false;
    xl_fail_with("The machine has %u CPUs, fewer than %lu vcpus: --ignore-host does it all the "
                 "same.",
                 pcpus, vcpus);
    return true;
}

static int run_vcpu_set(const struct xl_call *call)
{
    uint32_t domid;
    char *end;
    unsigned long vcpus = strtoul(call->argv[1], &end, 10);
    if (!isdigit((unsigned char)call->argv[1][0]) || *end || vcpus > LIBXL_VCPUS_MAX)
        return xl_fail_with("'%s' is no number of vcpus.", call->argv[1]);
    if (libxl_domain_find(xl_context(), call->argv[0], &domid) != LIBXL_OK)
        return xl_fail();
    if (!xl_given(call, 'i') && too_many(domid, vcpus))
        return XL_FAILED;
    if (libxl_domain_set_vcpus(xl_context(), domid, (uint32_t)vcpus) != LIBXL_OK)
        return xl_fail();
    return XL_OK;
}

const struct xl_command xl_command_mem_set = {
    .name = "mem-set",
    .arguments = "<Domain> <MiB['b'|'k'|'m'|'g'|'t']>",
    .summary = "Ask a domain's kernel to use so much memory",
    .details = "The guest's kernel is asked through xenstore (memory/target) and balloons; 'xl "
               "list' shows how far it is.\n"
               "What it gives up stays its own: no other domain gets it, and it takes it back "
               "when it is asked to.",
    .least = 2,
    .most = 2,
    .run = run_mem_set,
};

const struct xl_command xl_command_mem_max = {
    .name = "mem-max",
    .arguments = "<Domain> <MiB['b'|'k'|'m'|'g'|'t']>",
    .summary = "Limit how much memory a domain can have",
    .details = "At most what the device tree gave it, at least what it is asked to have ('xl "
               "mem-set').",
    .least = 2,
    .most = 2,
    .run = run_mem_max,
};

static const struct xl_option vcpu_set_options[] = {
    {'i', "ignore-host", NULL, "also if the machine has fewer CPUs"},
    {0},
};

const struct xl_command xl_command_vcpu_set = {
    .name = "vcpu-set",
    .arguments = "[-i] <Domain> <vCPUs>",
    .summary = "Ask a domain's kernel to use so many vcpus",
    .details = "The guest's kernel is asked through xenstore (cpu/N/availability) and takes its "
               "vcpus up and down.",
    .options = vcpu_set_options,
    .least = 2,
    .most = 2,
    .run = run_vcpu_set,
};
