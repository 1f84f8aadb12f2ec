/* SPDX-License-Identifier: MIT */
#include "host_use.h"

#include <string.h>

#include "launch_arch.h"
#include "ranges.h"

/* Children of the root that the domain has its own of. */
static const char *const replaced_names[] = {
    "cpus", "chosen", "domains", "reserved-memory", "__symbols__", "__fixups__", "__local_fixups__",
};

static const struct {
    const char *compatible;
    enum host_use use;
} compatibles[] = {
    {"xen,xen", HOST_REPLACED},
    /* Needs message interrupts and large windows; the boards so far have all they need without. */
    {"pci-host-ecam-generic", HOST_WITHHELD},
};

static enum host_use by_kind(const struct tree_walk *walk, const struct machine *machine)
{
    if (machine->has_uart && walk->node == machine->uart.node)
        return HOST_UART;
    if (machine->watchdog.compatible && walk->node == machine->watchdog.node)
        return HOST_WITHHELD;
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
    return arch_host_use(walk);
}

enum host_use host_use_of(const struct tree_walk *walk, const struct machine *machine)
{
    enum host_use use = by_kind(walk, machine);

    if (use == HOST_GIVEN && tree_property(walk->fdt, walk->node, "xen,passthrough", NULL))
        return HOST_PASSED;
    return use;
}

bool host_keeps_line(const struct machine *machine, uint32_t line)
{
    return (machine->has_uart && line == machine->uart.irq) ||
           (machine->watchdog.compatible && line == machine->watchdog.irq);
}

static bool is_watchdog(const struct machine *machine, struct paddr_range range)
{
    return machine->watchdog.compatible && (range_overlaps(machine->watchdog.reg[0], range) ||
                                            range_overlaps(machine->watchdog.reg[1], range));
}

bool host_may_be_given(const struct machine *machine, struct paddr_range range)
{
    struct paddr_range kept[LAUNCH_ARCH_KEPT];
    unsigned int nr_kept = arch_kept_registers(machine, kept);

    return !ranges_overlapping(machine->banks, machine->nr_banks, range) &&
           !ranges_overlapping(kept, nr_kept, range) &&
           !(machine->has_uart && range_overlaps(machine->uart.reg, range)) &&
           !is_watchdog(machine, range);
}
