/* SPDX-License-Identifier: MIT */
/* Rules for one domain by itself and the machine it is to run on. */
#include "plan.h"

#include <string.h>
#include <xen/bootfdt.h>

#include "launch_arch.h"
#include "machine/ranges.h"

static void rule_error(struct planner *planner, const char *property, const char *what)
{
    plan_error(planner, planner->domain, planner->domain->node, property, "%s", what);
}

bool plan_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("._-+,@", c));
}

static void check_name(struct planner *planner)
{
    const char *name = planner->domain->name;
    bool only_digits = true;

    if (name[0] == '\0') {
        plan_error(planner, planner->domain, planner->domain->node, "xen,domain-name",
                   "empty, or the node's name is longer than %u characters", LAUNCH_NAME - 1);
        return;
    }
    for (const char *c = name; *c; c++) {
        if (!plan_name_character(*c)) {
            rule_error(planner, "xen,domain-name",
                       "only letters, digits and . _ - + , @ may be in a name");
            return;
        }
        only_digits = only_digits && *c >= '0' && *c <= '9';
    }
    if (only_digits)
        rule_error(planner, "xen,domain-name", "a name of digits alone would be taken for an id");
}

static void module_error(struct planner *planner, const struct launch_module *module,
                         const char *what, const struct paddr_range *other)
{
    plan_error(planner, planner->domain, module->node, "reg", "0x%llx, 0x%llx bytes, %s 0x%llx",
               (unsigned long long)module->range.start, (unsigned long long)module->range.size,
               what, (unsigned long long)other->start);
}

/* A module may lie in reserved memory (boot loaders mark modules so) but must be in RAM and out of
 * the hypervisor. */
static void check_module(struct planner *planner, const struct launch_module *module)
{
    const struct launch_domain *domain = planner->domain;
    const struct paddr_range *other;

    if (!ranges_hold(planner->machine->banks, planner->machine->nr_banks, module->range)) {
        plan_error(planner, planner->domain, module->node, "reg",
                   "0x%llx, 0x%llx bytes, is outside the machine's memory",
                   (unsigned long long)module->range.start, (unsigned long long)module->range.size);
        return;
    }
    other = ranges_overlapping(planner->kept, planner->nr_kept, module->range);
    if (other)
        module_error(planner, module, "overlaps what the hypervisor keeps at", other);
    other = ranges_overlapping(domain->static_memory, domain->nr_static_memory, module->range);
    if (other)
        module_error(planner, module, "overlaps the domain's static memory at", other);
}

static void check_own_modules(struct planner *planner)
{
    const struct launch_domain *domain = planner->domain;
    const struct launch_module *const modules[] = {&domain->kernel, &domain->ramdisk,
                                                   &domain->device_tree};

    for (unsigned int i = 0; i < ARRAY_SIZE(modules); i++) {
        if (modules[i]->range.size == 0)
            continue;
        check_module(planner, modules[i]);
        for (unsigned int k = 0; k < i; k++)
            if (range_overlaps(modules[i]->range, modules[k]->range))
                module_error(planner, modules[i], "overlaps the domain's module at",
                             &modules[k]->range);
    }
}

static bool check_static_bank(struct planner *planner, unsigned int index)
{
    const struct launch_domain *domain = planner->domain;
    const struct machine *machine = planner->machine;
    struct paddr_range bank = domain->static_memory[index];
    const char *wrong = NULL;

    if (bank.size == 0 || bank.start % PAGE_SIZE != 0 || bank.size % PAGE_SIZE != 0)
        wrong = "is empty or not whole pages";
    else if (!ranges_hold(machine->banks, machine->nr_banks, bank))
        wrong = "is outside the machine's memory";
    else if (ranges_overlapping(machine->reserved, machine->nr_reserved, bank))
        wrong = "overlaps reserved memory";
    else if (ranges_overlapping(planner->kept, planner->nr_kept, bank))
        wrong = "overlaps what the hypervisor keeps";
    else if (ranges_overlapping(domain->static_memory, index, bank))
        wrong = "overlaps another range of its own";
    if (wrong)
        plan_error(planner, planner->domain, domain->node, "xen,static-mem",
                   "0x%llx, 0x%llx bytes, %s", (unsigned long long)bank.start,
                   (unsigned long long)bank.size, wrong);
    return wrong == NULL;
}

static void check_static_memory(struct planner *planner)
{
    const struct launch_domain *domain = planner->domain;
    uint64_t total = 0;

    if (domain->direct_map && domain->nr_static_memory == 0)
        rule_error(planner, "direct-map", "needs xen,static-mem");
    for (unsigned int i = 0; i < domain->nr_static_memory; i++) {
        if (!check_static_bank(planner, i))
            return;
        total += domain->static_memory[i].size;
    }
    if (domain->nr_static_memory != 0 && total != domain->memory)
        plan_error(planner, planner->domain, domain->node, "xen,static-mem",
                   "%llu KiB in all, but memory says %llu KiB", (unsigned long long)(total / KIB),
                   (unsigned long long)(domain->memory / KIB));
}

static void check_hardware(struct planner *planner)
{
    struct launch_domain *domain = planner->domain;

    if (!(domain->roles & DOMAIN_CAPS_HARDWARE)) {
        if (domain->machine_power)
            rule_error(planner, "machine-power", "only of the hardware domain");
        return;
    }
    if (!domain->direct_map)
        rule_error(planner, "capabilities",
                   "a hardware domain needs direct-map and xen,static-mem, there being no IOMMU");
    if (domain->virtual_uart)
        plan_warning(planner, domain->node, LAUNCH_PROPERTY_UART,
                     "not for the hardware domain, ignored");
    if (domain->nr_lines != 0)
        plan_warning(planner, domain->node, LAUNCH_PROPERTY_LINES,
                     "the hardware domain has all, ignored");
    if (domain->device_tree.range.size != 0)
        plan_warning(planner, domain->device_tree.node, "compatible",
                     "the hardware domain has the machine's device tree, ignored");
    domain->virtual_uart = false;
    domain->nr_lines = 0;
    domain->device_tree.range.size = 0;
    if (domain->cpus > arch_max_hardware_cpus(planner->machine))
        plan_error(planner, domain, domain->node, "cpus",
                   "%u, more than the machine's interrupt controller has room for", domain->cpus);
}

static void check_uart(struct planner *planner)
{
    struct launch_domain *domain = planner->domain;
    const struct machine_uart *uart = &planner->machine->uart;
    unsigned int line = domain->direct_map ? uart->irq : LAUNCH_UART_LINE;

    if (!domain->virtual_uart)
        return;
    if (domain->direct_map && (!planner->machine->has_uart || line < LAUNCH_FIRST_LINE)) {
        rule_error(planner, LAUNCH_PROPERTY_UART,
                   "with direct-map it takes the place of the machine's UART, which has none");
        return;
    }
    if (domain->nr_lines < line + 1 - LAUNCH_FIRST_LINE)
        domain->nr_lines = line + 1 - LAUNCH_FIRST_LINE;
}

static void check_affinity(struct planner *planner)
{
    const struct launch_domain *domain = planner->domain;
    uint64_t online = (1ULL << planner->machine->nr_cpus) - 1;

    for (unsigned int i = 0; i < domain->cpus; i++) {
        if (!(domain->affinity[i] & online)) {
            plan_error(planner, planner->domain, domain->node, "hard-affinity",
                       "vcpu %u: none of the machine's %u CPUs", i, planner->machine->nr_cpus);
            return;
        }
    }
}

static void check_cap(struct planner *planner)
{
    const struct launch_domain *domain = planner->domain;

    if (domain->cap > LAUNCH_CAP_PER_VCPU * domain->cpus)
        plan_error(planner, planner->domain, domain->node, "sched-cap",
                   "%u percent, must be at most %u, %u for each of its vcpus", domain->cap,
                   LAUNCH_CAP_PER_VCPU * domain->cpus, LAUNCH_CAP_PER_VCPU);
}

/* Whether kernel, ramdisk and device tree fit; the kernel's .bss is known only once its header is
 * read. */
static void check_room(struct planner *planner)
{
    const struct launch_domain *domain = planner->domain;
    const struct launch_sizes sizes = {
        .image_size = domain->kernel.range.size,
        .ramdisk = domain->ramdisk.range.size,
        .tree = guest_tree_size(planner->fdt, domain, domain->device_tree.range.size),
    };
    struct launch_layout layout;
    struct launch_placement placement;

    if (!launch_layout(planner->machine, domain, NULL, &layout))
        rule_error(planner, "memory", "more than a domain's address space has room for");
    else if (!launch_place(&layout, &sizes, &placement))
        plan_error(planner, planner->domain, domain->node, "memory",
                   "%llu KiB hold no kernel of %llu KiB, ramdisk of %llu KiB and device tree",
                   (unsigned long long)(domain->memory / KIB),
                   (unsigned long long)(sizes.image_size / KIB),
                   (unsigned long long)(sizes.ramdisk / KIB));
}

void plan_check_domain(struct planner *planner)
{
    static void (*const rules[])(struct planner * planner) = {
        check_name, check_own_modules, check_static_memory, check_hardware,
        check_uart, check_affinity,    check_cap,
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(rules); i++)
        rules[i](planner);
    if (!plan_is_bad(planner, planner->domain))
        check_room(planner);
}
