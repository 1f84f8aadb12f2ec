/* SPDX-License-Identifier: MIT */
/* Memory that the device tree lets two domains share that have nothing else in common. */
#include "../lender.h"
#include <xen/domctl.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#define PAGES ((PLACED_SIZE + FOUND_SIZE) / PAGE)

static volatile struct lending *const lending = (volatile struct lending *)PLACED_TESTER;

/* The last word of a page of either region, the placed one first. */
static volatile uint64_t *last_word(uint64_t page)
{
    uint64_t start = page < PLACED_SIZE / PAGE ? PLACED_TESTER : FOUND_TESTER - PLACED_SIZE;

    return (volatile uint64_t *)(start + page * PAGE + PAGE - 8);
}

/* What happens by the other domain, which may be built or restarted meanwhile. */
#define CHECK_LATER(condition)                                                                     \
    do {                                                                                           \
        uint64_t until_ = now() + 2500 * MILLISECOND;                                              \
        while (!(condition) && now() < until_)                                                     \
            call(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);                                         \
        CHECK(condition);                                                                          \
    } while (0)

static void order(uint64_t what, uint64_t page, uint64_t value)
{
    lending->page = page;
    lending->value = value;
    __atomic_store_n(&lending->order, what, __ATOMIC_RELEASE);
    CHECK_LATER(__atomic_load_n(&lending->order, __ATOMIC_ACQUIRE) == LENDER_IDLE);
}

static bool names(const char *node, const char *property, const char *text)
{
    uint32_t size;
    const char *value = fdt_property(node, property, &size);

    return value != NULL && text_equal(value, text);
}

void test_shared_tree(void)
{
    static const struct {
        const char *node, *id;
        uint64_t start, size;
    } regions[] = {
        {"/reserved-memory/xen-shmem@50000000", "placed", PLACED_TESTER, PLACED_SIZE},
        {"/reserved-memory/xen-shmem@58000000", "found", FOUND_TESTER, FOUND_SIZE},
    };
    uint32_t size;

    for (unsigned int i = 0; i < LENGTH(regions); i++) {
        const void *reg = fdt_property(regions[i].node, "reg", &size);

        CHECK(reg != NULL);
        CHECK_EQUAL(fdt_cells(reg, 0, 2), regions[i].start);
        CHECK_EQUAL(fdt_cells(reg, 2, 2), regions[i].size);
        CHECK(names(regions[i].node, "compatible", "xen,shared-memory-v1"));
        CHECK(names(regions[i].node, "xen,id", regions[i].id));
        CHECK(fdt_property(regions[i].node, "no-map", &size) != NULL);
    }
}

/* A domain may look at its own, and learns of the other but where that has it. */
void test_shared_told(void)
{
    static const struct {
        const char *id;
        uint64_t domain, address, size, flags;
    } shares[] = {
        {"placed", 1, PLACED_TESTER, PLACED_SIZE, XEN_DOMCTL_TREFOIL_SHARE_OWNER},
        {"found", 1, FOUND_TESTER, FOUND_SIZE, 0},
        {"placed", 2, 0, PLACED_SIZE, 0},
        {"found", 2, 0, FOUND_SIZE, XEN_DOMCTL_TREFOIL_SHARE_OWNER},
    };
    static struct xen_domctl op = {.cmd = XEN_DOMCTL_trefoil_shared_memory, .domain = DOMID_SELF};
    const struct xen_domctl_trefoil_shared_memory *share = &op.u.trefoil_shared_memory;

    for (unsigned int i = 0; i < LENGTH(shares); i++) {
        CHECK_EQUAL(call(__HYPERVISOR_domctl, (uint64_t)&op, 0), 0);
        CHECK(text_equal(share->id, shares[i].id));
        CHECK_EQUAL(share->domain + 1U - own_domid(), shares[i].domain);
        CHECK_EQUAL(share->address, shares[i].address);
        CHECK_EQUAL(share->size, shares[i].size);
        CHECK_EQUAL(share->flags, shares[i].flags);
        op.domain = DOMID_SELF;
    }
    CHECK_EQUAL(call(__HYPERVISOR_domctl, (uint64_t)&op, 0), -XEN_ENOENT);
    op.domain = own_domid() + 1;
    op.u.trefoil_shared_memory.position = 0;
    CHECK_EQUAL(call(__HYPERVISOR_domctl, (uint64_t)&op, 0), -XEN_EPERM);
}

/* The lender has written the first page alone. */
void test_shared_zeroed(void)
{
    for (uint64_t page = 1; page < PAGES; page++)
        for (const volatile uint64_t *word = last_word(page) - 511; word <= last_word(page); word++)
            CHECK_EQUAL(*word, 0);
}

void test_shared_written_by_other(void)
{
    for (uint64_t page = 0; page < PAGES; page += 17) {
        order(LENDER_WRITE, page, 0x1234567890 + page);
        CHECK_EQUAL(*last_word(page), 0x1234567890 + page);
    }
    order(LENDER_WRITE, PAGES - 1, 0x77);
    CHECK_EQUAL(*last_word(PAGES - 1), 0x77);
}

void test_shared_read_by_other(void)
{
    for (uint64_t page = PAGES - 1; page < PAGES; page -= 17) {
        *last_word(page) = 0x42424242 + page;
        order(LENDER_READ, page, 0);
        CHECK_EQUAL(lending->value, 0x42424242 + page);
    }
}

/* And none of what lies beside it. */
void test_shared_ends(void)
{
    CHECK_ABORT((void)*(volatile uint64_t *)(PLACED_TESTER - 8));
    CHECK_ABORT((void)*(volatile uint64_t *)(PLACED_TESTER + PLACED_SIZE));
    CHECK_ABORT((void)*(volatile uint64_t *)(FOUND_TESTER - 8));
    CHECK_ABORT((void)*(volatile uint64_t *)(FOUND_TESTER + FOUND_SIZE));
}

void test_shared_not_executed(void)
{
    *(volatile uint32_t *)(FOUND_TESTER + 16) = 0xd65f03c0; /* ret */
    __asm__ volatile("dsb ish\n\tic iallu\n\tdsb ish\n\tisb" ::: "memory");

    struct fault fault = FAULT_OF(((void (*)(void))(FOUND_TESTER + 16))());

    CHECK(fault.taken);
    CHECK_EQUAL(fault.far, FOUND_TESTER + 16);
    *(volatile uint32_t *)(FOUND_TESTER + 16) = 0;
}

/* It is not the domain's own to give. */
void test_shared_not_granted(void)
{
    uint32_t handle;

    grant(grant_ref, own_domid(), FOUND_TESTER >> 12, 0);
    CHECK(grant_map(own_domid(), grant_ref, GNTMAP_host_map, HOLE_GFN, &handle) != GNTST_okay);
    CHECK_ABORT((void)*(volatile uint64_t *)(HOLE_GFN << 12));
}

void test_shared_not_given_back(void)
{
    uint64_t gfn = FOUND_TESTER >> 12;
    struct xen_memory_reservation op = {
        .extent_start.q = (uint64_t)&gfn, .nr_extents = 1, .domid = DOMID_SELF};

    CHECK_EQUAL(memory_op(XENMEM_decrease_reservation, &op), 0);
    CHECK_NO_FAULT((void)*(volatile uint64_t *)FOUND_TESTER);
}

/* What the hypervisor writes all the time is in memory of the domain's own. */
void test_shared_no_area(void)
{
    struct vcpu_register_runstate_memory_area area = {.addr.p = FOUND_TESTER};
    struct vcpu_register_vcpu_info info = {.mfn = FOUND_TESTER >> 12};

    CHECK(call(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, &info) < 0);
    CHECK(call(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, 0, &area) < 0);
}

/* Arguments of hypercalls may lie there, as in any memory of the domain. */
void test_shared_arguments(void)
{
    volatile struct evtchn_alloc_unbound *op = (volatile void *)FOUND_TESTER;

    op->dom = DOMID_SELF;
    op->remote_dom = DOMID_SELF;
    CHECK_EQUAL(event_op(EVTCHNOP_alloc_unbound, (void *)op), 0);
    CHECK(op->port != 0);
    CHECK_EQUAL(event_close(op->port), 0);
}

/* It makes no peers of the two. */
void test_shared_nothing_else(void)
{
    struct evtchn_alloc_unbound offer = {.dom = DOMID_SELF, .remote_dom = (domid_t)option("peer")};

    CHECK_EQUAL(event_op(EVTCHNOP_alloc_unbound, &offer), -XEN_EPERM);
}

/* What is in it stays, and the lender finds it in its next life; nothing of ours goes meanwhile. */
void test_shared_over_restart(void)
{
    uint64_t lives = lending->lives;

    for (uint64_t page = 1; page < PAGES; page++)
        *last_word(page) = page * 3;
    order(LENDER_REBOOT, 0, 0);
    CHECK_LATER(lending->lives == lives + 1);
    for (uint64_t page = 1; page < PAGES; page++)
        CHECK_EQUAL(*last_word(page), page * 3);
    order(LENDER_READ, PAGES - 1, 0);
    CHECK_EQUAL(lending->value, (PAGES - 1) * 3);
    order(LENDER_WRITE, 5, 0x99);
    CHECK_EQUAL(*last_word(5), 0x99);
}

/* The last test. A page that is taken out of the domain's map is the other's as before. */
void test_shared_taken_out(void)
{
    CHECK_EQUAL(physmap_remove(FOUND_TESTER >> 12), 0);
    CHECK_ABORT((void)*(volatile uint64_t *)FOUND_TESTER);
    order(LENDER_WRITE, PLACED_SIZE / PAGE, 0x66);
    order(LENDER_READ, PLACED_SIZE / PAGE, 0);
    CHECK_EQUAL(lending->value, 0x66);
}
