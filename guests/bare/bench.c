/* SPDX-License-Identifier: MIT */
/*
 * What the hypervisor costs, in counter ticks an operation. Under QEMU's `-icount shift=0` one
 * instruction is one ns, so `make bench` turns ticks into instructions; on a board they are time.
 */
#include "bench.h"
#include <xen/arch-arm.h>
#include <xen/event_channel.h>
#include <xen/memory.h>
#include <xen/sysctl.h>
#include <xen/version.h>
#include <xen/xen.h>

#define ROUNDS          2000U
#define TIMER_ROUNDS    200U
#define PSCI_VERSION    0x84000000U
#define GICD_TYPER      0x0004
#define TIMER_INTID     27U
#define SGI_INTID       1U
#define SHARED_INFO_GFN ((GUEST_GNTTAB_BASE + GUEST_GNTTAB_SIZE - 0x1000) >> 12)

volatile uint64_t handled_at;
volatile unsigned int handled;

void guest_interrupt(void)
{
    uint64_t now = READ_SYSREG(cntvct_el0);
    uint64_t intid = READ_SYSREG(S3_0_C12_C12_0); /* ICC_IAR1_EL1 */

    handled_at = intid == SGI_INTID ? READ_SYSREG(cntvct_el0) : now;
    if (intid == TIMER_INTID)
        WRITE_SYSREG(2, cntv_ctl_el0);   /* masked */
    WRITE_SYSREG(intid, S3_0_C12_C12_1); /* ICC_EOIR1_EL1 */
    handled++;
}

void report(const char *name, uint64_t spent, unsigned int rounds)
{
    uint64_t ns = spent * (1000000000UL / READ_SYSREG(cntfrq_el0));

    print("bench %s %lu\n", name, ns / rounds);
}

static void bench_version(void)
{
    uint64_t start = ticks();

    for (unsigned int i = 0; i < ROUNDS; i++)
        hypercall(__HYPERVISOR_xen_version, XENVER_version, 0, 0, 0);
    report("hypercall", ticks() - start, ROUNDS);
}

static void bench_psci(void)
{
    uint64_t start = ticks();

    for (unsigned int i = 0; i < ROUNDS; i++)
        firmware_call(PSCI_VERSION, 0, 0, 0);
    report("psci_version", ticks() - start, ROUNDS);
}

static void bench_distributor(void)
{
    uint64_t start = ticks();

    for (unsigned int i = 0; i < ROUNDS; i++)
        mmio_read32(GUEST_GICV3_GICD_BASE + GICD_TYPER);
    report("gicd_read", ticks() - start, ROUNDS);
}

static void bench_event(void)
{
    struct xen_add_to_physmap map = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_shared_info,
        .gpfn = SHARED_INFO_GFN,
    };
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    struct evtchn_bind_interdomain bind = {.remote_dom = DOMID_SELF};
    struct evtchn_send send;
    volatile struct shared_info *shared = (void *)(SHARED_INFO_GFN << 12);
    uint64_t bit, start;

    if (hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, (uint64_t)&map, 0, 0) != 0 ||
        hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, (uint64_t)&unbound, 0,
                  0) != 0) {
        print("bench event_send failed\n");
        return;
    }
    bind.remote_port = unbound.port;
    hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, (uint64_t)&bind, 0, 0);
    send.port = bind.local_port;
    bit = 1UL << (unbound.port % 64);
    shared->evtchn_mask[unbound.port / 64] |= bit;
    start = ticks();
    for (unsigned int i = 0; i < ROUNDS; i++) {
        shared->evtchn_pending[unbound.port / 64] &= ~bit;
        hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, (uint64_t)&send, 0, 0);
    }
    report("event_send", ticks() - start, ROUNDS);
}

static void bench_sgi(void)
{
    uint64_t spent = 0;

    for (unsigned int i = 0; i < ROUNDS; i++) {
        unsigned int before = handled;
        uint64_t start = ticks();

        WRITE_SYSREG((uint64_t)SGI_INTID << 24 | 1, S3_0_C12_C11_5); /* ICC_SGI1R_EL1 */
        while (handled == before)
            ;
        spent += handled_at - start;
    }
    report("sgi_self", spent, ROUNDS);
}

static void bench_timer(const char *name, bool wait)
{
    uint64_t spent = 0;

    for (unsigned int i = 0; i < TIMER_ROUNDS; i++) {
        unsigned int before = handled;
        uint64_t deadline = ticks() + 1000 + i % 7;

        WRITE_SYSREG(deadline, cntv_cval_el0);
        WRITE_SYSREG(1, cntv_ctl_el0);
        while (handled == before) {
            if (wait)
                __asm__ volatile("wfi");
        }
        spent += handled_at - deadline;
    }
    report(name, spent, TIMER_ROUNDS);
}

/* The record of one vcpu, its own. On Xen there are none. */
static void bench_counters(void)
{
    static struct xen_vcpu_counters record;
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_trefoil_counters};
    uint64_t start = ticks();

    for (unsigned int i = 0; i < ROUNDS; i++) {
        op.u.trefoil_counters = (struct xen_sysctl_trefoil_counters){
            .room = 1, .size = sizeof(record), .records.q = (uint64_t)&record};
        if (hypercall(__HYPERVISOR_sysctl, (uint64_t)&op, 0, 0, 0) != 0)
            return;
    }
    report("counters_read", ticks() - start, ROUNDS);
}

void guest_main(const void *fdt)
{
    (void)fdt;
    gic_start();
    gic_enable_private(SGI_INTID);
    gic_enable_private(TIMER_INTID);
    bench_version();
    bench_psci();
    bench_distributor();
    bench_event();
    bench_counters();
    interrupts_on();
    bench_sgi();
    bench_timer("timer_busy", false);
    bench_timer("timer_wfi", true);
    bench_masked();
    print("bench done\n");
    power_off();
}
