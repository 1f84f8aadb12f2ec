/* SPDX-License-Identifier: MIT */
/*
 * Uses up what the hypervisor has set aside for this domain (tests/system/pools.sh): the shared
 * page is mapped once in each 2 MiB of the guest's space, which takes a page of tables each time.
 * Then, if it was launched at boot, it reboots; if it has come again, it says so.
 */
#include "bare.h"
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/xen.h>

#define FIRST_GFN 0x200000UL /* 8 GiB: beyond the domain's RAM */
#define STEP      0x200UL    /* 2 MiB */
#define MOST      8192U      /* 32 MiB of tables, more than any pool here */
#define AGAIN     600U       /* ms after reset: those launched at boot are through by then */

static uint64_t ms(void)
{
    return ticks() / (READ_SYSREG(cntfrq_el0) / 1000);
}

void guest_interrupt(void)
{
}

static int64_t map(uint64_t gfn)
{
    struct xen_add_to_physmap op = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_shared_info, .gpfn = gfn};

    return hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, (uint64_t)&op, 0, 0);
}

void guest_main(const void *fdt)
{
    struct sched_shutdown reboot = {.reason = SHUTDOWN_reboot};
    unsigned int mapped = 0;
    int64_t result = 0;

    (void)fdt;
    while (mapped < MOST && (result = map(FIRST_GFN + mapped * STEP)) == 0)
        mapped++;
    /* Once more: it is told once. */
    map(FIRST_GFN + mapped * STEP);
    print("starve mapped %u, then %ld\n", mapped, result);
    if (ms() >= AGAIN) {
        print("starve is there again\n");
        power_off();
    }
    while (ms() < AGAIN)
        ;
    print("starve reboots\n");
    hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, (uint64_t)&reboot, 0, 0);
}
