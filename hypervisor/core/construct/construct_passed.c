/* SPDX-License-Identifier: MIT */
/* Devices of the machine that a passthrough tree gives to a domain other than the hardware domain.
 */
#include "construct_parts.h"

#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/printk.h>
#include <trefoil/string.h>

static int bad_tree(const struct construction *construction, const char *what)
{
    char path[MACHINE_PATH];

    log_error("%s: %s; the domain is left out",
              launch_path(construction->context->fdt, construction->plan->device_tree.node, path,
                          sizeof(path)),
              what);
    return -EINVAL;
}

static const void *passthrough_tree(const struct launch_domain *plan)
{
    const struct paddr_range *range = &plan->device_tree.range;

    return range->size != 0 ? arch_module(range) : NULL;
}

/*
 * A device is for one domain: the first in the tree that asks for it. Each time anew from the
 * modules, so that it stays the same when a domain is restarted.
 */
static int check_earlier(struct construction *construction,
                         const struct launch_pass_context *context)
{
    const struct launch_domain *other = construction->context->plan->domains;

    for (; other < construction->plan; other++) {
        const void *tree = passthrough_tree(other);

        if (tree &&
            launch_pass(context, tree, other->device_tree.range.size, &construction->other) &&
            launch_passed_share(&construction->passed, &construction->other)) {
            snprintf(construction->passed.error, sizeof(construction->passed.error),
                     "xen,path: a device, or a page with devices, that %s has already",
                     other->name);
            return bad_tree(construction, construction->passed.error);
        }
    }
    return 0;
}

int construct_passed(struct construction *construction)
{
    const struct launch_domain *plan = construction->plan;
    const struct launch_pass_context context = {.host_tree = construction->context->fdt,
                                                .machine = construction->context->machine,
                                                .given = &construction->devices};
    const void *tree = passthrough_tree(plan);

    if (!tree)
        return 0;
    launch_devices(context.host_tree, context.machine, &construction->devices);
    if (!launch_pass(&context, tree, plan->device_tree.range.size, &construction->passed) ||
        !launch_layout_pass(&construction->layout, plan, &construction->passed))
        return bad_tree(construction, construction->passed.error);
    return check_earlier(construction, &context);
}
