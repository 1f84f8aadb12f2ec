/* SPDX-License-Identifier: MIT */
/* What programs have mapped, and the end of that. */
#include "kernel.h"

#include <stdlib.h>

#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <xen/event_channel.h>

struct kernel_mapping *kernel_mapping_new(const struct kernel_pages *kind,
                                          const struct twin_request *request)
{
    struct kernel_mapping *mapping =
        calloc(1, sizeof(*mapping) + request->count * sizeof(mapping->pages[0]));

    if (!mapping)
        return NULL;
    mapping->kind = kind;
    mapping->notify_offset = request->notify_offset;
    mapping->notify_port = request->notify_port;
    return mapping;
}

void kernel_mapping_undo(struct domain *domain, struct kernel_mapping *mapping)
{
    for (unsigned int i = 0; i < mapping->count; i++)
        mapping->kind->release(domain, mapping->pages[i]);
    free(mapping);
}

int64_t kernel_mapping_add(struct domain *domain, struct kernel_user *user,
                           struct kernel_mapping *mapping)
{
    bool clears = mapping->notify_offset != TWIN_NOTIFY_NONE;

    if ((clears && mapping->notify_offset >= PAGE_SIZE) ||
        (mapping->notify_port != TWIN_NOTIFY_NONE &&
         !kernel_port_hold(domain, mapping->notify_port))) {
        kernel_mapping_undo(domain, mapping);
        return -EINVAL;
    }
    mapping->id = ++user->last_mapping;
    mapping->next = user->mappings;
    user->mappings = mapping;
    return (int64_t)mapping->id;
}

/* The other side learns that nobody is here any more, before the page goes. */
static void notify(struct domain *domain, const struct kernel_mapping *mapping)
{
    struct evtchn_send send = {.port = mapping->notify_port};

    if (mapping->notify_offset != TWIN_NOTIFY_NONE)
        host_ram_byte(mapping->offset + mapping->notify_offset, 0);
    if (mapping->notify_port == TWIN_NOTIFY_NONE)
        return;
    kernel_event_op(domain, EVTCHNOP_send, &send, sizeof(send));
    kernel_port_release(domain, mapping->notify_port);
}

static void end_mapping(struct domain *domain, struct kernel_mapping *mapping)
{
    if (!domain) {
        free(mapping);
        return;
    }
    notify(domain, mapping);
    kernel_mapping_undo(domain, mapping);
}

int64_t kernel_mapping_remove(struct domain *domain, struct kernel_user *user, uint64_t id)
{
    struct kernel_mapping **link = &user->mappings;
    struct kernel_mapping *mapping;

    while (*link && (*link)->id != id)
        link = &(*link)->next;
    mapping = *link;
    if (!mapping)
        return -EINVAL;
    *link = mapping->next;
    end_mapping(domain, mapping);
    return 0;
}

void kernel_mappings_leave(struct domain *domain, struct kernel_user *user)
{
    while (user->mappings) {
        struct kernel_mapping *mapping = user->mappings;

        user->mappings = mapping->next;
        end_mapping(domain, mapping);
    }
}
