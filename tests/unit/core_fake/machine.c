/* SPDX-License-Identifier: MIT */
#include "machine.h"
#include "../../../hypervisor/core/memory/frame.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <trefoil/access.h>
#include <trefoil/arch.h>
#include <trefoil/console.h>
#include <trefoil/construct.h>
#include <trefoil/core.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/options.h>
#include <trefoil/sched.h>

struct fake_machine fake;
struct pcpu fake_pcpus[FAKE_PCPUS];

/* As caches hold it, and as it is behind them. */
static char *memory, *behind_caches;
static _Thread_local struct pcpu *here = &fake_pcpus[0];

struct pcpu *this_pcpu(void)
{
    return here;
}

void *arch_map(paddr_t paddr)
{
    assert(paddr - FAKE_BASE < FAKE_MEMORY);
    return memory + (paddr - FAKE_BASE);
}

paddr_t arch_paddr(const void *address)
{
    return FAKE_BASE + (paddr_t)((const char *)address - memory);
}

void arch_scrub(paddr_t start, uint64_t size)
{
    memset(arch_map(start), 0, size);
    arch_clean_for_guest(arch_map(start), size);
}

char *fake_behind_caches(const void *address)
{
    return behind_caches + ((const char *)address - memory);
}

struct kept_line fake_kept_lines[KEPT_LINES];

/* Most of it is zeroes in both, and stays memory that was never touched. */
UNWATCHED void arch_clean_for_guest(const void *address, uint64_t size)
{
    uint64_t kept = (uint64_t)address - (uint64_t)kept_lines;
    char *behind =
        kept < sizeof(kept_lines) ? (char *)fake_kept_lines + kept : fake_behind_caches(address);

    if (memcmp(behind, address, size) != 0)
        memcpy(behind, address, size);
}

int arch_domain_init(struct domain *domain, const struct domain_config *config)
{
    (void)config;
    domain->arch.p2m = calloc(FAKE_GFNS, sizeof(struct fake_mapping));
    return domain->arch.p2m ? 0 : -ENOMEM;
}

void arch_domain_free(struct domain *domain)
{
    free(domain->arch.p2m);
}

int arch_vcpu_init(struct vcpu *vcpu)
{
    (void)vcpu;
    return 0;
}

void arch_vcpu_free(struct vcpu *vcpu)
{
    (void)vcpu;
}

void arch_vcpu_switch(struct vcpu *prev, struct vcpu *next)
{
    assert(prev == this_pcpu()->current && prev != next);
    if (next)
        next->arch.switches++;
}

bool arch_vcpu_interrupt_pending(struct vcpu *vcpu)
{
    return vcpu->arch.event_raised;
}

void arch_vcpu_raise_event(struct vcpu *vcpu)
{
    vcpu->arch.event_raised = true;
    vcpu_kick(vcpu);
}

void arch_hypercall_continue(struct vcpu *vcpu, uint64_t number, const uint64_t *args,
                             unsigned int nr_args)
{
    vcpu->arch.continued = true;
    vcpu->arch.number = number;
    memcpy(vcpu->arch.args, args, nr_args * sizeof(*args));
}

void arch_vcpu_dump(const struct vcpu *vcpu)
{
    (void)vcpu;
}

void arch_vcpu_registers(const struct vcpu *vcpu, uint64_t registers[ARCH_VCPU_REGISTERS])
{
    for (unsigned int i = 0; i < ARCH_VCPU_REGISTERS; i++)
        registers[i] = vcpu->id * 16 + i + 1;
}

uint64_t arch_now(void)
{
    return __atomic_add_fetch(&fake.now, fake.pace, __ATOMIC_RELAXED);
}

void arch_timer_set(uint64_t deadline)
{
    this_pcpu()->arch.deadline = deadline;
}

void arch_send_reschedule(struct pcpu *pcpu)
{
    atomic_fetch_add(&pcpu->arch.reschedules, 1);
}

void arch_idle(void)
{
    struct pcpu *pcpu = this_pcpu();

    if (fake.idle) {
        fake.idle();
        return;
    }
    assert(pcpu->arch.deadline != UINT64_MAX);
    if (pcpu->arch.deadline > fake.now)
        fake.now = pcpu->arch.deadline;
    timers_run(pcpu);
}

bool arch_interrupt_waiting(void)
{
    return fake.interrupt_waiting;
}

static _Noreturn void end(const char *how)
{
    if (fake.ended)
        fake.ended(how);
    abort();
}

void arch_power_off(void)
{
    end("off");
}

void arch_reset(void)
{
    end("reset");
}

void arch_halt(void)
{
    end("halt");
}

unsigned int arch_stop_others(uint64_t patience)
{
    fake.stops++;
    if (fake.deaf)
        fake.now += patience;
    return fake.deaf;
}

/* A FIFO of one character. */
static bool line_is_busy(void)
{
    static uint64_t ready;

    if (!fake.uart_pace || fake.now >= ready) {
        ready = fake.now + fake.uart_pace;
        return false;
    }
    return true;
}

size_t uart_put(const char *text, size_t size)
{
    if (size > fake.uart_room)
        size = fake.uart_room;
    if (size > sizeof(fake.uart) - 1 - fake.uart_size)
        fake.uart_size = 0; /* what came before is forgotten */
    if (size > sizeof(fake.uart) - 1)
        size = sizeof(fake.uart) - 1;
    if (size && fake.uart_pace)
        size = !line_is_busy();
    memcpy(fake.uart + fake.uart_size, text, size);
    fake.uart_size += size;
    fake.uart[fake.uart_size] = '\0';
    fake.uart_room -= size;
    return size;
}

bool arch_cpu_note(struct xen_sysctl_trefoil_cpu_note *note)
{
    return !note;
}

void watchdog_feed(void)
{
    fake.fed = fake.now;
    fake.feeds++;
}

unsigned long watchdog_start(unsigned long seconds)
{
    fake.watchdog = seconds < fake.watchdog_most ? seconds : fake.watchdog_most;
    watchdog_feed();
    return fake.watchdog;
}

void watchdog_stop(void)
{
    fake.watchdog = 0;
}

void uart_want_transmit(bool want)
{
    fake.uart_wanted = want;
}

size_t arch_console_input(struct domain *domain, const char *text, size_t size)
{
    (void)domain;
    (void)text;
    return size;
}

uint32_t arch_cpu_khz(void)
{
    return 62500;
}

void fake_start(void)
{
    static struct machine machine = {.banks = {{FAKE_BASE, FAKE_MEMORY}}, .nr_banks = 1};

    fake.now = 1000;
    fake.uart_room = SIZE_MAX / 2;
    memory = aligned_alloc(2 << 20, FAKE_MEMORY);
    behind_caches = mmap(NULL, FAKE_MEMORY, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert(memory && behind_caches != MAP_FAILED);
    options_init("");
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        fake_pcpus[i].id = i;
        fake_pcpus[i].arch.deadline = UINT64_MAX;
        core_pcpu_online(&fake_pcpus[i]);
    }
    console_init();
    memory_init(&machine, NULL, 0);
    /* Records stay once they are made; made now, they trouble no test that counts free memory. */
    if (frames_begin(FAKE_BASE >> PAGE_SHIFT, FAKE_MEMORY >> PAGE_SHIFT))
        abort();
    policy_choose("");
    console_go_interrupt_driven();
}

void fake_go(unsigned int pcpu)
{
    here = &fake_pcpus[pcpu];
}

void fake_be(unsigned int pcpu, struct vcpu *vcpu)
{
    fake_go(pcpu);
    here->current = vcpu;
    if (!vcpu)
        return;
    vcpu->pcpu = here;
    vcpu->state = VCPU_RUNNING;
    vcpu->run_since = fake.now;
}

struct domain *fake_built(domid_t id, const char *name, uint32_t roles, unsigned int vcpus,
                          uint64_t pages)
{
    const struct domain_config config = {
        .nr_lines = 32,
        .pool_pages = FAKE_POOL,
        .grant_frames = 64,
        .maptrack_frames = 32,
        .cpu_pool = fake.cpu_pool,
    };
    struct domain *domain = NULL;

    if (domain_create(id, name, roles, vcpus, &config, &domain) ||
        domain_ram_add(domain, (gfn_t){FAKE_RAM}, pages) || console_domain_init(domain, true))
        abort();
    return domain;
}

struct domain *fake_domain(domid_t id, const char *name, uint32_t roles, unsigned int vcpus,
                           uint64_t pages)
{
    struct domain *domain = fake_built(id, name, roles, vcpus, pages);

    domain_launch(domain);
    return domain;
}

void fake_destroy(struct domain *domain)
{
    fake_be(0, NULL);
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        if (fake_pcpus[i].current && fake_pcpus[i].current->domain == domain)
            fake_pcpus[i].current = NULL;
    }
    for (unsigned int i = 0; i < domain->max_vcpus; i++)
        domain->vcpus[i]->state = VCPU_BLOCKED;
    while (domain_destroy(domain))
        ;
}

/* ---- construction: what restarting needs of it ---- */

struct construction {
    struct domain *domain;
    const struct launch_domain *plan;
    unsigned int pieces;
};

struct construction *construct_begin(const struct construct_context *context,
                                     const struct launch_domain *plan, uint64_t piece, int *error)
{
    static struct construction construction;
    const struct domain_config config = {
        .nr_lines = 32,
        .pool_pages = FAKE_POOL,
        .grant_frames = 64,
        .maptrack_frames = 32,
        .cpu_pool = fake.cpu_pool,
    };

    (void)context;
    (void)piece;
    construction = (struct construction){.plan = plan, .pieces = 3};
    *error = domain_create(plan->domid, plan->name, plan->roles, plan->cpus, &config,
                           &construction.domain);
    return *error ? NULL : &construction;
}

int construct_continue(struct construction *construction, struct domain **constructed)
{
    struct domain *domain = construction->domain;

    fake.pieces++;
    if (--construction->pieces)
        return -ERESTART;
    if (domain_ram_add(domain, (gfn_t){FAKE_RAM}, construction->plan->memory >> PAGE_SHIFT) ||
        console_domain_init(domain, true)) {
        while (domain_destroy(domain))
            ;
        return -ENOMEM;
    }
    *constructed = domain;
    return 0;
}

uint64_t fake_address(uint64_t page, uint64_t offset)
{
    return ((FAKE_RAM + page) << PAGE_SHIFT) + offset;
}

int64_t fake_call(unsigned int number, uint64_t a, uint64_t b, uint64_t c)
{
    struct vcpu *vcpu = current_vcpu();
    uint64_t args[5] = {a, b, c}, now = number;
    int64_t result;

    for (;;) {
        vcpu->arch.continued = false;
        result = hypercall_dispatch(vcpu, now, args);
        if (!vcpu->arch.continued)
            return result;
        fake.continuations++;
        now = vcpu->arch.number;
        memcpy(args, vcpu->arch.args, sizeof(args));
    }
}

int64_t fake_call_with(unsigned int number, uint64_t command, void *argument, size_t size)
{
    struct domain *domain = current_vcpu()->domain;
    uint64_t address = fake_address(0, 0);
    int64_t result;

    memcpy(fake_ram(domain, address), argument, size);
    result = fake_call(number, command, address, 1);
    memcpy(argument, fake_ram(domain, address), size);
    return result;
}
