/* SPDX-License-Identifier: MIT */
/* A domain's own device tree. */
#include "guest_tree.h"
#include "launch_arch.h"

#include <libfdt.h>
#include <string.h>
#include <xen/bootfdt.h>

/* All nodes that are written here, without CPUs, strings of the command line and copied nodes. */
#define FIXED_SIZE 4096U
#define CPU_SIZE   192U
#define SHARE_SIZE 384U

static const char xen_version[] = "xen,xen-4.17\0xen,xen";

void guest_add_range(const struct guest_writer *writer, struct tree_cells *cells,
                     struct paddr_range range)
{
    cells_add(cells, range.start, writer->address_cells);
    cells_add(cells, range.size, writer->size_cells);
}

void guest_interrupt_parent(struct guest_writer *writer)
{
    writer_u32(&writer->out, "interrupt-parent", writer->controller_phandle);
}

static void memory_nodes(struct guest_writer *writer)
{
    const struct launch_layout *layout = writer->what->layout;

    for (unsigned int i = 0; i < layout->nr_ram; i++) {
        struct tree_cells reg = {.count = 0};

        guest_add_range(writer, &reg, layout->ram[i]);
        writer_begin_at(&writer->out, "memory", layout->ram[i].start);
        writer_string(&writer->out, "device_type", "memory");
        writer_cells(&writer->out, "reg", &reg);
        writer_end(&writer->out);
    }
}

/* Grant table region first, then the extended regions that the root's cells can express. */
static void hypervisor_node(struct guest_writer *writer)
{
    const struct launch_layout *layout = writer->what->layout;
    struct tree_cells reg = {.count = 0}, interrupts = {.count = 0};

    if (writer->what->domain->enhanced == LAUNCH_ENHANCED_NONE)
        return;
    guest_add_range(writer, &reg, layout->grant_table);
    for (unsigned int i = 0; i < layout->nr_extended; i++) {
        struct tree_cells more = reg;

        guest_add_range(writer, &more, layout->extended[i]);
        if (!more.overflow)
            reg = more;
    }
    arch_guest_event(writer, &interrupts);
    writer_begin(&writer->out, "hypervisor");
    writer_property(&writer->out, "compatible", xen_version, sizeof(xen_version));
    writer_cells(&writer->out, "reg", &reg);
    guest_interrupt_parent(writer);
    writer_cells(&writer->out, "interrupts", &interrupts);
    writer_end(&writer->out);
}

static void chosen_node(struct guest_writer *writer)
{
    const struct launch_domain *domain = writer->what->domain;
    const struct launch_placement *placement = writer->what->placement;
    struct tree_writer *out = &writer->out;

    writer_begin(out, "chosen");
    if (domain->bootargs)
        writer_string(out, "bootargs", domain->bootargs);
    if (domain->virtual_uart)
        writer_string(out, "stdout-path", "serial0");
    if (writer->what->seed)
        writer_property(out, "rng-seed", writer->what->seed, LAUNCH_SEED);
    if (domain->ramdisk.range.size != 0) {
        writer_u64(out, "linux,initrd-start", placement->ramdisk);
        writer_u64(out, "linux,initrd-end", placement->ramdisk + domain->ramdisk.range.size);
    }
    if (writer->what->plan)
        guest_devices_node(writer);
    writer_end(out);
}

void guest_common_nodes(struct guest_writer *writer)
{
    memory_nodes(writer);
    guest_shared_nodes(writer);
    arch_guest_nodes(writer);
    hypervisor_node(writer);
    chosen_node(writer);
}

/* stdout-path names the UART by alias; a passthrough tree that brings aliases brings its own. */
static void plain_aliases(struct guest_writer *writer)
{
    char path[48] = "/" LAUNCH_UART_NODE "@";
    static const char digits[] = "0123456789abcdef";
    uint64_t base = writer->what->layout->uart_base;
    size_t at = strlen(path);

    if (!writer->what->domain->virtual_uart)
        return;
    for (int shift = 60; shift >= 0; shift -= 4)
        if (base >> shift != 0 || shift == 0)
            path[at++] = digits[base >> shift & 15];
    writer_begin(&writer->out, "aliases");
    writer_string(&writer->out, "serial0", path);
    writer_end(&writer->out);
}

static void plain_tree(struct guest_writer *writer)
{
    struct tree_writer *out = &writer->out;

    writer_begin(out, "");
    writer_strings(out, "compatible", "xen,xenvm-4.17\0xen,xenvm");
    writer_string(out, "model", "XENVM-4.17");
    writer_u32(out, "#address-cells", writer->address_cells);
    writer_u32(out, "#size-cells", writer->size_cells);
    guest_interrupt_parent(writer);
    plain_aliases(writer);
    guest_common_nodes(writer);
    arch_guest_controller(writer);
    if (writer->what->domain->virtual_uart)
        arch_guest_uart(writer);
    guest_passthrough_nodes(writer);
    writer_end(out);
}

static void hardware_tree(struct guest_writer *writer)
{
    guest_host_nodes(writer);
    guest_common_nodes(writer);
    writer_end(&writer->out);
}

uint64_t guest_tree_size(const void *host_tree, const struct launch_domain *domain,
                         uint64_t passthrough_size)
{
    uint64_t size =
        FIXED_SIZE + domain->cpus * CPU_SIZE + domain->nr_shared * SHARE_SIZE + passthrough_size;

    if (domain->bootargs)
        size += strlen(domain->bootargs);
    /* Twice the structure: instead of /chosen come nodes of the devices that domains declare there,
     * of which none is twice as large as the one it is made from. */
    if (domain->roles & DOMAIN_CAPS_HARDWARE)
        size += 2 * (uint64_t)fdt_size_dt_struct(host_tree) + fdt_size_dt_strings(host_tree);
    return ALIGN_UP(size, PAGE_SIZE);
}

const char *guest_tree_write(const struct guest_tree *what, void *buffer, uint64_t size)
{
    struct guest_writer writer = {.what = what,
                                  .address_cells = 2,
                                  .size_cells = 2,
                                  .controller_phandle = GUEST_PHANDLE_CONTROLLER,
                                  .controller_cells = 3};
    bool hardware = what->domain->roles & DOMAIN_CAPS_HARDWARE;

    if (!hardware && what->passthrough) {
        if (!passthrough_tree_valid(what->passthrough, what->passthrough_size))
            return "no device tree";
        writer.controller_phandle = guest_passthrough_controller(what);
    }
    writer_start(&writer.out, buffer, size, !hardware && !what->passthrough);
    if (hardware)
        hardware_tree(&writer);
    else
        plain_tree(&writer);
    return writer_finish(&writer.out);
}
