/* SPDX-License-Identifier: MIT */
/* Where things are in a domain's own address space. */
#include <trefoil/launch.h>

#include <stdio.h>

#include <xen/xen.h>
#include <xen/bootfdt.h>

#include "launch_arch.h"
#include "layout.h"
#include "machine/ranges.h"

#define MIB (1024ULL * 1024)
#define GIB (1024ULL * MIB)

/* Larger ones only cost Linux bookkeeping. */
#define EXTENDED_MAX (4 * GIB)

#define MAX_BLOCKED (MACHINE_MAX_BANKS + LAUNCH_ARCH_KEPT + LAUNCH_MAX_DEVICE_RANGES + 8)

static bool plain_ram(const struct launch_domain *domain, struct launch_layout *layout)
{
    uint64_t first = domain->memory < GUEST_RAM0_SIZE ? domain->memory : GUEST_RAM0_SIZE;
    uint64_t second = domain->memory - first;

    layout->ram[layout->nr_ram++] = (struct paddr_range){GUEST_RAM0_BASE, first};
    if (second != 0)
        layout->ram[layout->nr_ram++] = (struct paddr_range){GUEST_RAM1_BASE, second};
    return second <= GUEST_RAM1_SIZE && GUEST_RAM1_BASE + second <= LAYOUT_LIMIT;
}

/* Room for foreign mappings in what the banks leave free. */
static void plain_extended(struct launch_layout *layout)
{
    static const struct paddr_range banks[] = {{GUEST_RAM0_BASE, GUEST_RAM0_SIZE},
                                               {GUEST_RAM1_BASE, GUEST_RAM1_SIZE}};
    uint64_t used = layout->nr_ram > 1 ? layout->ram[1].size : layout->ram[0].size;
    const struct paddr_range *bank = &banks[layout->nr_ram - 1];
    uint64_t start = ALIGN_UP(bank->start + used, LAYOUT_BLOCK);
    uint64_t size = bank->start + bank->size - start;

    if (size < LAYOUT_EXTENDED_MIN && layout->nr_ram == 1) {
        start = GUEST_RAM1_BASE;
        size = GUEST_RAM1_SIZE;
    }
    if (size > EXTENDED_MAX)
        size = EXTENDED_MAX;
    layout->extended[layout->nr_extended++] = (struct paddr_range){start, size};
}

static bool plain_layout(const struct launch_domain *domain, struct launch_layout *layout)
{
    arch_plain_layout(domain, layout);
    layout->grant_table = (struct paddr_range){GUEST_GNTTAB_BASE, GUEST_GNTTAB_SIZE};
    layout->magic = GUEST_MAGIC_BASE;
    if (!plain_ram(domain, layout))
        return false;
    plain_extended(layout);
    return true;
}

struct blocked {
    struct paddr_range set[MAX_BLOCKED];
    unsigned int count;
};

static bool block(struct blocked *blocked, const struct paddr_range *ranges, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        struct paddr_range range = ranges[i];

        ranges_grow_to_pages(&range);
        if (range.size != 0 && !ranges_add(blocked->set, &blocked->count, MAX_BLOCKED, range))
            return false;
    }
    return true;
}

/* The first gap below LAYOUT_LIMIT of at least `wanted` bytes, else the largest. */
static struct paddr_range gap(const struct blocked *blocked, uint64_t wanted)
{
    static const struct paddr_range beyond = {LAYOUT_LIMIT, LAYOUT_LIMIT};
    struct paddr_range best = {0, 0};
    uint64_t start = LAYOUT_BLOCK; /* address 0 stays unused */

    for (unsigned int i = 0; start < LAYOUT_LIMIT && best.size < wanted; i++) {
        const struct paddr_range *next = i < blocked->count ? &blocked->set[i] : &beyond;
        uint64_t end = next->start < LAYOUT_LIMIT ? next->start : LAYOUT_LIMIT;

        if (end > start && end - start > best.size)
            best = (struct paddr_range){start, end - start};
        end = next->start + next->size;
        start = end < LAYOUT_LIMIT ? ALIGN_UP(end, LAYOUT_BLOCK) : LAYOUT_LIMIT;
    }
    if (best.size > wanted)
        best.size = wanted;
    best.size = ALIGN_DOWN(best.size, LAYOUT_BLOCK);
    return best;
}

static bool direct_holes(struct blocked *blocked, struct launch_layout *layout)
{
    struct paddr_range both = {GUEST_GNTTAB_BASE, GUEST_GNTTAB_SIZE + GUEST_MAGIC_SIZE};
    struct paddr_range extended;

    if (ranges_overlapping(blocked->set, blocked->count, both))
        both = gap(blocked, both.size);
    if (both.size < GUEST_GNTTAB_SIZE + GUEST_MAGIC_SIZE || !block(blocked, &both, 1))
        return false;
    layout->grant_table = (struct paddr_range){both.start, GUEST_GNTTAB_SIZE};
    layout->magic = both.start + GUEST_GNTTAB_SIZE;
    extended = gap(blocked, EXTENDED_MAX);
    if (extended.size >= LAYOUT_EXTENDED_MIN)
        layout->extended[layout->nr_extended++] = extended;
    return true;
}

static bool direct_layout(const struct machine *machine, const struct launch_domain *domain,
                          const struct device_list *devices, struct launch_layout *layout)
{
    struct paddr_range kept[LAUNCH_ARCH_KEPT];
    unsigned int nr_kept = arch_kept_registers(machine, kept);
    struct blocked blocked = {.count = 0};

    arch_direct_layout(machine, domain, layout);
    for (unsigned int i = 0; i < domain->nr_static_memory; i++)
        layout->ram[layout->nr_ram++] = domain->static_memory[i];
    return block(&blocked, machine->banks, machine->nr_banks) && block(&blocked, kept, nr_kept) &&
           block(&blocked, &machine->uart.reg, 1) &&
           (!devices || block(&blocked, devices->ranges, devices->nr_ranges)) &&
           direct_holes(&blocked, layout);
}

bool launch_layout(const struct machine *machine, const struct launch_domain *domain,
                   const struct device_list *devices, struct launch_layout *layout)
{
    *layout = (struct launch_layout){.nr_ram = 0};
    if (domain->direct_map)
        return direct_layout(machine, domain, devices, layout);
    return plain_layout(domain, layout);
}

/* The tree at the end of what is free, the ramdisk below it. */
static bool place_rest(uint64_t start, uint64_t end, const struct launch_sizes *sizes,
                       struct launch_placement *placement)
{
    end = ALIGN_DOWN(end, PAGE_SIZE);
    if (sizes->ramdisk > end || sizes->tree > end || end < start ||
        end - start < ALIGN_UP(sizes->ramdisk, PAGE_SIZE) + ALIGN_UP(sizes->tree, PAGE_SIZE))
        return false;
    placement->tree = end - ALIGN_UP(sizes->tree, PAGE_SIZE);
    placement->ramdisk = placement->tree - ALIGN_UP(sizes->ramdisk, PAGE_SIZE);
    return true;
}

/*
 * In one bank: the kernel at its start, 2 MiB aligned as the boot protocol asks, or where it
 * belongs; the tree at the far end, or where the ramdisk is still within reach; the ramdisk below
 * the tree.
 */
static bool place_in(struct paddr_range bank, const struct launch_sizes *sizes,
                     struct launch_placement *placement)
{
    uint64_t base = sizes->fixed ? sizes->start : ALIGN_UP(bank.start, LAYOUT_BLOCK);
    uint64_t end = bank.start + bank.size;
    uint64_t kernel_end;

    if (base < bank.start || base >= end || sizes->text_offset > end - base ||
        sizes->image_size > end - base - sizes->text_offset)
        return false;
    kernel_end = base + sizes->text_offset + sizes->image_size;
    placement->kernel = sizes->fixed ? sizes->entry : base + sizes->text_offset;
    if (end - base > LAYOUT_RAMDISK_REACH)
        end = base + LAYOUT_RAMDISK_REACH;
    return place_rest(kernel_end, end, sizes, placement) ||
           (sizes->fixed && place_rest(bank.start, base, sizes, placement));
}

bool launch_place(const struct launch_layout *layout, const struct launch_sizes *sizes,
                  struct launch_placement *placement)
{
    for (unsigned int i = 0; i < layout->nr_ram; i++)
        if (place_in(layout->ram[i], sizes, placement))
            return true;
    return false;
}

void launch_no_place(const struct launch_layout *layout, const struct launch_sizes *sizes,
                     char text[LAUNCH_MESSAGE])
{
    uint64_t memory = 0;
    char where[80] = "", whole[LAUNCH_MESSAGE + 64];

    for (unsigned int i = 0; i < layout->nr_ram; i++)
        memory += layout->ram[i].size;
    if (sizes->fixed)
        snprintf(where, sizeof(where), " at 0x%llx, where RAM is from 0x%llx on",
                 (unsigned long long)sizes->start, (unsigned long long)layout->ram[0].start);
    snprintf(whole, sizeof(whole),
             "memory: %llu KiB do not hold a kernel of %llu KiB (with .bss)%s, ramdisk of %llu "
             "KiB and device tree; the domain is left out",
             (unsigned long long)(memory >> 10), (unsigned long long)(sizes->image_size >> 10),
             where, (unsigned long long)(sizes->ramdisk >> 10));
    snprintf(text, LAUNCH_MESSAGE, "%.*s", LAUNCH_MESSAGE - 1, whole);
}
