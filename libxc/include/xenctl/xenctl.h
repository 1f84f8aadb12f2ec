/* SPDX-License-Identifier: MIT */
/*
 * libxc: one handle on the hypervisor.
 *
 * Every function that can fail returns 0 (or a count, a port, a value) when it worked and a
 * negative errno value when not; xc_error() then has a sentence that says what was refused and,
 * where it is known, why. A handle belongs to one thread at a time.
 *
 * How the hypervisor is reached is a transport, chosen by the environment variable
 * TREFOIL_TRANSPORT: "kernel" (the default: the /dev/xen devices of a Linux domain), or
 * "twin:SOCKET" (a process that mirrors the hypervisor, see hvtwin(8); TREFOIL_DOMAIN names the
 * domain that the handle acts as, control by default).
 */
#ifndef XENCTL_XENCTL_H
#define XENCTL_XENCTL_H

#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>
#include <xen/version.h>
#include <xen/domctl.h>
#include <xen/sysctl.h>
#include <xen/memory.h>

#pragma GCC visibility push(default)

struct xc_interface;

/*
 * Opens a handle. Cheap: no device is opened before it is needed, so a daemon that only uses event
 * channels never touches privcmd. Returns NULL with errno set: ENOMEM, EINVAL (no such transport),
 * or what the transport's own connection gave.
 */
struct xc_interface *xc_open(void);

/* Closes a handle and all that was opened through it but event channel and grant handles. NULL is
 * allowed. */
void xc_close(struct xc_interface *xc);

/* The sentence for the last failure on this handle; "" when there was none. Lives until the next
 * failure. */
const char *xc_error(const struct xc_interface *xc);

/* ---- Hypercalls ---------------------------------------------------------------------------------
 */

/* A direction of a struct xc_buffer, as seen from the caller. */
enum xc_direction { XC_IN = 1, XC_OUT = 2, XC_INOUT = 3 };

/*
 * Makes a hypercall with plain numbers: nothing is copied or checked, pointers among them must lie
 * in memory of xc_alloc_hypercall_buffer(). Returns what the hypervisor returned.
 */
int64_t xc_hypercall(struct xc_interface *xc, unsigned int number, const uint64_t arg[5]);

/*
 * Makes a hypercall of the usual shape (sub-operation, one struct): `argument` is copied to memory
 * that the hypervisor can reach, and back. NULL and 0 for none.
 */
int64_t xc_hypercall_op(struct xc_interface *xc, unsigned int number, uint64_t operation,
                        void *argument, size_t size);

/* The same for a hypercall whose only argument is a struct. */
int64_t xc_hypercall_struct(struct xc_interface *xc, unsigned int number, void *argument,
                            size_t size);

/* Page-aligned zeroed memory that stays resident while the hypervisor uses it. NULL with errno set.
 */
void *xc_alloc_hypercall_buffer(struct xc_interface *xc, size_t size);
void xc_free_hypercall_buffer(struct xc_interface *xc, void *buffer, size_t size);

/*
 * Makes a domctl or sysctl: fills in the interface version (probed once a handle, newest first),
 * copies the struct there and back. Guest handles inside must point into hypercall buffers.
 */
int xc_domctl(struct xc_interface *xc, struct xen_domctl *domctl);
int xc_sysctl(struct xc_interface *xc, struct xen_sysctl *sysctl);

/*
 * Whether the last refusal (-EPERM) came from the kernel's privcmd, which blocks every hypercall in
 * a domain that is not the initial one unless it is loaded with unrestricted=1, and not from the
 * hypervisor.
 */
int xc_kernel_refuses(const struct xc_interface *xc);

/* The interface version in use, 0 while none is known yet. */
uint32_t xc_domctl_version(const struct xc_interface *xc);
uint32_t xc_sysctl_version(const struct xc_interface *xc);

/* ---- The hypervisor -----------------------------------------------------------------------------
 */

/* major << 16 | minor. */
int xc_version(struct xc_interface *xc);
/* One of the XENVER_ operations that fill a struct of `size` bytes; returns what the hypervisor
 * returned. */
int xc_version_op(struct xc_interface *xc, unsigned int operation, void *out, size_t size);
/* The build id as lower case hexadecimal, "" without one. */
int xc_build_id(struct xc_interface *xc, char *out, size_t size);

int xc_physinfo(struct xc_interface *xc, struct xen_sysctl_physinfo *out);
int xc_sched_id(struct xc_interface *xc);
/* The scheduler's own parameters; fill in cpupool_id, sched_id and cmd. */
int xc_sched_params(struct xc_interface *xc, struct xen_sysctl_scheduler_op *op);
/* Idle time in ns of each pcpu into out[count]; returns how many there are filled. */
int xc_cpu_idletime(struct xc_interface *xc, struct xen_sysctl_cpuinfo *out, unsigned int count);
/* Returns the number of pcpus; fills at most `count`. */
int xc_cputopology(struct xc_interface *xc, struct xen_sysctl_cputopo *out, unsigned int count);
/*
 * Returns the number of nodes; fills at most `count` in memory[], and in distances[count * count]
 * row by row as many as were filled in memory[].
 */
int xc_numainfo(struct xc_interface *xc, struct xen_sysctl_meminfo *memory, uint32_t *distances,
                unsigned int count);

/*
 * Reads the hypervisor's log: up to `size` bytes into `out`, returns how many. With `incremental`,
 * starts at *index and advances it; otherwise reads all there is. `clear` empties the ring too.
 */
int xc_readconsole(struct xc_interface *xc, char *out, uint32_t size, int clear, int incremental,
                   uint32_t *index);
/* XEN_SYSCTL_TREFOIL_MACHINE_*: but for ASK it does not return when it works. */
int xc_machine(struct xc_interface *xc, uint32_t command);
/* The note at note->position, which goes on to the next one. -ENOENT: there are no more. */
int xc_cpu_note(struct xc_interface *xc, struct xen_sysctl_trefoil_cpu_note *note);
/*
 * Records of op->kind from op->position on, op->room of op->size bytes each, into `records`, zero
 * where the hypervisor has less of one; fills in what is OUT. -EOPNOTSUPP: it counts nothing.
 */
int xc_counters(struct xc_interface *xc, struct xen_sysctl_trefoil_counters *op, void *records);
/*
 * What happened from read->next on, at most `count` events into `out`; returns how many. The rest
 * of *read is filled in, next to go on with. -EOPNOTSUPP under another hypervisor.
 */
int xc_events(struct xc_interface *xc, struct xen_sysctl_trefoil_events *read,
              struct xen_trefoil_event *out, unsigned int count);
int xc_send_debug_keys(struct xc_interface *xc, const char *keys);

/* ---- Domains ------------------------------------------------------------------------------------
 */

/* Fills out[] with the domains from `first` on in ascending order; returns how many, at most
 * `count`. */
int xc_domain_list(struct xc_interface *xc, domid_t first, struct xen_domctl_getdomaininfo *out,
                   unsigned int count);
/* Exactly this domain: -ESRCH when there is none. */
int xc_domain_info(struct xc_interface *xc, domid_t domid, struct xen_domctl_getdomaininfo *out);
/*
 * get_domain_state: of `domid`, or with DOMID_INVALID of any domain whose state changed since it
 * was last asked (-ENOENT when there is none). *found is the domain's id.
 */
int xc_domain_state(struct xc_interface *xc, domid_t domid, domid_t *found,
                    struct xen_domctl_get_domain_state *out);
/* Name, roles and launch state, a domctl of our own: -EOPNOTSUPP under another hypervisor. */
int xc_domain_launch_info(struct xc_interface *xc, domid_t domid,
                          struct xen_domctl_trefoil_launch_info *out);
/* The same, and in `ties` what another domain is to it. */
int xc_domain_launch_info_to(struct xc_interface *xc, domid_t domid, domid_t other,
                             struct xen_domctl_trefoil_launch_info *out);
/* A share of memory that the domain shares, that at `position` or the first after it; -ENOENT after
 * the last. The next one is at out->position. */
int xc_domain_shared_memory(struct xc_interface *xc, domid_t domid, uint32_t position,
                            struct xen_domctl_trefoil_shared_memory *out);
/* EVTCHNOP_status of a domain's port: -EINVAL beyond the last, see <xen/event_channel.h>. */
int xc_evtchn_status(struct xc_interface *xc, domid_t domid, uint32_t port,
                     struct evtchn_status *out);

/*
 * Starts a boot-time domain again, or asks how far that is, a domctl of our own: `command` is
 * XEN_DOMCTL_TREFOIL_RESTART_*. *found is the domain's id. -ESRCH when there is no such boot-time
 * domain; -EOPNOTSUPP for the hardware domain and under another hypervisor.
 */
int xc_domain_restart(struct xc_interface *xc, domid_t domid, uint32_t command, domid_t *found,
                      struct xen_domctl_trefoil_restart *out);

int xc_domain_pause(struct xc_interface *xc, domid_t domid);
int xc_domain_unpause(struct xc_interface *xc, domid_t domid);
int xc_domain_destroy(struct xc_interface *xc, domid_t domid);
/* `reason`: SHUTDOWN_poweroff and so on. */
int xc_domain_shutdown(struct xc_interface *xc, domid_t domid, unsigned int reason);
int xc_domain_max_mem(struct xc_interface *xc, domid_t domid, uint64_t kib);
int xc_domain_set_handle(struct xc_interface *xc, domid_t domid, const uint8_t handle[16]);
int xc_domain_set_virq_handler(struct xc_interface *xc, domid_t domid, unsigned int virq);
/* The domain's pages as XENMEM_current_reservation counts them. */
int64_t xc_domain_current_reservation(struct xc_interface *xc, domid_t domid);
/* The domain's highest gfn. */
int64_t xc_domain_maximum_gpfn(struct xc_interface *xc, domid_t domid);

int xc_vcpu_info(struct xc_interface *xc, domid_t domid, unsigned int vcpu,
                 struct xen_domctl_getvcpuinfo *out);
/* Affinity maps of `bytes` bytes each, least significant bit of the first byte is pcpu 0; either
 * may be NULL. */
int xc_vcpu_get_affinity(struct xc_interface *xc, domid_t domid, unsigned int vcpu, uint8_t *hard,
                         uint8_t *soft, size_t bytes);
int xc_vcpu_set_affinity(struct xc_interface *xc, domid_t domid, unsigned int vcpu,
                         const uint8_t *hard, const uint8_t *soft, size_t bytes);
/* The nodes that its memory should be on: a map as those of affinities. */
int xc_domain_nodes(struct xc_interface *xc, domid_t domid, uint8_t *map, size_t bytes);
/* The scheduler's parameters of a domain; fill in sched_id and cmd. */
int xc_domain_scheduler_op(struct xc_interface *xc, domid_t domid,
                           struct xen_domctl_scheduler_op *op);
/* A cpupool that is `pool` or the first after it; its pcpus into map. */
int xc_cpupool_info(struct xc_interface *xc, uint32_t pool, struct xen_sysctl_cpupool_op *out,
                    uint8_t *map, size_t bytes);

int xc_hvm_param_get(struct xc_interface *xc, domid_t domid, uint32_t index, uint64_t *value);
int xc_hvm_param_set(struct xc_interface *xc, domid_t domid, uint32_t index, uint64_t value);

#pragma GCC visibility pop

#endif
