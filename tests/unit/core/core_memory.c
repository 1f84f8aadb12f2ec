/* SPDX-License-Identifier: MIT */
/* Free memory as extents, and frames that others hold. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include "core_fake/machine.h"
#include "../../../hypervisor/core/memory/extents.h"
#include "../../../hypervisor/core/memory/frame.h"
#include <trefoil/construct.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <xen/memory.h>

#define MODEL_PAGES 4096U

/* A region taken from the heap is the playground of a list of its own, beside which a byte a page
 * says what should be free. */
static uint64_t playground;
static unsigned char model[MODEL_PAGES];

static void check_list(const struct extent_list *list)
{
    uint64_t pages = 0, last_end = 0;
    unsigned char seen[MODEL_PAGES] = {0};

    for (const struct extent *extent = list->first; extent; extent = extent->next) {
        assert_true(extent->start > last_end || last_end == 0);
        assert_true(extent->pages > 0);
        last_end = extent->start + extent->pages;
        pages += extent->pages;
        memset(&seen[extent->start - playground], 1, extent->pages);
    }
    assert_int_equal(pages, list->pages);
    assert_memory_equal(seen, model, sizeof(model));
}

static void test_extents_agree_with_model(void **state)
{
    struct extent_list list = {NULL, 0};
    struct {
        uint64_t start, pages;
    } taken[256];
    unsigned int nr_taken = 0;

    (void)state;
    srand(7);
    memset(model, 1, sizeof(model));
    extents_insert(&list, playground, MODEL_PAGES);
    for (unsigned int round = 0; round < 20000; round++) {
        if (rand() % 2 && nr_taken < 256) {
            uint64_t wanted = 1 + (uint64_t)(rand() % 64), align = UINT64_C(1) << rand() % 6,
                     got = wanted;
            uint64_t start = rand() % 2 ? extents_take_small(&list, wanted, align)
                                        : extents_take_run(&list, wanted, align, &got);

            if (start == NO_EXTENT)
                continue;
            assert_int_equal(start % align, 0);
            assert_true(got >= 1 && got <= wanted);
            for (uint64_t i = 0; i < got; i++)
                assert_int_equal(model[start - playground + i], 1);
            memset(&model[start - playground], 0, got);
            taken[nr_taken].start = start;
            taken[nr_taken++].pages = got;
        } else if (nr_taken) {
            unsigned int i = (unsigned int)rand() % nr_taken;

            extents_insert(&list, taken[i].start, taken[i].pages);
            memset(&model[taken[i].start - playground], 1, taken[i].pages);
            taken[i] = taken[--nr_taken];
        }
        if (round % 64 == 0)
            check_list(&list);
    }
}

static void test_everything_comes_back(void **state)
{
    uint64_t before = memory_free_pages();
    struct domain *domain;

    (void)state;
    domain = fake_domain(5, "five", 0, 2, 1500);
    assert_true(memory_free_pages() <= before - 1500);
    assert_int_equal(domain->total_pages, 1500);
    fake_destroy(domain);
    assert_int_equal(memory_free_pages(), before);
}

static void test_ram_is_aligned(void **state)
{
    struct domain *domain = fake_domain(5, "five", 0, 1, 1024);

    (void)state;
    assert_int_equal(domain->nr_extents, 1);
    assert_int_equal(domain->extents[0].start % (2 << 20), 0);
    fake_destroy(domain);
}

/* A guest starts with its caches off. */
static void test_ram_is_seen_with_caches_off(void **state)
{
    uint64_t first = heap_take_small(64, 1);
    struct domain *domain;

    (void)state;
    memset(mfn_map((mfn_t){first}), 0x5a, 64 * PAGE_SIZE);
    arch_clean_for_guest(mfn_map((mfn_t){first}), 64 * PAGE_SIZE);
    heap_give(first, 64);
    domain = fake_domain(5, "five", 0, 1, memory_free_pages() / 2);
    for (uint64_t i = 0; i < domain->total_pages; i++) {
        const char *page = fake_ram(domain, fake_address(i, 0));

        assert_memory_equal(fake_behind_caches(page), page, PAGE_SIZE);
    }
    fake_destroy(domain);
}

/* What a domain uses up is its own: it is told of once, and others still get theirs. */
static void test_pools_are_apart(void **state)
{
    struct domain *greedy = fake_domain(5, "greedy", 0, 1, 16),
                  *other = fake_domain(6, "other", 0, 1, 16);
    uint64_t before = memory_free_pages();
    void *page, *last = NULL;

    (void)state;
    fake.uart_size = 0;
    for (unsigned int i = 0; (page = page_alloc(greedy)) != NULL; i++) {
        assert_true(i < FAKE_POOL);
        last = page;
    }
    assert_null(page_alloc(greedy));
    assert_non_null(strstr(fake.uart, "greedy: the 1280 KiB of hypervisor memory set aside"));
    fake.uart[fake.uart_size = 0] = '\0';
    assert_null(page_alloc(greedy));
    assert_string_equal(fake.uart, "");
    assert_int_equal(memory_free_pages(), before);
    assert_non_null(page = page_alloc(other));
    page_free(other, page);
    page_free(greedy, last);
    assert_non_null(page_alloc(greedy));
    fake_destroy(greedy);
    fake_destroy(other);
}

static void test_held_frame_outlives_owner(void **state)
{
    uint64_t before = memory_free_pages();
    struct domain *domain = fake_domain(5, "five", 0, 1, 600), *dying;
    mfn_t mfn;

    (void)state;
    assert_int_equal(frame_get(domain, (gfn_t){FAKE_RAM + 3}, true, &mfn), 0);
    fake_destroy(domain);
    dying = domain_get(5);
    assert_ptr_equal(dying, domain);
    assert_int_equal(dying->life, DOMAIN_DYING);
    assert_int_equal(frame_get(dying, (gfn_t){FAKE_RAM + 4}, true, &(mfn_t){0}), -ESRCH);
    /* It has let go of its frames: nothing is put into its physmap, or taken out. */
    assert_int_equal(physmap_balloon_out(dying, (gfn_t){FAKE_RAM + 5}, 1), -EINVAL);
    assert_int_equal(physmap_balloon_in(dying, (gfn_t){FAKE_RAM + 5000}, 1), -EINVAL);
    assert_int_equal(physmap_put(dying, (gfn_t){FAKE_RAM + 5000}, mfn, P2M_RAM), -ESRCH);
    assert_int_equal(physmap_put_foreign(dying, (gfn_t){FAKE_RAM + 5000}, mfn, true), -ESRCH);
    assert_int_equal(physmap_clear(dying, (gfn_t){FAKE_RAM + 5}), -ESRCH);
    domain_put(dying);
    /* All of it goes with the last reference. */
    assert_true(memory_free_pages() < before - 600);
    frame_put(mfn);
    assert_null(domain_get(5));
    assert_int_equal(memory_free_pages(), before);
}

static void test_ballooned_frame_comes_back(void **state)
{
    struct domain *domain = fake_domain(5, "five", 0, 1, 600);
    mfn_t mfn, other;

    (void)state;
    assert_true(arch_p2m_lookup(domain, (gfn_t){FAKE_RAM + 7}, &mfn, NULL));
    assert_int_equal(physmap_balloon_out(domain, (gfn_t){FAKE_RAM + 7}, 1), 0);
    assert_int_equal(physmap_balloon_out(domain, (gfn_t){FAKE_RAM + 7}, 1), -EINVAL);
    assert_int_equal(domain->total_pages, 599);
    assert_int_equal(domain_owned_pages(domain), 600);
    assert_int_equal(physmap_balloon_in(domain, (gfn_t){FAKE_RAM + 8}, 1), -EINVAL);
    assert_int_equal(physmap_balloon_in(domain, (gfn_t){FAKE_RAM + 5000}, 1), 0);
    assert_true(arch_p2m_lookup(domain, (gfn_t){FAKE_RAM + 5000}, &other, NULL));
    assert_int_equal(other.n, mfn.n);
    assert_int_equal(physmap_balloon_in(domain, (gfn_t){FAKE_RAM + 5001}, 1), -ENOMEM);
    fake_destroy(domain);
}

static int64_t reservation(unsigned int command, uint64_t gfn, unsigned int order)
{
    struct xen_memory_reservation op = {
        .nr_extents = 1, .extent_order = order, .domid = DOMID_SELF};
    struct domain *domain = current_vcpu()->domain;

    op.extent_start.q = fake_address(0, 1024);
    memcpy(fake_ram(domain, fake_address(0, 1024)), &gfn, sizeof(gfn));
    return fake_call_with(__HYPERVISOR_memory_op, command, &op, sizeof(op));
}

/* An extent of 2 MiB gives way to interrupts, and comes to the same. */
static void test_large_extent_is_done_in_pieces(void **state)
{
    struct domain *domain = fake_domain(5, "five", 0, 1, 2048);
    mfn_t mfn;

    (void)state;
    fake_be(0, domain->vcpus[0]);
    for (unsigned int waiting = 0; waiting < 2; waiting++) {
        fake.interrupt_waiting = waiting;
        fake.continuations = 0;
        assert_int_equal(reservation(XENMEM_decrease_reservation, FAKE_RAM + 1024, 9), 1);
        assert_int_equal(domain->total_pages, 2048 - 512);
        assert_false(arch_p2m_lookup(domain, (gfn_t){FAKE_RAM + 1535}, &mfn, NULL));
        assert_int_equal(reservation(XENMEM_populate_physmap, FAKE_RAM + 1024, 9), 1);
        assert_int_equal(domain->total_pages, 2048);
        if (waiting)
            assert_int_equal(fake.continuations, 2 * (512 / PHYSMAP_PIECE - 1));
    }
    /* What precedes a hole is done. */
    assert_int_equal(physmap_balloon_out(domain, (gfn_t){FAKE_RAM + 1024 + 300}, 1), 0);
    assert_int_equal(reservation(XENMEM_decrease_reservation, FAKE_RAM + 1024, 9), 0);
    fake.interrupt_waiting = false;
    assert_int_equal(domain->total_pages, 2048 - 301);
    assert_int_equal(reservation(XENMEM_decrease_reservation, FAKE_RAM, 10), -EINVAL);
    fake_destroy(domain);
}

/* A limit below what the domain has makes no page that comes back an uncounted one. */
static void test_pages_are_counted_below_the_limit(void **state)
{
    struct domain *domain = fake_domain(1, "first", 0, 1, 4);

    (void)state;
    domain->max_pages = 1;
    for (unsigned int i = 0; i < 10; i++) {
        assert_int_equal(physmap_balloon_out(domain, (gfn_t){FAKE_RAM}, 1), 0);
        assert_int_equal(domain->total_pages, 3);
        assert_int_equal(physmap_balloon_in(domain, (gfn_t){FAKE_RAM}, 1), 0);
        assert_int_equal(domain->total_pages, 4);
    }
    fake_destroy(domain);
}

static void test_held_frame_does_not_come_back_yet(void **state)
{
    struct domain *domain = fake_domain(5, "five", 0, 1, 600);
    mfn_t mfn;

    (void)state;
    assert_int_equal(frame_get(domain, (gfn_t){FAKE_RAM}, true, &mfn), 0);
    assert_int_equal(physmap_balloon_out(domain, (gfn_t){FAKE_RAM}, 1), 0);
    assert_int_equal(physmap_balloon_in(domain, (gfn_t){FAKE_RAM}, 1), -ENOMEM);
    frame_put(mfn);
    assert_int_equal(physmap_balloon_in(domain, (gfn_t){FAKE_RAM}, 1), 0);
    fake_destroy(domain);
}

static void test_direct_mapped_frame_returns_to_its_place(void **state)
{
    uint64_t start = heap_take_small(4, 1);
    const struct domain_config config = {
        .pool_pages = FAKE_POOL, .grant_frames = 64, .maptrack_frames = 32};
    struct domain *domain;

    (void)state;
    assert_int_equal(domain_create(6, "direct", 0, 1, &config, &domain), 0);
    domain->direct_map = true;
    assert_int_equal(domain_ram_claim(domain,
                                      (struct paddr_range){start << PAGE_SHIFT, 4 * PAGE_SIZE},
                                      (gfn_t){start}),
                     0);
    assert_int_equal(physmap_balloon_out(domain, (gfn_t){start + 1}, 1), 0);
    assert_int_equal(physmap_balloon_out(domain, (gfn_t){start + 2}, 1), 0);
    assert_int_equal(physmap_balloon_in(domain, (gfn_t){start + 9}, 1), -ENOMEM);
    for (uint64_t gfn = start + 1; gfn <= start + 2; gfn++) {
        mfn_t mfn;

        assert_int_equal(physmap_balloon_in(domain, (gfn_t){gfn}, 1), 0);
        assert_true(arch_p2m_lookup(domain, (gfn_t){gfn}, &mfn, NULL));
        assert_int_equal(mfn.n, gfn);
    }
    fake_destroy(domain);
}

/* Static memory waits for its domain to come again, held by others or not. */
static void test_static_memory_is_never_free(void **state)
{
    uint64_t start = heap_take_small(4, 1), before = memory_free_pages();
    const struct paddr_range range = {start << PAGE_SHIFT, 4 * PAGE_SIZE};
    const struct domain_config config = {
        .pool_pages = FAKE_POOL, .grant_frames = 64, .maptrack_frames = 32};

    (void)state;
    for (unsigned int i = 0; i < 2; i++) {
        struct domain *domain;
        mfn_t mfn;

        assert_int_equal(domain_create(6, "static", 0, 1, &config, &domain), 0);
        assert_int_equal(domain_ram_claim(domain, range, (gfn_t){FAKE_RAM}), 0);
        domain_ram_scrub(domain, 0, range.size);
        assert_int_equal(*(uint8_t *)fake_ram(domain, fake_address(2, 0)), 0);
        memset(fake_ram(domain, fake_address(2, 0)), 0x5a, PAGE_SIZE);
        domain_launch(domain);
        assert_int_equal(frame_get(domain, (gfn_t){FAKE_RAM + 1}, true, &mfn), 0);
        fake_destroy(domain);
        assert_non_null(domain_get(6));
        domain_put(domain);
        frame_put(mfn);
        assert_null(domain_get(6));
        assert_int_equal(memory_free_pages(), before);
    }
    heap_give(start, 4);
}

/* What differs is written, and what the caches held of it before is not asked. */
static void test_renewed_memory(void **state)
{
    static _Alignas(8) uint8_t content[2 * PAGE_SIZE];
    struct domain *domain = fake_domain(7, "again", 0, 1, 4);
    const uint64_t address = fake_address(1, 0x800);
    const uint8_t *ram = fake_ram(domain, address);
    static const size_t sizes[] = {sizeof(content), PAGE_SIZE + 5, 3, 8, 0};
    static const unsigned int shifts[] = {0, 8, 1, 4};

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(sizes) * ARRAY_SIZE(shifts); i++) {
        size_t size = sizes[i % ARRAY_SIZE(sizes)];
        uint64_t to = address + shifts[i / ARRAY_SIZE(sizes)];

        assert_int_equal(domain_write(domain, address, content, sizeof(content)), 0);
        for (unsigned int j = 0; j < sizeof(content); j += i + 1)
            content[j] = (uint8_t)(i + j);
        assert_int_equal(domain_renew(domain, to, content, size), 0);
        assert_memory_equal(fake_ram(domain, to), content, size);
        assert_memory_equal(fake_behind_caches(ram), ram, PAGE_SIZE / 2);
    }
    assert_int_equal(domain_renew(domain, 0x1000, content, 1), -EFAULT);
    fake_destroy(domain);
}

/* Neighbouring pieces are one extent. */
static void test_extents_grow(void **state)
{
    const struct domain_config config = {
        .pool_pages = FAKE_POOL, .grant_frames = 64, .maptrack_frames = 32};
    uint64_t start = heap_take_small(8, 8);
    struct domain *domain;

    (void)state;
    assert_int_equal(domain_create(6, "pieces", 0, 1, &config, &domain), 0);
    for (uint64_t i = 0; i < 8; i++)
        assert_int_equal(
            domain_ram_claim(domain, (struct paddr_range){(start + i) << PAGE_SHIFT, PAGE_SIZE},
                             (gfn_t){FAKE_RAM + i}),
            0);
    assert_int_equal(domain->nr_extents, 1);
    assert_int_equal(domain_owned_pages(domain), 8);
    fake_destroy(domain);
    heap_give(start, 8);
}

static void test_foreign_mapping_ends_with_its_domain(void **state)
{
    uint64_t before = memory_free_pages();
    struct domain *owner = fake_domain(5, "owner", 0, 1, 64),
                  *user = fake_domain(6, "user", 0, 1, 64);
    mfn_t mfn;

    (void)state;
    assert_int_equal(frame_get(owner, (gfn_t){FAKE_RAM + 1}, true, &mfn), 0);
    assert_int_equal(physmap_put_foreign(user, (gfn_t){FAKE_RAM + 1000}, mfn, true), 0);
    fake_destroy(owner);
    assert_non_null(owner = domain_get(5));
    domain_put(owner);
    fake_destroy(user);
    assert_null(domain_get(5));
    assert_null(domain_get(6));
    assert_int_equal(memory_free_pages(), before);
}

static bool is_zero(const char *byte, uint64_t size)
{
    for (uint64_t i = 0; i < size; i++)
        if (byte[i])
            return false;
    return true;
}

/* Of three regions one is the tree's own, which was nobody's, one is too large, and one nobody has.
 */
static void test_shared_memory_is_found_and_zeroed(void **state)
{
    static struct launch_plan plan;
    uint64_t before = memory_free_pages();
    uint64_t taken = heap_take_small(2, 1);

    (void)state;
    memset(mfn_map((mfn_t){taken}), 0x5a, 2 * PAGE_SIZE);
    arch_clean_for_guest(mfn_map((mfn_t){taken}), 2 * PAGE_SIZE);
    plan = (struct launch_plan){.nr_regions = 4};
    plan.regions[0] = (struct launch_region){.id = "placed",
                                             .size = 2 * PAGE_SIZE,
                                             .host = {taken << 12, 2 * PAGE_SIZE},
                                             .nr_shares = 1};
    plan.regions[1] = (struct launch_region){.id = "found", .size = 3 << 20, .nr_shares = 2};
    plan.regions[2] = (struct launch_region){.id = "large", .size = FAKE_MEMORY, .nr_shares = 1};
    plan.regions[3] = (struct launch_region){.id = "unused", .size = PAGE_SIZE};
    regions_allot(&plan);
    assert_int_equal(plan.regions[0].host.start, taken << 12);
    assert_true(is_zero(mfn_map((mfn_t){taken}), 2 * PAGE_SIZE));
    assert_true(is_zero(fake_behind_caches(mfn_map((mfn_t){taken})), 2 * PAGE_SIZE));
    assert_int_equal(plan.regions[1].host.size, 3 << 20);
    assert_int_equal(plan.regions[1].host.start % (2 << 20), 0);
    assert_int_equal(plan.regions[2].host.size, 0);
    assert_int_equal(plan.regions[3].host.size, 0);
    assert_int_equal(plan.allotted, 3 << 20);
    assert_int_equal(memory_free_pages(), before - 2 - (3 << 20 >> 12));
    heap_give(taken, 2);
    heap_give(plan.regions[1].host.start >> 12, 3 << 20 >> 12);
}

/* What is shared is none of the domain's own: it can neither give it to others nor lose it. */
static void test_shared_memory_is_nobodys(void **state)
{
    const gfn_t gfn = {FAKE_RAM + 1000};
    uint64_t shared = heap_take_small(1, 1), before = memory_free_pages();
    struct domain *domain = fake_domain(5, "sharer", 0, 1, 4);
    mfn_t mfn;

    (void)state;
    memset(mfn_map((mfn_t){shared}), 0x5a, PAGE_SIZE);
    arch_clean_for_guest(mfn_map((mfn_t){shared}), PAGE_SIZE);
    assert_int_equal(arch_p2m_map(domain, gfn, (mfn_t){shared}, 1, P2M_SHARED), 0);
    assert_int_equal(frame_get(domain, gfn, false, &mfn), -EFAULT);
    assert_int_equal(physmap_balloon_out(domain, gfn, 1), -EINVAL);
    assert_int_equal(physmap_clear(domain, gfn), 0);
    assert_int_equal(domain->ballooned_pages, 0);
    assert_int_equal(arch_p2m_map(domain, gfn, (mfn_t){shared}, 1, P2M_SHARED), 0);
    fake_destroy(domain);
    assert_int_equal(memory_free_pages(), before);
    assert_int_equal(*(char *)mfn_map((mfn_t){shared}), 0x5a);
    heap_give(shared, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extents_agree_with_model),
        cmocka_unit_test(test_everything_comes_back),
        cmocka_unit_test(test_ram_is_aligned),
        cmocka_unit_test(test_ram_is_seen_with_caches_off),
        cmocka_unit_test(test_pools_are_apart),
        cmocka_unit_test(test_held_frame_outlives_owner),
        cmocka_unit_test(test_ballooned_frame_comes_back),
        cmocka_unit_test(test_large_extent_is_done_in_pieces),
        cmocka_unit_test(test_pages_are_counted_below_the_limit),
        cmocka_unit_test(test_held_frame_does_not_come_back_yet),
        cmocka_unit_test(test_direct_mapped_frame_returns_to_its_place),
        cmocka_unit_test(test_static_memory_is_never_free),
        cmocka_unit_test(test_renewed_memory),
        cmocka_unit_test(test_extents_grow),
        cmocka_unit_test(test_foreign_mapping_ends_with_its_domain),
        cmocka_unit_test(test_shared_memory_is_found_and_zeroed),
        cmocka_unit_test(test_shared_memory_is_nobodys),
    };

    fake_start();
    fake_be(0, NULL);
    playground = heap_take_small(MODEL_PAGES, 64);
    /* Tables of the hypervisor's own that the first domain makes, and that stay. */
    fake_destroy(fake_domain(4, "first", 0, 1, 1));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
