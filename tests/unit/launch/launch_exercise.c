/* SPDX-License-Identifier: MIT */
#include "launch_exercise.h"

#include "tree/tree.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <trefoil/launch.h>
#include <xen/bootfdt.h>

#include "machine/ranges.h"

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static const struct paddr_range kept[2] = {{0x40200000, 0x200000}, {0x48000000, 0x100000}};

static bool one_line(const char *text, size_t size)
{
    size_t length = strnlen(text, size);

    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~')
            return false;
    return length != 0 && length < size;
}

static void check_machine(const struct machine *machine)
{
    MUST(machine->nr_banks > 0 && machine->nr_banks <= MACHINE_MAX_BANKS);
    MUST(machine->nr_cpus > 0 && machine->nr_cpus <= MACHINE_MAX_CPUS);
    MUST(machine->nr_reserved <= MACHINE_MAX_RESERVED);
    MUST(machine->arch.nr_gicr > 0 && machine->arch.nr_gicr <= MACHINE_MAX_REDIST);
    MUST(machine->arch.timer_irq_virt >= 16 && machine->arch.timer_irq_hyp >= 16);
    for (unsigned int i = 0; i < machine->nr_banks; i++) {
        MUST(machine->banks[i].start % PAGE_SIZE == 0 && machine->banks[i].size % PAGE_SIZE == 0);
        MUST(machine->banks[i].size != 0);
        MUST(i == 0 ||
             machine->banks[i - 1].start + machine->banks[i - 1].size <= machine->banks[i].start);
    }
}

static void check_module(const struct machine *machine, const struct launch_module *module)
{
    if (module->range.size == 0)
        return;
    MUST(ranges_hold(machine->banks, machine->nr_banks, module->range));
    MUST(!ranges_overlapping(kept, 2, module->range));
}

static void check_domain(const struct machine *machine, const struct launch_domain *domain)
{
    uint64_t total = 0;

    MUST(domain->cpus > 0 && domain->cpus <= LAUNCH_MAX_VCPUS);
    MUST(domain->memory > 0 && domain->memory % PAGE_SIZE == 0);
    MUST(domain->kernel.range.size > 0 && domain->domid < LAUNCH_MAX_DOMID);
    MUST(domain->weight > 0 && domain->weight <= LAUNCH_MAX_WEIGHT);
    MUST(domain->cap <= LAUNCH_CAP_PER_VCPU * domain->cpus);
    MUST(domain->nr_lines <= LAUNCH_MAX_NR_LINES + 28);
    MUST(memchr(domain->name, '\0', LAUNCH_NAME) && domain->name[0]);
    MUST(!domain->direct_map || domain->nr_static_memory > 0);
    check_module(machine, &domain->kernel);
    check_module(machine, &domain->ramdisk);
    check_module(machine, &domain->device_tree);
    for (unsigned int i = 0; i < domain->nr_static_memory; i++) {
        MUST(ranges_hold(machine->banks, machine->nr_banks, domain->static_memory[i]));
        MUST(!ranges_overlapping(kept, 2, domain->static_memory[i]));
        total += domain->static_memory[i].size;
    }
    MUST(domain->nr_static_memory == 0 || total == domain->memory);
}

static void check_pair(const struct launch_domain *a, const struct launch_domain *b)
{
    MUST(a->domid != b->domid && strcmp(a->name, b->name) != 0);
    MUST(!(a->roles & b->roles & (DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE)));
    for (unsigned int i = 0; i < a->nr_static_memory; i++)
        MUST(!ranges_overlapping(b->static_memory, b->nr_static_memory, a->static_memory[i]));
}

/* Both ends of every channel are there, and no two have one port. */
static void check_channels(const struct launch_plan *plan)
{
    for (unsigned int i = 0; i < plan->nr_channels; i++) {
        const struct launch_channel *one = &plan->channels[i];
        unsigned int ends = 0;

        MUST(one->port >= 1 && one->port <= LAUNCH_MAX_PORT);
        for (unsigned int k = 0; k < plan->nr_channels; k++) {
            const struct launch_channel *other = &plan->channels[k];

            MUST(k == i || one->domid != other->domid || one->port != other->port);
            ends += one->remote_domid == other->domid && one->remote_port == other->port &&
                    other->remote_domid == one->domid && other->remote_port == one->port;
        }
        MUST(ends == 1);
    }
}

/* All shares of a region agree, and nobody else has what it is in. */
static void check_shares(const struct machine *machine, const struct launch_plan *plan)
{
    for (unsigned int i = 0; i < plan->nr_shares; i++) {
        const struct launch_share *one = &plan->shares[i];
        const struct launch_region *region = &plan->regions[one->region];
        unsigned int shares = 0;

        MUST(one->region < plan->nr_regions && one->guest.size == region->size);
        MUST(strlen(region->id) < LAUNCH_REGION_ID && strcmp(region->id, one->id) == 0);
        MUST(one->placed == (region->host.size != 0));
        for (unsigned int k = 0; k < plan->nr_shares; k++) {
            const struct launch_share *other = &plan->shares[k];

            shares += other->region == one->region;
            MUST(k == i || other->region != one->region || other->domid != one->domid);
            MUST(k == i || other->region != one->region || !(other->owner && one->owner));
            MUST(!one->placed || !other->placed || other->region == one->region ||
                 !range_overlaps(region->host, plan->regions[other->region].host));
        }
        MUST(shares == region->nr_shares);
        if (!one->placed)
            continue;
        MUST(ranges_hold(machine->banks, machine->nr_banks, region->host));
        MUST(!ranges_overlapping(kept, 2, region->host));
        MUST(ranges_hold(plan->claimed, plan->nr_claimed, region->host));
        for (unsigned int k = 0; k < plan->nr_domains; k++)
            MUST(!ranges_overlapping(plan->domains[k].static_memory,
                                     plan->domains[k].nr_static_memory, region->host));
    }
}

/* No two disks of a domain have one number, and there is somebody to serve them. */
static void check_served(const void *fdt, const struct launch_domain *domain)
{
    struct launch_device one = {.node = 0};
    unsigned int count = 0;

    for (; launch_next_device(fdt, domain, &one); count++) {
        struct launch_device other = {.node = 0};

        MUST(one.kind == LAUNCH_NETWORK ? one.number == one.networks - 1
                                        : one.number && one.number <= LAUNCH_MAX_VIRTUAL_DEVICE);
        while (launch_next_device(fdt, domain, &other) && other.node < one.node)
            MUST(other.kind != one.kind || other.number != one.number);
    }
    MUST(count == domain->nr_devices && count <= LAUNCH_MAX_DEVICES);
    MUST(count == 0 || !(domain->roles & DOMAIN_CAPS_HARDWARE));
}

static void check_devices(const struct machine *machine, const struct device_list *devices)
{
    for (unsigned int i = 0; i < devices->nr_ranges; i++) {
        struct paddr_range range = devices->ranges[i];

        MUST(range.size != 0 && range.start % PAGE_SIZE == 0 && range.size % PAGE_SIZE == 0);
        MUST(!ranges_overlapping(machine->banks, machine->nr_banks, range));
        MUST(!range_overlaps(machine->arch.gicd, range));
        MUST(!machine->has_uart || !range_overlaps(machine->uart.reg, range));
    }
    MUST((devices->lines[0] & 0xffffffff) == 0);
}

static void check_layout(const struct machine *machine, const struct launch_domain *domain,
                         const struct launch_layout *layout)
{
    uint64_t total = 0;

    for (unsigned int i = 0; i < layout->nr_ram; i++) {
        total += layout->ram[i].size;
        MUST(!range_overlaps(layout->ram[i], layout->grant_table));
        for (unsigned int k = 0; k < layout->nr_extended; k++)
            MUST(!range_overlaps(layout->ram[i], layout->extended[k]));
    }
    MUST(total == domain->memory);
    MUST(layout->nr_shared == domain->nr_shared);
    for (unsigned int i = 0; i < layout->nr_shared; i++) {
        struct paddr_range range = layout->shared[i];

        MUST(!ranges_overlapping(layout->ram, layout->nr_ram, range));
        MUST(!range_overlaps(layout->grant_table, range));
        MUST(!ranges_overlapping(layout->extended, layout->nr_extended, range));
        MUST(!ranges_overlapping(layout->shared, i, range));
        MUST(!range_overlaps(layout->arch.gicd, range) &&
             !range_overlaps(layout->arch.gicr, range));
    }
    MUST(!domain->direct_map || layout->arch.gicd.start == machine->arch.gicd.start);
}

static void build_tree(const void *fdt, const struct machine *machine,
                       const struct launch_plan *plan, const struct launch_domain *domain)
{
    static struct device_list devices;
    static struct launch_layout layout;
    static struct launch_placement placement;
    bool hardware = domain->roles & DOMAIN_CAPS_HARDWARE;
    uint64_t size = guest_tree_size(fdt, domain, 0);
    const struct launch_sizes sizes = {.image_size = domain->kernel.range.size,
                                       .ramdisk = domain->ramdisk.range.size,
                                       .tree = size};
    const struct guest_tree what = {.host_tree = fdt,
                                    .machine = machine,
                                    .domain = domain,
                                    .layout = &layout,
                                    .devices = hardware ? &devices : NULL,
                                    .plan = hardware ? plan : NULL,
                                    .placement = &placement};
    const char *wrong;
    void *buffer;

    launch_devices(fdt, machine, &devices);
    check_devices(machine, &devices);
    if (!launch_layout(machine, domain, hardware ? &devices : NULL, &layout))
        return;
    launch_layout_share(plan, domain, &layout);
    check_layout(machine, domain, &layout);
    MUST(launch_place(&layout, &sizes, &placement));
    buffer = aligned_alloc(PAGE_SIZE, size);
    MUST(buffer != NULL);
    wrong = guest_tree_write(&what, buffer, size);
    MUST(wrong ? strcmp(wrong, "no room") != 0 : fdt_check_full(buffer, size) == 0);
    free(buffer);
}

/* The tree as its own passthrough tree. */
static void pass_devices(const void *fdt, const struct machine *machine)
{
    static struct device_list given;
    static struct launch_passed passed;
    const struct launch_pass_context context = {fdt, machine, &given};

    launch_devices(fdt, machine, &given);
    if (!launch_pass(&context, fdt, fdt_totalsize(fdt), &passed)) {
        MUST(memchr(passed.error, '\0', LAUNCH_MESSAGE) && passed.error[0]);
        return;
    }
    MUST(passed.nr_ranges <= LAUNCH_MAX_PASSED && (passed.lines[0] & 0xffffffff) == 0);
    for (unsigned int i = 0; i < passed.nr_ranges; i++) {
        struct paddr_range range = passed.ranges[i].host;

        MUST(range.size != 0 && range.start % PAGE_SIZE == 0 && range.size % PAGE_SIZE == 0);
        MUST(passed.ranges[i].guest % PAGE_SIZE == 0);
        MUST(!ranges_overlapping(machine->banks, machine->nr_banks, range));
        MUST(!ranges_overlapping(given.ranges, given.nr_ranges, range));
        MUST(!range_overlaps(machine->arch.gicd, range));
        MUST(!machine->has_uart || !range_overlaps(machine->uart.reg, range));
    }
}

static int exercise(const void *fdt)
{
    static struct machine machine;
    static struct launch_plan plan;
    char error[128];

    /* What the hypervisor takes for a tree, libfdt does as well. (The other way round it may not
     * end.) */
    MUST(!tree_valid(fdt) || fdt_check_full(fdt, fdt_totalsize(fdt)) == 0);
    if (!machine_read(fdt, &machine, error, sizeof(error))) {
        MUST(one_line(error, sizeof(error)));
        return -1;
    }
    check_machine(&machine);
    MUST(launch_plan(fdt, &machine, kept, 2, &plan) == (plan.nr_domains != 0));
    for (unsigned int i = 0; i < plan.nr_domains; i++) {
        check_domain(&machine, &plan.domains[i]);
        for (unsigned int k = 0; k < i; k++)
            check_pair(&plan.domains[i], &plan.domains[k]);
        check_served(fdt, &plan.domains[i]);
        build_tree(fdt, &machine, &plan, &plan.domains[i]);
    }
    check_channels(&plan);
    check_shares(&machine, &plan);
    pass_devices(fdt, &machine);
    for (unsigned int i = 0; i < plan.nr_messages; i++)
        MUST(one_line(plan.messages[i].text, LAUNCH_MESSAGE));
    return (int)plan.nr_domains;
}

int launch_exercise(const void *bytes, size_t size)
{
    void *fdt = aligned_alloc(8, ALIGN_UP(size, 8));
    int result = -1;

    MUST(fdt != NULL);
    memcpy(fdt, bytes, size);
    /* Who calls the hypervisor has its whole tree in memory. */
    if (size >= sizeof(struct fdt_header) && fdt_totalsize(fdt) <= size)
        result = exercise(fdt);
    free(fdt);
    return result;
}
