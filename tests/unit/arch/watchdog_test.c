/* SPDX-License-Identifier: MIT */
/* The generic watchdog's driver, on frames of memory in place of its registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <trefoil/arch.h>
#include <trefoil/watchdog.h>

#define FREQUENCY UINT64_C(62500000)
#define UNTOUCHED 0x5a5a5a5aU

/* Words of the frames. */
#define WCS    (0x000 / 4)
#define WOR    (0x008 / 4)
#define WOR_HI (0x00c / 4)
#define W_IIDR (0xfcc / 4)
#define WRR    (0x000 / 4)

static uint32_t control[1024], refresh[1024];

static void device(uint32_t id)
{
    static struct machine_watchdog watchdog;

    watchdog = (struct machine_watchdog){
        .compatible = "arm,sbsa-gwdt",
        .reg = {{(paddr_t)control, sizeof(control)}, {(paddr_t)refresh, sizeof(refresh)}}};
    memset(control, 0x5a, sizeof(control));
    memset(refresh, 0x5a, sizeof(refresh));
    control[W_IIDR] = id;
    watchdog_init(&watchdog, FREQUENCY);
}

static void untouched(const uint32_t *frame, unsigned int first, unsigned int last)
{
    for (unsigned int i = first; i < last; i++)
        assert_int_equal(frame[i], UNTOUCHED);
}

static void none(void **state)
{
    const struct machine_watchdog watchdog = {.compatible = NULL};

    (void)state;
    watchdog_init(&watchdog, FREQUENCY);
    assert_int_equal(watchdog_start(10), 0);
    watchdog_feed();
    watchdog_stop();
}

/* Half of the time until its interrupt, and the same again. */
static void is_set_to_half(void **state)
{
    (void)state;
    device(0x0000043b);
    assert_int_equal(watchdog_start(20), 20);
    assert_int_equal(control[WCS], 1);
    assert_int_equal(control[WOR], 10 * FREQUENCY);
    assert_int_equal(control[WOR_HI], UNTOUCHED);
    untouched(refresh, 0, 1024);
    untouched(control, WOR_HI, W_IIDR);
}

/* Version 0 has 32 bits, version 1 has 48. */
static void counts_as_far_as_it_can(void **state)
{
    (void)state;
    device(0x0000043b);
    assert_int_equal(watchdog_start(3600), 137);
    assert_int_equal(control[WOR], UINT32_MAX);
    device(0x0001043b);
    assert_int_equal(watchdog_start(3600), 3600);
    assert_int_equal(control[WOR] | (uint64_t)control[WOR_HI] << 32, 1800 * FREQUENCY);
    assert_int_equal(control[WCS], 1);
    assert_int_equal(watchdog_start(20), 20);
    assert_int_equal(control[WOR_HI], 0);
}

static void is_fed_and_stopped(void **state)
{
    (void)state;
    device(0x0001043b);
    watchdog_start(20);
    control[WOR] = control[WOR_HI] = UNTOUCHED;
    watchdog_feed();
    assert_int_not_equal(refresh[WRR], UNTOUCHED);
    untouched(refresh, 1, 1024);
    assert_int_equal(control[WCS], 1);
    watchdog_stop();
    assert_int_equal(control[WCS], 0);
    untouched(control, WOR, W_IIDR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none),
        cmocka_unit_test(is_set_to_half),
        cmocka_unit_test(counts_as_far_as_it_can),
        cmocka_unit_test(is_fed_and_stopped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
