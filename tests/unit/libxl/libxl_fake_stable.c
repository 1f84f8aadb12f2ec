/* SPDX-License-Identifier: MIT */
/* The hypervisor's sysctls that are Trefoil's own and stable. */
#include <errno.h>
#include <string.h>

#include "libxl_fake.h"

/* Of its vcpus or CPUs, with as much of each record as the hypervisor and who asks have in common.
 */
static int64_t counters(struct xen_sysctl_trefoil_counters *op)
{
    const struct fake_counters *kind = &fake.counters[op->kind];
    if (fake.counters_error)
        return fake.counters_error;
    op->count = 0;
    while (op->count < op->room && op->count < 2 && op->position < kind->count) {
        memcpy((char *)op->records.p + (size_t)op->count * op->size,
               (const char *)kind->records + op->position * kind->size,
               kind->has < op->size ? kind->has : op->size);
        op->count++;
        op->position++;
    }
    if (op->position == kind->count)
        op->position = XEN_SYSCTL_TREFOIL_COUNTERS_END;
    if (fake.endless_list)
        op->position = 0;
    op->size = kind->has;
    op->counters = kind->counters;
    op->now = 1234;
    return 0;
}

static int64_t events(struct xen_sysctl_trefoil_events *read)
{
    uint64_t end = fake.first_event + fake.nr_events;
    uint32_t room = read->count;
    if (fake.events_error)
        return fake.events_error;
    read->count = 0;
    read->lost = 0;
    read->end = end;
    read->oldest = fake.first_event;
    read->now = 5000000000;
    read->wall = 1000000000000000000;
    if (read->next < fake.first_event) {
        read->lost = read->next ? fake.first_event - read->next : 0;
        read->next = fake.first_event;
    }
    while (read->count < room && read->next < end) {
        struct xen_trefoil_event *event = &read->buffer.p[read->count++];
        *event = fake.events[read->next - fake.first_event];
        event->sequence = read->next++;
    }
    return 0;
}

int64_t fake_stable_sysctl(struct xen_sysctl *sysctl)
{
    switch (sysctl->cmd) {
    case XEN_SYSCTL_trefoil_counters: return counters(&sysctl->u.trefoil_counters);
    case XEN_SYSCTL_trefoil_events: return events(&sysctl->u.trefoil_events);
    default: return -ENOSYS;
    }
}
