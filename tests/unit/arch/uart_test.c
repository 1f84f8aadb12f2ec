/* SPDX-License-Identifier: MIT */
/* Which driver a UART gets by what its node says it is compatible with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "drivers/uart/uart.h"
#include <trefoil/core.h>
#include <trefoil/uart.h>

static const char *chosen;

static void take_pl011(paddr_t base, const struct machine_uart *uart)
{
    assert_int_equal(base, uart->reg.start);
    chosen = "pl011";
}

static void take_sbsa(paddr_t base, const struct machine_uart *uart)
{
    assert_int_equal(base, uart->reg.start);
    chosen = "sbsa";
}

const struct uart_driver pl011_driver = {.init = take_pl011};
const struct uart_driver sbsa_uart_driver = {.init = take_sbsa};

void console_receive(char c)
{
    fail_msg("%c is received", c);
}

void uart_transmit_ready(void)
{
    fail_msg("nothing is sent");
}

/* As machine_read() leaves it, size being that of all strings with their ends. */
static const char *driver_of(const char *compatible, size_t size)
{
    struct machine_uart uart = {.reg = {.start = 0x9000000, .size = 0x1000}};
    bool known;

    memcpy(uart.compatible, compatible, size);
    chosen = NULL;
    known = uart_init(&uart);
    assert_int_equal(known, chosen != NULL);
    return chosen;
}
#define DRIVER_OF(compatible) driver_of(compatible, sizeof(compatible))

static void its_first_string_is_known(void **state)
{
    (void)state;
    assert_string_equal(DRIVER_OF("arm,pl011\0arm,primecell"), "pl011");
    assert_string_equal(DRIVER_OF("arm,sbsa-uart"), "sbsa");
}

static void a_later_string_is_known(void **state)
{
    (void)state;
    assert_string_equal(DRIVER_OF("maker,board-uart\0arm,pl011"), "pl011");
    assert_string_equal(DRIVER_OF("maker,board-uart\0maker,uart\0arm,sbsa-uart"), "sbsa");
}

static void nobody_knows_it(void **state)
{
    (void)state;
    assert_null(DRIVER_OF(""));
    assert_null(DRIVER_OF("arm,primecell"));
    assert_null(DRIVER_OF("arm,pl01\0arm,pl0111"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_first_string_is_known),
        cmocka_unit_test(a_later_string_is_known),
        cmocka_unit_test(nobody_knows_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
