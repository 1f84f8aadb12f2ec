/* SPDX-License-Identifier: MIT */
/* From the first C code with the MMU on to core, on the boot CPU and on the others. */
#include "alike.h"
#include "boot.h"
#include "cpu_setup.h"
#include "errata.h"
#include "firmware.h"
#include "id_register.h"
#include "speculation.h"
#include "stage1.h"
#include "system_error.h"
#include "memory/banks.h"
#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/errno.h>
#include <trefoil/launch.h>
#include <trefoil/printk.h>
#include <trefoil/progress.h>
#include <trefoil/rtc.h>
#include <trefoil/uart.h>
#include <trefoil/watchdog.h>
#include <asm/gic.h>
#include <asm/timer.h>

#define MPIDR_AFFINITY     0xff00ffffffUL
#define SECONDARY_PATIENCE 1000000000UL /* ns */

struct pcpu pcpu_storage[MACHINE_MAX_CPUS];
char pcpu_stacks[MACHINE_MAX_CPUS * PCPU_STACK_PLACE]
    __attribute__((aligned(PAGE_SIZE), section(".noinit.stacks")));

extern char overflow_stack[];
char overflow_stack[OVERFLOW_STACK_SIZE]
    __attribute__((aligned(PAGE_SIZE), section(".noinit.stacks")));

static struct machine machine;

static void map_range(struct paddr_range range, enum stage1_kind kind)
{
    paddr_t start = ALIGN_DOWN(range.start, PAGE_SIZE);

    if (!stage1_map(start, ALIGN_UP(range.start + range.size, PAGE_SIZE) - start, kind))
        panic("no table left to map %#lx", range.start);
}

/* RAM, and the devices that EL2 drives itself. */
static void map_machine(void)
{
    banks_are(&machine);
    for (unsigned int i = 0; i < machine.nr_banks; i++)
        map_range(machine.banks[i], STAGE1_DATA);
    map_range(machine.arch.gicd, STAGE1_DEVICE);
    for (unsigned int i = 0; i < machine.arch.nr_gicr; i++)
        map_range(machine.arch.gicr[i], STAGE1_DEVICE);
    if (machine.has_uart)
        map_range(machine.uart.reg, STAGE1_DEVICE);
    if (machine.rtc.compatible)
        map_range(machine.rtc.reg, STAGE1_DEVICE);
    for (unsigned int i = 0; machine.watchdog.compatible && i < ARRAY_SIZE(machine.watchdog.reg);
         i++)
        map_range(machine.watchdog.reg[i], STAGE1_DEVICE);
}

static void pcpu_prepare(unsigned int id, uint64_t mpidr)
{
    struct pcpu *pcpu = &pcpu_storage[id];

    pcpu->id = id;
    pcpu->arch.mpidr = mpidr;
    pcpu->arch.stack_top = (uint64_t)&pcpu_stacks[(id + 1) * PCPU_STACK_PLACE];
}

/* What each CPU does for itself before it can run guests. */
static void pcpu_setup(struct pcpu *pcpu)
{
    system_error_cpu_setup();
    errata_cpu_setup(pcpu->id);
    speculation_cpu_setup(pcpu->id);
    cpu_setup();
    time_cpu_init();
    if (!gic_cpu_init(pcpu))
        panic("pcpu%u: no redistributor for it", pcpu->id);
    core_pcpu_online(pcpu);
}

void boot_primary(const void *fdt)
{
    uint64_t own[ID_CRM][ID_OP2];
    char error[LAUNCH_MESSAGE];
    bool readable = machine_read(fdt, &machine, error, sizeof(error));
    struct paddr_range kept[] = {
        {(paddr_t)image_start, (uint64_t)(image_end - image_start)},
        {(paddr_t)fdt, 0},
    };

    if (readable || machine.has_uart) {
        map_machine();
        if (machine.has_uart && !uart_init(&machine.uart))
            machine.has_uart = false;
    }
    if (!readable)
        panic("device tree: %s", error);
    kept[1].size = __builtin_bswap32(((const uint32_t *)fdt)[1]);
    machine_boot_cpu(&machine, READ_SYSREG(mpidr_el1) & MPIDR_AFFINITY);
    firmware_init(&machine);
    stage2_geometry();
    alike_begin();
    id_read(own);
    id_filter(own, id_shown);
    time_init(&machine);
    if (machine.rtc.compatible)
        wallclock_set(rtc_seconds(&machine.rtc), 0, arch_now());
    if (!gic_init(&machine))
        panic("%s: no usable GICv3", machine.controller.path);
    pcpu_prepare(0, machine.cpus[0].id);
    pcpu_setup(&pcpu_storage[0]);
    if (machine.has_uart && machine.uart.irq != 0 &&
        gic_request(machine.uart.irq, uart_interrupt, NULL) == 0)
        uart_start_interrupts();
    watchdog_init(&machine.watchdog, arch_counter_frequency());
    if (machine.watchdog.compatible && machine.watchdog.irq != 0)
        (void)gic_request(machine.watchdog.irq, progress_lost, NULL);
    core_boot(fdt, &machine, kept, ARRAY_SIZE(kept));
}

/* The boot CPU waits meanwhile, and no guest runs yet. */
static void join(struct pcpu *pcpu)
{
    uint64_t own[ID_CRM][ID_OP2], shown[ID_CRM][ID_OP2];
    struct alike_difference difference;

    if (!alike_check(&difference)) {
        log_warning("pcpu%u: %s: %#lx, and %#lx on the boot CPU; it stays offline", pcpu->id,
                    difference.what, (unsigned long)difference.own, (unsigned long)difference.boot);
        boot_refuse(pcpu);
    }
    id_read(own);
    id_filter(own, shown);
    id_common(id_shown, shown);
}

void boot_secondary(void)
{
    join(this_pcpu());
    pcpu_setup(this_pcpu());
}

int arch_start_secondary(unsigned int index)
{
    uint64_t mpidr = machine.cpus[index].id;
    struct pcpu *pcpu = &pcpu_storage[index];
    uint64_t give_up;

    if (index == 0)
        return 0;
    pcpu_prepare(index, mpidr);
    /* It reads nothing of this with its caches off, but head.S' code was relocated with them off,
     * too. */
    if (firmware_cpu_on(mpidr, (uint64_t)secondary_entry, (uint64_t)pcpu) != 0)
        return -EIO;
    give_up = arch_now() + SECONDARY_PATIENCE;
    while (!atomic_load(&pcpu->online)) {
        if (atomic_load(&pcpu->arch.refused))
            return -EINVAL;
        if (arch_now() > give_up) {
            boot_leave_late();
            return -EIO;
        }
        cpu_relax();
    }
    return 0;
}
