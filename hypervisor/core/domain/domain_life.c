/* SPDX-License-Identifier: MIT */
/* Pausing, shutting down, crashing and destroying domains. */
#include "domain_table.h"
#include "watchdog.h"
#include "sched/vcpu_timer.h"
#include <trefoil/arch.h>
#include <trefoil/console.h>
#include <trefoil/device.h>
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/grant_table.h>
#include <trefoil/hypercall.h>
#include <trefoil/journal.h>
#include <trefoil/memory.h>
#include <trefoil/options.h>
#include <trefoil/power.h>
#include <trefoil/printk.h>
#include <trefoil/restart.h>
#include <trefoil/sched.h>
#include <trefoil/string.h>
#include <xen/bootfdt.h>
#include <xen/sched.h>

static void pause_changed(struct domain *domain)
{
    for (unsigned int i = 0; i < domain->max_vcpus; i++)
        vcpu_pause_changed(domain->vcpus[i]);
}

void domain_pause(struct domain *domain)
{
    atomic_fetch_add(&domain->pause_count, 1);
    pause_changed(domain);
}

void domain_unpause(struct domain *domain)
{
    if (atomic_fetch_sub(&domain->pause_count, 1) == 1)
        pause_changed(domain);
}

bool domain_is_quiet(const struct domain *domain)
{
    const struct vcpu *caller = current_vcpu();

    for (unsigned int i = 0; i < domain->max_vcpus; i++) {
        const struct vcpu *vcpu = domain->vcpus[i];

        if (vcpu != caller && atomic_load(&vcpu->state) == VCPU_RUNNING)
            return false;
    }
    return true;
}

void domain_state_changed(domid_t id)
{
    domain_note_changed(id);
    event_raise_global_virq(VIRQ_DOM_EXC);
}

const char *domain_reason_name(uint8_t code)
{
    static const char *const names[] = {
        [SHUTDOWN_poweroff] = "power off", [SHUTDOWN_reboot] = "reboot",
        [SHUTDOWN_suspend] = "suspend",    [SHUTDOWN_crash] = "crash",
        [SHUTDOWN_watchdog] = "watchdog",  [SHUTDOWN_soft_reset] = "soft reset",
    };

    return code < ARRAY_SIZE(names) ? names[code] : "unknown reason";
}

/* The machine goes on without any of its domains, the hardware domain included; without all of them
 * there is nothing to do. */
void domain_check_last(void)
{
    if (domain_table_any_alive() || restart_any_expected())
        return;
    log_info("the last domain has ended");
    if (option_is("on-empty", "poweroff"))
        power_end(POWER_OFF);
}

static void end_machine_with(const struct domain *domain, uint8_t code)
{
    if (!domain->machine_power || (code != SHUTDOWN_poweroff && code != SHUTDOWN_reboot))
        return;
    log_info("%s: its %s is the machine's", domain->name, domain_reason_name(code));
    power_end(code == SHUTDOWN_reboot ? POWER_RESET : POWER_OFF);
}

static void domain_ended(const struct domain *domain)
{
    if (domain->roles & DOMAIN_CAPS_HARDWARE)
        log_info("%s: the hardware domain has ended, the machine goes on", domain->name);
    domain_check_last();
}

static void note_crash(const struct domain *domain, uint32_t place)
{
    uint64_t arguments[XEN_TREFOIL_EVENT_ARGUMENTS] = {place};
    const struct vcpu *vcpu = current_vcpu();

    _Static_assert(1 + ARCH_VCPU_REGISTERS == XEN_TREFOIL_EVENT_ARGUMENTS, "the line, registers");
    if (vcpu && vcpu->domain == domain)
        arch_vcpu_registers(vcpu, &arguments[1]);
    journal_add(XEN_TREFOIL_EVENT_crashed, domain->id, domain->start_number, arguments);
}

/* `place`: of the line that says why it crashed, NULL if none does yet. */
static void shut_down(struct domain *domain, uint8_t code, const uint32_t *place)
{
    enum domain_life alive = DOMAIN_ALIVE;
    uint8_t not_yet = 0;
    uint32_t told;

    /* The reason first, so that whoever sees the end sees why. */
    if (!atomic_compare_exchange_strong(&domain->ended_for, &not_yet, code + 1) ||
        !atomic_compare_exchange_strong(&domain->life, &alive, DOMAIN_SHUTDOWN))
        return;
    domain_pause(domain);
    told = log_told("%s: domain %u has shut down: %s", domain->name, domain->id,
                    domain_reason_name(code));
    if (code == SHUTDOWN_crash)
        note_crash(domain, place ? *place : told);
    else
        journal_domain(shutdown, domain, code);
    end_machine_with(domain, code);
    domain_state_changed(domain->id);
    restart_domain_ended(domain);
    domain_ended(domain);
}

void domain_shutdown(struct domain *domain, uint8_t code)
{
    shut_down(domain, code, NULL);
}

int domain_resume(struct domain *domain)
{
    enum domain_life shutdown = DOMAIN_SHUTDOWN;

    if (atomic_load(&domain->ended_for) != SHUTDOWN_suspend + 1 ||
        !atomic_compare_exchange_strong(&domain->life, &shutdown, DOMAIN_ALIVE))
        return -EINVAL;
    atomic_store(&domain->will_end_for, 0);
    atomic_store(&domain->ended_for, 0);
    domain_state_changed(domain->id);
    domain_unpause(domain);
    return 0;
}

void domain_crash(struct domain *domain, const char *reason, ...)
{
    char text[160];
    va_list arguments;
    uint32_t place;

    if (domain->life != DOMAIN_ALIVE)
        return;
    va_start(arguments, reason);
    vsnprintf(text, sizeof(text), reason, arguments);
    va_end(arguments);
    place = log_told("%s: crashed: %s", domain->name, text);
    if (current_vcpu() && current_vcpu()->domain == domain)
        arch_vcpu_dump(current_vcpu());
    shut_down(domain, SHUTDOWN_crash, &place);
}

/* ---- the end: steps that each return 0 when they are done, or -ERESTART ---- */

static int step_begin(struct domain *domain)
{
    bool was_alive;

    /* Whoever holds a frame of it does so under this lock, and sees from here on that it is dying.
     */
    spin_lock(&domain->memory_lock);
    was_alive = atomic_exchange(&domain->life, DOMAIN_DYING) == DOMAIN_ALIVE;
    spin_unlock(&domain->memory_lock);
    domain_pause(domain);
    domain_state_changed(domain->id);
    if (was_alive)
        domain_ended(domain);
    return 0;
}

static int step_vcpus(struct domain *domain)
{
    for (unsigned int i = 0; i < domain->max_vcpus; i++) {
        if (!vcpu_detach(domain->vcpus[i]))
            return -ERESTART;
    }
    for (unsigned int i = 0; i < domain->max_vcpus; i++) {
        vcpu_stop(domain->vcpus[i]);
        vcpu_timers_stop(domain->vcpus[i]);
    }
    watchdogs_end(domain);
    return 0;
}

static int step_areas(struct domain *domain)
{
    for (unsigned int i = 0; i < domain->max_vcpus; i++)
        vcpu_release_areas(domain->vcpus[i]);
    return 0;
}

static int step_handlers(struct domain *domain)
{
    event_forget_handler(domain);
    return 0;
}

static int step_last(struct domain *domain)
{
    uint32_t references = domain_references(domain);

    journal_domain(destroyed, domain, references > 2 ? references - 2 : 0);
    log_tell_dropped(domain, domain->told.dropped + domain->denials.dropped);
    log_info("%s: domain %u is destroyed", domain->name, domain->id);
    /* One is the domain's own, one the caller's. */
    if (references > 2)
        log_info("%s: others still hold %u of its pages", domain->name, references - 2);
    return 0;
}

static int (*const teardown_steps[])(struct domain *domain) = {
    step_begin,         step_vcpus,          device_release,          event_channels_close_all,
    step_handlers,      grant_table_release, physmap_release_foreign, step_areas,
    domain_ram_release, step_last,
};

static int tear_down(struct domain *domain)
{
    while (domain->teardown < ARRAY_SIZE(teardown_steps)) {
        int result = teardown_steps[domain->teardown](domain);

        if (result)
            return result;
        domain->teardown++;
    }
    return 0;
}

int domain_destroy(struct domain *domain)
{
    bool ended_here;

    if (!spin_trylock(&domain->teardown_lock))
        return -ERESTART;

    bool ended_before = domain->teardown == ARRAY_SIZE(teardown_steps);
    int result = tear_down(domain);

    ended_here = !result && !ended_before;
    spin_unlock(&domain->teardown_lock);
    if (ended_here)
        domain_put(domain);
    return result;
}
