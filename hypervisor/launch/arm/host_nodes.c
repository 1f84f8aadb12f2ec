/* SPDX-License-Identifier: MIT */
/*
 * Of the host's tree: CPUs, GIC, timers and PSCI (Linux bindings arm,cpus, arm,gic-v3,
 * arm,arch_timer, arm,psci).
 */
#include "launch_arch.h"

#include <string.h>

#define GICD_MIN_SIZE    0x10000U
#define GICR_STRIDE_UNIT 0x10000U
#define MPIDR_AFFINITY   0xff00ffffffULL

bool arch_read_cpu(struct machine_reader *reader, struct machine_cpu *cpu)
{
    const struct tree_walk *walk = &reader->walk;
    const char *method = tree_string(walk->fdt, walk->node, "enable-method");
    int size;
    const uint8_t *reg = tree_property(walk->fdt, walk->node, "reg", &size);

    if (!reg || !tree_take(&reg, &size, walk->level[walk->depth - 1].address_cells, &cpu->id) ||
        (cpu->id & ~MPIDR_AFFINITY)) {
        machine_error(reader, walk->node, "reg: missing or not an MPIDR");
        return false;
    }
    cpu->startable = method && strcmp(method, "psci") == 0;
    return true;
}

static void read_psci(struct machine_reader *reader)
{
    const char *method = tree_string(reader->walk.fdt, reader->walk.node, "method");

    if (!method || (strcmp(method, "smc") != 0 && strcmp(method, "hvc") != 0)) {
        machine_error(reader, reader->walk.node, "method: must be \"smc\" or \"hvc\"");
        return;
    }
    reader->machine->arch.has_psci = true;
    reader->machine->arch.psci_smc = strcmp(method, "smc") == 0;
}

static void read_gic_stride(struct machine_reader *reader)
{
    struct arch_machine *arch = &reader->machine->arch;
    int size;
    const uint8_t *data =
        tree_property(reader->walk.fdt, reader->walk.node, "redistributor-stride", &size);

    if (data && (!tree_take(&data, &size, (uint32_t)size / 4, &arch->gicr_stride) ||
                 arch->gicr_stride % GICR_STRIDE_UNIT != 0))
        machine_error(reader, reader->walk.node,
                      "redistributor-stride: must be a multiple of 64 KiB");
}

static void read_gic(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;
    struct arch_machine *arch = &machine->arch;
    const struct tree_walk *walk = &reader->walk;
    uint32_t regions = 1;

    if (arch->gicd.size != 0)
        return;
    tree_walk_path(walk, machine->controller.path, sizeof(machine->controller.path));
    tree_u32(walk->fdt, walk->node, "#redistributor-regions", 0, &regions);
    if (regions == 0 || regions > MACHINE_MAX_REDIST) {
        machine_error(reader, walk->node, "#redistributor-regions: %u, must be 1 to %u", regions,
                      MACHINE_MAX_REDIST);
        return;
    }
    for (unsigned int i = 0; i <= regions; i++) {
        struct paddr_range *range = i == 0 ? &arch->gicd : &arch->gicr[i - 1];

        if (!machine_reg(reader, i, range) || range->size < GICD_MIN_SIZE ||
            range->start % GICD_MIN_SIZE != 0) {
            machine_error(reader, walk->node, "reg: entry %u missing, too small or unaligned", i);
            return;
        }
    }
    arch->nr_gicr = regions;
    reader->controller = *walk;
    machine->controller.phandle = tree_phandle(walk->fdt, walk->node);
    machine->controller.cells = 3;
    tree_u32(walk->fdt, walk->node, "#interrupt-cells", 0, &machine->controller.cells);
    read_gic_stride(reader);
}

/* Interrupts can be read only once the GIC is known. */
static void note_timer(struct machine_reader *reader)
{
    if (reader->timer.depth == 0)
        reader->timer = reader->walk;
}

bool arch_read_node(struct machine_reader *reader)
{
    static const struct {
        const char *compatible;
        void (*read)(struct machine_reader *reader);
    } compatibles[] = {
        {"arm,psci-1.0", read_psci},
        {"arm,psci-0.2", read_psci},
        {"arm,gic-v3", read_gic},
        {"arm,armv8-timer", note_timer},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(compatibles); i++) {
        if (tree_walk_compatible(&reader->walk, compatibles[i].compatible)) {
            compatibles[i].read(reader);
            return true;
        }
    }
    return false;
}

/* Which entry of `interrupts` a timer is: by interrupt-names if there are any, else by the
 * binding's order. */
static int timer_index(const struct tree_walk *walk, const char *name, int otherwise)
{
    int size;
    const char *names = tree_property(walk->fdt, walk->node, "interrupt-names", &size);

    return names ? tree_list_index(names, size, name) : otherwise;
}

static void read_timer(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;
    const struct tree_walk *walk = &reader->timer;
    const struct {
        const char *name;
        uint32_t *irq;
    } timers[] = {
        {"sec-phys", NULL},
        {"phys", &machine->arch.timer_irq_phys},
        {"virt", &machine->arch.timer_irq_virt},
        {"hyp-phys", &machine->arch.timer_irq_hyp},
    };

    for (int i = 1; i < (int)ARRAY_SIZE(timers); i++) {
        int index = timer_index(walk, timers[i].name, i);

        if (index < 0 || arch_line(walk, machine, (unsigned int)index, timers[i].irq) != TREE_OK) {
            machine_error(reader, walk->node, "interrupts: the %s timer's is missing or malformed",
                          timers[i].name);
            return;
        }
    }
    tree_u32(walk->fdt, walk->node, "clock-frequency", 0, &machine->arch.timer_frequency);
}

void arch_read_rest(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;

    if (machine->arch.gicd.size == 0)
        machine_error(reader, 0, "no node compatible with arm,gic-v3");
    if (reader->failed)
        return;
    arch_line(&reader->controller, machine, 0, &machine->arch.gic_maintenance_irq);
    if (reader->timer.depth != 0)
        read_timer(reader);
}

const char *arch_machine_lacks(const struct machine *machine)
{
    return machine->arch.timer_irq_virt != 0 ? NULL : "no node compatible with arm,armv8-timer";
}
