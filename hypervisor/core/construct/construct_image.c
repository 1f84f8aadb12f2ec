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

/* The next bytes of a piece of a module, `done` of which are there. */
static int copy_piece(struct construction *construction, const uint8_t *content, uint64_t size,
                      uint64_t to, uint64_t done, const char *what)
{
    int result;

    size -= done;
    if (size > construction->piece)
        size = construction->piece;
    result = construction->again
                 ? domain_renew(construction->domain, to + done, content + done, size)
                 : domain_write(construction->domain, to + done, content + done, size);
    if (result)
        return construct_failed(construction, what, result);
    construction->position += size;
    return -ERESTART;
}

static int copy_module(struct construction *construction, const struct launch_module *module,
                       uint64_t to, const char *what)
{
    const uint8_t *content = construct_content(module);
    uint64_t done = construction->position;

    if (!content || done >= module->range.size)
        return 0;
    return copy_piece(construction, content, module->range.size, to, done, what);
}

/* Of a kernel that belongs at a place, which is not the whole of its file. */
static int copy_pieces(struct construction *construction)
{
    const struct launch_form *form = &construction->plan->form;
    const uint8_t *content = construct_content(&construction->plan->kernel);
    uint64_t done = construction->position;

    for (unsigned int i = 0; content && i < form->nr_pieces; i++) {
        if (done < form->pieces[i].size)
            return copy_piece(construction, content + form->pieces[i].offset, form->pieces[i].size,
                              form->pieces[i].to, done, "kernel");
        done -= form->pieces[i].size;
    }
    return 0;
}

int construct_kernel(struct construction *construction)
{
    if (construction->plan->form.fixed)
        return copy_pieces(construction);
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
