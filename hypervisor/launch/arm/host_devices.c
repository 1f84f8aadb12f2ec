/* SPDX-License-Identifier: MIT */
/* Of the machine's devices: their interrupts, what the hypervisor keeps, where a domain has its
 * own. */
#include "launch_arch.h"

#include <libfdt.h>
#include <string.h>
#include <xen/arch-arm.h>

/* The binding of the Arm GIC: type (0 SPI, 1 PPI), number within the type, flags. */
static uint32_t intid_of(const uint8_t *specifier)
{
    uint32_t type = fdt32_ld((const fdt32_t *)specifier);
    uint32_t number = fdt32_ld((const fdt32_t *)(specifier + sizeof(uint32_t)));

    if (type == 0 && number < 988)
        return number + 32;
    if (type == 1 && number < 16)
        return number + 16;
    return 0;
}

enum tree_result arch_line(const struct tree_walk *walk, const struct machine *machine,
                           unsigned int index, uint32_t *line)
{
    const uint8_t *specifier;
    enum tree_result result;

    *line = 0;
    if (machine->controller.cells < 3)
        return TREE_MALFORMED;
    result = tree_interrupt(walk, machine->controller.phandle, machine->controller.cells, index,
                            &specifier);
    if (result != TREE_OK || !specifier)
        return result;
    *line = intid_of(specifier);
    return *line == 0 ? TREE_MALFORMED : TREE_OK;
}

static const struct {
    const char *compatible;
    enum host_use use;
} compatibles[] = {
    {"arm,gic-v3", HOST_CONTROLLER},
    {"arm,armv8-timer", HOST_REPLACED},
    {"arm,armv7-timer", HOST_REPLACED},
    {"arm,psci-1.0", HOST_REPLACED},
    {"arm,psci-0.2", HOST_REPLACED},
    {"arm,psci", HOST_REPLACED},
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
};

enum host_use arch_host_use(const struct tree_walk *walk)
{
    if (walk->depth == 1 && strcmp(tree_name(walk->fdt, walk->node), "psci") == 0)
        return HOST_REPLACED;
    for (unsigned int i = 0; i < ARRAY_SIZE(compatibles); i++)
        if (tree_walk_compatible(walk, compatibles[i].compatible))
            return compatibles[i].use;
    return HOST_GIVEN;
}

unsigned int arch_kept_registers(const struct machine *machine,
                                 struct paddr_range ranges[LAUNCH_ARCH_KEPT])
{
    ranges[0] = machine->arch.gicd;
    memcpy(&ranges[1], machine->arch.gicr, machine->arch.nr_gicr * sizeof(ranges[0]));
    return 1 + machine->arch.nr_gicr;
}

uint64_t arch_max_hardware_cpus(const struct machine *machine)
{
    return machine->arch.gicr[0].size / LAUNCH_GICR_STRIDE;
}

static uint64_t gicr_size(const struct launch_domain *domain)
{
    return (uint64_t)domain->cpus * LAUNCH_GICR_STRIDE;
}

void arch_plain_layout(const struct launch_domain *domain, struct launch_layout *layout)
{
    layout->arch.gicd = (struct paddr_range){GUEST_GICV3_GICD_BASE, GUEST_GICV3_GICD_SIZE};
    layout->arch.gicr = (struct paddr_range){GUEST_GICV3_GICR0_BASE, gicr_size(domain)};
    layout->uart_base = GUEST_PL011_BASE;
    layout->uart_line = GUEST_VPL011_SPI;
}

void arch_direct_layout(const struct machine *machine, const struct launch_domain *domain,
                        struct launch_layout *layout)
{
    layout->arch.gicd = machine->arch.gicd;
    layout->arch.gicr = (struct paddr_range){machine->arch.gicr[0].start, gicr_size(domain)};
    layout->uart_base = machine->uart.reg.start;
    layout->uart_line = machine->uart.irq;
}

void arch_layout_ranges(const struct launch_layout *layout,
                        struct paddr_range ranges[LAUNCH_ARCH_RANGES])
{
    ranges[0] = layout->arch.gicd;
    ranges[1] = layout->arch.gicr;
}
