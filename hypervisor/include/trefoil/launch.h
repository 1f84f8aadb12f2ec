/* SPDX-License-Identifier: MIT */
/*
 * From a device tree to a plan of what to launch. Pure: reads the tree, returns structs or errors,
 * touches nothing else, so the same code runs in the hypervisor, in the twin, in `xl launch check`
 * and in tests.
 */
#ifndef TREFOIL_LAUNCH_H
#define TREFOIL_LAUNCH_H

#include <trefoil/machine.h>
#include <trefoil/types.h>
#include <arch/launch.h>

/* A plan's memory is fixed, and in the hypervisor small; programs that read trees are built with
 * more. */
#ifndef LAUNCH_MAX_DOMAINS
#define LAUNCH_MAX_DOMAINS 64
#endif
#define LAUNCH_NAME             64
#define LAUNCH_MAX_VCPUS        32
#define LAUNCH_WEIGHT           256 /* unless the tree says another one */
#define LAUNCH_MAX_WEIGHT       65535
#define LAUNCH_GRANT_FRAMES     64 /* as Xen's */
#define LAUNCH_MAX_GRANT_FRAMES 256
/* A Linux backend keeps up to 1,056 grants mapped for each ring of a disk: 32 disks, and networks.
 */
#define LAUNCH_MAPTRACK_HARDWARE   160
#define LAUNCH_MAPTRACK_FRAMES     32
#define LAUNCH_MAX_MAPTRACK_FRAMES 1024
#define LAUNCH_CAP_PER_VCPU        100     /* percent of a CPU */
#define LAUNCH_MAX_DOMID           0x7ff0U /* ids are below it */
#define LAUNCH_MAX_STATIC_BANKS    8
#define LAUNCH_MAX_MODULES         (3 * LAUNCH_MAX_DOMAINS)
#define LAUNCH_MAX_POOLS           17 /* of CPUs: nodes, and what they leave */
#define LAUNCH_MAX_SHARED          16 /* regions of shared memory of a domain */
#define LAUNCH_MAX_SHARES          (2 * LAUNCH_MAX_DOMAINS) /* of shared memory, of all domains */
#define LAUNCH_REGION_ID           16                       /* as Xen's, with the 0 at its end */
#define LAUNCH_MAX_CLAIMED                                                                         \
    (LAUNCH_MAX_MODULES + LAUNCH_MAX_STATIC_BANKS * LAUNCH_MAX_DOMAINS + LAUNCH_MAX_SHARES)
#define LAUNCH_MAX_MESSAGES 64
#define LAUNCH_MESSAGE      192
#define LAUNCH_MAX_RELATED  256 /* peers and targets are domains with ids below it */
#define LAUNCH_MAX_CHANNELS (4 * LAUNCH_MAX_DOMAINS)
#define LAUNCH_MAX_PORT     1023 /* what every domain has */
/* Of one domain, which may own 1,000 nodes of the store: a device's frontend takes 15. */
#define LAUNCH_MAX_DEVICES        64
#define LAUNCH_MAX_VIRTUAL_DEVICE 0x1fffffffU

enum launch_enhanced {
    LAUNCH_ENHANCED_NONE,        /* no hypervisor node, no PV interfaces */
    LAUNCH_ENHANCED_NO_XENSTORE, /* hypervisor node and event channels, no xenstore page */
    LAUNCH_ENHANCED_FULL,
};

/* What becomes of a domain that has ended by itself. */
enum launch_at_end {
    LAUNCH_PRESERVE, /* it stays as it is, for somebody to look at */
    LAUNCH_DESTROY,
    LAUNCH_RESTART,
};

struct launch_module {
    struct paddr_range range; /* size 0: absent */
    int node;                 /* FDT offset, for messages */
    const char *wrong;        /* what it is instead, found when it was unpacked, or NULL */
};

/* Pieces of a kernel that are loaded apart. */
#define LAUNCH_MAX_PIECES 8

/* What a kernel says of where it belongs in the domain's memory: guest physical addresses. One that
 * runs anywhere says nothing: all 0. */
struct launch_form {
    bool headless;  /* it begins at its first byte, wherever that is */
    bool fixed;     /* it belongs where the rest says: */
    uint64_t start; /* of all that it takes, .bss included */
    uint64_t size;
    uint64_t entry;
    struct {
        uint64_t offset, size; /* in the kernel's range */
        uint64_t to;
    } pieces[LAUNCH_MAX_PIECES];
    unsigned int nr_pieces;
};

struct launch_domain {
    char name[LAUNCH_NAME];
    char path[MACHINE_PATH]; /* of its node, for messages */
    int node;                /* FDT offset */
    uint16_t domid;
    bool domid_given;
    uint8_t uuid[16];                           /* made out of the path when not given */
    uint32_t roles;                             /* DOMAIN_CAPS_* bits, see <xen/bootfdt.h> */
    uint64_t memory;                            /* bytes */
    uint64_t tables;                            /* bytes for its stage 2 */
    unsigned int grant_frames, maptrack_frames; /* at most, of 512 and 256 entries */
    unsigned int cpus;
    /* Masks of physical CPUs: where each vcpu may run, and where it should. */
    uint64_t affinity[LAUNCH_MAX_VCPUS], soft_affinity[LAUNCH_MAX_VCPUS];
    uint32_t pool_node;       /* phandle of the node of its CPUs, 0: none */
    unsigned int pool;        /* which of the plan's, see cpu_pools_init() */
    unsigned int weight, cap; /* of its time, see domain_set_share() */
    unsigned int
        nr_lines; /* shared interrupt lines; the hardware domain's: 0, it has the machine's */
    bool virtual_uart;
    bool direct_map;
    bool reads_ones;    /* where nothing is, instead of an abort */
    bool machine_power; /* its power off and reboot are the machine's */
    enum launch_enhanced enhanced;
    enum launch_at_end on_reboot, on_crash;
    struct paddr_range static_memory[LAUNCH_MAX_STATIC_BANKS];
    unsigned int nr_static_memory;
    unsigned int nr_devices; /* that the hardware domain serves, see launch_next_device() */
    unsigned int nr_shared;  /* regions that it shares with others */
    uint64_t shared;         /* their bytes */
    struct launch_module kernel, ramdisk, device_tree;
    struct launch_form form; /* of the kernel, once kernels_unpack() has read it */
    const char *bootargs;    /* points into the FDT; NULL when absent */
    /* Bitmaps by domain id: declared pairs (on both sides), and the targets of a device model. */
    uint64_t peers[LAUNCH_MAX_RELATED / 64];
    uint64_t targets[LAUNCH_MAX_RELATED / 64];
};

/* One end of an event channel that the tree declares; the other end is one of these, too. */
struct launch_channel {
    uint16_t domid, port;
    uint16_t remote_domid, remote_port;
    int node;                    /* FDT offset */
    uint32_t phandle, link;      /* its own and that of the other end's node */
    unsigned int domain, remote; /* whose they are: indices of domains, until some are left out */
};

/* Memory that is no domain's own: those that have a share of it may all write it. */
struct launch_region {
    const char *id; /* points into the FDT */
    uint64_t size;  /* bytes */
    struct paddr_range
        host;               /* size 0: regions_allot() has yet to find a place, or has found none */
    unsigned int nr_shares; /* 0: of domains that are left out */
};

struct launch_share {
    unsigned int region, domain; /* indices; of domains until some are left out */
    uint16_t domid;
    const char *id;
    struct paddr_range guest, host; /* guest physical; the machine's if the tree says where */
    bool placed;                    /* the tree says where */
    bool owner;                     /* is said to be: no difference here */
    int node;                       /* FDT offset */
};

/* An error keeps a domain out (or, with node < 0, concerns the whole tree); a warning does not. */
struct launch_message {
    bool error;
    int node;                  /* FDT offset, -1 when none */
    char text[LAUNCH_MESSAGE]; /* one line: PATH: PROPERTY: what is wrong */
};

struct launch_plan {
    struct launch_domain domains[LAUNCH_MAX_DOMAINS]; /* only those that can be launched */
    unsigned int nr_domains;
    struct launch_channel channels[LAUNCH_MAX_CHANNELS]; /* only those with both ends */
    unsigned int nr_channels;
    struct launch_share shares[LAUNCH_MAX_SHARES]; /* of domains that can be launched */
    unsigned int nr_shares;
    struct launch_region regions[LAUNCH_MAX_SHARES];
    unsigned int nr_regions;
    uint64_t pools[LAUNCH_MAX_POOLS]; /* masks of CPUs; the first one's has CPU 0 */
    unsigned int nr_pools;            /* at least one */
    struct launch_message messages[LAUNCH_MAX_MESSAGES];
    unsigned int nr_messages; /* messages past the limit are counted in nr_dropped */
    unsigned int nr_dropped;
    unsigned int nr_left_out; /* domains with an error */
    /* What must be left alone until the domains are built: their modules, static and shared memory,
     * page aligned, ascending, disjoint. */
    struct paddr_range claimed[LAUNCH_MAX_CLAIMED];
    unsigned int nr_claimed;
    uint64_t unpacked; /* bytes of memory that hold unpacked kernels (kernels_unpack()) */
    uint64_t allotted; /* bytes of free memory that became shared memory (regions_allot()) */
};

/*
 * Reads every xen,domain node of /chosen and of /chosen/hypervisor and checks it against the
 * machine, which machine_read() has read out of the same tree and so found it to be whole. `kept`
 * lists ranges that nobody else may use (the hypervisor's image, the device tree). Returns false
 * when no domain is left to launch. The plan is large: not for a stack.
 */
bool launch_plan(const void *fdt, const struct machine *machine, const struct paddr_range *kept,
                 unsigned int nr_kept, struct launch_plan *plan);

/* The limit that a domain with these roles has if the tree says none. */
unsigned int launch_maptrack_frames(uint32_t roles);

/* Bytes of hypervisor memory, whole pages, that are set aside for a domain besides its RAM: for its
 * stage 2, vcpus, event channels and grants. */
uint64_t launch_pool(const struct launch_domain *domain);

/* The path of a node of a valid tree, for a message: printable, "?" when it does not fit. */
const char *launch_path(const void *fdt, int node, char *path, size_t size);

/* ---- devices that the hardware domain serves ---- */

enum launch_device_kind { LAUNCH_DISK, LAUNCH_NETWORK, LAUNCH_DEVICE_KINDS };

struct launch_device {
    int node; /* FDT offset; 0: before the first */
    enum launch_device_kind kind;
    uint32_t number;   /* a disk's Xen number, a network's handle */
    uint32_t networks; /* among those so far */
};

/* Goes to the next device that the node of a domain declares, in the order of the tree; false when
 * there are no more. What it says has been checked if the domain is one of a plan. */
bool launch_next_device(const void *fdt, const struct launch_domain *domain,
                        struct launch_device *device);

/* ---- devices of the machine that the hardware domain gets ---- */

#define LAUNCH_MAX_DEVICE_RANGES 128
#define LAUNCH_MAX_REMOVED       16

struct device_list {
    struct paddr_range ranges[LAUNCH_MAX_DEVICE_RANGES]; /* whole pages, ascending, disjoint */
    unsigned int nr_ranges;
    uint64_t lines[LAUNCH_MAX_LINES / 64 +
                   1]; /* bitmap by interrupt line; only bits from LAUNCH_FIRST_LINE on */
    int removed[LAUNCH_MAX_REMOVED]; /* FDT offsets of devices withheld, for the log */
    unsigned int nr_removed;
    bool full; /* the machine has more than fits: something is missing */
};

/*
 * Collects the registers and interrupts of every enabled device of the host's tree but those that
 * the hypervisor keeps: RAM, interrupt controller, timers, its UART, `kept`, and what it withholds
 * (PCI hosts, IOMMUs, PMUs).
 */
void launch_devices(const void *fdt, const struct machine *machine, struct device_list *devices);

/* ---- where things are in a domain's own address space ---- */

#define LAUNCH_MAX_EXTENDED 2

/* Ranges are guest physical. */
struct launch_layout {
    struct paddr_range ram[LAUNCH_MAX_STATIC_BANKS];
    unsigned int nr_ram;
    struct paddr_range grant_table;
    uint64_t magic;                                   /* console page, then xenstore page */
    struct paddr_range extended[LAUNCH_MAX_EXTENDED]; /* unpopulated: room for foreign mappings */
    unsigned int nr_extended;
    struct paddr_range shared[LAUNCH_MAX_SHARED]; /* of the regions: */
    const struct launch_region *region[LAUNCH_MAX_SHARED];
    unsigned int nr_shared;
    uint64_t uart_base; /* of the virtual UART */
    unsigned int uart_line;
    struct arch_layout arch; /* the interrupt controller */
};

/*
 * The address map of the ABI, or the machine's own for a direct-mapped domain, where grant
 * table, magic pages and extended regions go where neither RAM nor `devices` (NULL: none) are.
 * False when there is no such place.
 */
bool launch_layout(const struct machine *machine, const struct launch_domain *domain,
                   const struct device_list *devices, struct launch_layout *layout);

/* Adds what the domain, one of the plan, shares with others, before launch_layout_pass(). */
void launch_layout_share(const struct launch_plan *plan, const struct launch_domain *domain,
                         struct launch_layout *layout);

/* ---- devices of the machine that a passthrough tree gives to another domain ---- */

#define LAUNCH_MAX_PASSED 16

struct launch_passed_range {
    struct paddr_range host;
    uint64_t guest; /* where the domain has it */
};

struct launch_passed {
    struct launch_passed_range ranges[LAUNCH_MAX_PASSED]; /* whole pages */
    unsigned int nr_ranges;
    uint64_t
        lines[LAUNCH_MAX_LINES / 64 + 1]; /* bitmap by interrupt line, the same in the domain */
    char error[LAUNCH_MESSAGE];           /* when it is wrong: NODE: PROPERTY: what is wrong */
};

struct launch_pass_context {
    const void *host_tree;
    const struct machine *machine;
    const struct device_list *given; /* to the hardware domain, if there is one */
};

/*
 * Reads the devices out of a passthrough tree, a module of `size` bytes. False, with passed->error,
 * when it is wrong: then nothing of it may be given.
 */
bool launch_pass(const struct launch_pass_context *context, const void *tree, uint64_t size,
                 struct launch_passed *passed);
/* Is there a device, or a page with devices, that is in both? */
bool launch_passed_share(const struct launch_passed *a, const struct launch_passed *b);
/* Makes room for them where the tree wants them; false, with passed->error, when they cannot be
 * there. */
bool launch_layout_pass(struct launch_layout *layout, const struct launch_domain *domain,
                        struct launch_passed *passed);

/* Guest physical addresses of what is loaded. */
struct launch_placement {
    uint64_t kernel; /* entry point, text_offset included */
    uint64_t ramdisk;
    uint64_t tree;
};

/* Sizes in bytes; image_size is what the kernel occupies from text_offset on, .bss included. */
struct launch_sizes {
    uint64_t text_offset, image_size, ramdisk, tree;
    bool fixed; /* the kernel belongs at `start`, and begins at `entry` */
    uint64_t start, entry;
};
/* Reads a kernel's header, if it is of that form, into text_offset and image_size: the `size` bytes
 * at `image`, NULL: nobody loaded it. NULL, or what is wrong with it. */
const char *launch_kernel_sizes(const void *image, uint64_t size, const struct launch_form *form,
                                struct launch_sizes *sizes);

/* Where in a module the kernel is, and whether gzip packed it. */
struct launch_wrapped {
    uint64_t offset, size;
    bool packed;
    bool wrapped; /* in a U-Boot image, so its crc32_of() must be this: */
    uint32_t sum;
    uint32_t load, entry; /* what the U-Boot image says */
};
/* Looks below the header of a U-Boot image (legacy, "uImage"), if the module of `size` bytes is
 * one. NULL, or what is wrong with it. */
const char *launch_kernel_unwrap(const void *module, uint64_t size, struct launch_wrapped *wrapped);

/* Reads what a kernel of `size` bytes, unpacked, says of where it belongs: an ELF file, or what a
 * U-Boot image holds. NULL, or what is wrong with it. */
const char *launch_kernel_form(const void *content, uint64_t size,
                               const struct launch_wrapped *wrapped, struct launch_form *form);

/* False when no bank holds all; then launch_no_place() says so in one line, without the domain. */
bool launch_place(const struct launch_layout *layout, const struct launch_sizes *sizes,
                  struct launch_placement *placement);
void launch_no_place(const struct launch_layout *layout, const struct launch_sizes *sizes,
                     char text[LAUNCH_MESSAGE]);

/* ---- the domain's device tree ---- */

#define LAUNCH_SEED 32

/*
 * A random seed for a domain out of the one that the machine's tree brought (/chosen: rng-seed, at
 * least 32 bytes): as secret as that, and different for each `instance`, which must never come
 * twice. False when the machine has none.
 */
bool launch_seed(const void *fdt, const struct machine *machine, uint64_t instance,
                 uint8_t seed[LAUNCH_SEED]);

struct guest_tree {
    const void *host_tree;
    const struct machine *machine;
    const struct launch_domain *domain;
    const struct launch_layout *layout;
    const struct device_list *devices; /* hardware domain only */
    const struct launch_plan *plan;    /* the same: whose devices it serves, or NULL */
    const struct launch_placement *placement;
    const uint8_t *seed;     /* LAUNCH_SEED bytes for its /chosen, or NULL */
    const void *passthrough; /* the device-tree module's contents, or NULL; at most passthrough_size
                                bytes */
    uint64_t passthrough_size;
};

/* Room that the tree of a domain surely fits in, in bytes; `passthrough_size` as above. */
uint64_t guest_tree_size(const void *host_tree, const struct launch_domain *domain,
                         uint64_t passthrough_size);
/* Writes the tree into a buffer that lies on 8 bytes. NULL, or what is wrong, as when the
 * passthrough tree is not one. */
const char *guest_tree_write(const struct guest_tree *what, void *buffer, uint64_t size);

#endif
