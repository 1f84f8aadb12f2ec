/* SPDX-License-Identifier: MIT */
/* What is loaded into a domain: an arm64 Image, a ramdisk, its device tree. */
#include "construct_parts.h"

#include <libfdt.h>
#include <string.h>
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>

/* Linux, Documentation/arm64/booting.rst, "Call the kernel image". Little endian. */
struct image_header {
    uint32_t code[2];
    uint64_t text_offset;
    uint64_t image_size; /* with .bss; 0 in kernels before 3.17 */
    uint64_t flags;
    uint64_t reserved[3];
    uint32_t magic;
    uint32_t pe_offset;
};

_Static_assert(sizeof(struct image_header) == 64, "the header of an arm64 Image is 64 bytes");

#define IMAGE_MAGIC           0x644d5241U /* "ARM\x64" */
#define IMAGE_FLAG_BIG_ENDIAN (1ULL << 0)
#define IMAGE_MAX_SIZE        (1ULL << 40) /* far more than fits anywhere; keeps sums small */

static int bad_kernel(const struct construction *construction, const char *what)
{
    log_error("%s: kernel: %s; the domain is left out", construction->plan->name, what);
    return -EINVAL;
}

/* What is known of a kernel that nobody loaded is its size. */
static int absent_kernel(struct construction *construction)
{
    construction->sizes.image_size = construction->plan->kernel.range.size;
    return 0;
}

static int read_header(struct construction *construction)
{
    const struct paddr_range *module = &construction->plan->kernel.range;
    const void *image = arch_module(module);
    struct image_header header;

    if (module->size < sizeof(header))
        return bad_kernel(construction, "too short for an arm64 Image");
    if (!image)
        return absent_kernel(construction);
    memcpy(&header, image, sizeof(header));
    if (header.magic != IMAGE_MAGIC)
        return bad_kernel(construction, "not an arm64 Image (compressed?)");
    if (header.flags & IMAGE_FLAG_BIG_ENDIAN)
        return bad_kernel(construction, "big endian");
    if (header.image_size > IMAGE_MAX_SIZE || header.text_offset > IMAGE_MAX_SIZE)
        return bad_kernel(construction, "its header has impossible sizes");
    construction->sizes.text_offset = header.text_offset;
    construction->sizes.image_size =
        header.image_size > module->size ? header.image_size : module->size;
    return 0;
}

int construct_place(struct construction *construction)
{
    const struct launch_domain *plan = construction->plan;
    struct launch_sizes *sizes = &construction->sizes;
    int result = read_header(construction);

    if (result)
        return result;
    sizes->ramdisk = plan->ramdisk.range.size;
    sizes->tree = guest_tree_size(construction->context->fdt, plan, plan->device_tree.range.size);
    if (!launch_place(&construction->layout, sizes, &construction->placement)) {
        log_error("%s: memory: %llu KiB do not hold a kernel of %llu KiB (with .bss), ramdisk of "
                  "%llu KiB and device tree; the domain is left out",
                  plan->name, (unsigned long long)(plan->memory >> 10),
                  (unsigned long long)(sizes->image_size >> 10),
                  (unsigned long long)(sizes->ramdisk >> 10));
        return -ENOSPC;
    }
    return 0;
}

static int copy_module(struct construction *construction, const struct launch_module *module,
                       uint64_t to, const char *what)
{
    const void *content = module->range.size != 0 ? arch_module(&module->range) : NULL;
    int result;

    if (!content)
        return 0;
    result = domain_write(construction->domain, to, content, module->range.size);
    return result ? construct_failed(construction, what, result) : 0;
}

static int write_tree(struct construction *construction, void *buffer)
{
    const struct launch_domain *plan = construction->plan;
    const struct paddr_range *passthrough = &plan->device_tree.range;
    uint8_t seed[LAUNCH_SEED];
    bool seeded = launch_seed(construction->context->fdt, construction->domain->unique_id, seed);
    const struct guest_tree tree = {
        .host_tree = construction->context->fdt,
        .machine = construction->context->machine,
        .domain = plan,
        .layout = &construction->layout,
        .devices = construction->hardware ? &construction->devices : NULL,
        .placement = &construction->placement,
        .seed = seeded ? seed : NULL,
        .passthrough = passthrough->size != 0 ? arch_module(passthrough) : NULL,
        .passthrough_size = passthrough->size,
    };
    int error = guest_tree_write(&tree, buffer, construction->sizes.tree);

    if (error) {
        log_error("%s: its device tree cannot be made: %s%s; the domain is left out", plan->name,
                  fdt_strerror(error), tree.passthrough ? " (passthrough tree)" : "");
        return -EINVAL;
    }
    error = domain_write(construction->domain, construction->placement.tree, buffer,
                         fdt_totalsize(buffer));
    return error ? construct_failed(construction, "device tree", error) : 0;
}

static int load_tree(struct construction *construction)
{
    unsigned int order = order_of_size(construction->sizes.tree);
    void *buffer = pages_alloc(NULL, order);
    int result;

    if (!buffer)
        return construct_failed(construction, "device tree", -ENOMEM);
    result = write_tree(construction, buffer);
    pages_free(NULL, buffer, order);
    return result;
}

int construct_load(struct construction *construction)
{
    const struct launch_domain *plan = construction->plan;
    const struct launch_placement *placement = &construction->placement;
    int result = copy_module(construction, &plan->kernel, placement->kernel, "kernel");

    if (!result)
        result = copy_module(construction, &plan->ramdisk, placement->ramdisk, "ramdisk");
    return result ? result : load_tree(construction);
}
