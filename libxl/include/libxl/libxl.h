/* SPDX-License-Identifier: MIT */
/*
 * libxl: the machine's domains as C structs.
 *
 * A function returns LIBXL_OK or the code of what went wrong; libxl_error() then has one sentence
 * about it, fit to be shown. A context belongs to one thread at a time. Nothing here prints.
 */
#ifndef LIBXL_LIBXL_H
#define LIBXL_LIBXL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)

struct libxl_ctx;
struct xc_interface;
struct xs_handle;

enum libxl_code {
    LIBXL_OK,
    LIBXL_NO_DOMAIN,      /* there is no such domain */
    LIBXL_NOT_PERMITTED,  /* this domain's roles do not allow it */
    LIBXL_NO_HYPERVISOR,  /* not a Xen domain, or a kernel module is missing */
    LIBXL_KERNEL_REFUSES, /* privcmd blocks hypercalls */
    LIBXL_NO_XENSTORED,   /* no xenstored answers */
    LIBXL_VERSION,        /* the hypervisor speaks no interface version that we do */
    LIBXL_UNSUPPORTED,    /* the hypervisor, or the guest, does not have it */
    LIBXL_TIMEOUT,
    LIBXL_FAILED, /* all else */
};

/* NULL when out of memory. Opens nothing yet. */
struct libxl_ctx *libxl_open(void);
void libxl_close(struct libxl_ctx *ctx);

/*
 * For a program that lists domains again and again, with one context or several: what does not
 * change in the life of a domain is asked once, and whether it serves devices of 32 domains a list,
 * besides those that do. The memory is the caller's, and is there as long as the context; NULL when
 * out of memory.
 */
struct libxl_memory *libxl_memory_new(void);
void libxl_memory_free(struct libxl_memory *memory);
void libxl_remember(struct libxl_ctx *ctx, struct libxl_memory *memory);
/* The last failure's sentence. */
const char *libxl_error(const struct libxl_ctx *ctx);

/* The handles beneath, opened at the first use: NULL when they cannot be, with the error set. */
struct xc_interface *libxl_xc(struct libxl_ctx *ctx);
struct xs_handle *libxl_store(struct libxl_ctx *ctx);

/*
 * Replaces by '?' what does not belong on a terminal: control characters but for those `allowed`,
 * what turns the direction of writing, and bytes that are no UTF-8. All text that libxl returns is
 * printable so, but for the hypervisor's log.
 */
void libxl_make_printable(char *text, size_t length, const char *allowed);

/* A list within a struct, which owns it. */
struct libxl_items {
    void *items;
    size_t count;
};

/* ---- Domains ---- */

#define LIBXL_NAME_MAX 128 /* with its end */

/* Roles, numbered as in the device tree's `capabilities`. */
#define LIBXL_ROLE_CONTROL      1u
#define LIBXL_ROLE_HARDWARE     2u
#define LIBXL_ROLE_XENSTORE     4u
#define LIBXL_ROLE_DEVICE_MODEL 8u
#define LIBXL_ROLE_UNTARGETABLE 16u

#define LIBXL_NO_REASON UINT32_MAX

/* In a number that this domain is not told: all its bits are set. */
#define LIBXL_NOT_TOLD UINT32_MAX

struct libxl_domain {
    uint32_t domid;
    char name[LIBXL_NAME_MAX]; /* "domain-N" when nobody has a name for it */
    uint8_t uuid[16];
    bool running, blocked, paused, shutdown, dying;
    uint32_t shutdown_reason;     /* SHUTDOWN_; LIBXL_NO_REASON unless `shutdown` */
    uint32_t roles;               /* LIBXL_ROLE_ */
    uint32_t vcpus_online, vcpus; /* how many there are: vcpus */
    uint64_t memory_kib, outstanding_kib, max_memory_kib;
    uint64_t shared_kib, paged_kib;
    uint64_t cpu_time_ns;
    uint32_t cpupool;
    uint32_t ssid;
    uint32_t life;      /* which one it is of the tree's domain, from 1; 0: not known */
    char last_end[16];  /* of the life before: "crash", ..., "destroyed"; "": none, or not known */
    char scheduler[16]; /* "": libxl_domain_share() was not asked */
    /* LIBXL_NOT_TOLD until libxl_domain_share() was asked; 0 where the scheduler has none. */
    uint32_t scheduler_weight, scheduler_cap;
    struct libxl_items disks, nics; /* struct libxl_disk, libxl_nic: libxl_domain_devices() */
};

/* Everything the hypervisor knows of one domain, but for its share of time. */
enum libxl_code libxl_domain_get(struct libxl_ctx *ctx, uint32_t domid, struct libxl_domain *out);
/* All domains by ascending id; *list is for the caller to free(). */
enum libxl_code libxl_domain_list(struct libxl_ctx *ctx, struct libxl_domain **list, size_t *count);

/*
 * The id of the domain with this name or id. An id is not checked for existence. Works with
 * xenstore alone where the hypervisor does not let this domain look.
 */
enum libxl_code libxl_domain_find(struct libxl_ctx *ctx, const char *name_or_id, uint32_t *domid);
/* The domain's name; LIBXL_NO_DOMAIN when there is no such domain. */
enum libxl_code libxl_domain_name(struct libxl_ctx *ctx, uint32_t domid, char name[LIBXL_NAME_MAX]);

/* What joins two domains, as a set. */
#define LIBXL_TIE_PEER   1u /* declared peers, or the other is this one's device model */
#define LIBXL_TIE_TARGET 2u /* this one is the other's device model */

/*
 * What the tree or set_target says that `other` is to the domain. Nothing where the hypervisor does
 * not say; fails only where looking at one of them is refused.
 */
enum libxl_code libxl_domain_ties(struct libxl_ctx *ctx, uint32_t domid, uint32_t other,
                                  uint32_t *ties);

struct libxl_channel {
    uint32_t port, remote_port;
};

/* The event channels that join two domains now; *list is for the caller to free(). */
enum libxl_code libxl_domain_channels(struct libxl_ctx *ctx, uint32_t domid, uint32_t other,
                                      struct libxl_channel **list, size_t *count);

/* A domain's share of memory that the device tree lets several have. */
struct libxl_share {
    char id[16];      /* of the region */
    uint32_t domid;   /* whose share it is */
    bool owner;       /* by the tree's word */
    uint64_t address; /* guest physical; UINT64_MAX: another domain's, and so not told */
    uint64_t size;    /* bytes */
};

/* All shares of the regions of which the domain has one, its own among them; *list is for the
 * caller to free(). None where the hypervisor knows none. */
enum libxl_code libxl_domain_shares(struct libxl_ctx *ctx, uint32_t domid,
                                    struct libxl_share **list, size_t *count);

/* This domain's own id, or DOMID_INVALID. */
uint32_t libxl_own_domid(struct libxl_ctx *ctx);

enum libxl_code libxl_domain_pause(struct libxl_ctx *ctx, uint32_t domid);
enum libxl_code libxl_domain_unpause(struct libxl_ctx *ctx, uint32_t domid);
/* Ends it at once and takes its resources back. */
enum libxl_code libxl_domain_destroy(struct libxl_ctx *ctx, uint32_t domid);
/* Asks the guest, through xenstore, to power off or reboot: `request` is what control/shutdown
 * takes. */
enum libxl_code libxl_domain_request(struct libxl_ctx *ctx, uint32_t domid, const char *request);
/* What tells the domain from others that have its id before or after it; 0 when that is not known.
 */
uint64_t libxl_domain_instance(struct libxl_ctx *ctx, uint32_t domid);
/*
 * Waits until the domain has shut down, is gone, or is another than `instance` (0: that is not
 * looked at). `seconds` < 0: for ever.
 */
enum libxl_code libxl_domain_wait(struct libxl_ctx *ctx, uint32_t domid, uint64_t instance,
                                  int seconds);
/*
 * When the domain was started, as xenstored wrote it with the rest of what it has of this life;
 * "" when it says nothing. To be compared only.
 */
#define LIBXL_START_MAX 32
void libxl_domain_start_time(struct libxl_ctx *ctx, uint32_t domid, char out[LIBXL_START_MAX]);
/* How long the domain has been up, in seconds. */
enum libxl_code libxl_domain_uptime(struct libxl_ctx *ctx, uint32_t domid, uint64_t *seconds);

/* ---- What a running domain has: libxl/resize.c ---- */

/*
 * Asks the domain's kernel, through xenstore, to use so much of its memory, or so many of its
 * vcpus: it does so in its own time. LIBXL_UNSUPPORTED: it takes no orders.
 */
enum libxl_code libxl_domain_set_memory(struct libxl_ctx *ctx, uint32_t domid, uint64_t kib);
enum libxl_code libxl_domain_set_vcpus(struct libxl_ctx *ctx, uint32_t domid, uint32_t online);
/* Limits the memory that it can have, for the hypervisor and in xenstore. */
enum libxl_code libxl_domain_set_max_memory(struct libxl_ctx *ctx, uint32_t domid, uint64_t kib);
/* Changes its name in xenstore. LIBXL_UNSUPPORTED: the device tree has named it. */
enum libxl_code libxl_domain_rename(struct libxl_ctx *ctx, uint32_t domid, const char *name);

/* ---- Shares of time: libxl/share.c ---- */

#define LIBXL_WEIGHT_MAX   65535u
#define LIBXL_CAP_PER_VCPU 100u

/* The scheduler in use, XEN_SCHEDULER_. */
enum libxl_code libxl_scheduler(struct libxl_ctx *ctx, uint32_t *scheduler);
/* Fills in scheduler, scheduler_weight and scheduler_cap of a domain that was got or listed. */
enum libxl_code libxl_domain_share(struct libxl_ctx *ctx, struct libxl_domain *domain);
/* Gives a domain the weight and cap that are in the struct. */
enum libxl_code libxl_domain_set_share(struct libxl_ctx *ctx, const struct libxl_domain *domain);

/* ---- The machine's end: libxl/machine.c ---- */

enum libxl_machine { LIBXL_MACHINE_ASK, LIBXL_MACHINE_OFF, LIBXL_MACHINE_RESET };
/*
 * Ends the machine at once, without a word to its domains; or only asks whether this domain may.
 * With LIBXL_OK from anything but ASK, what is left of the machine is a twin's.
 */
enum libxl_code libxl_machine_end(struct libxl_ctx *ctx, enum libxl_machine how);

/* ---- Restarting boot-time domains: libxl/restart.c ---- */

/* The id of the boot-time domain with this name or id, whether it is there or has gone. */
enum libxl_code libxl_boot_domain_find(struct libxl_ctx *ctx, const char *name_or_id,
                                       uint32_t *domid);
/*
 * The boot-time domain with the lowest id at or above `from` that this domain may restart, whether
 * it is there or has gone. LIBXL_NO_DOMAIN: there is none; *domid is as it was.
 */
enum libxl_code libxl_boot_domain_next(struct libxl_ctx *ctx, uint32_t from, uint32_t *domid,
                                       char name[LIBXL_NAME_MAX]);
/* Whether the domain is started again when it reboots, as far as that can be known. */
bool libxl_can_restart(struct libxl_ctx *ctx, uint32_t domid);
/* Ends the domain, if it is there, and has it started again: libxl_domain_wait_restarted() waits
 * for that. */
enum libxl_code libxl_domain_restart(struct libxl_ctx *ctx, uint32_t domid);
/* Waits until a domain runs under this id that is another than `instance` (0: any). `seconds` < 0:
 * for ever. */
enum libxl_code libxl_domain_wait_restarted(struct libxl_ctx *ctx, uint32_t domid,
                                            uint64_t instance, int seconds);

enum libxl_next {
    LIBXL_NEXT_SAME,  /* the life has not ended */
    LIBXL_NEXT_NONE,  /* nothing is under way; it may be about to be, just after an end */
    LIBXL_NEXT_COMES, /* it is being started again */
    LIBXL_NEXT_RUNS,  /* it runs */
};

/* What comes after the life `instance` of the domain, without waiting. */
enum libxl_code libxl_domain_next(struct libxl_ctx *ctx, uint32_t domid, uint64_t instance,
                                  enum libxl_next *next);
/* Whether it is still there so many seconds later; LIBXL_FAILED says why it is not. */
enum libxl_code libxl_domain_stays(struct libxl_ctx *ctx, uint32_t domid, int seconds);

/* ---- vcpus ---- */

#define LIBXL_VCPUS_MAX 8192 /* of a domain */
#define LIBXL_PCPUS_MAX 512
#define LIBXL_MAP_BYTES (LIBXL_PCPUS_MAX / 8)

struct libxl_vcpu {
    uint32_t domid, vcpu;
    uint32_t cpu; /* where it runs or last ran */
    bool online, running, blocked;
    uint64_t cpu_time_ns;
    /* Bit n of byte n / 8: may run on pcpu n; and where it would rather run. */
    uint8_t hard[LIBXL_MAP_BYTES], soft[LIBXL_MAP_BYTES];
};

/* The domain's vcpus; *list is for the caller to free(). */
enum libxl_code libxl_vcpu_list(struct libxl_ctx *ctx, uint32_t domid, struct libxl_vcpu **list,
                                size_t *count);

/* Maps of LIBXL_MAP_BYTES; NULL leaves what there is. */
enum libxl_code libxl_vcpu_set_affinity(struct libxl_ctx *ctx, uint32_t domid, uint32_t vcpu,
                                        const uint8_t *hard, const uint8_t *soft);

/* ---- cpupools ---- */

struct libxl_pool {
    char name[24];
    uint32_t id;
    uint8_t cpus[LIBXL_MAP_BYTES]; /* a map of pcpus, as of a vcpu's */
    const char *scheduler;         /* its name */
    uint32_t domains;              /* how many are in it */
};

/* Those of the machine, by their ids; *list is for the caller to free(). */
enum libxl_code libxl_pool_list(struct libxl_ctx *ctx, struct libxl_pool **list, size_t *count);

/* ---- The machine ---- */

/* What is wrong with CPUs of the machine, and what the hypervisor does about it. */
struct libxl_cpu_note {
    uint8_t cpus[LIBXL_MAP_BYTES];
    bool open; /* nothing is done, though it would be needed */
    char text[112];
};

#define LIBXL_CPU_NOTES_MAX 64

struct libxl_info {
    /* Of the domain that asks. */
    char host[65], release[65], version[65], machine[65];
    uint32_t nr_cpus, max_cpu_id, nr_nodes, cores_per_socket, threads_per_core;
    uint32_t cpu_khz;
    char hw_caps[80];
    char virt_caps[128];
    uint32_t sve_bits; /* 0: no SVE for guests */
    uint64_t total_mib, free_mib;
    uint64_t sharing_freed_mib, sharing_used_mib;
    uint64_t outstanding_mib;
    uint32_t free_cpus;
    uint32_t major, minor;
    char extra[16];
    char full_version[48];
    char capabilities[1024];
    char scheduler[16];
    uint32_t page_size;
    char platform_params[48];
    char changeset[64];
    char command_line[1024];
    char cc_compiler[64], cc_compile_by[16], cc_compile_domain[32], cc_compile_date[32];
    char build_id[136];
    uint32_t config_format;
    char policy[16];          /* "" where the hypervisor does not say */
    struct libxl_items notes; /* struct libxl_cpu_note, in note[]; none where it does not say */
    struct libxl_cpu_note note[LIBXL_CPU_NOTES_MAX];
};

/* What a domain that may not look at the machine is not told stays empty or LIBXL_NOT_TOLD; the
 * rest is filled in all the same. */
enum libxl_code libxl_info(struct libxl_ctx *ctx, struct libxl_info *out);

struct libxl_cpu_topology {
    uint32_t cpu, core, socket, node;
};

#define LIBXL_NODES_MAX 64

struct libxl_node {
    uint32_t node;
    uint64_t total_mib, free_mib;
    uint32_t distance[LIBXL_NODES_MAX]; /* to each of the nodes */
};

/* Lists for the caller to free(). */
enum libxl_code libxl_cpu_topology(struct libxl_ctx *ctx, struct libxl_cpu_topology **list,
                                   size_t *count);
enum libxl_code libxl_node_list(struct libxl_ctx *ctx, struct libxl_node **list, size_t *count);
/* A domain's nodes as a set: bit n of byte n / 8. */
#define LIBXL_NODE_MAP_BYTES (LIBXL_NODES_MAX / 8)
enum libxl_code libxl_domain_nodes(struct libxl_ctx *ctx, uint32_t domid,
                                   uint8_t map[LIBXL_NODE_MAP_BYTES]);
/* How many pcpus there are: 0 when that is not told, and libxl_error() says why. */
uint32_t libxl_pcpus(struct libxl_ctx *ctx);
/* How many nodes there are, likewise. */
uint32_t libxl_nodes(struct libxl_ctx *ctx);
/* The scheduler's name, as in xl info. "unknown" for one that we do not know. */
const char *libxl_scheduler_name(uint32_t scheduler);

/*
 * The hypervisor's log, whole: *text ends with NUL, *length does not count it, free() it. `clear`
 * empties it afterwards.
 */
enum libxl_code libxl_log(struct libxl_ctx *ctx, bool clear, char **text, size_t *length);

#pragma GCC visibility pop

#endif
