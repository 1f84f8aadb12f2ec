/* SPDX-License-Identifier: MIT */
/*
 * What passes between two domains, in ns of the counter (instructions under QEMU's `-icount
 * shift=0`). The near one measures, the far one grants two pages, answers each event with one, and
 * yields when it is told to. Both are this image; the command line says who is who: self=, peer=
 * the two ids, far=1, and mode= what is measured (enum mode).
 */
#include "test.h"
#include <xen/arch-arm.h>
#include <xen/grant_table.h>
#include <xen/hvm/dm_op.h>
#include <xen/hvm/ioreq.h>
#include <xen/memory.h>
#include <xen/sched.h>

enum mode {
    EVERYTHING,  /* on one CPU */
    OTHER_CPU,   /* the event alone: the two have a CPU each */
    WORK_FOR_MS, /* how many grant copies, and mappings, in WORK_MS */
    WORK_ROUNDS, /* a number of them */
    DEVICE_READ, /* reads of a device that the far one models: model=1 */
};

#define ROUNDS  500U
#define WORK_MS 300U

#define SHARED_GFN ((GUEST_GNTTAB_BASE + GUEST_GNTTAB_SIZE - 0x1000) >> 12)
#define GRANT_GFN  (SHARED_GFN - 1)
#define NEAR_PORT  10U
#define FAR_PORT   11U
#define STATE_REF  8U
#define OTHER_REF  9U
#define STATE_GFN  HOLE_GFN
#define OTHER_GFN  (HOLE_GFN + 1)
#define DEVICE     GUEST_VIRTIO_MMIO_BASE

/* A page of the far domain's, seen by both. */
struct state {
    volatile uint64_t handled_at; /* when its handler began, last */
    volatile uint64_t handled;    /* how often it did */
    volatile uint64_t yielding;   /* the near one's wish */
    volatile uint64_t yields;
};

static uint8_t pages[2][PAGE] __attribute__((aligned(PAGE)));
static uint8_t own[PAGE] __attribute__((aligned(PAGE)));
static struct state *const own_state = (struct state *)pages[0];
static struct state *const far = (struct state *)(STATE_GFN << 12);
static volatile struct shared_info *const shared = (void *)(SHARED_GFN << 12);
static bool is_far;
/* The far one's, as a device model: the near one's slot, and its port. */
static volatile struct ioreq *slot;
static uint32_t slot_port;

static uint64_t time(void)
{
    __asm__ volatile("isb" ::: "memory");
    return READ_SYSREG(cntpct_el0);
}

static void report(const char *name, uint64_t spent, unsigned int rounds)
{
    uint64_t ns = spent * (1000000000UL / READ_SYSREG(cntfrq_el0));

    print("bench %s %lu\n", name, ns / rounds);
}

static void send(uint32_t port)
{
    struct evtchn_send op = {.port = port};

    call(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &op);
}

static void answer_read(void)
{
    if (slot->state != STATE_IOREQ_READY)
        return;
    slot->data = slot->addr;
    __asm__ volatile("dmb ish" ::: "memory");
    slot->state = STATE_IORESP_READY;
    send(slot_port);
}

void guest_interrupt(void)
{
    uint64_t now = READ_SYSREG(cntpct_el0);
    uint64_t intid = READ_SYSREG(S3_0_C12_C12_0); /* ICC_IAR1_EL1 */

    if (intid == EVENT_INTID) {
        shared->vcpu_info[0].evtchn_upcall_pending = 0;
        shared->vcpu_info[0].evtchn_pending_sel = 0;
        shared->evtchn_pending[0] = 0;
    }
    WRITE_SYSREG(intid, S3_0_C12_C12_1); /* ICC_EOIR1_EL1 */
    if (!is_far || intid != EVENT_INTID)
        return;
    if (slot != NULL) {
        answer_read();
        return;
    }
    own_state->handled_at = now;
    own_state->handled++;
    send(FAR_PORT);
}

/* Without the interrupt coming between the look and the wait. */
static void wait_unless(const volatile uint64_t *value, uint64_t wanted)
{
    interrupts_off();
    if (*value != wanted)
        __asm__ volatile("wfi");
    interrupts_on();
    __asm__ volatile("isb" ::: "memory");
}

static void yield(void)
{
    call(__HYPERVISOR_sched_op, SCHEDOP_yield);
}

static int64_t dm_op(domid_t target, struct xen_dm_op *op)
{
    struct xen_dm_op_buf buffer = {.h.q = (uint64_t)op, .size = sizeof(*op)};

    return call(__HYPERVISOR_dm_op, target, 1, &buffer);
}

static bool make_server(domid_t target)
{
    struct xen_dm_op op = {.op = XEN_DMOP_create_ioreq_server};
    uint64_t gfn = OTHER_GFN;
    struct xen_mem_acquire_resource slots = {
        .domid = target, .nr_frames = 1, .frame = 1, .frame_list.q = (uint64_t)&gfn};

    if (dm_op(target, &op) != 0)
        return false;
    slots.id = op.u.create_ioreq_server.id;
    op = (struct xen_dm_op){.op = XEN_DMOP_map_io_range_to_ioreq_server,
                            .u.map_io_range_to_ioreq_server = {.id = (ioservid_t)slots.id,
                                                               .type = XEN_DMOP_IO_RANGE_MEMORY,
                                                               .start = DEVICE,
                                                               .end = DEVICE + PAGE - 1}};
    if (dm_op(target, &op) != 0 ||
        call(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &slots) != 0)
        return false;
    op = (struct xen_dm_op){.op = XEN_DMOP_set_ioreq_server_state,
                            .u.set_ioreq_server_state = {.id = (ioservid_t)slots.id, .enabled = 1}};
    return dm_op(target, &op) == 0;
}

/* What was asked before the port was bound is answered without an event. */
static void be_model(domid_t target)
{
    struct evtchn_bind_interdomain bind = {.remote_dom = target};
    volatile struct ioreq *first = (volatile struct ioreq *)(OTHER_GFN << 12);

    while (!make_server(target))
        yield();
    own_state->handled = 1;
    while (first->state != STATE_IOREQ_READY)
        yield();
    bind.remote_port = first->vp_eport;
    interrupts_off();
    if (call(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &bind) != 0)
        print("bench: no port\n");
    slot_port = bind.local_port;
    slot = first;
    shared->evtchn_pending[0] = 0;
    shared->evtchn_mask[0] = 0;
    interrupts_on();
    answer_read();
}

static _Noreturn void serve(domid_t near)
{
    volatile struct grant_entry_v1 *entries = (void *)(GRANT_GFN << 12);

    for (unsigned int i = 0; i < LENGTH(pages); i++) {
        entries[STATE_REF + i].domid = near;
        entries[STATE_REF + i].frame = (uint32_t)((uint64_t)pages[i] >> 12);
        __asm__ volatile("dmb ish" ::: "memory");
        entries[STATE_REF + i].flags = GTF_permit_access;
    }
    if (option("model") != 0)
        be_model(near);
    for (;;) {
        while (own_state->yielding) {
            yield();
            own_state->yields++;
        }
        wait_unless(&own_state->yielding, 1);
    }
}

static int16_t map(domid_t peer, uint32_t ref, uint64_t gfn, grant_handle_t *handle)
{
    struct gnttab_map_grant_ref op = {
        .host_addr = gfn << 12, .flags = GNTMAP_host_map, .ref = ref, .dom = peer};

    if (call(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &op, 1) != 0)
        return -1;
    *handle = op.handle;
    return op.status;
}

static int16_t unmap(uint64_t gfn, grant_handle_t handle)
{
    struct gnttab_unmap_grant_ref op = {.host_addr = gfn << 12, .handle = handle};

    call(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &op, 1);
    return op.status;
}

static int16_t copy(domid_t peer, uint16_t offset, uint16_t size)
{
    struct gnttab_copy op = {
        .source = {.u.ref = OTHER_REF, .domid = peer, .offset = offset},
        .dest = {.u.gmfn = (uint64_t)own >> 12, .domid = DOMID_SELF},
        .len = size,
        .flags = GNTCOPY_source_gref,
    };

    call(__HYPERVISOR_grant_table_op, GNTTABOP_copy, &op, 1);
    return op.status;
}

/* From before the call that sends it to the first instruction of the handler's C. */
static void bench_event(const char *name)
{
    uint64_t spent = 0;

    for (unsigned int i = 0; i < ROUNDS; i++) {
        uint64_t next = far->handled + 1, start = time();

        send(NEAR_PORT);
        while (far->handled != next)
            wait_unless(&far->handled, next);
        spent += far->handled_at - start;
        /* And its answer, so that both sleep again. */
        for (uint64_t end = time() + 2000; time() < end;)
            ;
    }
    report(name, spent, ROUNDS);
}

static void bench_map(domid_t peer)
{
    uint64_t start = time();
    grant_handle_t handle = 0;
    int16_t status = 0;

    for (unsigned int i = 0; i < ROUNDS && status == 0; i++) {
        status = map(peer, OTHER_REF, OTHER_GFN, &handle);
        if (status == 0)
            status = unmap(OTHER_GFN, handle);
    }
    if (status == 0)
        report("grant_map", time() - start, ROUNDS);
}

/* Packets begin 2 bytes after a word, where network drivers put them. */
static void bench_copy(const char *name, domid_t peer, uint16_t offset)
{
    uint64_t start = time();
    int16_t status = 0;

    for (unsigned int i = 0; i < ROUNDS && status == 0; i++)
        status = copy(peer, offset, (uint16_t)(PAGE - offset));
    if (status == 0)
        report(name, time() - start, ROUNDS);
}

/* Two that give way to each other: a yield of each is two switches. */
static void bench_switch(void)
{
    uint64_t start, from;

    far->yielding = 1;
    send(NEAR_PORT);
    while (far->yields < 10)
        yield();
    from = far->yields;
    start = time();
    while (far->yields < from + ROUNDS)
        yield();
    report("vcpu_switch", time() - start, 2 * ROUNDS);
    far->yielding = 0;
}

/* Each round is a copy, a mapping and its end: three calls that name the other domain twice. */
static uint64_t work(domid_t peer, uint64_t until, uint64_t rounds)
{
    uint64_t done = 0;
    grant_handle_t handle;

    while (done < rounds && time() < until) {
        if (copy(peer, 0, 64) != 0 || map(peer, OTHER_REF, OTHER_GFN, &handle) != 0 ||
            unmap(OTHER_GFN, handle) != 0)
            break;
        done++;
    }
    return done;
}

/* From a read of a device to what follows it, the device model's handler included. */
static void bench_device(const char *name)
{
    uint64_t start;

    while (far->handled == 0)
        yield();
    for (unsigned int i = 0; i < 10; i++)
        mmio_read32(DEVICE);
    start = time();
    for (unsigned int i = 0; i < ROUNDS; i++)
        mmio_read32(DEVICE + 4);
    report(name, time() - start, ROUNDS);
}

static void measure(domid_t peer)
{
    uint64_t second = READ_SYSREG(cntfrq_el0);
    grant_handle_t handle;

    while (map(peer, STATE_REF, STATE_GFN, &handle) != 0)
        yield();
    switch (option("mode")) {
    case OTHER_CPU: bench_event("event_cpu"); break;
    case DEVICE_READ: bench_device("device_read"); break;
    case WORK_FOR_MS:
        print("bench work %lu\n", work(peer, time() + second * WORK_MS / 1000, UINT64_MAX));
        break;
    case WORK_ROUNDS: print("bench rounds %lu\n", work(peer, UINT64_MAX, ROUNDS)); break;
    default:
        bench_event("event_peer");
        bench_map(peer);
        bench_copy("grant_copy", peer, 0);
        bench_copy("grant_copy_packet", peer, 2);
        bench_switch();
        break;
    }
}

static bool add(unsigned int space, uint64_t gfn)
{
    struct xen_add_to_physmap op = {.domid = DOMID_SELF, .space = (uint16_t)space, .gpfn = gfn};

    return call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op) == 0;
}

void guest_main(const void *fdt)
{
    domid_t peer;

    fdt_use(fdt);
    peer = (domid_t)option("peer");
    is_far = option("far") != 0;
    gic_start();
    if (!add(XENMAPSPACE_shared_info, SHARED_GFN) || !add(XENMAPSPACE_grant_table, GRANT_GFN))
        print("bench: no shared pages\n");
    shared->evtchn_mask[0] = ~(1UL << NEAR_PORT | 1UL << FAR_PORT);
    shared->evtchn_pending[0] = 0;
    shared->vcpu_info[0].evtchn_upcall_pending = 0;
    gic_enable_private(EVENT_INTID);
    interrupts_on();
    if (is_far)
        serve(peer);
    measure(peer);
    print("bench done\n");
    power_off();
}
