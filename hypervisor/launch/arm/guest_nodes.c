/* SPDX-License-Identifier: MIT */
/* Of a domain's own device tree: CPUs, GIC, timers, PSCI and the virtual UART. */
#include "launch_arch.h"

#include <string.h>
#include <xen/arch-arm.h>

/* Interrupt flags of the GIC binding. */
#define LEVEL_HIGH 4U
#define LEVEL_LOW  8U

static void add_interrupt(const struct guest_writer *writer, struct tree_cells *cells,
                          uint32_t intid, uint32_t flags)
{
    cells_add(cells, intid < 32 ? 1 : 0, 1);
    cells_add(cells, intid < 32 ? intid - 16 : intid - 32, 1);
    cells_add(cells, flags, 1);
    for (uint32_t i = 3; i < writer->controller_cells; i++)
        cells_add(cells, 0, 1);
}

void arch_guest_event(const struct guest_writer *writer, struct tree_cells *cells)
{
    add_interrupt(writer, cells, GUEST_EVTCHN_PPI, LEVEL_LOW);
}

static void cpu_nodes(struct guest_writer *writer)
{
    struct tree_writer *out = &writer->out;

    writer_begin(out, "cpus");
    writer_u32(out, "#address-cells", 1);
    writer_u32(out, "#size-cells", 0);
    for (unsigned int i = 0; i < writer->what->domain->cpus; i++) {
        uint32_t mpidr = (uint32_t)launch_vcpu_mpidr(i);

        writer_begin_at(out, "cpu", mpidr);
        writer_string(out, "device_type", "cpu");
        writer_string(out, "compatible", "arm,armv8");
        writer_string(out, "enable-method", "psci");
        writer_u32(out, "reg", mpidr);
        writer_end(out);
    }
    writer_end(out);
}

static void psci_node(struct guest_writer *writer)
{
    struct tree_writer *out = &writer->out;

    writer_begin(out, "psci");
    writer_strings(out, "compatible", "arm,psci-1.0\0arm,psci-0.2");
    writer_string(out, "method", "hvc");
    writer_end(out);
}

/* Secure and non-secure physical, virtual, EL2 physical: the binding wants all four. */
static void timer_node(struct guest_writer *writer)
{
    static const uint32_t ppis[] = {GUEST_TIMER_PHYS_S_PPI, GUEST_TIMER_PHYS_NS_PPI,
                                    GUEST_TIMER_VIRT_PPI, 26};
    struct tree_cells interrupts = {.count = 0};

    for (unsigned int i = 0; i < ARRAY_SIZE(ppis); i++)
        add_interrupt(writer, &interrupts, ppis[i], LEVEL_LOW);
    writer_begin(&writer->out, "timer");
    writer_string(&writer->out, "compatible", "arm,armv8-timer");
    guest_interrupt_parent(writer);
    writer_cells(&writer->out, "interrupts", &interrupts);
    /* A vcpu's timer goes on while it waits: nothing has to stand in for it. */
    writer_flag(&writer->out, "always-on");
    writer_end(&writer->out);
}

void arch_guest_nodes(struct guest_writer *writer)
{
    cpu_nodes(writer);
    psci_node(writer);
    timer_node(writer);
}

void arch_guest_controller(struct guest_writer *writer)
{
    const struct launch_layout *layout = writer->what->layout;
    struct tree_cells reg = {.count = 0};

    guest_add_range(writer, &reg, layout->arch.gicd);
    guest_add_range(writer, &reg, layout->arch.gicr);
    writer_begin_at(&writer->out, "interrupt-controller", layout->arch.gicd.start);
    writer_string(&writer->out, "compatible", "arm,gic-v3");
    writer_u32(&writer->out, "#interrupt-cells", writer->controller_cells);
    writer_u32(&writer->out, "#address-cells", 0);
    writer_flag(&writer->out, "interrupt-controller");
    writer_cells(&writer->out, "reg", &reg);
    writer_u32(&writer->out, "phandle", writer->controller_phandle);
    writer_end(&writer->out);
}

void arch_guest_uart(struct guest_writer *writer)
{
    const struct launch_layout *layout = writer->what->layout;
    struct tree_cells reg = {.count = 0}, interrupts = {.count = 0};

    guest_add_range(writer, &reg, (struct paddr_range){layout->uart_base, GUEST_PL011_SIZE});
    add_interrupt(writer, &interrupts, layout->uart_line, LEVEL_HIGH);
    writer_begin_at(&writer->out, LAUNCH_UART_NODE, layout->uart_base);
    writer_string(&writer->out, "compatible", "arm,sbsa-uart");
    writer_cells(&writer->out, "reg", &reg);
    guest_interrupt_parent(writer);
    writer_cells(&writer->out, "interrupts", &interrupts);
    writer_u32(&writer->out, "current-speed", 115200);
    writer_end(&writer->out);
}

bool arch_controller_drops(const char *property)
{
    /* Written anew, or of parts of the GIC that the domain's has not. */
    static const char *const dropped[] = {
        "reg",
        "#redistributor-regions",
        "redistributor-stride",
        "interrupts",
        "interrupts-extended",
        "msi-controller",
        "mbi-ranges",
        "ranges",
        "phandle",
        "linux,phandle",
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(dropped); i++)
        if (strcmp(property, dropped[i]) == 0)
            return true;
    return false;
}

/*
 * reg in the terms of the bus that the GIC is on: the distributor as it is, the first redistributor
 * region's start with the size that the domain's vcpus need.
 */
void arch_controller_properties(struct guest_writer *writer, const struct tree_walk *walk)
{
    const struct tree_level *bus = &walk->level[walk->depth - 1];
    struct tree_cells reg = {.count = 0};
    int size;
    const uint8_t *data = tree_property(walk->fdt, walk->node, "reg", &size);

    for (unsigned int i = 0; i < 2; i++) {
        uint64_t start = 0, length = 0;

        if (!data || !tree_take(&data, &size, bus->address_cells, &start) ||
            !tree_take(&data, &size, bus->size_cells, &length))
            reg.overflow = true;
        cells_add(&reg, start, bus->address_cells);
        cells_add(&reg, i == 0 ? length : writer->what->layout->arch.gicr.size, bus->size_cells);
    }
    writer_cells(&writer->out, "reg", &reg);
    writer_u32(&writer->out, "phandle", writer->controller_phandle);
}
