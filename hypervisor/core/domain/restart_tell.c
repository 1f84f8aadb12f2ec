/* SPDX-License-Identifier: MIT */
#include "restart_tell.h"

#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/journal.h>
#include <trefoil/printk.h>

#define TENTH UINT64_C(100000000) /* of a second, ns */

/* No warning: a reboot is nothing out of the way. */
void restart_tell_short_life(const struct domain *ended)
{
    unsigned int tenths = (unsigned int)((arch_now() - ended->launched_at) / TENTH);

    log_info("%s: its life %u has ended %u.%u s after its start: %s; see 'xl console --last %s'",
             ended->name, ended->start_number, tenths / 10, tenths % 10,
             domain_reason_name((uint8_t)(ended->ended_for - 1)), ended->name);
}

void restart_tell_delay(const struct domain *ended, unsigned int seconds)
{
    log_info("%s: is started again in %u s", ended->name, seconds);
    journal_domain(restart_delayed, ended, seconds);
}

void restart_tell_given_up(const struct domain *ended, unsigned int lives, unsigned int seconds)
{
    log_told("%s: not started again: it has ended %u times within %u s of its start", ended->name,
             lives, seconds);
    journal_domain(restart_given_up, ended, lives);
}

void restart_tell_devices(const struct domain *ended)
{
    log_told("%s: not started again: its devices may still write into its memory", ended->name);
    restart_tell_failed(ended->id, ended->start_number, -EOPNOTSUPP);
}

void restart_tell_held(const struct launch_domain *plan, unsigned int life)
{
    log_told("%s: cannot be started again yet: others still hold its pages", plan->name);
    journal_note(restart_held, plan->domid, life, 0);
}

void restart_tell_failed(domid_t id, unsigned int life, int error)
{
    journal_note(restart_failed, id, life, (uint64_t) - (int64_t)error);
}
