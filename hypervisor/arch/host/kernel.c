/* SPDX-License-Identifier: MIT */
#include "kernel.h"

#include <stdlib.h>
#include <unistd.h>

#include <trefoil/printk.h>

struct guest_kernel *kernel_of(struct domain *domain)
{
    if (!domain->arch.kernel)
        domain->arch.kernel = calloc(1, sizeof(*domain->arch.kernel));
    return domain->arch.kernel;
}

void kernel_free(struct domain *domain)
{
    struct guest_kernel *kernel = domain->arch.kernel;

    if (!kernel)
        return;
    free(kernel->ports);
    free(kernel->shares);
    free(kernel->foreign);
    free(kernel);
    domain->arch.kernel = NULL;
}

void kernel_leave(struct domain *domain, struct kernel_user *user)
{
    const uint64_t one = 1;

    kernel_mappings_leave(domain, user);
    if (domain)
        kernel_events_leave(domain, user);
    /* Who waits for an event looks, and learns that there will be none. */
    if (user->event_fd >= 0 && write(user->event_fd, &one, sizeof(one)) < 0)
        log_debug("an event counter is full");
    if (user->event_fd >= 0)
        close(user->event_fd);
    free(user->queue);
    *user = (struct kernel_user){.event_fd = -1};
}
