/* SPDX-License-Identifier: MIT */
/*
 * Starting boot-time domains again, core/domain/restart.c. The old domain is ended, then waited for
 * until nobody holds anything of it, then a new one is built under its id from the same row of the
 * launch plan. The work is done in short turns by a timer on a CPU of the domain, and takes at most
 * half of that CPU.
 */
#ifndef TREFOIL_RESTART_H
#define TREFOIL_RESTART_H

#include <trefoil/construct.h>

/* How far it is. */
enum restart_phase {
    RESTART_NONE,
    RESTART_ENDING,   /* the old domain is torn down */
    RESTART_WAITING,  /* others hold something of it */
    RESTART_BUILDING, /* the new one is built */
    RESTART_DELAYED,  /* it kept ending, and is left ended for a while */
};

/* Before the first domain is built; the context and all it points to stay for ever. */
void restart_init(const struct construct_context *context);
/* Once all domains are built: what was asked for meanwhile is begun. */
void restart_open(void);

/* The boot-time domain with the lowest id at or above `id`, there or not; NULL when there is none.
 */
const struct launch_domain *restart_plan_from(unsigned int id);
/*
 * Starts a boot-time domain again, whether it runs, has ended or is gone: 0, and it will be done,
 * or -ESRCH when there is none of that id, -EOPNOTSUPP for the hardware domain.
 */
int restart_request(domid_t id);
/* Where it stands; *error gets what the last one failed with, or 0. */
enum restart_phase restart_status(domid_t id, int *error);

/* Which life of the boot-time domain this is, from 1; 0, and *last_end left alone, when there is
 * none of that id. How the one before ended, as in launch_info of <xen/domctl.h>. */
unsigned int restart_life(domid_t id, uint8_t *last_end);

/* A domain has shut down by itself: does what its tree says. Callable wherever domain_shutdown()
 * is.
 */
void restart_domain_ended(struct domain *domain);
/* Nothing is left of the domain that had this id. */
void restart_domain_gone(domid_t id);
/* Somebody destroys the domain: it is to stay away. */
void restart_cancel(domid_t id);
/* Is the domain to come again? */
bool restart_expected(domid_t id);
/* Is any? */
bool restart_any_expected(void);

#endif
