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

/* What is wrong with the contents of a module, in the words of the plan's messages. */
static int bad_module(const struct construction *construction, const struct launch_module *module,
                      const char *what)
{
    char path[MACHINE_PATH];

    log_error("%s: reg: at 0x%llx is %s; the domain is left out",
              launch_path(construction->context->fdt, module->node, path, sizeof(path)),
              (unsigned long long)module->range.start, what);
    return -EINVAL;
}

static int bad_kernel(const struct construction *construction, const char *what)
{
    return bad_module(construction, &construction->plan->kernel, what);
}

#define NO_IMAGE ", not an (uncompressed) arm64 Image"

/* Of a kernel as it is built and installed one may have taken the wrong file. */
static const char *not_an_image(const void *content)
{
    static const struct {
        uint8_t bytes[4], length;
        const char *what;
    } kinds[] = {
        {{0x1f, 0x8b}, 2, "a file compressed by gzip" NO_IMAGE},
        {{0xfd, '7', 'z', 'X'}, 4, "a file compressed by xz" NO_IMAGE},
        {{0x28, 0xb5, 0x2f, 0xfd}, 4, "a file compressed by zstd" NO_IMAGE},
        {{0x7f, 'E', 'L', 'F'}, 4, "an ELF file" NO_IMAGE},
        {{0x27, 0x05, 0x19, 0x56}, 4, "a U-Boot image" NO_IMAGE},
        {{0xd0, 0x0d, 0xfe, 0xed}, 4, "a device tree or FIT" NO_IMAGE},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
        if (memcmp(content, kinds[i].bytes, kinds[i].length) == 0)
            return kinds[i].what;
    return "nothing known" NO_IMAGE;
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
        return bad_kernel(construction, "less than an arm64 Image's header");
    if (!image)
        return absent_kernel(construction);
    memcpy(&header, image, sizeof(header));
    if (header.magic != IMAGE_MAGIC)
        return bad_kernel(construction, not_an_image(image));
    if (header.flags & IMAGE_FLAG_BIG_ENDIAN)
        return bad_kernel(construction, "a big endian kernel");
    if (header.image_size > IMAGE_MAX_SIZE || header.text_offset > IMAGE_MAX_SIZE)
        return bad_kernel(construction, "an Image with impossible sizes in its header");
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
                  plan->path, (unsigned long long)(plan->memory >> 10),
                  (unsigned long long)(sizes->image_size >> 10),
                  (unsigned long long)(sizes->ramdisk >> 10));
        return -ENOSPC;
    }
    return 0;
}

static int copy_module(struct construction *construction, const struct launch_module *module,
                       uint64_t to, const char *what)
{
    const uint8_t *content = module->range.size != 0 ? arch_module(&module->range) : NULL;
    uint64_t done = construction->position, size = module->range.size - done;
    int result;

    if (!content || size == 0)
        return 0;
    if (size > construction->piece)
        size = construction->piece;
    result = domain_write(construction->domain, to + done, content + done, size);
    if (result)
        return construct_failed(construction, what, result);
    construction->position += size;
    return -ERESTART;
}

int construct_kernel(struct construction *construction)
{
    return copy_module(construction, &construction->plan->kernel, construction->placement.kernel,
                       "kernel");
}

int construct_ramdisk(struct construction *construction)
{
    return copy_module(construction, &construction->plan->ramdisk, construction->placement.ramdisk,
                       "ramdisk");
}

static int write_tree(struct construction *construction, void *buffer)
{
    const struct launch_domain *plan = construction->plan;
    const struct paddr_range *passthrough = &plan->device_tree.range;
    uint8_t seed[LAUNCH_SEED];
    bool seeded = launch_seed(construction->context->fdt, construction->context->machine,
                              construction->domain->unique_id, seed);
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
        if (tree.passthrough)
            return bad_module(construction, &plan->device_tree,
                              "no device tree that fits into the domain's");
        log_error("%s: its device tree cannot be made: %s; the domain is left out", plan->path,
                  fdt_strerror(error));
        return -EINVAL;
    }
    error = domain_write(construction->domain, construction->placement.tree, buffer,
                         fdt_totalsize(buffer));
    return error ? construct_failed(construction, "device tree", error) : 0;
}

int construct_tree(struct construction *construction)
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
