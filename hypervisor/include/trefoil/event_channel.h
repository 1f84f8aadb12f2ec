/* SPDX-License-Identifier: MIT */
/*
 * Event channels, the two-level ABI. Every port has a lock of its own; two are taken in the order
 * of their addresses. The table grows by pages charged to its domain. Hypercall handlers are in
 * core/event/event_channel_op.c, these are what they and the rest use.
 */
#ifndef TREFOIL_EVENT_CHANNEL_H
#define TREFOIL_EVENT_CHANNEL_H

#include <trefoil/domain.h>
#include <xen/event_channel.h>

#define EVENT_PORTS_PLAIN 1024U /* ports 0 to 1023, of which 0 is never used */
#define EVENT_PORTS_MAX   EVTCHN_2L_NR_CHANNELS

/* 0, -ENOMEM. nr_ports: EVENT_PORTS_PLAIN, or EVENT_PORTS_MAX for domains that serve many others.
 */
int event_channels_init(struct domain *domain, unsigned int nr_ports);
/* Closes all ports, of a living domain for its reset, of a dying one for good; 0 or -ERESTART. */
int event_channels_reset(struct domain *domain);
int event_channels_close_all(struct domain *domain);
/* Once nothing can reach the domain any more. */
void event_channels_free(struct domain *domain);

/* Without policy, for the launch and for handlers that have asked. Errors: -ENOSPC, -ENOMEM,
 * -EINVAL, -ESRCH, -EBUSY, -EEXIST. */
int event_alloc_unbound(struct domain *domain, domid_t remote, evtchn_port_t *port);
/* A port of a vcpu's domain whose end is the hypervisor's: what the remote domain sends is told to
 * device_heard(). Guests do not close it. */
int event_alloc_heard(struct vcpu *vcpu, domid_t remote, evtchn_port_t *port);
void event_close_heard(struct domain *domain, evtchn_port_t port);
/* Sends from such a port to whoever has bound it. The domain stays, the port was in use once. */
void event_tell(struct domain *domain, evtchn_port_t port);
int event_bind_interdomain(struct domain *domain, struct domain *remote, evtchn_port_t remote_port,
                           evtchn_port_t *port);
/*
 * One end of a channel that the device tree declares, at its given port; until the other end is
 * made (its domain may be built later, or be restarted) it is unbound. -EEXIST: the port is in use.
 */
int event_bind_static(struct domain *domain, evtchn_port_t port, domid_t remote_id,
                      evtchn_port_t remote_port);
int event_bind_virq(struct domain *domain, unsigned int virq, unsigned int vcpu,
                    evtchn_port_t *port);
int event_bind_ipi(struct domain *domain, unsigned int vcpu, evtchn_port_t *port);
int event_bind_vcpu(struct domain *domain, evtchn_port_t port, unsigned int vcpu);
int event_close(struct domain *domain, evtchn_port_t port);
int event_send(struct domain *domain, evtchn_port_t port);
int event_unmask(struct domain *domain, evtchn_port_t port);
int event_status(struct domain *domain, evtchn_port_t port, struct evtchn_status *status);

/* Raises a global virtual interrupt at the domain (VIRQ_DOM_EXC, VIRQ_CON_RING, VIRQ_CONSOLE), if
 * it has bound it. Any context. */
void event_raise_virq(struct domain *domain, unsigned int virq);
/*
 * Raises it at the domain that has bound it, whichever that is: VIRQ_CON_RING, VIRQ_DOM_EXC. From
 * any context, with any locks: it is delivered by event_deliver_virqs(), which this pcpu calls on
 * its way back to a guest.
 */
void event_raise_global_virq(unsigned int virq);
void event_deliver_virqs(void);
/* A dying domain handles no global VIRQ any more. */
void event_forget_handler(struct domain *domain);
/* Raises VIRQ_TIMER or VIRQ_DEBUG of a vcpu. */
void event_raise_vcpu_virq(struct vcpu *vcpu, unsigned int virq);
/* The domain that may bind a global VIRQ: XEN_DOMCTL_set_virq_handler. 0, -EINVAL, -EBUSY. */
int event_set_virq_handler(struct domain *domain, unsigned int virq);

/* Marks all of a vcpu's selector words pending and raises its upcall: after its vcpu_info moved. */
void event_rescan(struct vcpu *vcpu);

/* SCHEDOP_poll: is one of the ports pending? -EINVAL for a bad port, 1 if so, else 0 and the vcpu
 * is marked as polling. */
int event_poll_begin(struct vcpu *vcpu, const evtchn_port_t *ports, unsigned int nr_ports);
void event_poll_end(struct vcpu *vcpu);

#endif
