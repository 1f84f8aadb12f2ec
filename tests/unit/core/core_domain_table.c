/* SPDX-License-Identifier: MIT */
/* Finding domains by id while they come and go: who finds one holds it, all of it, and the right
 * one. */
#include <stdarg.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <trefoil/errno.h>

/* Between a look at shared state and what follows from it, others often get their turn. */
static void interleave(void)
{
    static _Thread_local unsigned int turn;

    if (turn++ % 3 == 0)
        sched_yield();
}

#undef atomic_load_explicit
#define atomic_load_explicit(object, order)                                                        \
    __extension__({                                                                                \
        __typeof__(__atomic_load_n(object, order)) _value = __atomic_load_n(object, order);        \
        interleave();                                                                              \
        _value;                                                                                    \
    })
#include "../../../hypervisor/core/domain/domain_table.c"

#define IDS     2U
#define LIVES   4000U
#define FINDERS 2U

static _Atomic unsigned int freed;
static atomic_bool over;

struct pcpu *this_pcpu(void)
{
    return NULL;
}

void *pages_alloc(struct domain *charged, unsigned int order)
{
    (void)charged;
    (void)order;
    return calloc(1, PAGE_SIZE);
}

void pages_free(struct domain *charged, void *page, unsigned int order)
{
    (void)charged;
    (void)order;
    free(page);
}

unsigned int bitmap_next(const uint64_t *map, unsigned int size, unsigned int from)
{
    (void)map;
    (void)from;
    return size;
}

/* What domain_free() of core/domain/domain.c has in common with this. */
void domain_free(struct domain *domain)
{
    domain->life = DOMAIN_DEAD;
    domain_table_remove(domain);
    free(domain);
    atomic_fetch_add(&freed, 1);
}

static struct domain *claimed(domid_t id)
{
    struct domain *domain = calloc(1, sizeof(*domain));

    domain->id = id;
    if (domain_table_claim(domain) == 0)
        return domain;
    free(domain);
    return NULL;
}

static struct domain *shown(domid_t id)
{
    struct domain *domain = claimed(id);

    if (!domain)
        return NULL;
    domain_table_add(domain);
    domain->launched = true;
    domain_table_show(domain);
    return domain;
}

static void test_unseen(void **state)
{
    struct domain *domain = claimed(5);

    (void)state;
    assert_null(domain_get(5));
    assert_true(domain_table_has(5));
    assert_null(claimed(5));
    domain_table_add(domain);
    assert_null(domain_get(5));
    assert_null(domain_get_from(0));
    assert_int_equal(domain_references(domain), 1);
    domain_table_show(domain);
    assert_ptr_equal(domain_get(5), domain);
    assert_ptr_equal(domain_get_from(0), domain);
    assert_int_equal(domain_references(domain), 3);
    domain_put(domain);
    domain_put(domain);
    assert_int_equal(freed, 0);
    domain_put(domain);
    assert_int_equal(freed, 1);
    assert_null(domain_get(5));
    assert_false(domain_table_has(5));
}

/* One that never was launched goes as well. */
static void test_never_seen(void **state)
{
    struct domain *domain = claimed(6);

    (void)state;
    freed = 0;
    domain_table_add(domain);
    domain_put(domain);
    assert_int_equal(freed, 1);
    assert_false(domain_table_has(6));
}

static void test_bad_ids(void **state)
{
    struct domain domain = {.id = DOMAIN_MAX_ID};

    (void)state;
    assert_int_equal(domain_table_claim(&domain), -EINVAL);
    assert_null(domain_get(DOMAIN_MAX_ID));
    assert_null(domain_get(UINT16_MAX));
    assert_null(domain_get(DOMAIN_MAX_ID - 1)); /* of a page that nobody made */
}

static void *find(void *data)
{
    uintptr_t found = 0;

    (void)data;
    while (!atomic_load(&over)) {
        for (domid_t id = 0; id < IDS; id++) {
            struct domain *domain = domain_get(id);

            if (!domain)
                continue;
            if (domain->id != id || !domain->launched || domain->life != DOMAIN_ALIVE)
                abort();
            found++;
            domain_put(domain);
        }
    }
    return (void *)found;
}

/* The address sanitizer looks at whether what was found is still there. */
static void test_coming_and_going(void **state)
{
    pthread_t finders[FINDERS];
    unsigned int made = 0;
    uintptr_t all = 0;

    (void)state;
    freed = 0;
    for (unsigned int i = 0; i < FINDERS; i++)
        assert_int_equal(pthread_create(&finders[i], NULL, find, NULL), 0);
    while (made < LIVES || all == 0) {
        struct domain *domain = shown((domid_t)(made % IDS));

        sched_yield();
        if (!domain)
            continue;
        all |= domain_references(domain) > 1;
        made++;
        domain_put(domain);
    }
    atomic_store(&over, true);
    for (unsigned int i = 0; i < FINDERS; i++) {
        void *found;

        pthread_join(finders[i], &found);
        all += (uintptr_t)found;
    }
    assert_true(all > 1);
    assert_int_equal(freed, made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unseen),
        cmocka_unit_test(test_never_seen),
        cmocka_unit_test(test_bad_ids),
        cmocka_unit_test(test_coming_and_going),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
