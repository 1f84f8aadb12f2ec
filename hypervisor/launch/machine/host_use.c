/* SPDX-License-Identifier: MIT */
#include "host_use.h"

#include <libfdt.h>
#include <string.h>

#include "ranges.h"

/* Children of the root that the domain has its own of. */
static const char *const replaced_names[] = {
    "cpus", "chosen", "psci", "reserved-memory", "__symbols__", "__fixups__", "__local_fixups__",
};

static const struct {
    const char *compatible;
    enum host_use use;
} compatibles[] = {
    {"arm,gic-v3", HOST_GIC},
    {"arm,armv8-timer", HOST_REPLACED},
    {"arm,armv7-timer", HOST_REPLACED},
    {"arm,psci-1.0", HOST_REPLACED},
    {"arm,psci-0.2", HOST_REPLACED},
    {"arm,psci", HOST_REPLACED},
    {"xen,xen", HOST_REPLACED},
    /* The timer's memory-mapped frames would let it stop the hypervisor's clock. */
    {"arm,armv7-timer-mem", HOST_WITHHELD},
    /* Their interrupts are private ones, which stay with the hypervisor. */
    {"arm,armv8-pmuv3", HOST_WITHHELD},
    {"arm,cortex-a35-pmu", HOST_WITHHELD},
    {"arm,cortex-a53-pmu", HOST_WITHHELD},
    {"arm,cortex-a55-pmu", HOST_WITHHELD},
    {"arm,cortex-a57-pmu", HOST_WITHHELD},
    {"arm,cortex-a72-pmu", HOST_WITHHELD},
    {"arm,cortex-a73-pmu", HOST_WITHHELD},
    {"arm,cortex-a76-pmu", HOST_WITHHELD},
    {"arm,statistical-profiling-extension-v1", HOST_WITHHELD},
    /* Whose devices reach all of memory. */
    {"arm,smmu-v1", HOST_WITHHELD},
    {"arm,smmu-v2", HOST_WITHHELD},
    {"arm,smmu-v3", HOST_WITHHELD},
    {"arm,mmu-400", HOST_WITHHELD},
    {"arm,mmu-401", HOST_WITHHELD},
    {"arm,mmu-500", HOST_WITHHELD},
    {"qcom,smmu-v2", HOST_WITHHELD},
    /* Firmware behind SMC, which ends at the hypervisor. */
    {"linaro,optee-tz", HOST_WITHHELD},
    {"arm,scmi-smc", HOST_WITHHELD},
    /* Needs the ITS and large windows; the boards so far have all they need without it. */
    {"pci-host-ecam-generic", HOST_WITHHELD},
};

static enum host_use by_kind(const struct tree_walk *walk, int uart)
{
    if (walk->node == uart)
        return HOST_UART;
    if (walk->depth == 1) {
        const char *name = tree_name(walk->fdt, walk->node);

        for (unsigned int i = 0; i < ARRAY_SIZE(replaced_names); i++)
            if (strcmp(name, replaced_names[i]) == 0)
                return HOST_REPLACED;
    }
    if (strcmp(walk->device_type, "memory") == 0)
        return HOST_REPLACED;
    if (strcmp(walk->device_type, "pci") == 0)
        return HOST_WITHHELD;
    for (unsigned int i = 0; i < ARRAY_SIZE(compatibles); i++)
        if (tree_walk_compatible(walk, compatibles[i].compatible))
            return compatibles[i].use;
    return HOST_GIVEN;
}

enum host_use host_use_of(const struct tree_walk *walk, int uart)
{
    enum host_use use = by_kind(walk, uart);

    if (use == HOST_GIVEN && tree_property(walk->fdt, walk->node, "xen,passthrough", NULL))
        return HOST_PASSED;
    return use;
}

bool host_may_be_given(const struct machine *machine, struct paddr_range range)
{
    return !ranges_overlapping(machine->banks, machine->nr_banks, range) &&
           !ranges_overlapping(machine->arch.gicr, machine->arch.nr_gicr, range) &&
           !range_overlaps(machine->arch.gicd, range) &&
           !(machine->has_uart && range_overlaps(machine->uart.reg, range));
}

int host_uart_node(const struct machine *machine)
{
    return machine->has_uart ? machine->uart.node : -1;
}
