/* SPDX-License-Identifier: MIT */
/*
 * Device models in other domains: accesses of a guest to where nothing of its own is go to the
 * server that has the range, over a page that both share, and the vcpu waits for the answer. The
 * wing is core/device.
 */
#ifndef TREFOIL_DEVICE_H
#define TREFOIL_DEVICE_H

#include <trefoil/domain.h>

/* Of one register of a guest's. */
struct device_access {
    uint64_t address; /* guest physical */
    uint64_t value;   /* what is written */
    uint8_t size;     /* bytes: 1, 2, 4, 8 */
    bool write;
};

/*
 * An access of the current vcpu, which stays where it is: if a server has the range, it is asked,
 * and the vcpu is held until it has answered; then the arch's arch_access_end() ends the access.
 * False: there is none. Takes the domain's device_lock.
 */
bool device_ask(struct vcpu *vcpu, const struct device_access *access);
/* The server that a vcpu asks has sent an event, or there is another reason to look. Any pcpu. */
void device_heard(struct vcpu *vcpu);
/* A vcpu that has asked (device.asked) is about to be entered: ends its access if there is an
 * answer. False: it is held again. */
bool device_resume(struct vcpu *vcpu);

/* Ends the servers of a dying domain, those that it has and those that it asks. 0 or -ERESTART. */
int device_release(struct domain *domain);
/* The holder of a server's pages, by one of them, lets go of them. */
void device_put_page(mfn_t mfn);

#endif
