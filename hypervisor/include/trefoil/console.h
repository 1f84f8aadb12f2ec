/* SPDX-License-Identifier: MIT */
/*
 * The console: the log's ring, the UART behind a transmit ring, what domains print there, and who
 * gets its input. The half that the arch calls (console_receive(), uart_transmit_ready(),
 * console_guest_write()) is in <trefoil/core.h>.
 */
#ifndef TREFOIL_CONSOLE_H
#define TREFOIL_CONSOLE_H

#include <trefoil/domain.h>
#include <trefoil/types.h>

/* From here on the UART may be used (its driver has it mapped). Before, lines are only kept in the
 * ring. */
void console_init(void);
/* Interrupts run from here on: output waits in the transmit ring instead of being polled out. */
void console_go_interrupt_driven(void);
/* The machine ends: what waits, or in a hurry its last 1,024 characters, and what this pcpu logs
 * from here on is polled out at once, in bounded time. By core/power.c. */
void console_enter_last_lines(bool hurry);
/* After it, in good order: the next start need not tell how this one ended. */
void console_forget_lines(void);

/* What a domain's console needs; charged to it. `input`: may it have the focus. 0, -ENOMEM. By
 * core/construct/construct.c. */
int console_domain_init(struct domain *domain, bool input);
void console_domain_free(struct domain *domain);
/*
 * Who gets the input first: option console-focus=NAME|hypervisor, else the first control domain
 * that may have it. Offered to each domain before it runs, and settled when there are no more.
 */
void console_offer_focus(struct domain *domain);
void console_settle_focus(void);

/* At its end: how many lines about a domain were dropped and not told of yet. */
void log_tell_dropped(const struct domain *domain, uint32_t dropped);

/* readconsole sysctl: see struct xen_sysctl_readconsole. `copy` gets pieces of the ring in order
 * and returns 0 or an error. */
struct console_read {
    uint32_t index; /* in: where to go on if incremental; out: where this read ended */
    bool incremental, clear;
    uint32_t count; /* in: room; out: how many there were */
    int (*copy)(void *data, uint32_t offset, const char *text, uint32_t size);
    void *data;
    uint64_t position; /* after -ERESTART, to go on with; 0 to begin */
};
/* 0, -ERESTART, or what `copy` returned. */
int console_ring_read(struct console_read *request);

#endif
