/* SPDX-License-Identifier: MIT */
/* What a domain under construction finds at its guest physical addresses. */
#include "construct_parts.h"

#include "memory/scrub.h"
#include <trefoil/arch.h>
#include <trefoil/bitmap.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>

/* RAM is taken up to the next multiple of this, so that the largest blocks of stage 2 stay whole.
 */
#define MEMORY_PIECE (UINT64_C(1) << 30)

/* The next piece of host memory for a bank: static memory fills the banks in the order of the
 * property, each range going on in the next bank. */
static int take(struct construction *construction, gfn_t gfn, uint64_t *size)
{
    const struct launch_domain *plan = construction->plan;
    struct paddr_range range =
        range_from(plan->static_memory, plan->nr_static_memory, construction->position);

    if (plan->nr_static_memory == 0)
        return domain_ram_take(construction->domain, gfn, *size >> PAGE_SHIFT);
    if (range.size == 0)
        return -ENOSPC;
    if (range.size > *size)
        range.size = *size;
    *size = range.size;
    return domain_ram_claim(construction->domain, range, gfn);
}

int construct_memory(struct construction *construction)
{
    const struct launch_layout *layout = &construction->layout;
    struct paddr_range bank = range_from(layout->ram, layout->nr_ram, construction->position);
    uint64_t size = ALIGN_UP(bank.start + 1, MEMORY_PIECE) - bank.start;
    int result;

    if (bank.size == 0)
        return 0;
    if (size > bank.size)
        size = bank.size;
    result = take(construction, gfn_of(bank.start), &size);
    if (result)
        return construct_failed(construction, "memory", result);
    construction->position += size;
    return -ERESTART;
}

/* Of all RAM in the order in which it was taken, the whole pages that a module will cover. */
static struct paddr_range covered(const struct construction *construction,
                                  const struct launch_module *module, uint64_t to)
{
    const struct launch_layout *layout = &construction->layout;
    struct paddr_range pages = {ALIGN_UP(to, PAGE_SIZE),
                                ALIGN_DOWN(to + module->range.size, PAGE_SIZE)};
    uint64_t before = 0;

    pages.size =
        construct_content(module) && pages.size > pages.start ? pages.size - pages.start : 0;
    for (unsigned int i = 0; i < layout->nr_ram; i++) {
        const struct paddr_range *bank = &layout->ram[i];
        uint64_t offset = pages.start - bank->start;

        if (offset < bank->size && pages.size <= bank->size - offset)
            return (struct paddr_range){before + offset, pages.size};
        before += bank->size;
    }
    return (struct paddr_range){0, 0};
}

/* But for what a module will cover. */
static int scrub(void *data, uint64_t start, uint64_t size)
{
    struct construction *construction = data;
    const struct launch_domain *plan = construction->plan;
    const struct paddr_range modules[] = {
        plan->form.fixed ? (struct paddr_range){0, 0}
                         : covered(construction, &plan->kernel, construction->placement.kernel),
        covered(construction, &plan->ramdisk, construction->placement.ramdisk),
    };
    uint64_t end = start + size;

    while (start < end) {
        uint64_t next = end, skip = 0;

        for (unsigned int i = 0; i < ARRAY_SIZE(modules); i++) {
            if (start - modules[i].start < modules[i].size)
                skip = modules[i].start + modules[i].size - start;
            else if (modules[i].size && modules[i].start > start && modules[i].start < next)
                next = modules[i].start;
        }
        if (!skip) {
            domain_ram_scrub(construction->domain, start, next - start);
            scrub_note(next - start, 0);
        }
        start = skip ? start + skip : next;
    }
    return 0;
}

int construct_scrub(struct construction *construction)
{
    const struct launch_layout *layout = &construction->layout;
    uint64_t size = 0;
    int result;

    for (unsigned int i = 0; i < layout->nr_ram; i++)
        size += layout->ram[i].size;
    result = construct_share(construction, size, scrub);
    if (!result)
        scrub_note(0, arch_now() - construction->work_began);
    return result;
}

/* So much of a region is mapped at a time, in whole blocks where these are possible. */
#define SHARED_PIECE (UINT64_C(64) << 20)

int construct_shared(struct construction *construction)
{
    const struct launch_layout *layout = &construction->layout;
    uint64_t position = construction->position;
    unsigned int index = 0;

    for (; index < layout->nr_shared && position >= layout->shared[index].size; index++)
        position -= layout->shared[index].size;
    if (index == layout->nr_shared)
        return 0;

    const struct paddr_range *guest = &layout->shared[index];
    const struct paddr_range *host = &layout->region[index]->host;
    uint64_t start = guest->start + position;
    uint64_t size = ALIGN_UP(start + 1, SHARED_PIECE) - start;
    int result = -ENOMEM;

    if (size > guest->size - position)
        size = guest->size - position;
    if (host->size != 0)
        result = arch_p2m_map(construction->domain, gfn_of(start), mfn_of(host->start + position),
                              size >> PAGE_SHIFT, P2M_SHARED);
    if (result)
        return construct_failed(construction, "shared memory", result);
    construction->position += size;
    return -ERESTART;
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

static int route_interrupts(struct construction *construction, const uint64_t *lines)
{
    for (unsigned int line = bitmap_next(lines, LAUNCH_MAX_LINES, LAUNCH_FIRST_LINE);
         line < LAUNCH_MAX_LINES; line = bitmap_next(lines, LAUNCH_MAX_LINES, line + 1)) {
        int result = arch_route_line(construction->domain, line);

        if (result) {
            log_error("%s: interrupt %u cannot be routed: error %d; the domain is left out",
                      construction->plan->name, line, -result);
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
    return route_interrupts(construction, devices->lines);
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
    return route_interrupts(construction, passed->lines);
}

int construct_devices(struct construction *construction)
{
    return construction->hardware ? hardware_devices(construction) : passed_devices(construction);
}
