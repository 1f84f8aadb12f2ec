/* SPDX-License-Identifier: MIT */
#include <trefoil/restart.h>

#include "domain_table.h"
#include "restart_tell.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/grant_table.h>
#include <trefoil/hypercall.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>
#include <xen/bootfdt.h>
#include <xen/domctl.h>
#include <xen/sched.h>

/* A turn ends after the first piece of work that ends later than this. */
#define TURN_TIME UINT64_C(100000) /* ns */
/* And so long, at least, none follows: the CPU takes what else waits for it, such as the timer of a
 * vcpu that sleeps there. Which of two interrupts is first is up to the machine, so it could be the
 * next turn's again and again. */
#define TURN_GAP UINT64_C(12500) /* ns */
/* What is scrubbed or copied at a time: some 10 us on a small core. */
#define TURN_PIECE (UINT64_C(16) << 10) /* bytes */

/* How long others may hold on before the log says who. */
#define PATIENCE UINT64_C(5000000000) /* ns */

/* A life that is shorter is a short one. */
#define SHORT_LIFE UINT64_C(60000000000) /* ns */
#define SECOND     UINT64_C(1000000000)  /* ns */

/* How long a domain is left ended after its first, second... short life in a row; after one more it
 * is left alone. */
static const uint8_t back_off[] = {0, 1, 2, 4, 8}; /* s */

/* A row of the plan; in the same order. */
struct boot_domain {
    const struct launch_domain *plan;
    _Atomic enum restart_phase phase; /* changed under the lock, and once begun only by the turns */
    _Atomic bool build;               /* when nothing is left of the old one; else just end it */
    bool told;                        /* who holds it up */
    struct {
        uint32_t id, handle, pages; /* how far that came */
    } holder;
    int error;                /* of the last restart */
    unsigned int short_lives; /* in a row, until now */
    unsigned int life;        /* how often it was started, by whatever */
    uint8_t last_end;         /* of the life before, as in launch_info */
    uint64_t not_before;      /* ns: when it may be built */
    struct pcpu *pcpu;        /* whose time it takes */
    struct timer timer;       /* the next turn */
    struct construction *construction;
    uint64_t since;   /* ns, when its end began */
    uint64_t longest; /* turn, ns */
    unsigned int nr_turns;
};

static struct {
    spinlock_t lock;
    bool open;
    const struct construct_context *context;
    struct boot_domain domains[LAUNCH_MAX_DOMAINS];
} boot;

static unsigned int nr_domains(void)
{
    return boot.context ? boot.context->plan->nr_domains : 0;
}

static struct boot_domain *find(domid_t id)
{
    for (unsigned int i = 0; i < nr_domains(); i++) {
        if (boot.domains[i].plan->domid == id)
            return &boot.domains[i];
    }
    return NULL;
}

/* Under the lock: one timer is armed by one at a time. */
static void arm(struct boot_domain *domain, uint64_t deadline)
{
    if (boot.open)
        timer_start(&domain->timer, domain->pcpu, deadline);
}

static void arm_at(struct boot_domain *domain, uint64_t deadline)
{
    spin_lock(&boot.lock);
    arm(domain, deadline);
    spin_unlock(&boot.lock);
}

/* Takes back what was armed for then, if nobody has armed it for another time since. */
static void disarm(struct boot_domain *domain, uint64_t deadline)
{
    spin_lock(&boot.lock);
    if (domain->timer.deadline == deadline)
        timer_stop(&domain->timer);
    spin_unlock(&boot.lock);
}

static void enter(struct boot_domain *domain, enum restart_phase phase)
{
    spin_lock(&boot.lock);
    domain->phase = phase;
    spin_unlock(&boot.lock);
}

/* After this another CPU may begin anew. */
static int finish(struct boot_domain *domain, int error, bool built)
{
    spin_lock(&boot.lock);
    timer_stop(&domain->timer);
    domain->error = error;
    domain->life += built;
    domain->phase = RESTART_NONE;
    spin_unlock(&boot.lock);
    if (error) {
        restart_tell_failed(domain->plan->domid, domain->life, error);
        domain_check_last();
    }
    if (!built)
        pool_forget(domain->plan->domid);
    return 0;
}

/* ---- phases: 0 when they wait or all is over, or -ERESTART to go on ---- */

static int do_nothing(struct boot_domain *domain)
{
    (void)domain;
    return 0;
}

static int end(struct boot_domain *domain)
{
    struct domain *old = domain_get(domain->plan->domid);
    int result = 0;

    if (old) {
        result = domain_destroy(old);
        if (!result)
            enter(domain, RESTART_WAITING);
        domain_put(old);
    } else {
        enter(domain, RESTART_WAITING);
    }
    return result ? result : -ERESTART;
}

/* Who has pages of a dying domain mapped: it is asked of each, as no page says so, and a piece at a
 * time. Is it all told? */
static bool tell_holders(struct boot_domain *domain)
{
    const char *name = domain->plan->name;
    struct domain *other = domain_get_from(domain->holder.id);

    if (domain->holder.id == 0 && domain->holder.handle == 0)
        restart_tell_held(domain->plan, domain->life);
    if (!other)
        return true;
    if (other->id != domain->holder.id) {
        domain->holder.id = other->id;
        domain->holder.handle = domain->holder.pages = 0;
    }
    domain->holder.pages += grant_mappings_of(other, domain->plan->domid, &domain->holder.handle);
    if (domain->holder.handle == 0) {
        domain->holder.pages += physmap_foreign_of(other, domain->plan->domid);
        if (domain->holder.pages)
            log_warning("%s: %s holds %u of its pages", name, other->name, domain->holder.pages);
        domain->holder.id++;
        domain->holder.pages = 0;
    }
    domain_put(other);
    return false;
}

static int wait(struct boot_domain *domain)
{
    /* Before the look, so that whoever lets go after it wakes us after all. */
    if (!domain->told)
        arm_at(domain, domain->since + PATIENCE);
    if (domain_table_has(domain->plan->domid)) {
        if (!domain->told && arch_now() - domain->since >= PATIENCE) {
            domain->told = tell_holders(domain);
            return -ERESTART;
        }
        return 0;
    }
    enter(domain, RESTART_DELAYED);
    return -ERESTART;
}

/* It kept ending: not again at once. */
static int delay(struct boot_domain *domain)
{
    bool build, due;

    spin_lock(&boot.lock);
    build = domain->build;
    due = arch_now() >= domain->not_before;
    if (build && due)
        domain->phase = RESTART_BUILDING;
    else if (build)
        arm(domain, domain->not_before);
    spin_unlock(&boot.lock);
    if (!build)
        return finish(domain, 0, false);
    return due ? -ERESTART : 0;
}

static int build(struct boot_domain *domain)
{
    struct domain *built = NULL;
    int result = 0;

    if (!domain->construction)
        domain->construction = construct_begin(boot.context, domain->plan, TURN_PIECE, &result);
    if (!domain->construction)
        return finish(domain, result, false);
    result = construct_continue(domain->construction, &built);
    if (result == -ERESTART)
        return result;
    domain->construction = NULL;
    if (result)
        return finish(domain, result, false);
    log_info("%s: started again after %lu ms, in %u turns of at most %lu us", domain->plan->name,
             (unsigned long)((arch_now() - domain->since) / 1000000), domain->nr_turns,
             (unsigned long)(domain->longest / 1000));
    finish(domain, 0, true);
    /* It may end as soon as it runs, and that begins anew. */
    domain_launch(built);
    return 0;
}

/* How long after a turn of this time, in ns, the next one begins: a guest that runs here gets as
 * much. */
static uint64_t gap_after(uint64_t time)
{
    const struct vcpu *vcpu = current_vcpu();

    if (vcpu && atomic_load(&vcpu->state) == VCPU_RUNNING && time > TURN_GAP)
        return time;
    return TURN_GAP;
}

/* One turn, on the CPU of the timer. Its end is an interrupt, as that is what work looks for that
 * does more than a piece at a time. */
static void turn(void *data)
{
    static int (*const phases[])(struct boot_domain * domain) = {
        [RESTART_NONE] = do_nothing, [RESTART_ENDING] = end,     [RESTART_WAITING] = wait,
        [RESTART_DELAYED] = delay,   [RESTART_BUILDING] = build,
    };
    struct boot_domain *domain = data;
    uint64_t began = arch_now(), time;
    int result;

    domain->nr_turns++;
    arm_at(domain, began + TURN_TIME);
    do {
        result = phases[domain->phase](domain);
        time = arch_now() - began;
    } while (result == -ERESTART && time < TURN_TIME && !hypercall_preempt());
    if (result != -ERESTART) {
        disarm(domain, began + TURN_TIME);
        return;
    }
    if (domain->longest < time)
        domain->longest = time;
    arm_at(domain, began + time + gap_after(time));
    this_pcpu()->patient = &domain->timer;
}

/* ---- what is asked for ---- */

/* Under the lock. `there`: the domain, if it is. */
static void begin(struct boot_domain *domain, const struct domain *there, bool build)
{
    if (domain->phase != RESTART_NONE) {
        domain->build |= build;
        return;
    }
    domain->phase = RESTART_ENDING;
    domain->build = build;
    domain->last_end =
        there && there->ended_for ? there->ended_for : XEN_DOMCTL_TREFOIL_ENDED_BY_ANOTHER;
    domain->told = false;
    domain->holder.id = domain->holder.handle = domain->holder.pages = 0;
    domain->error = 0;
    domain->nr_turns = 0;
    domain->longest = 0;
    domain->since = arch_now();
    domain->pcpu = there ? __atomic_load_n(&there->vcpus[0]->pcpu, __ATOMIC_RELAXED) : this_pcpu();
    arm(domain, domain->since);
}

void restart_init(const struct construct_context *context)
{
    boot.context = context;
    for (unsigned int i = 0; i < nr_domains(); i++) {
        boot.domains[i] = (struct boot_domain){.plan = &context->plan->domains[i], .life = 1};
        timer_init(&boot.domains[i].timer, turn, &boot.domains[i]);
    }
}

void restart_open(void)
{
    spin_lock(&boot.lock);
    boot.open = true;
    for (unsigned int i = 0; i < nr_domains(); i++) {
        if (boot.domains[i].phase != RESTART_NONE)
            arm(&boot.domains[i], arch_now());
    }
    spin_unlock(&boot.lock);
}

const struct launch_domain *restart_plan_from(unsigned int id)
{
    const struct launch_domain *first = NULL;

    for (unsigned int i = 0; i < nr_domains(); i++) {
        const struct launch_domain *plan = boot.domains[i].plan;

        if (plan->domid >= id && (!first || plan->domid < first->domid))
            first = plan;
    }
    return first;
}

/* Nothing stops devices from writing into its memory, with no IOMMU and no reset for them: neither
 * those of the hardware domain nor those passed to a domain in which DMA works. */
static bool cannot_be(const struct boot_domain *domain)
{
    const struct launch_domain *plan = domain->plan;

    return (plan->roles & DOMAIN_CAPS_HARDWARE) ||
           (plan->direct_map && plan->device_tree.range.size != 0);
}

int restart_request(domid_t id)
{
    struct boot_domain *domain = find(id);
    struct domain *there;

    if (!domain)
        return -ESRCH;
    if (cannot_be(domain))
        return -EOPNOTSUPP;
    there = domain_get(id);
    log_info("%s: is to be started again", domain->plan->name);
    spin_lock(&boot.lock);
    domain->short_lives = 0;
    domain->not_before = 0;
    begin(domain, there, true);
    if (domain->phase == RESTART_DELAYED)
        arm(domain, arch_now());
    spin_unlock(&boot.lock);
    if (there)
        domain_put(there);
    return 0;
}

enum restart_phase restart_status(domid_t id, int *error)
{
    struct boot_domain *domain = find(id);
    enum restart_phase phase = RESTART_NONE;

    *error = 0;
    if (!domain)
        return phase;
    spin_lock(&boot.lock);
    phase = domain->phase;
    *error = domain->error;
    spin_unlock(&boot.lock);
    return phase;
}

unsigned int restart_life(domid_t id, uint8_t *last_end)
{
    struct boot_domain *domain = find(id);
    unsigned int life;

    if (!domain)
        return 0;
    spin_lock(&boot.lock);
    life = domain->life;
    *last_end = life > 1 ? domain->last_end : 0;
    spin_unlock(&boot.lock);
    return life;
}

static enum launch_at_end at_end(const struct launch_domain *plan, uint8_t code)
{
    switch (code) {
    case SHUTDOWN_reboot: return plan->on_reboot;
    case SHUTDOWN_crash:
    case SHUTDOWN_watchdog: return plan->on_crash;
    default: return LAUNCH_PRESERVE;
    }
}

/* One that keeps ending at once is started again later and later, and then left alone. */
static bool is_worth_it(struct boot_domain *domain, const struct domain *ended)
{
    unsigned int lives, wait;

    domain->not_before = 0;
    if (arch_now() - ended->launched_at >= SHORT_LIFE) {
        domain->short_lives = 0;
        return true;
    }
    restart_tell_short_life(ended);
    lives = ++domain->short_lives;
    if (lives > ARRAY_SIZE(back_off)) {
        restart_tell_given_up(ended, lives, (unsigned int)(SHORT_LIFE / SECOND));
        return false;
    }
    wait = back_off[lives - 1];
    domain->not_before = arch_now() + wait * SECOND;
    if (wait)
        restart_tell_delay(ended, wait);
    return true;
}

void restart_domain_ended(struct domain *ended)
{
    struct boot_domain *domain = find(ended->id);
    enum launch_at_end what;

    if (!domain)
        return;
    what = at_end(domain->plan, (uint8_t)(ended->ended_for - 1));
    if (what == LAUNCH_RESTART && cannot_be(domain)) {
        restart_tell_devices(ended);
        return;
    }
    spin_lock(&boot.lock);
    if (what == LAUNCH_RESTART && !is_worth_it(domain, ended))
        what = LAUNCH_PRESERVE;
    if (what != LAUNCH_PRESERVE)
        begin(domain, ended, what == LAUNCH_RESTART);
    spin_unlock(&boot.lock);
}

void restart_domain_gone(domid_t id)
{
    struct boot_domain *domain = find(id);

    if (!domain)
        return;
    spin_lock(&boot.lock);
    if (domain->phase == RESTART_WAITING)
        arm(domain, arch_now());
    spin_unlock(&boot.lock);
}

void restart_cancel(domid_t id)
{
    struct boot_domain *domain = find(id);

    if (!domain)
        return;
    spin_lock(&boot.lock);
    if (domain->phase != RESTART_BUILDING)
        domain->build = false;
    if (domain->phase == RESTART_DELAYED)
        arm(domain, arch_now());
    spin_unlock(&boot.lock);
}

static bool is_expected(const struct boot_domain *domain)
{
    return domain->phase != RESTART_NONE && domain->build;
}

bool restart_expected(domid_t id)
{
    const struct boot_domain *domain = find(id);

    return domain && is_expected(domain);
}

bool restart_any_expected(void)
{
    for (unsigned int i = 0; i < nr_domains(); i++) {
        if (is_expected(&boot.domains[i]))
            return true;
    }
    return false;
}
