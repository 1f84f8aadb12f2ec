/* SPDX-License-Identifier: MIT */
/* What is loaded into a domain: a kernel, a ramdisk, its device tree. */
#include "construct_parts.h"

#include <libfdt.h>
#include <string.h>
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>

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

int construct_place(struct construction *construction)
{
    const struct launch_domain *plan = construction->plan;
    struct launch_sizes *sizes = &construction->sizes;
    const struct paddr_range *kernel = &plan->kernel.range;
    const char *wrong = plan->kernel.wrong;
    char text[LAUNCH_MESSAGE];

    if (!wrong)
        wrong = launch_kernel_sizes(arch_module(kernel), kernel->size, &plan->form, sizes);
    if (wrong)
        return bad_module(construction, &plan->kernel, wrong);
    sizes->ramdisk = plan->ramdisk.range.size;
    sizes->tree = guest_tree_size(construction->context->fdt, plan, plan->device_tree.range.size);
    if (!launch_place(&construction->layout, sizes, &construction->placement)) {
        launch_no_place(&construction->layout, sizes, text);
        log_error("%s: %s", plan->path, text);
        return -ENOSPC;
    }
    return 0;
}

const uint8_t *construct_content(const struct launch_module *module)
{
    return module->range.size != 0 ? arch_module(&module->range) : NULL;
}

/* A piece of a module, which belongs at `to`. */
static int copy(struct construction *construction, const struct launch_module *module, uint64_t to,
                uint64_t start, uint64_t size)
{
    const uint8_t *content = construct_content(module);

    return construction->again ? domain_renew(construction->domain, to, content + start, size)
                               : domain_write(construction->domain, to, content + start, size);
}

static int copy_kernel(void *data, uint64_t start, uint64_t size)
{
    struct construction *construction = data;

    return copy(construction, &construction->plan->kernel, construction->placement.kernel + start,
                start, size);
}

/* What a piece of a fixed kernel counts as, so that no work begins within one and ends in the next.
 */
static uint64_t span(const struct construction *construction, unsigned int piece)
{
    return ALIGN_UP(construction->plan->form.pieces[piece].size, construction->piece);
}

/* Of a kernel that belongs at a place, which is not the whole of its file: start counts spans. */
static int copy_fixed(void *data, uint64_t start, uint64_t size)
{
    struct construction *construction = data;
    const struct launch_form *form = &construction->plan->form;
    unsigned int i = 0;

    while (start >= span(construction, i))
        start -= span(construction, i++);
    if (start >= form->pieces[i].size)
        return 0;
    if (size > form->pieces[i].size - start)
        size = form->pieces[i].size - start;
    return copy(construction, &construction->plan->kernel, form->pieces[i].to + start,
                form->pieces[i].offset + start, size);
}

static int copy_ramdisk(void *data, uint64_t start, uint64_t size)
{
    struct construction *construction = data;

    return copy(construction, &construction->plan->ramdisk, construction->placement.ramdisk + start,
                start, size);
}

static int copy_module(struct construction *construction, const struct launch_module *module,
                       uint64_t size, int (*piece)(void *data, uint64_t start, uint64_t size),
                       const char *what)
{
    int result = construct_content(module) ? construct_share(construction, size, piece) : 0;

    return result && result != -ERESTART ? construct_failed(construction, what, result) : result;
}

int construct_kernel(struct construction *construction)
{
    const struct launch_module *kernel = &construction->plan->kernel;
    const struct launch_form *form = &construction->plan->form;
    uint64_t size = 0;

    if (!form->fixed)
        return copy_module(construction, kernel, kernel->range.size, copy_kernel, "kernel");
    for (unsigned int i = 0; i < form->nr_pieces; i++)
        size += span(construction, i);
    return copy_module(construction, kernel, size, copy_fixed, "kernel");
}

int construct_ramdisk(struct construction *construction)
{
    const struct launch_module *ramdisk = &construction->plan->ramdisk;

    return copy_module(construction, ramdisk, ramdisk->range.size, copy_ramdisk, "ramdisk");
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
        .plan = construction->hardware ? construction->context->plan : NULL,
        .placement = &construction->placement,
        .seed = seeded ? seed : NULL,
        .passthrough = passthrough->size != 0 ? arch_module(passthrough) : NULL,
        .passthrough_size = passthrough->size,
    };
    const char *wrong = guest_tree_write(&tree, buffer, construction->sizes.tree);
    int error;

    if (wrong) {
        if (tree.passthrough)
            return bad_module(construction, &plan->device_tree,
                              "no device tree that fits into the domain's");
        log_error("%s: its device tree cannot be made: %s; the domain is left out", plan->path,
                  wrong);
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
