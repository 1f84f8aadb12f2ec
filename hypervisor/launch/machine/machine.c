/* SPDX-License-Identifier: MIT */
#include <trefoil/machine.h>

#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "machine_parts.h"
#include "ranges.h"
#include "tree/tree.h"

#define GICD_MIN_SIZE    0x10000U
#define GICR_STRIDE_UNIT 0x10000U
#define MPIDR_AFFINITY   0xff00ffffffULL

void machine_error(struct machine_reader *reader, int node, const char *format, ...)
{
    char path[MACHINE_PATH];
    char text[128];
    va_list args;

    if (reader->failed)
        return;
    reader->failed = true;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    snprintf(reader->error, reader->error_size, "%s: %s",
             tree_path(reader->walk.fdt, node, path, sizeof(path)), text);
    tree_make_printable(reader->error);
}

bool machine_reg(struct machine_reader *reader, unsigned int index, struct paddr_range *range)
{
    switch (tree_reg(&reader->walk, index, range)) {
    case TREE_OK: return true;
    case TREE_END: return false;
    case TREE_MALFORMED:
        machine_error(reader, reader->walk.node, "reg: malformed (entry %u)", index);
        return false;
    case TREE_UNTRANSLATED:
        machine_error(reader, reader->walk.node, "reg: no ranges lead to the CPU's addresses");
        return false;
    }
    return false;
}

static void read_memory(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;
    struct paddr_range range;

    for (unsigned int i = 0; machine_reg(reader, i, &range); i++) {
        if (!ranges_shrink_to_pages(&range))
            continue;
        if (!ranges_add(machine->banks, &machine->nr_banks, MACHINE_MAX_BANKS, range)) {
            machine_error(reader, reader->walk.node, "reg: more than %u banks of memory",
                          MACHINE_MAX_BANKS);
            return;
        }
    }
}

static void read_reserved(struct machine_reader *reader, struct paddr_range range)
{
    struct machine *machine = reader->machine;

    ranges_grow_to_pages(&range);
    if (range.size != 0 &&
        !ranges_add(machine->reserved, &machine->nr_reserved, MACHINE_MAX_RESERVED, range))
        machine_error(reader, reader->walk.node, "more than %u reserved ranges",
                      MACHINE_MAX_RESERVED);
}

static void read_reserved_node(struct machine_reader *reader)
{
    struct paddr_range range;

    for (unsigned int i = 0; machine_reg(reader, i, &range); i++)
        read_reserved(reader, range);
}

static void read_memreserve(struct machine_reader *reader)
{
    const void *fdt = reader->walk.fdt;
    int count = fdt_num_mem_rsv(fdt);

    for (int i = 0; i < count && !reader->failed; i++) {
        struct paddr_range range;

        if (fdt_get_mem_rsv(fdt, i, &range.start, &range.size) != 0)
            return;
        if (range.size > UINT64_MAX - range.start)
            machine_error(reader, 0, "memory reservation block: entry %d wraps around", i);
        else
            read_reserved(reader, range);
    }
}

static void read_cpu(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;
    const struct tree_walk *walk = &reader->walk;
    const char *method = tree_string(walk->fdt, walk->node, "enable-method");
    int size;
    uint64_t mpidr;
    const uint8_t *reg = tree_property(walk->fdt, walk->node, "reg", &size);

    if (!reg || !tree_take(&reg, &size, walk->level[walk->depth - 1].address_cells, &mpidr) ||
        (mpidr & ~MPIDR_AFFINITY)) {
        machine_error(reader, walk->node, "reg: missing or not an MPIDR");
        return;
    }
    for (unsigned int i = 0; i < machine->nr_cpus; i++) {
        if (machine->cpus[i].id == mpidr) {
            machine_error(reader, walk->node, "reg: another CPU has the same MPIDR 0x%llx",
                          (unsigned long long)mpidr);
            return;
        }
    }
    if (machine->nr_cpus == MACHINE_MAX_CPUS)
        return; /* the machine runs with those that there is room for */
    machine->cpus[machine->nr_cpus].id = mpidr;
    machine->cpus[machine->nr_cpus].startable = method && strcmp(method, "psci") == 0;
    machine->nr_cpus++;
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
    struct machine *machine = reader->machine;
    int size;
    const uint8_t *data =
        tree_property(reader->walk.fdt, reader->walk.node, "redistributor-stride", &size);

    if (data && (!tree_take(&data, &size, (uint32_t)size / 4, &machine->arch.gicr_stride) ||
                 machine->arch.gicr_stride % GICR_STRIDE_UNIT != 0))
        machine_error(reader, reader->walk.node,
                      "redistributor-stride: must be a multiple of 64 KiB");
}

static void read_gic(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;
    const struct tree_walk *walk = &reader->walk;
    uint32_t regions = 1;

    if (machine->arch.gicd.size != 0)
        return;
    tree_walk_path(walk, machine->controller.path, sizeof(machine->controller.path));
    tree_u32(walk->fdt, walk->node, "#redistributor-regions", 0, &regions);
    if (regions == 0 || regions > MACHINE_MAX_REDIST) {
        machine_error(reader, walk->node, "#redistributor-regions: %u, must be 1 to %u", regions,
                      MACHINE_MAX_REDIST);
        return;
    }
    for (unsigned int i = 0; i <= regions; i++) {
        struct paddr_range *range = i == 0 ? &machine->arch.gicd : &machine->arch.gicr[i - 1];

        if (!machine_reg(reader, i, range) || range->size < GICD_MIN_SIZE ||
            range->start % GICD_MIN_SIZE != 0) {
            machine_error(reader, walk->node, "reg: entry %u missing, too small or unaligned", i);
            return;
        }
    }
    machine->arch.nr_gicr = regions;
    reader->gic = *walk;
    machine->controller.phandle = tree_phandle(walk->fdt, walk->node);
    machine->controller.cells = 3;
    tree_u32(walk->fdt, walk->node, "#interrupt-cells", 0, &machine->controller.cells);
    read_gic_stride(reader);
}

/* Which entry of `interrupts` a timer is: by interrupt-names if there are any, else by the
 * binding's order. */
static int timer_index(const struct tree_walk *walk, const char *name, int otherwise)
{
    if (!tree_property(walk->fdt, walk->node, "interrupt-names", NULL))
        return otherwise;
    return fdt_stringlist_search(walk->fdt, walk->node, "interrupt-names", name);
}

static void read_timer(struct machine_reader *reader)
{
    static const struct {
        const char *name;
        size_t offset;
    } timers[] = {
        {"sec-phys", 0},
        {"phys", offsetof(struct arch_machine, timer_irq_phys)},
        {"virt", offsetof(struct arch_machine, timer_irq_virt)},
        {"hyp-phys", offsetof(struct arch_machine, timer_irq_hyp)},
    };
    struct machine *machine = reader->machine;
    const struct tree_walk *walk = &reader->walk;

    for (int i = 1; i < (int)ARRAY_SIZE(timers); i++) {
        int index = timer_index(walk, timers[i].name, i);
        uint32_t *irq = (uint32_t *)((char *)&machine->arch + timers[i].offset);

        if (index < 0 ||
            tree_interrupt(walk, machine->controller.phandle, machine->controller.cells,
                           (unsigned int)index, irq) != TREE_OK) {
            machine_error(reader, walk->node, "interrupts: the %s timer's is missing or malformed",
                          timers[i].name);
            return;
        }
    }
    tree_u32(walk->fdt, walk->node, "clock-frequency", 0, &machine->arch.timer_frequency);
}

static bool below(const struct tree_walk *walk, const char *parent)
{
    return walk->depth == 2 && strcmp(tree_name(walk->fdt, walk->level[1].node), parent) == 0;
}

/* No reason to stop if it cannot be read: the wall clock then starts at 1970. */
static void read_rtc(struct machine_reader *reader)
{
    struct paddr_range range;

    if (reader->machine->rtc.size == 0 && tree_reg(&reader->walk, 0, &range) == TREE_OK)
        reader->machine->rtc = range;
}

/* Interrupts can be read only once the GIC is known. */
static void note_timer(struct machine_reader *reader)
{
    if (reader->timer.depth == 0)
        reader->timer = reader->walk;
}

static const struct {
    const char *compatible;
    void (*read)(struct machine_reader *reader);
} compatibles[] = {
    {"arm,psci-1.0", read_psci}, {"arm,psci-0.2", read_psci},     {"arm,gic-v3", read_gic},
    {"arm,pl031", read_rtc},     {"arm,armv8-timer", note_timer},
};

static void read_node(struct machine_reader *reader)
{
    const struct tree_walk *walk = &reader->walk;

    if (!walk->level[walk->depth].enabled)
        return;
    if (strcmp(walk->device_type, "memory") == 0) {
        read_memory(reader);
        return;
    }
    if (below(walk, "reserved-memory")) {
        read_reserved_node(reader);
        return;
    }
    if (strcmp(walk->device_type, "cpu") == 0 && below(walk, "cpus")) {
        read_cpu(reader);
        return;
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(compatibles); i++) {
        if (tree_walk_compatible(walk, compatibles[i].compatible)) {
            compatibles[i].read(reader);
            return;
        }
    }
}

/* Up to the end even after an error: it is told on the UART that /chosen names. */
static void read_nodes(struct machine_reader *reader)
{
    struct tree_walk *walk = &reader->walk;

    tree_walk_start(walk, walk->fdt);
    while (tree_walk_next(walk)) {
        if (walk->depth == 1 && strcmp(tree_name(walk->fdt, walk->node), "chosen") == 0)
            reader->machine->chosen = walk->node;
        if (!reader->failed)
            read_node(reader);
    }
    if (reader->machine->arch.gicd.size == 0)
        machine_error(reader, 0, "no node compatible with arm,gic-v3");
}

static void read_interrupts(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;

    if (reader->failed)
        return;
    tree_interrupt(&reader->gic, machine->controller.phandle, machine->controller.cells, 0,
                   &machine->arch.gic_maintenance_irq);
    if (reader->timer.depth == 0)
        return;
    reader->walk = reader->timer;
    read_timer(reader);
}

static void read_command_line(struct machine_reader *reader)
{
    const void *fdt = reader->walk.fdt;
    int chosen = reader->machine->chosen;
    const char *text = tree_string(fdt, chosen, "xen,xen-bootargs");

    if (!text)
        text = tree_string(fdt, chosen, "bootargs");
    if (text)
        snprintf(reader->machine->command_line, MACHINE_COMMAND_LINE, "%s", text);
}

static void check_complete(struct machine_reader *reader)
{
    const struct machine *machine = reader->machine;
    const struct {
        bool there;
        const char *what;
    } needed[] = {
        {machine->nr_banks != 0, "no memory node with usable memory"},
        {machine->nr_cpus != 0, "no CPU below /cpus"},
        {machine->arch.timer_irq_virt != 0, "no node compatible with arm,armv8-timer"},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(needed); i++)
        if (!needed[i].there)
            machine_error(reader, 0, "%s", needed[i].what);
}

bool machine_read(const void *fdt, struct machine *machine, char *error, size_t error_size)
{
    struct machine_reader reader = {
        .machine = machine, .error = error, .error_size = error_size, .walk = {.fdt = fdt}};

    memset(machine, 0, sizeof(*machine));
    if (!tree_valid(fdt)) {
        snprintf(error, error_size, "not a valid device tree");
        return false;
    }
    read_memreserve(&reader);
    machine->chosen = -1;
    read_nodes(&reader);
    read_interrupts(&reader);
    machine_read_uart(&reader);
    read_command_line(&reader);
    check_complete(&reader);
    return !reader.failed;
}
