/* SPDX-License-Identifier: MIT */
/* What a device tree would launch, as rows to print. */
#ifndef XL_LAUNCH_H
#define XL_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data.h"

struct launch_domain_row {
    uint32_t domid;
    char name[64];
    char node[96];
    uint64_t memory_kib, pool_kib;          /* its RAM; what is set aside besides */
    uint32_t grant_frames, maptrack_frames; /* at most */
    uint32_t vcpus;
    uint32_t weight, cap; /* of its time, see xl sched-credit2 */
    uint32_t roles;       /* LIBXL_ROLE_ */
    uint8_t uuid[16];
    uint32_t lines;                              /* nr_spis */
    const char *enhanced, *on_reboot, *on_crash; /* in the tree's words */
    const char *bootargs;                        /* of the tree; "" when not given */
    bool direct_map, machine_power, vpl011, console, xenstore;
};

/* Something in a domain's own address space. */
struct launch_region_row {
    uint32_t domid;
    const char *what;
    uint64_t address, size; /* guest physical, bytes */
    bool loaded;            /* from `source`, a machine address */
    uint64_t source;
};

/* Where a vcpu may run, and where it should. */
struct launch_vcpu_row {
    uint32_t domid, vcpu;
    uint8_t hard_affinity[8], soft_affinity[8]; /* maps of the machine's CPUs */
    bool limited;                               /* not all of them */
};

/* What one domain may do with another by the tree's word. */
struct launch_relation_row {
    uint32_t domid;
    const char *kind; /* "peer": events and grants; "target": emulate its devices */
    uint32_t remote_domid;
};

/* A device that the hardware domain serves, as its domain's node declares it. */
struct launch_device_row {
    uint32_t domid;
    const char *kind;    /* "disk" or "network" */
    uint32_t number;     /* a disk's Xen number, a network's handle */
    const char *name;    /* of a disk in the domain, of a network's other end; "" when not given */
    const char *backing; /* what backs a disk, the bridge of a network */
    const char *mac;     /* "" when not given */
    const char *script;  /* the same */
    bool read_only;
};

/* One end of an event channel that the tree declares. */
struct launch_channel_row {
    uint32_t domid, port, remote_domid, remote_port;
};

/* What a domain has of a region of shared memory that the tree declares. */
struct launch_share_row {
    uint32_t domid;
    const char *region, *role; /* "owner" or "borrower" */
    uint64_t address, size;    /* guest physical, bytes */
    bool placed;               /* by the tree, at `host`; else wherever there is room at boot */
    uint64_t host;
};

struct launch_message_row {
    const char *severity; /* "error", "warning" or "note" */
    char text[256];       /* node: property: what is wrong */
};

struct launch_report {
    struct launch_domain_row *domains;
    struct launch_region_row *regions;
    struct launch_vcpu_row *vcpus;
    struct launch_relation_row *relations;
    struct launch_channel_row *channels;
    struct launch_device_row *devices;
    struct launch_share_row *shares;
    struct launch_message_row *messages;
    size_t nr_domains, nr_regions, nr_vcpus, nr_relations, nr_channels, nr_devices, nr_shares,
        nr_messages;
    uint32_t pcpus;  /* of the machine */
    bool errors;     /* there is one among the messages */
    bool incomplete; /* there was no memory for one */
};

/* Reads a flattened device tree, or the source of one through dtc; files after the first are laid
 * over it. NULL after a message; free() it. */
void *launch_read_tree(char *const *paths, int count);
/* All of a file; NULL after a message; free() it. */
char *launch_read_all(const char *path, size_t *size);
struct launch_files;
/* What the hypervisor would make of it and of what the files say of its modules (NULL: nothing);
 * texts of devices are those of the tree. False without memory. */
bool launch_examine(const void *fdt, struct launch_files *files, struct launch_report *report);
void launch_report_free(struct launch_report *report);

/* All of a report but its messages, as tables; and as lists for scripts, of which the last is that
 * of the messages. */
#define LAUNCH_LISTS 8
void launch_print(const struct launch_report *report);
void launch_lists(const struct launch_report *report, struct libxl_data lists[LAUNCH_LISTS]);

/* Of what make writes, a list besides those. */
extern const struct libxl_field launch_file_fields[];

/* xl launch make; returns the exit status. */
int launch_make(const struct xl_call *call);

#endif
