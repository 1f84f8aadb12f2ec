/* SPDX-License-Identifier: MIT */
/*
 * How long the hypervisor keeps interrupts masked: each batched hypercall is made at its largest,
 * again and again, with the virtual timer coming due at one point of it after the other. What
 * counts is the most that the timer's interrupt was late.
 */
#include "bench.h"
#include <xen/arch-arm.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/sysctl.h>
#include <xen/xen.h>

#define POINTS     32U
#define PAGE       4096UL
#define RAM_GFN    ((GUEST_RAM_BASE >> 12) + 0x2000) /* nothing of the guest's is there */
#define HOLE_GFN   0x100000UL
#define GRANTS_GFN (GUEST_GNTTAB_BASE >> 12)
#define EXTENTS    4U
#define BATCH      256U
#define MAPPINGS   8192U
#define REF        500U
#define PORTS      1000U
#define CALLS      256U

static char pages[2][PAGE] __attribute__((aligned(4096)));
static char text[32768];
static union {
    uint64_t gfns[EXTENTS];
    struct gnttab_map_grant_ref map[BATCH];
    struct gnttab_unmap_grant_ref unmap[BATCH];
    struct gnttab_copy copy[BATCH];
    struct multicall_entry calls[CALLS];
    struct {
        uint64_t indices[BATCH], gfns[BATCH];
        int errors[BATCH];
    } batch;
} arguments;
static uint32_t handles[MAPPINGS];
static unsigned int nr_mapped;

struct masked {
    const char *name;
    void (*call)(void);
    void (*before)(void), (*after)(void); /* each time; NULL for nothing */
    bool once;                            /* it can be done only once: the timer comes due early */
};

static uint64_t gfn_of(const void *address)
{
    return (uint64_t)address >> 12;
}

/* How late the interrupt is that is due `due` ticks after the call began. */
static uint64_t lateness(const struct masked *masked, uint64_t due)
{
    unsigned int earlier = handled;
    uint64_t deadline = ticks() + due;

    WRITE_SYSREG(deadline, cntv_cval_el0);
    WRITE_SYSREG(1, cntv_ctl_el0);
    masked->call();
    while (handled == earlier)
        ;
    return handled_at - deadline;
}

static void run(void (*function)(void))
{
    if (function)
        function();
}

static void measure(const struct masked *masked)
{
    uint64_t most = 0, start, length = 128UL * POINTS; /* 64 ticks */
    unsigned int points = masked->once ? 1 : POINTS;

    if (!masked->once) {
        run(masked->before);
        start = ticks();
        masked->call();
        length = ticks() - start;
        run(masked->after);
    }
    for (unsigned int i = 0; i < points; i++) {
        uint64_t late;

        run(masked->before);
        late = lateness(masked, length * (2 * i + 1) / (2 * POINTS));
        run(masked->after);
        most = late > most ? late : most;
    }
    report(masked->name, most, 1);
}

static int64_t reservation(unsigned int command)
{
    struct xen_memory_reservation op = {.extent_start.q = (uint64_t)arguments.gfns,
                                        .nr_extents = EXTENTS,
                                        .extent_order = 9,
                                        .domid = DOMID_SELF};

    for (unsigned int i = 0; i < EXTENTS; i++)
        arguments.gfns[i] = RAM_GFN + i * 512UL;
    return hypercall(__HYPERVISOR_memory_op, command, (uint64_t)&op, 0, 0);
}

/* What must not fail, or the figure is of nothing. */
static void check(const char *what, int64_t got, int64_t wanted)
{
    if (got != wanted)
        print("bench %s failed: %ld\n", what, (long)got);
}

static void decrease(void)
{
    check("decrease", reservation(XENMEM_decrease_reservation), EXTENTS);
}

static void populate(void)
{
    check("populate", reservation(XENMEM_populate_physmap), EXTENTS);
}

/* Its last frame, and so all frames before. */
static void map_grant_frame(void)
{
    struct xen_add_to_physmap op = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_grant_table, .idx = 31, .gpfn = GRANTS_GFN + 31};

    check("grant frame",
          hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, (uint64_t)&op, 0, 0), 0);
}

static int64_t grant_op(unsigned int command, void *argument, unsigned int count)
{
    return hypercall(__HYPERVISOR_grant_table_op, command, (uint64_t)argument, count, 0);
}

static void set_up_grants(void)
{
    struct gnttab_setup_table op = {
        .dom = DOMID_SELF, .nr_frames = 64, .frame_list.q = (uint64_t)text};

    check("grant setup", grant_op(GNTTABOP_setup_table, &op, 1), 0);
    check("grant setup", op.status, GNTST_okay);
}

/* The first frame of the table where the guest writes it, and a grant to itself. */
static void grant_to_self(void)
{
    volatile struct grant_entry_v1 *entry =
        (volatile struct grant_entry_v1 *)(GRANTS_GFN << 12) + REF;
    struct xen_add_to_physmap op = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_grant_table, .gpfn = GRANTS_GFN};
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    struct evtchn_status status = {.dom = DOMID_SELF};

    hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, (uint64_t)&op, 0, 0);
    /* Its own id is what a port for itself names. */
    hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, (uint64_t)&unbound, 0, 0);
    status.port = unbound.port;
    hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_status, (uint64_t)&status, 0, 0);
    entry->domid = status.u.unbound.dom;
    entry->frame = (uint32_t)gfn_of(pages[0]);
    entry->flags = GTF_permit_access;
}

static domid_t own_id(void)
{
    return ((volatile struct grant_entry_v1 *)(GRANTS_GFN << 12) + REF)->domid;
}

static void prepare_maps(void)
{
    for (unsigned int i = 0; i < BATCH; i++)
        arguments.map[i] =
            (struct gnttab_map_grant_ref){.host_addr = (HOLE_GFN + nr_mapped + i) << 12,
                                          .flags = GNTMAP_host_map,
                                          .ref = REF,
                                          .dom = own_id()};
}

static void map(void)
{
    check("map", grant_op(GNTTABOP_map_grant_ref, arguments.map, BATCH), 0);
    for (unsigned int i = 0; i < BATCH; i++) {
        check("map", arguments.map[i].status, GNTST_okay);
        handles[nr_mapped++] = arguments.map[i].handle;
    }
}

static void prepare_unmaps(void)
{
    nr_mapped -= BATCH;
    for (unsigned int i = 0; i < BATCH; i++)
        arguments.unmap[i] = (struct gnttab_unmap_grant_ref){
            .host_addr = (HOLE_GFN + nr_mapped + i) << 12, .handle = handles[nr_mapped + i]};
}

static void unmap(void)
{
    check("unmap", grant_op(GNTTABOP_unmap_grant_ref, arguments.unmap, BATCH), 0);
    for (unsigned int i = 0; i < BATCH; i++)
        check("unmap", arguments.unmap[i].status, GNTST_okay);
}

static void unmap_again(void)
{
    prepare_unmaps();
    unmap();
}

static void map_before(void)
{
    prepare_maps();
    map();
    prepare_unmaps();
}

static void prepare_copies(void)
{
    for (unsigned int i = 0; i < BATCH; i++)
        arguments.copy[i] =
            (struct gnttab_copy){.source = {.u.gmfn = gfn_of(pages[0]), .domid = DOMID_SELF},
                                 .dest = {.u.gmfn = gfn_of(pages[1]), .domid = DOMID_SELF},
                                 .len = PAGE};
}

static void copy(void)
{
    check("copy", grant_op(GNTTABOP_copy, arguments.copy, BATCH), 0);
    check("copy", arguments.copy[BATCH - 1].status, GNTST_okay);
}

/* A frame that it has not mapped: all mappings are looked at. */
static void flush_cache(void)
{
    struct gnttab_cache_flush op = {.length = 64, .op = GNTTAB_CACHE_CLEAN};

    check("cache flush", grant_op(GNTTABOP_cache_flush, &op, 1), -1 /* EPERM */);
}

static void prepare_calls(void)
{
    for (unsigned int i = 0; i < CALLS; i++)
        arguments.calls[i] = (struct multicall_entry){.op = __HYPERVISOR_xen_version};
}

static void multicall(void)
{
    hypercall(__HYPERVISOR_multicall, (uint64_t)arguments.calls, CALLS, 0, 0);
}

static void prepare_text(void)
{
    for (unsigned int i = 0; i < 2048; i++)
        text[i] = i % 64 == 63 ? '\n' : '.';
}

static void write_console(void)
{
    hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, 2048, (uint64_t)text, 0);
}

static void prepare_batch(void)
{
    for (unsigned int i = 0; i < BATCH; i++) {
        arguments.batch.indices[i] = i % 64;
        arguments.batch.gfns[i] = GRANTS_GFN + i % 64;
    }
}

static void add_batch(void)
{
    struct xen_add_to_physmap_batch op = {.domid = DOMID_SELF,
                                          .space = XENMAPSPACE_grant_table,
                                          .size = BATCH,
                                          .idxs.q = (uint64_t)arguments.batch.indices,
                                          .gpfns.q = (uint64_t)arguments.batch.gfns,
                                          .errs.q = (uint64_t)arguments.batch.errors};

    check("batch",
          hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, (uint64_t)&op, 0, 0), 0);
    check("batch", arguments.batch.errors[BATCH - 1], 0);
}

static void allocate_ports(void)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};

    for (unsigned int i = 0; i < PORTS; i++)
        hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, (uint64_t)&op, 0, 0);
}

static void reset_ports(void)
{
    struct evtchn_reset op = {.dom = DOMID_SELF};

    check("reset", hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_reset, (uint64_t)&op, 0, 0),
          0);
}

static void read_log(void)
{
    static struct xen_sysctl op;

    op = (struct xen_sysctl){.cmd = XEN_SYSCTL_readconsole,
                             .interface_version = XEN_SYSCTL_INTERFACE_VERSION};
    op.u.readconsole.count = sizeof(text);
    op.u.readconsole.buffer.q = (uint64_t)text;
    check("readconsole", hypercall(__HYPERVISOR_sysctl, (uint64_t)&op, 0, 0, 0), 0);
}

/* Only the first cleans all RAM. */
static void set_way(void)
{
    __asm__ volatile("dc cisw, %0" ::"r"(0UL) : "memory");
}

static const struct masked rows[] = {
    {"masked_decrease", decrease, NULL, populate, false},
    {"masked_populate", populate, decrease, NULL, false},
    {"masked_grant_frame", map_grant_frame, NULL, NULL, true},
    {"masked_grant_setup", set_up_grants, NULL, NULL, true},
    {"masked_physmap_batch", add_batch, prepare_batch, NULL, false},
    {"masked_grant_map", map, prepare_maps, unmap_again, false},
    {"masked_grant_unmap", unmap, map_before, NULL, false},
    {"masked_grant_copy", copy, prepare_copies, NULL, false},
    {"masked_multicall", multicall, prepare_calls, NULL, false},
    {"masked_console_write", write_console, prepare_text, NULL, false},
    {"masked_readconsole", read_log, NULL, NULL, false},
    {"masked_set_way", set_way, NULL, NULL, true},
    {"masked_evtchn_reset", reset_ports, allocate_ports, NULL, false},
};
static const struct masked flush_row = {"masked_cache_flush", flush_cache, NULL, NULL, false};

void bench_masked(void)
{
    grant_to_self();
    for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        measure(&rows[i]);
    while (nr_mapped < MAPPINGS) {
        prepare_maps();
        map();
    }
    measure(&flush_row);
}
