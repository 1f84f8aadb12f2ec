/* SPDX-License-Identifier: MIT */
/* Pages of one domain in another. */
#include "../agent.h"
#include <xen/grant_table.h>
#include <xen/memory.h>

#define ALWAYS  GTF_permit_access
#define READ    (GTF_permit_access | GTF_readonly)
#define MAP     GNTMAP_host_map
#define MAP_RO  (GNTMAP_host_map | GNTMAP_readonly)
#define ADDRESS (HOLE_GFN << 12)

static int64_t remote_poke(uint64_t address, uint64_t value, unsigned int bytes)
{
    return agent_call(AGENT_POKE, address, value, bytes, 0);
}

/* The agent's entry grant_ref, for us. */
static void remote_grant(uint64_t gfn, unsigned int flags)
{
    uint64_t entry = mailbox->grant_entries + grant_ref * sizeof(struct grant_entry_v1);

    remote_poke(entry, 0, 2);
    remote_poke(entry + 2, own_domid(), 2);
    remote_poke(entry + 4, gfn, 4);
    remote_poke(entry, flags, 2);
}

static int16_t remote_map(unsigned int flags, uint32_t *handle)
{
    volatile struct gnttab_map_grant_ref *op = (void *)mailbox->data;

    op->host_addr = ADDRESS;
    op->flags = flags;
    op->ref = grant_ref;
    op->dom = own_domid();
    CHECK_EQUAL(
        agent_call(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, agent_data(0), 1, 0), 0);
    *handle = op->handle;
    return op->status;
}

static int16_t remote_unmap(uint32_t handle)
{
    volatile struct gnttab_unmap_grant_ref *op = (void *)mailbox->data;

    op->host_addr = ADDRESS;
    op->dev_bus_addr = 0;
    op->handle = handle;
    CHECK_EQUAL(
        agent_call(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, agent_data(0), 1, 0), 0);
    return op->status;
}

/* Ours, written there. */
void test_pair_grant_written_by_peer(void)
{
    volatile uint64_t *page = (void *)test_pages[0];
    uint32_t handle;

    grant(grant_ref, agent_domid(), gfn_of_page(0), ALWAYS);
    *page = 1;
    CHECK_EQUAL(remote_map(MAP, &handle), GNTST_okay);
    CHECK_EQUAL(grant_entries[grant_ref].flags, ALWAYS | GTF_reading | GTF_writing);
    CHECK_EQUAL(agent_call(AGENT_PEEK, ADDRESS, 0, 0, 0), 1);
    remote_poke(ADDRESS, 0x123456789abcUL, 8);
    CHECK_EQUAL(*page, 0x123456789abcUL);
    CHECK_EQUAL(remote_unmap(handle), GNTST_okay);
    CHECK_EQUAL(grant_entries[grant_ref].flags, ALWAYS);
}

void test_pair_grant_read_only(void)
{
    uint32_t handle;

    grant(grant_ref, agent_domid(), gfn_of_page(0), READ);
    CHECK_EQUAL(remote_map(MAP, &handle), GNTST_general_error);
    CHECK_EQUAL(remote_map(MAP_RO, &handle), GNTST_okay);
    CHECK_EQUAL(grant_entries[grant_ref].flags, READ | GTF_reading);
    CHECK_EQUAL(remote_unmap(handle), GNTST_okay);
}

void test_pair_grant_for_another(void)
{
    uint32_t handle;

    grant(grant_ref, own_domid(), gfn_of_page(0), ALWAYS);
    CHECK_EQUAL(remote_map(MAP, &handle), GNTST_general_error);
    CHECK_EQUAL(grant_entries[grant_ref].flags, ALWAYS);
    grant(grant_ref, agent_domid(), HOLE_GFN + 5, ALWAYS);
    CHECK(remote_map(MAP, &handle) < 0);
}

/* Withdrawn while it is mapped: what is mapped stays, and does not come again. */
void test_pair_grant_stale(void)
{
    volatile uint64_t *mapped = (void *)ADDRESS;
    uint32_t handle, again;

    remote_grant(mailbox->spare_page >> 12, ALWAYS);
    CHECK_EQUAL(grant_map(agent_domid(), grant_ref, MAP, HOLE_GFN, &handle), GNTST_okay);
    *mapped = 0x5a5a;
    remote_poke(mailbox->grant_entries + grant_ref * sizeof(struct grant_entry_v1), 0, 2);
    *mapped = 0xa5a5;
    CHECK_EQUAL(agent_call(AGENT_PEEK, mailbox->spare_page, 0, 0, 0), 0xa5a5);
    CHECK_EQUAL(grant_unmap(handle, HOLE_GFN), GNTST_okay);
    CHECK_EQUAL(grant_map(agent_domid(), grant_ref, MAP, HOLE_GFN, &again), GNTST_general_error);
}

/* The owner gives the page back while we have it: the page stays until we let go. */
void test_pair_grant_of_ballooned_page(void)
{
    volatile struct xen_memory_reservation *op = (void *)mailbox->data;
    volatile uint64_t *mapped = (void *)ADDRESS;
    uint32_t handle;

    remote_grant(mailbox->spare_page >> 12, ALWAYS);
    CHECK_EQUAL(grant_map(agent_domid(), grant_ref, MAP, HOLE_GFN, &handle), GNTST_okay);
    *mapped = 77;
    *(volatile uint64_t *)(mailbox->data + 256) = mailbox->spare_page >> 12;
    op->extent_start.q = agent_data(256);
    op->nr_extents = 1;
    op->extent_order = 0;
    op->mem_flags = 0;
    op->domid = DOMID_SELF;
    CHECK_EQUAL(
        agent_call(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, agent_data(0), 0, 0), 1);
    CHECK_EQUAL(*mapped, 77);
    *mapped = 78;
    CHECK_EQUAL(grant_unmap(handle, HOLE_GFN), GNTST_okay);
    CHECK_EQUAL(agent_call(__HYPERVISOR_memory_op, XENMEM_populate_physmap, agent_data(0), 0, 0),
                1);
    remote_poke(mailbox->spare_page, 5, 8);
    CHECK_EQUAL(agent_call(AGENT_PEEK, mailbox->spare_page, 0, 0, 0), 5);
}

void test_pair_grant_many(void)
{
    uint32_t handles[64];

    remote_grant(mailbox->spare_page >> 12, ALWAYS);
    remote_poke(mailbox->spare_page, 0x4444, 8);
    for (unsigned int i = 0; i < 64; i++) {
        CHECK_EQUAL(grant_map(agent_domid(), grant_ref, MAP, HOLE_GFN + i, &handles[i]),
                    GNTST_okay);
        CHECK_EQUAL(*(volatile uint64_t *)(ADDRESS + i * PAGE), 0x4444);
    }
    for (unsigned int i = 0; i < 64; i++)
        CHECK_EQUAL(grant_unmap(handles[i], HOLE_GFN + i), GNTST_okay);
    CHECK_ABORT((void)*(volatile uint64_t *)ADDRESS);
}

static int16_t copy(struct gnttab_copy op)
{
    CHECK_EQUAL(call(__HYPERVISOR_grant_table_op, GNTTABOP_copy, &op, 1), 0);
    return op.status;
}

void test_pair_grant_copy(void)
{
    struct gnttab_copy op = {
        .source = {.u.ref = grant_ref, .domid = agent_domid(), .offset = 8},
        .dest = {.u.gmfn = gfn_of_page(0), .domid = DOMID_SELF, .offset = 16},
        .len = 8,
        .flags = GNTCOPY_source_gref,
    };

    remote_grant(mailbox->spare_page >> 12, READ);
    remote_poke(mailbox->spare_page + 8, 0xabcdef, 8);
    CHECK_EQUAL(copy(op), GNTST_okay);
    CHECK_EQUAL(*(volatile uint64_t *)&test_pages[0][16], 0xabcdef);
    op.dest = op.source;
    op.source = (struct gnttab_copy_ptr){.u.gmfn = gfn_of_page(0), .domid = DOMID_SELF};
    op.flags = GNTCOPY_dest_gref;
    CHECK_EQUAL(copy(op), GNTST_general_error);
    /* By frame number nothing of the peer's is to be had. */
    op = (struct gnttab_copy){
        .source = {.u.gmfn = mailbox->spare_page >> 12, .domid = agent_domid()},
        .dest = {.u.gmfn = gfn_of_page(0), .domid = DOMID_SELF},
        .len = 8,
    };
    CHECK_EQUAL(copy(op), GNTST_permission_denied);
}
