/* SPDX-License-Identifier: MIT */
/* The runner: every test of tests/tests.def that is for this domain, a line for each. */
#include "agent.h"
#include "echo.h"
#include "lender.h"
#include "puppet.h"
#include <xen/grant_table.h>
#include <xen/memory.h>

enum place {
    ALONE,
    PAIR,
    AGENT,
    CHANNEL,
    ECHO,
    SOAK,
    WATCHDOG,
    HANG,
    QUIET,
    SHARED,
    LENDER,
    COUNTED,
    MODEL,
    PUPPET
};
enum { PASSED, ABANDONED, TOLD };

static const struct {
    const char *name;
    void (*function)(void);
    uint8_t place, watchdog;
} tests[] = {
#define TEST(name, place, watchdog) {#name, test_##name, place, watchdog},
#include "tests/tests.def"
#undef TEST
};

static const char *current;
const char *abandoned_because;
uint64_t abandoned_at;

void test_failed(const char *file, unsigned int line, const char *what, uint64_t got,
                 uint64_t wanted)
{
    const char *base = file;

    interrupts_off();
    watchdog_stop();
    for (const char *c = file; *c != '\0'; c++) {
        if (*c == '/')
            base = c + 1;
    }
    print("test %s FAILED %s:%u %s is %ld, not %ld\n", current, base, line, what, got, wanted);
    test_leave(TOLD);
}

void test_skipped(const char *why)
{
    interrupts_off();
    print("test %s skipped %s\n", current, why);
    test_leave(TOLD);
}

domid_t own_domid(void)
{
    return (domid_t)option("self");
}

/* What a test that did not come to its end may have left behind. */
static void recover(void)
{
    if (option("place") == ALONE && !cpu_is_off())
        send_sgi(15, 2); /* which ends all that listens there */
    for (unsigned int i = 0; i < 16; i++) {
        uint64_t gfn = gfn_of_page(i);
        struct xen_memory_reservation op = {
            .extent_start.q = (uint64_t)&gfn, .nr_extents = 1, .domid = DOMID_SELF};

        physmap_remove(HOLE_GFN + i);
        memory_op(XENMEM_decrease_reservation, &op);
        memory_op(XENMEM_populate_physmap, &op);
    }
}

static void run(unsigned int index)
{
    uint64_t result;

    current = tests[index].name;
    interrupts_off();
    interrupts_reset();
    events_reset();
    interrupts_drain();
    interrupts_reset();
    grant_ref++;
    abandoned_because = "exception";
    watchdog_start(tests[index].watchdog);
    interrupts_on();
    result = test_enter(tests[index].function);
    interrupts_off();
    watchdog_stop();
    if (result == PASSED)
        print("test %s ok\n", current);
    else if (result != TOLD)
        print("test %s FAILED %s at image+%lx address %lx\n", current, abandoned_because,
              abandoned_at - (uint64_t)guest_start, READ_SYSREG(far_el1));
    if (result != PASSED)
        recover();
}

void test_skipped_on_xen(const char *why)
{
    if (option("xen") != 0)
        test_skipped(why);
}

static bool prepare(void)
{
    return physmap_add(XENMAPSPACE_shared_info, 0, (uint64_t)shared_info >> 12) == 0 &&
           physmap_add(XENMAPSPACE_grant_table, 0, (uint64_t)grant_entries >> 12) == 0;
}

void guest_main(const void *fdt)
{
    unsigned int place;

    mmu_start();
    fdt_use(fdt);
    if (!prepare()) {
        print("no shared pages\n");
        power_off();
    }
    vcpu_infos_reset();
    place = option("place");
    if (place == AGENT)
        agent_serve();
    if (place == ECHO)
        echo_serve();
    if (place == LENDER)
        lender_serve();
    if (place == PUPPET)
        puppet_serve();
    if (place == CHANNEL)
        event_kept = ECHO_NEAR;
    if (place == PAIR && !agent_connect())
        print("no agent\n");
    for (unsigned int i = 0; i < LENGTH(tests); i++) {
        if (tests[i].place == place)
            run(i);
    }
    print("tests done\n");
    power_off();
}
