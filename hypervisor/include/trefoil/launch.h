/* SPDX-License-Identifier: MIT */
/*
 * From a device tree to a plan of what to launch. Pure: reads the tree, returns structs or errors,
 * touches nothing else, so the same code runs at EL2, in the twin, in `xl launch check` and in
 * tests.
 */
#ifndef TREFOIL_LAUNCH_H
#define TREFOIL_LAUNCH_H

#include <trefoil/machine.h>
#include <trefoil/types.h>

#define LAUNCH_MAX_DOMAINS      64
#define LAUNCH_NAME             64
#define LAUNCH_MAX_VCPUS        32
#define LAUNCH_MAX_STATIC_BANKS 8
#define LAUNCH_MAX_MODULES      (3 * LAUNCH_MAX_DOMAINS)
#define LAUNCH_MAX_MESSAGES     64
#define LAUNCH_MESSAGE          192

enum launch_enhanced {
    LAUNCH_ENHANCED_NONE,        /* no hypervisor node, no PV interfaces */
    LAUNCH_ENHANCED_NO_XENSTORE, /* hypervisor node and event channels, no xenstore page */
    LAUNCH_ENHANCED_FULL,
};

struct launch_module {
    struct paddr_range range; /* size 0: absent */
};

struct launch_domain {
    char name[LAUNCH_NAME];
    char path[MACHINE_PATH]; /* of its node, for messages */
    uint16_t domid;
    uint32_t roles;  /* DOMAIN_CAPS_* bits, see <xen/bootfdt.h> */
    uint64_t memory; /* bytes */
    unsigned int cpus;
    uint32_t affinity; /* hard affinity mask of physical CPUs, all ones when not given */
    unsigned int nr_spis;
    bool vpl011;
    bool direct_map;
    enum launch_enhanced enhanced;
    struct paddr_range static_memory[LAUNCH_MAX_STATIC_BANKS];
    unsigned int nr_static_memory;
    struct launch_module kernel, ramdisk, device_tree;
    const char *bootargs; /* points into the FDT; NULL when absent */
};

/* An error keeps a domain out (or, with domain < 0, concerns the whole tree); a warning does not.
 */
struct launch_message {
    bool error;
    int node;                  /* FDT offset, -1 when none */
    char text[LAUNCH_MESSAGE]; /* one line: PATH: PROPERTY: what is wrong */
};

struct launch_plan {
    struct launch_domain domains[LAUNCH_MAX_DOMAINS]; /* only those that can be launched */
    unsigned int nr_domains;
    struct launch_message messages[LAUNCH_MAX_MESSAGES];
    unsigned int nr_messages; /* messages past the limit are counted in nr_dropped */
    unsigned int nr_dropped;
    unsigned int nr_left_out; /* domains with an error */
};

/*
 * Reads every xen,domain node of /chosen and of /chosen/hypervisor and checks it against the
 * machine. `kept` lists ranges that nobody else may use (the hypervisor's image, the device tree).
 * Returns false when no domain is left to launch.
 */
bool launch_plan(const void *fdt, const struct machine *machine, const struct paddr_range *kept,
                 unsigned int nr_kept, struct launch_plan *plan);

#endif
