/* SPDX-License-Identifier: MIT */
/* What there is to tell of restarts, in the log and in the journal. */
#ifndef CORE_RESTART_TELL_H
#define CORE_RESTART_TELL_H

#include <trefoil/domain.h>
#include <trefoil/launch.h>

/* How long the life was that has just ended, and why. */
void restart_tell_short_life(const struct domain *ended);
void restart_tell_delay(const struct domain *ended, unsigned int seconds);
/* It has ended so many times, each time within so many seconds. */
void restart_tell_given_up(const struct domain *ended, unsigned int lives, unsigned int seconds);
/* Nothing keeps its devices from writing into its memory. */
void restart_tell_devices(const struct domain *ended);
/* Others hold pages of the domain whose life this was. */
void restart_tell_held(const struct launch_domain *plan, unsigned int life);
/* The log has said what failed. */
void restart_tell_failed(domid_t id, unsigned int life, int error);

#endif
