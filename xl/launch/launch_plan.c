/* SPDX-License-Identifier: MIT */
/* The hypervisor's own plan for a tree, and where in each domain's space things would go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libfdt.h>
#include <libxl/libxl.h>
#include <trefoil/launch.h>
#include <xen/bootfdt.h>

#include "launch.h"
#include "launch_module.h"
#include "launch_notes.h"

/* RAM, device and other regions of one domain. */
#define REGIONS                                                                                    \
    (2 * LAUNCH_MAX_STATIC_BANKS + LAUNCH_MAX_EXTENDED + LAUNCH_MAX_SHARED + LAUNCH_MAX_PASSED + 16)

struct examination {
    const void *fdt;
    struct machine machine;
    struct launch_plan plan;
    struct device_list devices; /* the hardware domain's */
    struct launch_files *files; /* of modules */
    struct launch_passed passed[LAUNCH_MAX_DOMAINS];
    struct launch_report *report;
};

static struct launch_region_row *add_region(struct launch_report *report, uint16_t domid,
                                            const char *what, uint64_t address, uint64_t size)
{
    struct launch_region_row *row = &report->regions[report->nr_regions++];

    *row =
        (struct launch_region_row){.domid = domid, .what = what, .address = address, .size = size};
    return row;
}

static void add_range(struct launch_report *report, uint16_t domid, const char *what,
                      struct paddr_range range)
{
    if (range.size)
        add_region(report, domid, what, range.start, range.size);
}

static void add_module(struct launch_report *report, uint16_t domid, const char *what,
                       struct paddr_range where, const struct launch_module *module)
{
    struct launch_region_row *row;

    if (!where.size)
        return;
    row = add_region(report, domid, what, where.start, where.size);
    row->loaded = true;
    row->source = module->range.start;
}

/* Who serves a domain's PV interfaces; it has none of its own. */
static bool has_backend(const struct launch_plan *plan, const struct launch_domain *domain,
                        uint32_t roles)
{
    for (unsigned int i = 0; i < plan->nr_domains; i++)
        if ((plan->domains[i].roles & roles) && &plan->domains[i] != domain)
            return true;
    return false;
}

static const char *end_name(enum launch_at_end at_end)
{
    switch (at_end) {
    case LAUNCH_DESTROY: return "destroy";
    case LAUNCH_RESTART: return "restart";
    default: return "preserve";
    }
}

static const char *enhanced_name(enum launch_enhanced enhanced)
{
    switch (enhanced) {
    case LAUNCH_ENHANCED_FULL: return "enabled";
    case LAUNCH_ENHANCED_NO_XENSTORE: return "no-xenstore";
    default: return "disabled";
    }
}

static struct launch_domain_row *add_domain(struct examination *examination,
                                            const struct launch_domain *domain)
{
    const struct launch_plan *plan = &examination->plan;
    struct launch_domain_row *row =
        &examination->report->domains[examination->report->nr_domains++];
    bool pv = !(domain->roles & DOMAIN_CAPS_HARDWARE) && domain->enhanced != LAUNCH_ENHANCED_NONE;

    row->domid = domain->domid;
    snprintf(row->name, sizeof(row->name), "%s", domain->name);
    snprintf(row->node, sizeof(row->node), "%s", domain->path);
    libxl_make_printable(row->name, strlen(row->name), "");
    libxl_make_printable(row->node, strlen(row->node), "");
    row->memory_kib = domain->memory >> 10;
    row->pool_kib = launch_pool(domain) >> 10;
    row->grant_frames = domain->grant_frames;
    row->maptrack_frames = domain->maptrack_frames;
    row->vcpus = domain->cpus;
    row->weight = domain->weight;
    row->cap = domain->cap;
    row->roles = domain->roles;
    memcpy(row->uuid, domain->uuid, sizeof(row->uuid));
    row->lines = domain->nr_lines;
    row->enhanced = enhanced_name(domain->enhanced);
    row->on_reboot = end_name(domain->on_reboot);
    row->on_crash = end_name(domain->on_crash);
    row->bootargs = domain->bootargs ? domain->bootargs : "";
    row->direct_map = domain->direct_map;
    row->machine_power = domain->machine_power;
    row->vpl011 = domain->virtual_uart;
    row->console = pv && has_backend(plan, domain, DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE);
    row->xenstore = pv && domain->enhanced == LAUNCH_ENHANCED_FULL &&
                    has_backend(plan, domain, DOMAIN_CAPS_XENSTORE);
    return row;
}

static void add_layout(struct launch_report *report, const struct launch_domain *domain,
                       const struct launch_layout *layout, const struct launch_domain_row *row)
{
    uint16_t id = domain->domid;

    for (unsigned int i = 0; i < layout->nr_ram; i++)
        add_range(report, id, "ram", layout->ram[i]);
    add_range(report, id, "gicd", layout->arch.gicd);
    add_range(report, id, "gicr", layout->arch.gicr);
    if (domain->virtual_uart)
        add_region(report, id, "vpl011", layout->uart_base, 0x1000);
    if (domain->enhanced != LAUNCH_ENHANCED_NONE)
        add_range(report, id, "grant table", layout->grant_table);
    if (row->console)
        add_region(report, id, "console page", layout->magic, PAGE_SIZE);
    if (row->xenstore)
        add_region(report, id, "xenstore page", layout->magic + PAGE_SIZE, PAGE_SIZE);
    for (unsigned int i = 0; i < layout->nr_extended; i++)
        add_range(report, id, "for foreign pages", layout->extended[i]);
    for (unsigned int i = 0; i < layout->nr_shared; i++)
        add_range(report, id, "shared memory", layout->shared[i]);
}

/* What the hardware domain gets of the machine, at the same addresses, and what is withheld. */
static void add_devices(struct examination *examination, uint16_t domid)
{
    const struct device_list *devices = &examination->devices;
    struct launch_report *report = examination->report;
    char path[MACHINE_PATH];

    for (unsigned int i = 0; i < devices->nr_ranges; i++)
        add_range(report, domid, "device", devices->ranges[i]);
    for (unsigned int i = 0; i < devices->nr_removed; i++)
        if (fdt_get_path(examination->fdt, devices->removed[i], path, sizeof(path)) == 0)
            launch_add_message(
                report, LAUNCH_NOTE, "%s: this device is %s", path,
                fdt_getprop(examination->fdt, devices->removed[i], "xen,passthrough", NULL)
                    ? "left for a passthrough tree to give"
                    : "given to no domain");
    if (devices->full)
        launch_add_message(report, LAUNCH_WARNING,
                           "/: the machine has more devices than there is room for");
}

/* What a domain's passthrough tree gives it, if that was looked at. */
static void add_passed(const struct examination *examination, const struct launch_domain *domain)
{
    const struct launch_passed *passed = &examination->passed[domain - examination->plan.domains];

    for (unsigned int i = 0; i < passed->nr_ranges; i++) {
        const struct launch_passed_range *range = &passed->ranges[i];
        struct launch_region_row *row = add_region(examination->report, domain->domid, "device",
                                                   range->guest, range->host.size);

        row->loaded = true;
        row->source = range->host.start;
    }
}

/* CPUs that the machine has not got are left out. */
static void add_vcpus(struct examination *examination, const struct launch_domain *domain)
{
    struct launch_report *report = examination->report;
    unsigned int pcpus = examination->machine.nr_cpus;

    for (unsigned int vcpu = 0; vcpu < domain->cpus; vcpu++) {
        struct launch_vcpu_row *row = &report->vcpus[report->nr_vcpus++];

        *row = (struct launch_vcpu_row){.domid = domain->domid, .vcpu = vcpu};
        for (unsigned int cpu = 0; cpu < pcpus && cpu < 64; cpu++) {
            bool may = domain->affinity[vcpu] >> cpu & 1;
            bool should = domain->soft_affinity[vcpu] >> cpu & 1;

            row->hard_affinity[cpu / 8] |= (uint8_t)(may << cpu % 8);
            row->soft_affinity[cpu / 8] |= (uint8_t)(should << cpu % 8);
            row->limited |= !may || !should;
        }
    }
}

/* A kernel's .bss is not known without its file: it counts with the size of the module. */
static void examine_domain(struct examination *examination, const struct launch_domain *domain)
{
    struct launch_report *report = examination->report;
    bool hardware = domain->roles & DOMAIN_CAPS_HARDWARE;
    const struct launch_domain_row *row = add_domain(examination, domain);
    struct launch_sizes sizes = {
        .image_size = domain->kernel.range.size,
        .ramdisk = domain->ramdisk.range.size,
        .tree = guest_tree_size(examination->fdt, domain, domain->device_tree.range.size),
    };
    struct launch_placement placement;
    struct launch_layout layout;
    char text[LAUNCH_MESSAGE];
    struct paddr_range kernel;
    const struct launch_examined examined = {
        .context = {examination->fdt, &examination->machine, &examination->devices},
        .plan = &examination->plan,
        .passed = examination->passed,
        .files = examination->files,
        .report = report,
    };

    add_vcpus(examination, domain);
    if (!launch_layout(&examination->machine, domain, hardware ? &examination->devices : NULL,
                       &layout)) {
        launch_add_message(report, LAUNCH_ERROR, "%s: direct-map: no room in its address space",
                           domain->path);
        return;
    }
    launch_layout_share(&examination->plan, domain, &layout);
    if (!launch_check_modules(&examined, domain, &layout, &sizes))
        return;
    add_layout(report, domain, &layout, row);
    if (hardware)
        add_devices(examination, domain->domid);
    add_passed(examination, domain);
    if (!launch_place(&layout, &sizes, &placement)) {
        launch_no_place(&layout, &sizes, text);
        launch_add_message(report, LAUNCH_ERROR, "%s: %s", domain->path, text);
        return;
    }
    kernel = (struct paddr_range){placement.kernel, domain->kernel.range.size};
    if (sizes.fixed)
        kernel = (struct paddr_range){sizes.start, sizes.image_size};
    add_module(report, domain->domid, "kernel", kernel, &domain->kernel);
    add_module(report, domain->domid, "ramdisk",
               (struct paddr_range){placement.ramdisk, domain->ramdisk.range.size},
               &domain->ramdisk);
    add_region(report, domain->domid, "device tree", placement.tree, sizes.tree);
}

static void add_channels(struct examination *examination)
{
    struct launch_report *report = examination->report;

    for (unsigned int i = 0; i < examination->plan.nr_channels; i++) {
        const struct launch_channel *channel = &examination->plan.channels[i];

        report->channels[report->nr_channels++] =
            (struct launch_channel_row){.domid = channel->domid,
                                        .port = channel->port,
                                        .remote_domid = channel->remote_domid,
                                        .remote_port = channel->remote_port};
    }
}

static void add_shares(struct examination *examination)
{
    struct launch_report *report = examination->report;

    for (unsigned int i = 0; i < examination->plan.nr_shares; i++) {
        const struct launch_share *share = &examination->plan.shares[i];

        report->shares[report->nr_shares++] =
            (struct launch_share_row){.domid = share->domid,
                                      .region = share->id,
                                      .role = share->owner ? "owner" : "borrower",
                                      .address = share->guest.start,
                                      .size = share->guest.size,
                                      .placed = share->placed,
                                      .host = share->host.start};
    }
}

/* A pair of peers is there from both sides. */
static void add_relations_of(const struct examination *examination,
                             const struct launch_domain *domain, const char *kind,
                             const uint64_t *map, struct launch_report *report)
{
    const struct launch_plan *plan = &examination->plan;

    for (unsigned int i = 0; i < plan->nr_domains; i++) {
        unsigned int id = plan->domains[i].domid;

        if (id < LAUNCH_MAX_RELATED && map[id / 64] >> id % 64 & 1)
            report->relations[report->nr_relations++] = (struct launch_relation_row){
                .domid = domain->domid, .kind = kind, .remote_domid = id};
    }
}

/* False without memory. */
static bool add_relations(struct examination *examination)
{
    const struct launch_plan *plan = &examination->plan;
    struct launch_report *report = examination->report;
    size_t count = 0;

    for (unsigned int i = 0; i < plan->nr_domains; i++)
        for (unsigned int k = 0; k < LAUNCH_MAX_RELATED / 64; k++)
            count += (size_t)__builtin_popcountll(plan->domains[i].peers[k]) +
                     (size_t)__builtin_popcountll(plan->domains[i].targets[k]);
    report->relations = calloc(count + 1, sizeof(*report->relations));
    for (unsigned int i = 0; i < plan->nr_domains && report->relations; i++) {
        const struct launch_domain *domain = &plan->domains[i];

        add_relations_of(examination, domain, "peer", domain->peers, report);
        add_relations_of(examination, domain, "target", domain->targets, report);
    }
    return report->relations != NULL;
}

static const char *text_of(const void *fdt, int node, const char *property)
{
    const char *text = fdt_getprop(fdt, node, property, NULL);

    return text ? text : "";
}

static struct launch_device_row describe(const void *fdt, uint16_t domid,
                                         const struct launch_device *device)
{
    bool disk = device->kind == LAUNCH_DISK;

    return (struct launch_device_row){
        .domid = domid,
        .kind = disk ? "disk" : "network",
        .number = device->number,
        .name = text_of(fdt, device->node, disk ? "vdev" : "vifname"),
        .backing = text_of(fdt, device->node, disk ? "target" : "bridge"),
        .mac = text_of(fdt, device->node, "mac"),
        .script = text_of(fdt, device->node, "script"),
        .read_only = fdt_getprop(fdt, device->node, "read-only", NULL) != NULL,
    };
}

/* What two devices may not both say; NULL when they can live together. */
static const char *collision(const struct launch_device_row *a, const struct launch_device_row *b)
{
    bool disk = strcmp(a->kind, "disk") == 0;

    if (strcmp(a->kind, b->kind) != 0)
        return NULL;
    if (disk)
        return strcmp(a->backing, b->backing) == 0 && !(a->read_only && b->read_only) ? "target"
                                                                                      : NULL;
    if (*a->mac && strcasecmp(a->mac, b->mac) == 0)
        return "mac";
    return *a->name && strcmp(a->name, b->name) == 0 ? "vifname" : NULL;
}

/* The first that a device collides with. */
static void check_served(struct examination *examination, size_t index, const char *path)
{
    struct launch_report *report = examination->report;
    const struct launch_device_row *device = &report->devices[index];

    for (size_t i = 0; i < index; i++) {
        const char *property = collision(device, &report->devices[i]);

        if (!property)
            continue;
        launch_add_message(report, LAUNCH_WARNING, "%s: %s: domain %u has the same in another %s%s",
                           path, property, report->devices[i].domid, device->kind,
                           strcmp(property, "target") == 0 ? ", and not both are read-only" : "");
        return;
    }
}

/* False without memory. */
static bool add_served(struct examination *examination)
{
    const struct launch_plan *plan = &examination->plan;
    struct launch_report *report = examination->report;
    size_t count = 0;

    for (unsigned int i = 0; i < plan->nr_domains; i++)
        count += plan->domains[i].nr_devices;
    report->devices = calloc(count + 1, sizeof(*report->devices));
    for (unsigned int i = 0; i < plan->nr_domains && report->devices; i++) {
        struct launch_device device = {.node = 0};

        while (launch_next_device(examination->fdt, &plan->domains[i], &device)) {
            char path[MACHINE_PATH];

            report->devices[report->nr_devices] =
                describe(examination->fdt, plan->domains[i].domid, &device);
            launch_path(examination->fdt, device.node, path, sizeof(path));
            check_served(examination, report->nr_devices++, path);
        }
    }
    return report->devices != NULL;
}

static bool examine(struct examination *examination)
{
    struct launch_report *report = examination->report;
    struct launch_plan *plan = &examination->plan;
    char error[LAUNCH_MESSAGE];

    if (!machine_read(examination->fdt, &examination->machine, error, sizeof(error))) {
        launch_add_message(report, LAUNCH_ERROR, "%s", error);
        if (fdt_path_offset(examination->fdt, "/cpus") < 0)
            launch_add_message(
                report, LAUNCH_NOTE,
                "/: no /cpus: what is laid over a machine's tree comes after that tree");
        return true;
    }
    report->pcpus = examination->machine.nr_cpus;
    launch_plan(examination->fdt, &examination->machine, NULL, 0, plan);
    launch_check_options(&examination->machine, plan, report);
    launch_devices(examination->fdt, &examination->machine, &examination->devices);
    for (unsigned int i = 0; i < plan->nr_messages; i++)
        launch_add_message(report, plan->messages[i].error ? LAUNCH_ERROR : LAUNCH_WARNING, "%s",
                           plan->messages[i].text);
    if (plan->nr_dropped)
        launch_add_message(report, LAUNCH_WARNING, "%u more messages are left out",
                           plan->nr_dropped);
    for (unsigned int i = 0; i < plan->nr_domains; i++)
        examine_domain(examination, &plan->domains[i]);
    launch_check_files(examination->files, report);
    add_channels(examination);
    add_shares(examination);
    launch_add_notes(plan, report);
    return add_relations(examination) && add_served(examination);
}

bool launch_examine(const void *fdt, struct launch_files *files, struct launch_report *report)
{
    struct examination *examination = calloc(1, sizeof(*examination));

    *report = (struct launch_report){
        .domains = calloc(LAUNCH_MAX_DOMAINS, sizeof(*report->domains)),
        .regions = calloc((size_t)LAUNCH_MAX_DOMAINS * REGIONS + LAUNCH_MAX_DEVICE_RANGES,
                          sizeof(*report->regions)),
        .vcpus = calloc((size_t)LAUNCH_MAX_DOMAINS * LAUNCH_MAX_VCPUS, sizeof(*report->vcpus)),
        .channels = calloc(LAUNCH_MAX_CHANNELS, sizeof(*report->channels)),
        .shares = calloc(LAUNCH_MAX_SHARES, sizeof(*report->shares)),
    };
    bool done = false;

    if (examination && report->domains && report->regions && report->vcpus && report->channels &&
        report->shares) {
        examination->fdt = fdt;
        examination->files = files;
        examination->report = report;
        done = examine(examination) && !report->incomplete;
    }
    free(examination);
    if (!done)
        launch_report_free(report);
    return done;
}

void launch_report_free(struct launch_report *report)
{
    free(report->domains);
    free(report->regions);
    free(report->vcpus);
    free(report->relations);
    free(report->channels);
    free(report->shares);
    free(report->devices);
    free(report->messages);
    *report = (struct launch_report){0};
}
