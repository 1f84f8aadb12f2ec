/* SPDX-License-Identifier: MIT */
/* What happens once, and why in this order. */
#include "memory/scrub.h"
#include <trefoil/access.h>
#include <trefoil/arch.h>
#include <trefoil/console.h>
#include <trefoil/construct.h>
#include <trefoil/core.h>
#include <trefoil/launch.h>
#include <trefoil/memory.h>
#include <trefoil/options.h>
#include <trefoil/power.h>
#include <trefoil/printk.h>
#include <trefoil/progress.h>
#include <trefoil/restart.h>
#include <trefoil/sched.h>
#include <xen/bootfdt.h>

#define MAX_WITHHELD (LAUNCH_MAX_CLAIMED + MACHINE_MAX_RESERVED + 8)

/* Too large for a stack, and kept: ended domains are built again from it. */
static struct launch_plan plan;
static struct construct_context context;

/* What the launched domains have of the memory that was free, in bytes. */
struct memory_use {
    uint64_t ram, pools;
};

static void log_plan(void)
{
    for (unsigned int i = 0; i < plan.nr_messages; i++)
        log_message(plan.messages[i].error ? LOG_ERROR : LOG_WARNING, "%s", plan.messages[i].text);
    if (plan.nr_dropped)
        log_warning("%u more messages about the device tree", plan.nr_dropped);
    if (plan.nr_left_out)
        log_error("%u of the device tree's domains are left out", plan.nr_left_out);
}

static unsigned int add_ranges(struct paddr_range *to, unsigned int count,
                               const struct paddr_range *ranges, unsigned int nr)
{
    for (unsigned int i = 0; i < nr && count < MAX_WITHHELD; i++)
        to[count++] = ranges[i];
    return count;
}

/* Memory begins with what nobody may be given: the image, the trees, firmware's, modules, static
 * memory. */
static void init_memory(const struct machine *machine, const struct paddr_range *kept,
                        unsigned int nr_kept)
{
    static struct paddr_range withheld[MAX_WITHHELD];
    unsigned int count = add_ranges(withheld, 0, kept, nr_kept);

    count = add_ranges(withheld, count, machine->reserved, machine->nr_reserved);
    count = add_ranges(withheld, count, plan.claimed, plan.nr_claimed);
    memory_init(machine, withheld, count);
    log_info("memory: %lu MiB in %u banks, %lu MiB free",
             (unsigned long)(memory_total_pages() >> (20 - PAGE_SHIFT)), machine->nr_banks,
             (unsigned long)(memory_free_pages() >> (20 - PAGE_SHIFT)));
}

static void start_secondaries(const struct machine *machine)
{
    for (unsigned int i = 0; i < machine->nr_cpus; i++) {
        int result = arch_start_secondary(i);

        if (result)
            log_warning("CPU %u (hardware id %#lx) does not start: error %d", i,
                        (unsigned long)machine->cpus[i].id, -result);
    }
    log_info("%u CPUs", (unsigned int)__builtin_popcountll(online_pcpus()));
    arch_cpus_started();
}

/* What of the machine's memory is neither free nor of domains nor kept as a module: what was the
 * hypervisor's before there was free memory, and what it took of that. A domain that has ended by
 * now may have given some back. */
static void log_own_memory(const struct paddr_range *kept, unsigned int nr_kept,
                           uint64_t free_before, const struct memory_use *use)
{
    uint64_t taken = (free_before - memory_free_pages()) << PAGE_SHIFT, image = 0, rest = 0;

    uint64_t others = use->ram + use->pools + plan.unpacked + plan.allotted;

    if (taken > others)
        rest = taken - others;
    for (unsigned int i = 0; i < nr_kept; i++)
        image += ALIGN_UP(kept[i].size, PAGE_SIZE);
    log_info("memory: %lu KiB are the hypervisor's: %lu image and device tree, %lu set aside for "
             "domains, %lu records of their pages and else",
             (unsigned long)((image + use->pools + rest) >> 10), (unsigned long)(image >> 10),
             (unsigned long)(use->pools >> 10), (unsigned long)(rest >> 10));
}

/* Each domain runs as soon as it is there; this CPU goes on building. */
static void launch_domains(const void *fdt, const struct machine *machine, struct memory_use *use)
{
    unsigned int launched = 0;

    context = (struct construct_context){.fdt = fdt, .machine = machine, .plan = &plan};
    kernels_unpack(&plan);
    regions_allot(&plan);
    shares_tell(&plan);
    restart_init(&context);
    for (unsigned int i = 0; i < plan.nr_domains; i++) {
        struct domain *domain;

        if (domain_construct(&context, &plan.domains[i], &domain))
            continue;
        console_offer_focus(domain);
        domain_launch(domain);
        launched++;
        use->pools += launch_pool(&plan.domains[i]);
        if (plan.domains[i].nr_static_memory == 0)
            use->ram += plan.domains[i].memory;
    }
    console_settle_focus();
    domains_connect(&context);
    restart_open();
    log_info("%u domains launched %lu us after the counter began", launched,
             (unsigned long)(arch_now() / 1000));
}

static void choose_policy(void)
{
    char name[16];

    option_value("xsm", name, sizeof(name));
    policy_choose(name);
}

void core_boot(const void *fdt, const struct machine *machine, const struct paddr_range *kept,
               unsigned int nr_kept)
{
    /* First what says what goes wrong in all that follows. */
    options_init(machine->command_line);
    console_init();
    log_info("Trefoil, a hypervisor of parts; Xen ABI 4.17");
    options_check();
    if (machine->command_line_cut)
        log_warning("command line: longer than %d characters, and not read from there on",
                    MACHINE_COMMAND_LINE - 1);
    power_init();
    /* The plan touches no memory but its own, and says which memory must be left alone. */
    bool any = launch_plan(fdt, machine, kept, nr_kept, &plan);

    log_plan();
    init_memory(machine, kept, nr_kept);

    struct memory_use use = {0};
    uint64_t free_before = memory_free_pages();

    /* A domain remembers what the policy lets it do to itself, and is placed on the CPUs that there
     * are. */
    choose_policy();
    start_secondaries(machine);
    cpu_pools_init(plan.pools, plan.nr_pools);
    if (any)
        launch_domains(fdt, machine, &use);
    else
        log_error("no domain to launch");
    scrub_log();
    log_own_memory(kept, nr_kept, free_before, &use);
    /* From here on somebody takes interrupts. */
    console_go_interrupt_driven();
    progress_begin();
}
