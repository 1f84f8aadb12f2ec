/* SPDX-License-Identifier: MIT */
/* What a domain under construction finds at its guest physical addresses. */
#include "construct_parts.h"

#include <trefoil/arch.h>
#include <trefoil/bitmap.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>

/*
 * Static memory fills the domain's banks in the order of the property. A range may go on in the
 * next bank: then it is taken in two pieces.
 */
static int claim_static(struct construction *construction)
{
    const struct launch_domain *plan = construction->plan;
    const struct launch_layout *layout = &construction->layout;
    unsigned int bank = 0;
    uint64_t used = 0; /* of the bank */

    for (unsigned int i = 0; i < plan->nr_static_memory; i++) {
        struct paddr_range left = plan->static_memory[i];

        while (left.size != 0) {
            struct paddr_range piece = left;
            int result;

            if (used == layout->ram[bank].size) {
                bank++;
                used = 0;
            }
            if (bank == layout->nr_ram)
                return -ENOSPC;
            if (piece.size > layout->ram[bank].size - used)
                piece.size = layout->ram[bank].size - used;
            result = domain_ram_claim(construction->domain, piece,
                                      gfn_of(layout->ram[bank].start + used));
            if (result)
                return result;
            used += piece.size;
            left.start += piece.size;
            left.size -= piece.size;
        }
    }
    return 0;
}

static int allocate(struct construction *construction)
{
    const struct launch_layout *layout = &construction->layout;

    for (unsigned int i = 0; i < layout->nr_ram; i++) {
        int result = domain_ram_add(construction->domain, gfn_of(layout->ram[i].start),
                                    layout->ram[i].size >> PAGE_SHIFT);

        if (result)
            return result;
    }
    return 0;
}

int construct_memory(struct construction *construction)
{
    int result = construction->plan->nr_static_memory != 0 ? claim_static(construction)
                                                           : allocate(construction);

    return result ? construct_failed(construction, "memory", result) : 0;
}

static void log_withheld(const struct construction *construction)
{
    const struct device_list *devices = &construction->devices;
    char path[MACHINE_PATH];

    for (unsigned int i = 0; i < devices->nr_removed; i++)
        log_info("%s: device %s is not given to it", construction->plan->name,
                 launch_path(construction->context->fdt, devices->removed[i], path, sizeof(path)));
    if (devices->full)
        log_warning("%s: the machine has more devices than there is room for, some are missing",
                    construction->plan->name);
}

static int route_interrupts(struct construction *construction, const uint64_t *spis)
{
    for (unsigned int intid = bitmap_next(spis, LAUNCH_MAX_INTID, 32); intid < LAUNCH_MAX_INTID;
         intid = bitmap_next(spis, LAUNCH_MAX_INTID, intid + 1)) {
        int result = arch_route_irq(construction->domain, intid);

        if (result) {
            log_error("%s: interrupt %u cannot be routed: error %d; the domain is left out",
                      construction->plan->name, intid, -result);
            return result;
        }
    }
    return 0;
}

static int map_registers(struct construction *construction, struct paddr_range host, uint64_t guest)
{
    int result = arch_p2m_map(construction->domain, gfn_of(guest), mfn_of(host.start),
                              host.size >> PAGE_SHIFT, P2M_MMIO);

    return result ? construct_failed(construction, "devices", result) : 0;
}

static int hardware_devices(struct construction *construction)
{
    const struct device_list *devices = &construction->devices;

    for (unsigned int i = 0; i < devices->nr_ranges; i++) {
        int result = map_registers(construction, devices->ranges[i], devices->ranges[i].start);

        if (result)
            return result;
    }
    log_withheld(construction);
    return route_interrupts(construction, devices->spis);
}

static int passed_devices(struct construction *construction)
{
    const struct launch_passed *passed = &construction->passed;

    for (unsigned int i = 0; i < passed->nr_ranges; i++) {
        const struct launch_passed_range *range = &passed->ranges[i];
        int result = map_registers(construction, range->host, range->guest);

        if (result)
            return result;
        log_info("%s: has the device registers at 0x%llx, 0x%llx bytes, at 0x%llx",
                 construction->plan->name, (unsigned long long)range->host.start,
                 (unsigned long long)range->host.size, (unsigned long long)range->guest);
    }
    return route_interrupts(construction, passed->spis);
}

int construct_devices(struct construction *construction)
{
    return construction->hardware ? hardware_devices(construction) : passed_devices(construction);
}
