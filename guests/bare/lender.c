/* SPDX-License-Identifier: MIT */
#include "lender.h"
#include <xen/sched.h>

static volatile uint64_t *page_at(uint64_t page)
{
    if (page < PLACED_SIZE / PAGE)
        return (volatile uint64_t *)(PLACED_LENDER + page * PAGE);
    return (volatile uint64_t *)(FOUND_LENDER + page * PAGE - PLACED_SIZE);
}

static void reboot(void)
{
    struct sched_shutdown op = {.reason = SHUTDOWN_reboot};

    call(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &op);
}

void lender_serve(void)
{
    volatile struct lending *lending = (volatile struct lending *)PLACED_LENDER;

    lending->lives++;
    for (;;) {
        uint64_t order = __atomic_load_n(&lending->order, __ATOMIC_ACQUIRE);

        if (order == LENDER_WRITE)
            page_at(lending->page)[511] = lending->value;
        else if (order == LENDER_READ)
            lending->value = page_at(lending->page)[511];
        __atomic_store_n(&lending->order, LENDER_IDLE, __ATOMIC_RELEASE);
        if (order == LENDER_REBOOT)
            reboot();
        call(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    }
}
