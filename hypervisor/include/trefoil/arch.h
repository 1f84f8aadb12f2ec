/* SPDX-License-Identifier: MIT */
/*
 * The machine as core sees it. Each arch (a CPU architecture's, or the twin's) implements all of
 * it, chosen at link time. Inline parts (this_pcpu(), cpu_relax(), barriers) are in <asm/cpu.h>,
 * data in <asm/arch_domain.h>.
 */
#ifndef TREFOIL_ARCH_H
#define TREFOIL_ARCH_H

#include <trefoil/domain.h>
#include <trefoil/machine.h>
#include <trefoil/pcpu.h>
#include <trefoil/types.h>

struct xen_sysctl_trefoil_cpu_note;

/* Hypervisor pages, errors and the log are in <trefoil/memory.h>, <trefoil/errno.h>,
 * <trefoil/printk.h>. */

/* ---- memory of the machine ---- */

/* Hypervisor's address of a host physical address that is RAM; valid for the life of the system. */
void *arch_map(paddr_t paddr);
static inline void *mfn_map(mfn_t mfn)
{
    return arch_map(mfn_to_paddr(mfn));
}
/* The inverse: host physical address of an address that arch_map() gave. */
paddr_t arch_paddr(const void *address);
/*
 * Hypervisor's address of what a boot loader put at a range of RAM: a domain's kernel, ramdisk,
 * device tree. NULL where no boot loader ever was (the twin): the domain is made without.
 */
const void *arch_module(const struct paddr_range *range);
/* Fills with zeroes the fast way, and cleans to the point of coherency for guests with
 * caches off. Page aligned. */
void arch_scrub(paddr_t start, uint64_t size);
/*
 * Cleans and invalidates data caches to the point of coherency: what the hypervisor or a guest
 * wrote is seen by a guest that runs with caches off, and by a device that does not snoop. Nothing
 * is ever invalidated without being cleaned, so it loses nobody's writes.
 */
void arch_clean_for_guest(const void *address, uint64_t size);
/*
 * What was written and cleaned before this may be executed by any vcpu that is entered after it.
 * Invalidates all instruction caches, on all CPUs: once for a domain, not for each page.
 */
void arch_invalidate_code(void);

/* ---- stage 2 ---- */

enum p2m_type {
    P2M_INVALID,
    P2M_RAM,      /* the domain's own RAM, read-write-execute */
    P2M_RAM_RO,   /* likewise, read only */
    P2M_GRANT_RW, /* another domain's page mapped by grant */
    P2M_GRANT_RO,
    P2M_FOREIGN_RW, /* another domain's page mapped by XENMAPSPACE_gmfn_foreign */
    P2M_FOREIGN_RO,
    P2M_SHARED, /* no domain's: shared info, grant frames, what the tree lets domains share */
    P2M_MMIO,   /* device memory */
};

/*
 * Maps `pages` pages from gfn on, in the largest blocks that fit, replacing what was there. Tables
 * are allocated from, and charged to, the domain. Errors: -ENOMEM (nothing was changed), -EINVAL.
 * Lock: takes the p2m lock.
 */
int arch_p2m_map(struct domain *domain, gfn_t gfn, mfn_t mfn, uint64_t pages, enum p2m_type type);
/* Unmaps, splitting blocks where needed (-ENOMEM when no table can be had for that) and
 * invalidating TLBs of the domain. */
int arch_p2m_unmap(struct domain *domain, gfn_t gfn, uint64_t pages);
/* The same, but TLBs may still hold what was there until arch_p2m_flush(): for many pages one
 * after the other. Whoever holds those pages must hold them until then. */
int arch_p2m_unmap_unflushed(struct domain *domain, gfn_t gfn, uint64_t pages);
/* When it returns, no TLB holds what the domain's unmapping before it removed. Lock: takes the p2m
 * lock. */
void arch_p2m_flush(struct domain *domain);
/* What a gfn maps to: false when nothing; *type may be NULL. */
bool arch_p2m_lookup(struct domain *domain, gfn_t gfn, mfn_t *mfn, enum p2m_type *type);
/* Highest gfn ever mapped. */
uint64_t arch_p2m_max_gfn(const struct domain *domain);

/* ---- guest memory by the guest's virtual address, as hypercall arguments name it ---- */

/*
 * Copies between the hypervisor and memory of the current vcpu, which must be RAM that it could
 * itself read (write) in its kernel. Returns 0 or -EFAULT; a partial copy may have happened then.
 * Never faults.
 */
int arch_copy_from_guest(void *to, uint64_t guest_vaddr, size_t size);
int arch_copy_to_guest(uint64_t guest_vaddr, const void *from, size_t size);
/* A word of it, the whole argument of what a busy system calls most; or -EFAULT. */
int64_t arch_word_from_guest(uint64_t guest_vaddr);
/* Host frame behind a guest virtual address of the current vcpu, for areas registered by address.
 * -EFAULT. */
int arch_translate_guest(uint64_t guest_vaddr, bool write, mfn_t *mfn);

/* ---- domains and vcpus ---- */

/* Prepares / frees the arch part: stage 2 root, interrupt controller, timers offset. 0, -ENOMEM,
 * -EINVAL. */
int arch_domain_init(struct domain *domain, const struct domain_config *config);
/* Gives back stage 2 tables and so on; called once no vcpu runs and no page is mapped elsewhere. */
void arch_domain_free(struct domain *domain);
int arch_vcpu_init(struct vcpu *vcpu);
void arch_vcpu_free(struct vcpu *vcpu);
/* Registers as at power-on: MMU off, interrupts masked, at `entry`, with the argument where the
 * arch's boot protocol has it. */
void arch_vcpu_reset(struct vcpu *vcpu, uint64_t entry, uint64_t argument);
/*
 * Saves prev's state (NULL: nothing is loaded), loads next's (NULL: nothing is loaded afterwards,
 * not even prev's stage 2), on this pcpu. Called without locks; this_pcpu()->current is still prev.
 */
void arch_vcpu_switch(struct vcpu *prev, struct vcpu *next);
/* Is an interrupt deliverable to the vcpu, or one in its virtual timer due (ends its wait)? Own
 * pcpu, or descheduled vcpu. */
bool arch_vcpu_interrupt_pending(struct vcpu *vcpu);
/* The event channel upcall follows vcpu_info.evtchn_upcall_pending: raises it. Any pcpu.
 * Kicks the vcpu. */
void arch_vcpu_raise_event(struct vcpu *vcpu);
/* Gives an interrupt line of the machine to a domain, as the same line there. -EBUSY, -EINVAL. At
 * launch. */
int arch_route_line(struct domain *domain, unsigned int line);
/* Sets the level of a line of a domain that no device of its own drives. -EINVAL for any other.
 * Any pcpu. */
int arch_set_line(struct domain *domain, unsigned int line, bool level);
/* Ends the access that device_ask() was about: with what was read, or as one that nothing answered.
 * The vcpu is loaded here. */
void arch_access_end(struct vcpu *vcpu, bool answered, uint64_t value);
/* The hypercall in progress is run again with these first arguments on the next entry (preemption).
 */
void arch_hypercall_continue(struct vcpu *vcpu, uint64_t number, const uint64_t *args,
                             unsigned int nr_args);
/* One line of a vcpu's registers into the log, for crashes. */
void arch_vcpu_dump(const struct vcpu *vcpu);
/* Of the current vcpu, for the journal's event of a crash: where it is, where that returns to, its
 * stack, its state, why it came to the hypervisor, and the address that this is about. */
#define ARCH_VCPU_REGISTERS 6
void arch_vcpu_registers(const struct vcpu *vcpu, uint64_t registers[ARCH_VCPU_REGISTERS]);

/* ---- pcpus, time, power ---- */

/* ns since boot, monotonic, the same on all pcpus. */
uint64_t arch_now(void);
uint64_t arch_counter_frequency(void);
/* One shot: the hypervisor's timer interrupt of this pcpu at deadline (ns of arch_now());
 * UINT64_MAX: off. Past: at once. */
void arch_timer_set(uint64_t deadline);
/* Makes another pcpu leave its guest and look at need_resched. Does nothing harmful if it is in no
 * guest or idle (ends the idling). */
void arch_send_reschedule(struct pcpu *pcpu);
/* Waits for a physical interrupt with the loaded vcpu's timers live, handles what came, returns.
 * Who calls it asks whether that was for the loaded vcpu. */
void arch_idle(void);
/* Is a physical interrupt waiting for this pcpu? Long operations end early then. */
bool arch_interrupt_waiting(void);
/* Starts machine->cpus[index] and waits (at most a second) until it has called core_pcpu_online().
 * 0 or -EIO. */
int arch_start_secondary(unsigned int index);
/* All CPUs that start have: the log says what is to be known of them. Once, at boot. */
void arch_cpus_started(void);
/* What is wrong with CPUs of the machine, and done about it: the note at or after its position,
 * which goes on behind it. False: there are no more. */
bool arch_cpu_note(struct xen_sysctl_trefoil_cpu_note *note);
_Noreturn void arch_power_off(void);
_Noreturn void arch_reset(void);
/*
 * Makes all other pcpus stop for good as soon as they are out of the hypervisor's work, and waits
 * for them at most `patience` (ns). How many did not answer.
 */
unsigned int arch_stop_others(uint64_t patience);
/* This pcpu does nothing any more. */
_Noreturn void arch_halt(void);

/* ---- console hardware: drivers/ ---- */

/* Puts up to `size` characters into the UART's FIFO without waiting; how many went in. */
size_t uart_put(const char *text, size_t size);
/* Asks for uart_transmit_ready() calls (core/console/console.c) when the FIFO has room; or no more
 * of them.
 */
void uart_want_transmit(bool want);
/* A character, or -1. */
int uart_get(void);

/* ---- the machine's watchdog: drivers/ ---- */

/* From here on it resets the machine when it is not fed for so long. For how long: less where it
 * cannot count so far, 0 where there is none. */
unsigned long watchdog_start(unsigned long seconds);
void watchdog_feed(void);
void watchdog_stop(void);

/* ---- figures that sysctls report ---- */
uint32_t arch_cpu_khz(void);

#endif
