/* SPDX-License-Identifier: MIT */
#ifndef TREFOIL_DOMAIN_H
#define TREFOIL_DOMAIN_H

#include <stdatomic.h>
#include <trefoil/count.h>
#include <trefoil/list.h>
#include <trefoil/machine.h>
#include <trefoil/policy.h>
#include <trefoil/printk.h>
#include <trefoil/spinlock.h>
#include <trefoil/timer.h>
#include <trefoil/types.h>
#include <xen/event_channel.h>
#include <xen/vcpu.h>
#include <xen/xen.h>
#include <arch/launch.h>
#include <asm/arch_domain.h>

struct domain;
struct ioreq_server;

#define DOMAIN_MAX_EXTENTS 64
#define DOMAIN_MAX_VCPUS   128
#define DEVICE_SERVERS     8   /* of device models, that a domain may have */
#define DOMAIN_TIED_IDS    256 /* domains with larger ids have neither peers nor targets */

/* What a vcpu is doing; written under its pcpu's run queue lock. */
enum vcpu_state {
    VCPU_OFFLINE,  /* not started by the firmware that its domain sees, or stopped */
    VCPU_BLOCKED,  /* waits for an interrupt or event */
    VCPU_RUNNABLE, /* wants to run, waits for its pcpu */
    VCPU_RUNNING,
};

struct vcpu {
    struct arch_vcpu arch; /* first: assembly saves the registers here */
    struct domain *domain;
    unsigned int id;
    struct pcpu *pcpu; /* where it runs; changes only under both run queue locks */

    /* Scheduling: fields of core/sched/sched.c. */
    _Atomic enum vcpu_state state;
    _Atomic uint64_t
        upcalls; /* raised; counted here by whoever sends, who then looks at the state */
    _Atomic unsigned int pause_count; /* own reasons to be held; the domain has its own */
    struct list_head queue_node;
    uint64_t virtual_runtime; /* ns, by the weight */
    uint64_t run_since;       /* ns, while VCPU_RUNNING */
    uint64_t run_time;        /* ns in total */
    /* Masks of pcpus: where it may run, what was asked for (also beyond its domain's pool), where
     * it should run. */
    _Atomic uint64_t affinity, hard_affinity, soft_affinity;
    uint32_t weight; /* as its domain has it, like the next */
    bool capped;

    /* Shared with the guest. */
    struct vcpu_info *info; /* hypervisor's address of it: read and write it once, bounded */
    struct vcpu_info
        early_info; /* where info points until one is registered (vcpu 0: shared info) */
    mfn_t info_mfn; /* held; INVALID_MFN until one is registered */
    struct vcpu_runstate_info runstate; /* under the run queue's lock */
    spinlock_t area_lock;               /* which info and runstate area are registered */
    struct {
        _Atomic bool registered;
        mfn_t
            mfn[2]; /* held; an area may cross into a second page, else the second is INVALID_MFN */
        uint32_t offset; /* in the first page */
        uint32_t split;  /* bytes of it in the first page */
    } runstate_area;

    /* SCHEDOP_poll, VCPUOP_set_singleshot_timer. */
    struct timer poll_timer, singleshot_timer;
    _Atomic bool polling;
    evtchn_port_t poll_port; /* the only port polled, 0 for several */

    /* A multicall in progress: where a continued entry leaves its arguments. */
    bool in_multicall, multicall_continued;
    uint64_t multicall_number, multicall_args[6];
    uint64_t call_position; /* of a hypercall that goes on, see <trefoil/hypercall.h> */

    /* An access that a device model is asked about: core/device/ioreq.c. */
    struct {
        struct ioreq_server *server; /* under the domain's device_lock; NULL: no answer will come */
        bool asked;                  /* an access waits for its end; own vcpu only */
        _Atomic bool waits;          /* one of pause_count is for that */
    } device;

    struct vcpu_counts counts;
};

/* A domain's share of time: core/sched/sched_share.c. */
struct sched_share {
    _Atomic uint16_t weight, cap;
    spinlock_t lock;
    uint64_t period_start, used; /* ns */
    _Atomic bool spent;          /* the cap holds its vcpus until the next period */
    struct timer refill;         /* when that begins; armed while spent */
};

enum domain_life {
    DOMAIN_ALIVE,
    DOMAIN_SHUTDOWN, /* all vcpus stopped; shutdown_code says why */
    DOMAIN_DYING,    /* being torn down, memory not all back yet */
    DOMAIN_DEAD,     /* only the struct is left, until the last reference goes */
};

/* How a domain is made: filled by core/construct/construct.c from the launch plan. */
struct domain_config {
    unsigned int nr_lines; /* interrupt lines beyond each vcpu's own */
    bool virtual_uart;
    bool reads_ones;    /* where nothing is, and what it writes there is ignored */
    uint64_t uart_base; /* guest physical */
    unsigned int uart_line;
    struct arch_layout layout;                  /* where the arch's devices are */
    uint64_t pool_pages;                        /* set aside for what the hypervisor needs for it */
    unsigned int grant_frames, maptrack_frames; /* limits, see grant_table_init() */
    unsigned int cpu_pool;                      /* a number, see cpu_pools_init() */
};

/*
 * What there is of an id of domains for good, so that finding a domain needs no lock: its
 * references are counted here, and where the count says that it may be found, it is there.
 */
struct domain_slot {
    _Atomic uint32_t references; /* and DOMAIN_UNSEEN */
    bool claimed;                /* under the table's lock */
    struct domain *_Atomic domain;
};

#define DOMAIN_UNSEEN (UINT32_C(1) << 31) /* not launched yet: others do not find it */

#define DOMAIN_WATCHDOGS 2

/* core/domain/watchdog.c, under the domain's watchdog_lock. */
struct domain_watchdog {
    struct domain *domain;
    uint32_t seconds; /* 0: not in use */
    struct timer timer;
};

struct domain {
    struct arch_domain arch;
    domid_t id;
    uint32_t roles; /* DOMAIN_CAPS_*: set when built, never changed */
    char name[64];
    uint8_t handle[16]; /* under memory_lock, once launched */
    struct domain_slot *slot;

    _Atomic enum domain_life life;
    /* Why it has shut down, or will however that comes about (SCHEDOP_shutdown_code): 1 +
     * SHUTDOWN_*, 0 for not at all. */
    _Atomic uint8_t ended_for, will_end_for;
    bool machine_power; /* its power off and reboot are the machine's */
    uint64_t unique_id;
    unsigned int start_number; /* which of its lives this is, as in restart_life() */
    _Atomic unsigned int
        pause_count; /* domain-wide holds: by a toolstack, until launched, by its end */
    _Atomic unsigned int controller_pauses; /* those of pause_count that domctl made */
    _Atomic bool launched;                  /* built, and let run: others find it */
    uint64_t launched_at;                   /* ns of arch_now() */
    spinlock_t watchdog_lock;
    struct domain_watchdog watchdogs[DOMAIN_WATCHDOGS];
    spinlock_t teardown_lock;
    unsigned int teardown;        /* how far domain_destroy() came */
    _Atomic bool runstate_update; /* the guest asked for XEN_RUNSTATE_UPDATE */

    struct vcpu **vcpus;
    unsigned int max_vcpus;
    struct sched_share share;

    /* Memory: see trefoil/memory.h. Under memory_lock, except the extents: they are fixed once the
     * domain is built. */
    spinlock_t memory_lock;
    struct paddr_range extents[DOMAIN_MAX_EXTENTS]; /* its RAM */
    unsigned int nr_extents;
    bool direct_map; /* gfn equals mfn */
    uint64_t max_pages;
    uint64_t total_pages; /* RAM that is not ballooned out */
    uint64_t ballooned_pages;
    uint32_t ballooned;       /* first of the list of ballooned frames, see core/memory/frame.c */
    struct memory_pool *pool; /* what is set aside for it, core/memory/pool.c */
    _Atomic bool pool_told;   /* that it is used up */
    struct foreign_map *foreign; /* core/memory/physmap.c */
    uint64_t release_position;   /* how far domain_ram_release() came */
    struct shared_info *shared_info;
    mfn_t shared_info_mfn;

    struct event_channels *events; /* core/event/event_channel.c */
    struct grant_table *grants;    /* core/grant/grant_table.c */
    /* Device models, core/device: the servers that it asks, of which what an access needs is under
     * device_lock, and the list of those that it is. */
    spinlock_t device_lock;
    struct ioreq_server *servers[DEVICE_SERVERS], *serving;
    uint64_t hvm_params[64];       /* HVM_PARAM_*, see core/call/hvm_op.c */
    struct guest_console *console; /* line buffer and input ring, core/console/console.c */

    /* Policy: core/domain/access.c. Which domains are tied to it (sets of enum policy_tie), by
     * their tie_index. Of a domain with an id that nothing can be declared of, that is the last
     * one. */
    uint8_t ties[DOMAIN_TIED_IDS + 1];
    _Atomic uint8_t
        serves[DOMAIN_TIED_IDS + 1]; /* TIE_PEER for those that it is the device model of */
    uint16_t tie_index;
    struct policy_rights rights;
    struct log_limit told;    /* how many of the lines that it is the cause of are told */
    struct log_limit denials; /* how many of its denied operations are told */
    _Atomic uint64_t denied;  /* how many operations were denied to it */
    _Atomic int64_t time_offset_seconds;
    struct domain_config config; /* as it was made */
};

#define DOMAIN_MAX_ID 0x7ff0U

/*
 * References. domain_get() finds a launched domain by id (not DOMID_SELF) and takes a reference,
 * NULL when there is none; domain_put() gives it back. current->domain needs none. No lock needed
 * by the caller.
 */
struct domain *domain_get(domid_t id);
void domain_put(struct domain *domain);
/* One more reference, by somebody for whom the domain cannot go away just now. */
static inline void domain_hold(struct domain *domain)
{
    atomic_fetch_add(&domain->slot->references, 1);
}
/* How many there are just now. */
static inline uint32_t domain_references(const struct domain *domain)
{
    return atomic_load(&domain->slot->references) & ~DOMAIN_UNSEEN;
}
/* The one with the lowest id at or above `id`, with a reference: for lists. */
struct domain *domain_get_from(unsigned int id);

/*
 * Makes an empty domain with max_vcpus vcpus that are offline, held by one domain_pause(). What
 * the hypervisor needs for it comes out of its pool: the one that is kept for it if it comes again.
 * Others do not find it before it is launched. It has a reference to itself until its end. Errors:
 * -EEXIST, -EINVAL, -ENOMEM (nothing is left behind). Used by core/construct/construct.c only.
 */
int domain_create(domid_t id, const char *name, uint32_t roles, unsigned int max_vcpus,
                  const struct domain_config *config, struct domain **created);
/* The domain is built: from here on it runs and others find it. */
void domain_launch(struct domain *domain);

/*
 * Ends a domain for good: pulls its vcpus off, tells peers, gives memory back. 0, or -ERESTART to
 * be called again after other work had its turn (it never waits). Not for the domain whose
 * hypercall this is.
 */
int domain_destroy(struct domain *domain);

/*
 * The domain stops with a SHUTDOWN_* code; its vcpus never run again until it is restarted, the
 * domain of VIRQ_DOM_EXC is told. Callable from any context without run queue locks, for the
 * caller's own domain too.
 */
void domain_shutdown(struct domain *domain, uint8_t code);
/* A SHUTDOWN_* code in words. */
const char *domain_reason_name(uint8_t code);

/* When no domain is left, and none will come again, says so and does what on-empty= says. */
void domain_check_last(void);

/* Lets a domain that shut down with SHUTDOWN_suspend go on. -EINVAL for any other. */
int domain_resume(struct domain *domain);

/* Ends a domain that did what cannot be continued, with SHUTDOWN_crash and one line in the log. */
void domain_crash(struct domain *domain, const char *reason, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Holds all vcpus of a domain, or lets them go. Counted. domain_pause() does not wait for those
 * that run elsewhere: see domain_is_quiet().
 */
void domain_pause(struct domain *domain);
void domain_unpause(struct domain *domain);
/* Has every vcpu of a paused domain left its pcpu (the caller's own does not count)? */
bool domain_is_quiet(const struct domain *domain);

/* The domain holding a role that only one may hold (DOMAIN_CAPS_hardware, DOMAIN_CAPS_xenstore), no
 * reference; NULL when none. */
struct domain *domain_of_role(uint32_t role);

/* Its life changed: XEN_DOMCTL_get_domain_state will report it, and VIRQ_DOM_EXC is raised. */
void domain_state_changed(domid_t id);
/* The same without the interrupt. */
void domain_note_changed(domid_t id);
/* Takes the first id whose state changed since it was last taken; false when none. */
bool domain_take_changed(domid_t *id);
/* Marks all existing domains changed, without an interrupt: when VIRQ_DOM_EXC is bound. */
void domain_mark_all_changed(void);

/* core/domain/vcpu.c: areas shared with the guest. 0, -EINVAL, -EFAULT. */
int vcpu_register_info(struct vcpu *vcpu, gfn_t gfn, uint32_t offset);
int vcpu_register_runstate(struct vcpu *vcpu, uint64_t guest_vaddr);
/* Accounts the time until now to the state being left; core/sched/sched.c, under the queue lock. */
void vcpu_runstate_change(struct vcpu *vcpu, int state, uint64_t now);
/* Copies the runstate into the registered area. */
void vcpu_runstate_publish(struct vcpu *vcpu);
/* Lets go of the areas of a vcpu that will not run again. */
void vcpu_release_areas(struct vcpu *vcpu);

#endif
