/* SPDX-License-Identifier: MIT */
/* Kernels as they are built and installed: once, at boot, so that a restart copies them as any. */
#include "memory/extents.h"
#include "memory/frame.h"

#include <string.h>
#include <trefoil/arch.h>
#include <trefoil/construct.h>
#include <trefoil/inflate.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>

/* Modules as they were, by their domain's place in the plan. */
static struct paddr_range before[LAUNCH_MAX_DOMAINS];

/* Room for `most` bytes, or for half as many, and so on, but for more than `least`: in *pages.
 * NO_EXTENT: there is none. */
static uint64_t take_room(uint64_t most, uint64_t least, uint64_t *pages)
{
    uint64_t start;

    for (*pages = most >> PAGE_SHIFT; *pages > least >> PAGE_SHIFT; *pages /= 2) {
        start = heap_take_small(*pages, 1);
        if (start != NO_EXTENT)
            return start;
    }
    return NO_EXTENT;
}

/* To the end of the room, as what is left of it is best beside the memory that was free before it.
 */
static const char *unpack_gzip(const struct launch_domain *domain, const uint8_t *content,
                               struct paddr_range *kernel)
{
    uint64_t pages, length, start = take_room(domain->memory, kernel->size, &pages), used;
    const char *wrong;
    uint8_t *room;

    if (start == NO_EXTENT)
        return "a gzip file, and there is no memory to unpack it";
    room = mfn_map((mfn_t){start});
    wrong = gzip_unpack(content, kernel->size, room, pages << PAGE_SHIFT, &length);
    used = wrong ? 0 : ALIGN_UP(length, PAGE_SIZE) >> PAGE_SHIFT;
    if (used != 0)
        memmove(room + ((pages - used) << PAGE_SHIFT), room, length);
    if (used != pages)
        heap_give(start, pages - used);
    if (wrong)
        return wrong;
    log_info("%s: its kernel is unpacked, %llu KiB to %llu KiB", domain->name,
             (unsigned long long)(kernel->size >> 10), (unsigned long long)(length >> 10));
    *kernel = (struct paddr_range){(start + pages - used) << PAGE_SHIFT, length};
    return NULL;
}

static const char *unpack(struct launch_domain *domain, struct paddr_range *kernel)
{
    const uint8_t *content = kernel->size != 0 ? arch_module(kernel) : NULL;
    struct launch_wrapped wrapped;
    const char *wrong;

    if (!content)
        return NULL;
    wrong = launch_kernel_unwrap(content, kernel->size, &wrapped);
    if (wrong)
        return wrong;
    content += wrapped.offset;
    if (wrapped.wrapped && crc32_of(0, content, wrapped.size) != wrapped.sum)
        return "a U-Boot image that is damaged";
    *kernel = (struct paddr_range){kernel->start + wrapped.offset, wrapped.size};
    if (wrapped.packed)
        wrong = unpack_gzip(domain, content, kernel);
    return wrong ? wrong
                 : launch_kernel_form(arch_module(kernel), kernel->size, &wrapped, &domain->form);
}

void kernels_unpack(struct launch_plan *plan)
{
    for (unsigned int i = 0; i < plan->nr_domains; i++) {
        struct launch_module *kernel = &plan->domains[i].kernel;
        struct paddr_range found = kernel->range;
        unsigned int same = 0;

        before[i] = kernel->range;
        while (before[same].start != before[i].start || before[same].size != before[i].size)
            same++;
        if (same < i && !plan->domains[same].kernel.wrong) {
            kernel->range = plan->domains[same].kernel.range;
            plan->domains[i].form = plan->domains[same].form;
            continue;
        }
        kernel->wrong = unpack(&plan->domains[i], &found);
        if (kernel->wrong)
            continue;
        /* Outside of the module: in memory of its own. */
        if (found.start - before[i].start >= before[i].size)
            plan->unpacked += ALIGN_UP(found.size, PAGE_SIZE);
        kernel->range = found;
    }
}
