/* SPDX-License-Identifier: MIT */
/* The machine and the hypervisor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <libxl/fields.h>

#include "context.h"

/* What Xen's `xl info` has said of the format of its configuration since xend. */
#define CONFIG_FORMAT 4

static const struct attempt looking = {
    .what = "Looking at the machine", .operation = OP_sysctl_physinfo, .domid = DOMID_INVALID};

static const struct {
    uint32_t id;
    const char *name;
} schedulers[] = {
    {XEN_SCHEDULER_CREDIT, "credit"}, {XEN_SCHEDULER_CREDIT2, "credit2"},
    {XEN_SCHEDULER_RTDS, "rtds"},     {XEN_SCHEDULER_ARINC653, "arinc653"},
    {XEN_SCHEDULER_NULL, "null"},
};

const char *libxl_scheduler_name(uint32_t scheduler)
{
    for (size_t i = 0; i < sizeof(schedulers) / sizeof(schedulers[0]); i++) {
        if (schedulers[i].id == scheduler)
            return schedulers[i].name;
    }
    return "unknown";
}

/* In units of 128 bits, in the low bits of arch_capabilities. */
#define SVE_MASK 0x1fu
#define SVE_UNIT 128u

/* In the order in which xl prints them. */
static const struct {
    uint32_t flag;
    const char *name;
} capabilities[] = {
    {XEN_SYSCTL_PHYSCAP_pv, "pv"},
    {XEN_SYSCTL_PHYSCAP_hvm, "hvm"},
    {XEN_SYSCTL_PHYSCAP_directio, "hvm_directio"},
    {XEN_SYSCTL_PHYSCAP_hap, "hap"},
    {XEN_SYSCTL_PHYSCAP_shadow, "shadow"},
    {XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share, "iommu_hap_pt_share"},
    {XEN_SYSCTL_PHYSCAP_vmtrace, "vmtrace"},
    {XEN_SYSCTL_PHYSCAP_vpmu, "vpmu"},
    {XEN_SYSCTL_PHYSCAP_gnttab_v1, "gnttab-v1"},
    {XEN_SYSCTL_PHYSCAP_gnttab_v2, "gnttab-v2"},
};

static void append(char *out, size_t size, const char *separator, const char *text)
{
    size_t length = strlen(out);
    snprintf(out + length, size - length, "%s%s", length ? separator : "", text);
}

static uint64_t mib(uint64_t pages)
{
    return pages / 256;
}

static void fill_physical(const struct xen_sysctl_physinfo *physical, struct libxl_info *out)
{
    out->nr_cpus = physical->nr_cpus;
    out->max_cpu_id = physical->max_cpu_id;
    out->nr_nodes = physical->nr_nodes;
    out->cores_per_socket = physical->cores_per_socket;
    out->threads_per_core = physical->threads_per_core;
    out->cpu_khz = physical->cpu_khz;
    out->sve_bits = (physical->arch_capabilities & SVE_MASK) * SVE_UNIT;
    out->sharing_freed_mib = out->sharing_used_mib = 0; /* nothing shares pages on Arm */
    out->total_mib = mib(physical->total_pages);
    out->free_mib = mib(physical->free_pages - physical->outstanding_pages);
    out->outstanding_mib = mib(physical->outstanding_pages);
    for (unsigned int i = 0; i < 8; i++) {
        char word[12];
        snprintf(word, sizeof(word), "%08x", physical->hw_cap[i]);
        append(out->hw_caps, sizeof(out->hw_caps), ":", word);
    }
    for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
        if (physical->capabilities & capabilities[i].flag)
            append(out->virt_caps, sizeof(out->virt_caps), " ", capabilities[i].name);
    }
}

static unsigned int count_bits(const uint8_t *map, size_t bytes)
{
    unsigned int count = 0;
    for (size_t i = 0; i < bytes; i++)
        count += (unsigned int)__builtin_popcount(map[i]);
    return count;
}

/* pcpus in no cpupool; LIBXL_NOT_TOLD when pools are not shown. */
static uint32_t free_cpus(struct xc_interface *xc, uint32_t nr_cpus)
{
    uint32_t used = 0, pool = 0;
    uint8_t map[LIBXL_MAP_BYTES];
    struct xen_sysctl_cpupool_op op;
    while (xc_cpupool_info(xc, pool, &op, map, sizeof(map)) >= 0 && op.cpupool_id >= pool &&
           op.cpupool_id < UINT32_MAX) {
        used += count_bits(map, sizeof(map));
        pool = op.cpupool_id + 1;
    }
    if (!pool)
        return LIBXL_NOT_TOLD;
    return used < nr_cpus ? nr_cpus - used : 0;
}

static void fill_names(const struct utsname *names, struct libxl_info *out)
{
    snprintf(out->host, sizeof(out->host), "%.64s", names->nodename);
    snprintf(out->release, sizeof(out->release), "%.64s", names->release);
    snprintf(out->version, sizeof(out->version), "%.64s", names->version);
    snprintf(out->machine, sizeof(out->machine), "%.64s", names->machine);
}

static const char *const policies[] = {"dummy", "silo", "split"};

static void fill_policy(struct xc_interface *xc, struct libxl_info *out)
{
    struct xen_domctl_getdomaininfo first;
    struct xen_domctl_trefoil_launch_info launch;
    /* The same for all: what this domain is told of itself will do, and if that is nothing, of
     * another. */
    if (xc_domain_launch_info(xc, DOMID_SELF, &launch) < 0 &&
        (xc_domain_list(xc, 0, &first, 1) != 1 ||
         xc_domain_launch_info(xc, first.domain, &launch) < 0))
        return;
    if (launch.policy < sizeof(policies) / sizeof(policies[0]))
        snprintf(out->policy, sizeof(out->policy), "%s", policies[launch.policy]);
}

static void fill_version(struct xc_interface *xc, struct libxl_info *out)
{
    xen_platform_parameters_t platform = {0};
    struct xen_compile_info compile = {0};
    int version = xc_version(xc);
    if (version < 0)
        return;
    out->major = (uint32_t)version >> 16;
    out->minor = (uint32_t)version & 0xffff;
    xc_version_op(xc, XENVER_extraversion, out->extra, sizeof(out->extra));
    snprintf(out->full_version, sizeof(out->full_version), "%u.%u%.16s", out->major, out->minor,
             out->extra);
    xc_version_op(xc, XENVER_capabilities, out->capabilities, sizeof(out->capabilities));
    int page_size = (int)xc_hypercall_op(xc, __HYPERVISOR_xen_version, XENVER_pagesize, NULL, 0);
    if (page_size > 0)
        out->page_size = (uint32_t)page_size;
    if (xc_version_op(xc, XENVER_platform_parameters, &platform, sizeof(platform)) >= 0)
        snprintf(out->platform_params, sizeof(out->platform_params), "virt_start=0x%llx",
                 (unsigned long long)platform.virt_start);
    xc_version_op(xc, XENVER_changeset, out->changeset, sizeof(out->changeset));
    xc_version_op(xc, XENVER_commandline, out->command_line, sizeof(out->command_line));
    if (xc_version_op(xc, XENVER_compile_info, &compile, sizeof(compile)) >= 0) {
        memcpy(out->cc_compiler, compile.compiler, sizeof(out->cc_compiler));
        memcpy(out->cc_compile_by, compile.compile_by, sizeof(out->cc_compile_by));
        memcpy(out->cc_compile_domain, compile.compile_domain, sizeof(out->cc_compile_domain));
        memcpy(out->cc_compile_date, compile.compile_date, sizeof(out->cc_compile_date));
    }
    xc_build_id(xc, out->build_id, sizeof(out->build_id));
}

/* Which errata the machine's CPUs have. */
static void fill_notes(struct xc_interface *xc, struct libxl_info *out)
{
    struct xen_sysctl_trefoil_cpu_note note = {0};
    out->notes.items = out->note;
    while (out->notes.count < LIBXL_CPU_NOTES_MAX && xc_cpu_note(xc, &note) >= 0) {
        struct libxl_cpu_note *next = &out->note[out->notes.count++];
        for (unsigned int cpu = 0; cpu < 64; cpu++)
            next->cpus[cpu / 8] |= (uint8_t)((note.cpus >> cpu & 1) << cpu % 8);
        next->open = note.open;
        memcpy(next->text, note.text, sizeof(next->text) - 1);
        libxl_make_printable(next->text, strlen(next->text), "");
    }
}

enum libxl_code libxl_info(struct libxl_ctx *ctx, struct libxl_info *out)
{
    struct utsname names;
    struct xen_sysctl_physinfo physical;
    memset(out, 0, sizeof(*out));
    libxl_field_forget(libxl_info_fields, out);
    out->config_format = CONFIG_FORMAT;
    if (uname(&names) == 0)
        fill_names(&names, out);
    if (!libxl_xc(ctx))
        return LIBXL_NO_HYPERVISOR;
    fill_version(ctx->xc, out);
    fill_policy(ctx->xc, out);
    fill_notes(ctx->xc, out);
    int scheduler = xc_sched_id(ctx->xc);
    if (scheduler >= 0)
        snprintf(out->scheduler, sizeof(out->scheduler), "%s",
                 libxl_scheduler_name((uint32_t)scheduler));
    int rc = xc_physinfo(ctx->xc, &physical);
    if (rc >= 0) {
        fill_physical(&physical, out);
        out->free_cpus = free_cpus(ctx->xc, out->nr_cpus);
        rc = 0;
    }
    libxl_make_fields_printable(libxl_info_fields, out);
    return libxl_from_xc(ctx, rc, &looking);
}

uint32_t libxl_pcpus(struct libxl_ctx *ctx)
{
    struct xen_sysctl_physinfo physical;
    if (ctx->pcpus || !libxl_xc(ctx))
        return ctx->pcpus;
    int rc = xc_physinfo(ctx->xc, &physical);
    if (rc >= 0)
        ctx->pcpus =
            physical.max_cpu_id < LIBXL_PCPUS_MAX ? physical.max_cpu_id + 1 : LIBXL_PCPUS_MAX;
    else
        libxl_from_xc(ctx, rc, &looking);
    return ctx->pcpus;
}

uint32_t libxl_nodes(struct libxl_ctx *ctx)
{
    struct xen_sysctl_physinfo physical;
    if (!libxl_xc(ctx) || xc_physinfo(ctx->xc, &physical) < 0)
        return 0;
    return physical.nr_nodes < LIBXL_NODES_MAX ? physical.nr_nodes : LIBXL_NODES_MAX;
}
