/* SPDX-License-Identifier: MIT */
/* Boot-time domains come again: after a reboot, when asked for, once nobody holds the old one; and
 * not for ever. Construction is the fake machine's: a domain with RAM, after three pieces. */
#include "core_fake/machine.h"
#include "../../../hypervisor/core/memory/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <trefoil/access.h>
#include <trefoil/bitmap.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/restart.h>
#include <trefoil/sched.h>
#include <xen/bootfdt.h>
#include <xen/domctl.h>
#include <xen/sched.h>

#define PAGES  16U
#define SECOND UINT64_C(1000000000)

enum { HARDWARE, CONTROL, APP, FRAGILE, STILL, SAFE, NR_DOMAINS };

static struct launch_plan plan = {
    .nr_domains = NR_DOMAINS,
    .domains = {
        [HARDWARE] = {.name = "hardware", .roles = DOMAIN_CAPS_HARDWARE, .domid = HARDWARE},
        [CONTROL] = {.name = "control", .roles = DOMAIN_CAPS_CONTROL, .domid = CONTROL},
        [APP] = {.name = "app", .domid = APP},
        [FRAGILE] = {.name = "fragile", .domid = FRAGILE, .on_crash = LAUNCH_RESTART},
        [STILL] = {.name = "still", .domid = STILL},
        [SAFE] = {.name = "safe", .domid = SAFE, .roles = DOMAIN_CAPS_NOT_HYPERCALL_TARGET},
    }};
static const struct construct_context context = {.plan = &plan};

static struct domain *present(domid_t id)
{
    struct domain *domain = domain_get(id);

    if (domain)
        domain_put(domain);
    return domain;
}

/* Time passes, and the timers of both CPUs with it. */
static void pass(uint64_t time)
{
    for (uint64_t end = fake.now + time; fake.now < end; fake.now += SECOND / 1000) {
        for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
            fake_go(i);
            timers_run(&fake_pcpus[i]);
            sched_pick(&fake_pcpus[i]);
        }
    }
    fake_be(0, NULL);
}

static void end(domid_t id, uint8_t code)
{
    domain_shutdown(present(id), code);
    pass(SECOND / 10);
}

static bool log_says(const char *text)
{
    return strstr(fake.uart, text) != NULL;
}

static int start(void **state)
{
    (void)state;
    memset(fake.uart, 0, sizeof(fake.uart));
    fake.uart_size = 0;
    restart_init(&context);
    for (unsigned int i = 0; i < NR_DOMAINS; i++) {
        plan.domains[i].cpus = 1;
        plan.domains[i].memory = PAGES * PAGE_SIZE;
        if (i == APP || i == FRAGILE)
            plan.domains[i].on_reboot = LAUNCH_RESTART;
        fake_domain((domid_t)i, plan.domains[i].name, plan.domains[i].roles, 1, PAGES);
    }
    restart_open();
    fake_be(0, NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (domid_t i = 0; i < NR_DOMAINS; i++) {
        restart_cancel(i);
        if (present(i))
            fake_destroy(present(i));
    }
    pass(SECOND / 10);
    return 0;
}

static void a_reboot_makes_the_same_domain_anew(void **state)
{
    uint64_t free = memory_free_pages();
    uint8_t last_end;

    (void)state;
    assert_true(restart_life(APP, &last_end) == 1 && last_end == 0);
    for (unsigned int i = 0; i < 3; i++) {
        uint64_t before = present(APP)->unique_id;
        struct domain *domain;

        memset(fake_ram(present(APP), fake_address(1, 0)), 0x5a, PAGE_SIZE);
        end(APP, SHUTDOWN_reboot);
        domain = present(APP);
        assert_non_null(domain);
        assert_true(domain->unique_id != before);
        assert_string_equal(domain->name, "app");
        assert_true(domain->life == DOMAIN_ALIVE && domain->launched);
        assert_int_equal(domain->pause_count, 0);
        assert_int_equal(domain->total_pages, PAGES);
        assert_int_equal(*(uint8_t *)fake_ram(domain, fake_address(1, 0)), 0);
        assert_int_equal(memory_free_pages(), free);
        assert_true(restart_life(APP, &last_end) == i + 2 && last_end == SHUTDOWN_reboot + 1);
        pass(61 * SECOND);
    }
}

static void other_ends_are_final(void **state)
{
    static const uint8_t codes[] = {SHUTDOWN_poweroff, SHUTDOWN_suspend, SHUTDOWN_crash,
                                    SHUTDOWN_watchdog, SHUTDOWN_soft_reset};

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(codes); i++) {
        end(APP, codes[i]);
        assert_int_equal(present(APP)->life, DOMAIN_SHUTDOWN);
        assert_int_equal(restart_request(APP), 0);
        pass(SECOND / 10);
        assert_int_equal(present(APP)->life, DOMAIN_ALIVE);
    }
    end(STILL, SHUTDOWN_reboot);
    assert_int_equal(present(STILL)->life, DOMAIN_SHUTDOWN);
}

static void the_tree_says_what_follows(void **state)
{
    uint64_t before = present(FRAGILE)->unique_id;

    (void)state;
    end(FRAGILE, SHUTDOWN_crash);
    assert_true(present(FRAGILE) && present(FRAGILE)->unique_id != before);
    plan.domains[STILL].on_reboot = LAUNCH_DESTROY;
    end(STILL, SHUTDOWN_reboot);
    assert_null(present(STILL));
    plan.domains[STILL].on_reboot = LAUNCH_PRESERVE;
}

static void a_loop_of_crashes_ends(void **state)
{
    static const unsigned int delays[] = {0, 1, 2, 4, 8};
    int error;

    (void)state;
    for (unsigned int i = 0; i < 5; i++) {
        end(FRAGILE, i % 2 ? SHUTDOWN_crash : SHUTDOWN_reboot);
        if (delays[i]) {
            assert_null(present(FRAGILE));
            assert_int_equal(restart_status(FRAGILE, &error), RESTART_DELAYED);
            pass(delays[i] * SECOND - SECOND / 5);
            assert_null(present(FRAGILE));
            pass(SECOND / 5);
        }
        assert_int_equal(present(FRAGILE)->life, DOMAIN_ALIVE);
    }
    assert_true(log_says("fragile: its life 2 has ended 0."));
    assert_true(log_says(" s after its start: crash; see 'xl console --last fragile'"));
    assert_true(log_says("fragile: is started again in 8 s"));
    end(FRAGILE, SHUTDOWN_crash);
    assert_int_equal(present(FRAGILE)->life, DOMAIN_SHUTDOWN);
    assert_true(log_says("fragile: not started again: it has ended 6 times within 60 s"));
    /* That it is asked for makes good for it. */
    assert_int_equal(restart_request(FRAGILE), 0);
    pass(SECOND / 10);
    end(FRAGILE, SHUTDOWN_crash);
    assert_int_equal(present(FRAGILE)->life, DOMAIN_ALIVE);
}

static void a_delay_is_cut_short(void **state)
{
    int error;

    (void)state;
    end(FRAGILE, SHUTDOWN_crash);
    end(FRAGILE, SHUTDOWN_crash);
    assert_int_equal(restart_status(FRAGILE, &error), RESTART_DELAYED);
    assert_int_equal(restart_request(FRAGILE), 0);
    pass(SECOND / 10);
    assert_int_equal(present(FRAGILE)->life, DOMAIN_ALIVE);
    end(FRAGILE, SHUTDOWN_crash);
    end(FRAGILE, SHUTDOWN_crash);
    assert_true(restart_expected(FRAGILE));
    restart_cancel(FRAGILE);
    assert_false(restart_expected(FRAGILE));
    pass(2 * SECOND);
    assert_null(present(FRAGILE));
    assert_int_equal(restart_status(FRAGILE, &error), RESTART_NONE);
    assert_int_equal(restart_request(FRAGILE), 0);
    pass(SECOND / 10);
}

static void a_long_life_counts_for_more(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 12; i++) {
        if (i % 5 == 0)
            pass(61 * SECOND);
        end(FRAGILE, SHUTDOWN_crash);
        pass(9 * SECOND);
        assert_int_equal(present(FRAGILE)->life, DOMAIN_ALIVE);
    }
}

static void one_that_runs_and_one_that_is_gone(void **state)
{
    uint64_t before = present(APP)->unique_id;
    uint8_t last_end;

    (void)state;
    assert_int_equal(restart_request(APP), 0);
    assert_true(restart_expected(APP) && restart_any_expected());
    pass(SECOND / 10);
    assert_true(present(APP) && present(APP)->unique_id != before);
    fake_destroy(present(APP));
    assert_null(present(APP));
    assert_int_equal(restart_request(APP), 0);
    pass(SECOND / 10);
    assert_true(present(APP) && restart_life(APP, &last_end) == 3 && last_end == UINT8_MAX);
    assert_int_equal(restart_request(HARDWARE), -EOPNOTSUPP);
    assert_int_equal(restart_request(77), -ESRCH);
}

static void the_hardware_domain_stays_ended(void **state)
{
    (void)state;
    plan.domains[HARDWARE].on_reboot = LAUNCH_RESTART;
    end(HARDWARE, SHUTDOWN_reboot);
    assert_int_equal(present(HARDWARE)->life, DOMAIN_SHUTDOWN);
    assert_true(log_says("hardware: not started again: its devices may still write"));
    plan.domains[HARDWARE].on_reboot = LAUNCH_PRESERVE;
}

/* Whoever holds a page of the old domain holds up the new one, and the log says who. */
static void held_pages_are_waited_for(void **state)
{
    struct domain *app = present(APP), *control = present(CONTROL);
    int error;
    mfn_t mfn;

    (void)state;
    assert_int_equal(frame_get(app, (gfn_t){FAKE_RAM + 3}, true, &mfn), 0);
    assert_int_equal(physmap_put_foreign(control, (gfn_t){0x90000}, mfn, true), 0);
    end(APP, SHUTDOWN_reboot);
    assert_int_equal(present(APP)->life, DOMAIN_DYING);
    assert_int_equal(restart_status(APP, &error), RESTART_WAITING);
    assert_false(log_says("others still hold its pages"));
    pass(6 * SECOND);
    assert_true(log_says("app: cannot be started again yet: others still hold its pages"));
    assert_true(log_says("app: control holds 1 of its pages"));
    assert_int_equal(restart_status(APP, &error), RESTART_WAITING);
    assert_int_equal(physmap_clear(control, (gfn_t){0x90000}), 0);
    pass(SECOND / 10);
    assert_int_equal(restart_status(APP, &error), RESTART_NONE);
    assert_int_equal(present(APP)->life, DOMAIN_ALIVE);
}

static void destroying_ends_the_waiting(void **state)
{
    struct domain *app = present(APP);
    mfn_t mfn;
    int error;

    (void)state;
    assert_int_equal(frame_get(app, (gfn_t){FAKE_RAM + 3}, true, &mfn), 0);
    end(APP, SHUTDOWN_reboot);
    assert_int_equal(restart_status(APP, &error), RESTART_WAITING);
    restart_cancel(APP);
    assert_false(restart_expected(APP));
    frame_put(mfn);
    pass(SECOND / 10);
    assert_null(present(APP));
    assert_int_equal(restart_status(APP, &error), RESTART_NONE);
}

/* Building is done in turns, and nobody finds the domain in between. */
static void building_takes_turns(void **state)
{
    int error;

    (void)state;
    fake.pace = 60000; /* two pieces a turn */
    assert_int_equal(restart_request(APP), 0);
    while (restart_status(APP, &error) != RESTART_BUILDING)
        pass(SECOND / 1000);
    assert_null(present(APP));
    pass(SECOND / 10);
    fake.pace = 0;
    assert_true(present(APP)->launched);
    assert_true(log_says("app: started again after "));
}

/* A CPU with nothing else to do is given to the work, but each time what else it has to take comes
 * first. */
static void between_turns_others_are_heard(void **state)
{
    struct pcpu *pcpu = __atomic_load_n(&present(APP)->vcpus[0]->pcpu, __ATOMIC_RELAXED);
    unsigned int turns = 0;
    int error;

    (void)state;
    assert_int_equal(restart_request(APP), 0);
    fake.pace = 60000;
    for (unsigned int i = 0; i < 100; i++) {
        fake_go((unsigned int)(pcpu - fake_pcpus));
        timers_run(pcpu);
        if (restart_status(APP, &error) != RESTART_BUILDING)
            continue;
        assert_true(pcpu->arch.deadline >= fake.now + 10000);
        turns++;
    }
    fake.pace = 0;
    assert_true(turns > 0);
    pass(SECOND / 10);
    assert_non_null(present(APP));
}

static void no_memory_is_said_and_leaves_nothing(void **state)
{
    uint64_t free = memory_free_pages();
    int error;

    (void)state;
    plan.domains[APP].memory = FAKE_MEMORY;
    assert_int_equal(restart_request(APP), 0);
    pass(SECOND / 10);
    assert_null(present(APP));
    assert_int_equal(restart_status(APP, &error), RESTART_NONE);
    assert_int_equal(error, -ENOMEM);
    plan.domains[APP].memory = PAGES * PAGE_SIZE;
    assert_int_equal(restart_request(APP), 0);
    pass(SECOND / 10);
    assert_non_null(present(APP));
    assert_int_equal(memory_free_pages(), free);
}

/* Whatever others take of free memory in between, a domain that comes again has what it had. */
static void memory_is_set_aside(void **state)
{
    struct domain *app = present(APP);
    mfn_t held, before, after;
    uint64_t first, taken, start[64], pages[64];
    unsigned int nr = 0;

    (void)state;
    assert_int_equal(frame_get(app, (gfn_t){FAKE_RAM + 3}, true, &held), 0);
    assert_true(arch_p2m_lookup(app, (gfn_t){FAKE_RAM + 5}, &before, NULL));
    end(APP, SHUTDOWN_reboot);
    /* What is left is enough for what building it takes besides. */
    while (memory_free_pages() > 16 && nr < 64 &&
           (first = heap_take_run(memory_free_pages() - 16, 1, &taken)) != UINT64_MAX) {
        start[nr] = first;
        pages[nr++] = taken;
    }
    frame_put(held);
    pass(SECOND / 10);
    app = present(APP);
    assert_non_null(app);
    assert_true(arch_p2m_lookup(app, (gfn_t){FAKE_RAM + 5}, &after, NULL));
    assert_int_equal(after.n, before.n);
    while (nr-- > 0)
        heap_give(start[nr], pages[nr]);
}

/* Called off, it keeps nothing. */
static void what_ends_for_good_is_free(void **state)
{
    uint64_t free = memory_free_pages();
    struct domain *app = present(APP);
    mfn_t held;

    (void)state;
    assert_int_equal(frame_get(app, (gfn_t){FAKE_RAM + 3}, true, &held), 0);
    end(APP, SHUTDOWN_reboot);
    frame_put(held);
    restart_cancel(APP);
    pass(SECOND / 10);
    assert_null(present(APP));
    assert_true(memory_free_pages() >= free + PAGES + FAKE_POOL);
}

static int64_t ask(domid_t caller, uint32_t command, domid_t *id, char *name)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_trefoil_restart, .domain = *id};
    struct domain *domain = present(caller);
    int64_t result;

    op.u.trefoil_restart.command = command;
    memcpy(fake_ram(domain, fake_address(0, 0)), &op, sizeof(op));
    fake_be(0, domain->vcpus[0]);
    result = fake_call(__HYPERVISOR_domctl, fake_address(0, 0), 0, 0);
    memcpy(&op, fake_ram(domain, fake_address(0, 0)), sizeof(op));
    *id = op.domain;
    if (name)
        memcpy(name, op.u.trefoil_restart.name, sizeof(op.u.trefoil_restart.name));
    fake_be(0, NULL);
    return result;
}

static void the_domctl_is_controls(void **state)
{
    const struct {
        domid_t caller, on;
        int64_t result;
    } cases[] = {{CONTROL, APP, 0},       {CONTROL, SAFE, -EPERM},
                 {CONTROL, CONTROL, 0},   {CONTROL, 77, -ESRCH},
                 {APP, FRAGILE, -EPERM},  {APP, APP, -EPERM},
                 {HARDWARE, APP, -EPERM}, {HARDWARE, 77, -EPERM},
                 {CONTROL, HARDWARE, 0},  {CONTROL, DOMID_SELF, -ESRCH}};

    (void)state;
    for (unsigned int gone = 0; gone < 2; gone++) {
        for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
            domid_t id = cases[i].on;

            if (gone && (cases[i].caller == APP))
                continue;
            assert_int_equal(ask(cases[i].caller, XEN_DOMCTL_TREFOIL_RESTART_ASK, &id, NULL),
                             cases[i].result);
        }
        if (!gone) {
            fake_destroy(present(APP));
            fake_destroy(present(SAFE));
        }
    }
}

static void the_domctl_lists_those_that_are_gone(void **state)
{
    domid_t id = CONTROL;
    char name[XEN_DOMCTL_TREFOIL_NAME_MAX];

    (void)state;
    fake_destroy(present(APP));
    /* It may look at itself, but not pull the rug from under its own call. */
    assert_int_equal(ask(CONTROL, XEN_DOMCTL_TREFOIL_RESTART_NEXT, &id, name), 0);
    assert_int_equal(id, CONTROL);
    assert_int_equal(ask(CONTROL, XEN_DOMCTL_TREFOIL_RESTART_START, &id, NULL), -EINVAL);
    id++;
    assert_int_equal(ask(CONTROL, XEN_DOMCTL_TREFOIL_RESTART_NEXT, &id, name), 0);
    assert_int_equal(id, APP);
    assert_string_equal(name, "app");
    id = SAFE;
    assert_int_equal(ask(CONTROL, XEN_DOMCTL_TREFOIL_RESTART_NEXT, &id, name), -ESRCH);
    id = HARDWARE;
    assert_int_equal(ask(CONTROL, XEN_DOMCTL_TREFOIL_RESTART_START, &id, NULL), -EOPNOTSUPP);
    assert_int_equal(ask(CONTROL, 3, &id, NULL), -EINVAL);
    id = APP;
    assert_int_equal(ask(CONTROL, XEN_DOMCTL_TREFOIL_RESTART_START, &id, name), 0);
    pass(SECOND / 10);
    assert_non_null(present(APP));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_reboot_makes_the_same_domain_anew, start, stop),
        cmocka_unit_test_setup_teardown(other_ends_are_final, start, stop),
        cmocka_unit_test_setup_teardown(the_tree_says_what_follows, start, stop),
        cmocka_unit_test_setup_teardown(a_loop_of_crashes_ends, start, stop),
        cmocka_unit_test_setup_teardown(a_delay_is_cut_short, start, stop),
        cmocka_unit_test_setup_teardown(a_long_life_counts_for_more, start, stop),
        cmocka_unit_test_setup_teardown(one_that_runs_and_one_that_is_gone, start, stop),
        cmocka_unit_test_setup_teardown(the_hardware_domain_stays_ended, start, stop),
        cmocka_unit_test_setup_teardown(held_pages_are_waited_for, start, stop),
        cmocka_unit_test_setup_teardown(destroying_ends_the_waiting, start, stop),
        cmocka_unit_test_setup_teardown(building_takes_turns, start, stop),
        cmocka_unit_test_setup_teardown(between_turns_others_are_heard, start, stop),
        cmocka_unit_test_setup_teardown(no_memory_is_said_and_leaves_nothing, start, stop),
        cmocka_unit_test_setup_teardown(memory_is_set_aside, start, stop),
        cmocka_unit_test_setup_teardown(what_ends_for_good_is_free, start, stop),
        cmocka_unit_test_setup_teardown(the_domctl_is_controls, start, stop),
        cmocka_unit_test_setup_teardown(the_domctl_lists_those_that_are_gone, start, stop),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
