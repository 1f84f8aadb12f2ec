/* SPDX-License-Identifier: MIT */
/* From boot to what stays: the code that is needed once is taken out of EL2's map (trefoil.lds:
 * nothing of .text refers to it). */
#include "boot.h"
#include "firmware.h"
#include "stage1.h"
#include <trefoil/arch.h>
#include <trefoil/pcpu.h>
#include <trefoil/printk.h>
#include <trefoil/sched.h>

#define LEAVE_PATIENCE 1000000000UL /* ns */

static _Atomic unsigned int left; /* CPUs that will not come back to boot's code */
static bool late;

void boot_leave_late(void)
{
    late = true;
}

void boot_refuse(struct pcpu *pcpu)
{
    atomic_store(&pcpu->arch.refused, true);
    firmware_cpu_off();
}

static bool all_left(void)
{
    uint64_t give_up = arch_now() + LEAVE_PATIENCE;

    while (atomic_load(&left) < (unsigned int)__builtin_popcountll(online_pcpus())) {
        if (arch_now() > give_up)
            return false;
        cpu_relax();
    }
    return !late;
}

struct vcpu *boot_leave(void)
{
    atomic_fetch_add(&left, 1);
    if (this_pcpu()->id == 0) {
        if (all_left()) {
            stage1_drop_boot();
            log_info("boot: its code is gone, %lu KiB",
                     (unsigned long)stage1_boot.pages << (PAGE_SHIFT - 10));
        } else {
            log_warning("boot: its code stays, a CPU may yet need it");
        }
    }
    return sched_slow_path(this_pcpu());
}
