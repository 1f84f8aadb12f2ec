/* SPDX-License-Identifier: MIT */
/* The virtual UART as a driver sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/domain.h>
#include <trefoil/errno.h>

#define DR   0x00U
#define FR   0x18U
#define IMSC 0x38U
#define RIS  0x3cU
#define MIS  0x40U
#define ICR  0x44U
#define RX   0x10U
#define TX   0x20U
#define RT   0x40U
#define SPI  32U

static struct domain domain;
static struct vcpu vcpu = {.domain = &domain};
static struct mmio_region region;
static char written[64];
static size_t nr_written;
static bool line;
static unsigned int injected;

void console_guest_write(struct domain *writer, const char *text, size_t size)
{
    assert_ptr_equal(writer, &domain);
    memcpy(written + nr_written, text, size);
    nr_written += size;
}

void vgic_set_spi(struct domain *target, unsigned int spi, bool level)
{
    assert_ptr_equal(target, &domain);
    assert_int_equal(spi, SPI);
    line = level;
    injected++;
}

bool vgic_has_spi(const struct domain *asked, unsigned int intid)
{
    return asked == &domain && intid == SPI;
}

int mmio_register(struct domain *owner, uint64_t start, uint64_t size, mmio_handler *handler,
                  void *data);
int mmio_register(struct domain *owner, uint64_t start, uint64_t size, mmio_handler *handler,
                  void *data)
{
    assert_ptr_equal(owner, &domain);
    region = (struct mmio_region){start, size, handler, data};
    return 0;
}

static uint64_t uart_read(uint64_t offset, unsigned int size)
{
    struct mmio_access access = {.offset = offset, .size = (uint8_t)size, .value = UINT64_MAX};

    assert_true(region.handler(&vcpu, &access, region.data));
    return access.value;
}

static void uart_write(uint64_t offset, unsigned int size, uint64_t value)
{
    struct mmio_access access = {offset, (uint8_t)size, true, value};

    assert_true(region.handler(&vcpu, &access, region.data));
}

static int start(void **state)
{
    const struct domain_config config = {
        .virtual_uart = true, .uart_base = 0x22000000, .uart_line = SPI};

    (void)state;
    memset(&domain, 0, sizeof(domain));
    nr_written = 0;
    line = false;
    injected = 0;
    assert_int_equal(vpl011_init(&domain, &config), 0);
    assert_int_equal(region.start, 0x22000000);
    assert_int_equal(region.size, 0x1000);
    return 0;
}

static void it_is_there_only_if_asked_for(void **state)
{
    struct domain_config config = {.virtual_uart = false};

    (void)state;
    assert_int_equal(vpl011_init(&domain, &config), 0);
    assert_int_equal(arch_console_input(&domain, "x", 1), 0);
    config = (struct domain_config){.virtual_uart = true, .uart_line = 99};
    assert_int_equal(vpl011_init(&domain, &config), -EINVAL);
}

static void characters_go_out_at_once(void **state)
{
    (void)state;
    uart_write(DR, 1, 'a');
    uart_write(DR, 2, 'b');
    uart_write(DR, 4, 'c');
    uart_write(DR, 8, 'd'); /* no such width */
    assert_int_equal(nr_written, 3);
    assert_memory_equal(written, "abc", 3);
    assert_int_equal(uart_read(FR, 2), 0x90);
}

static void transmit_interrupt(void **state)
{
    (void)state;
    uart_write(IMSC, 2, TX);
    assert_false(line);
    uart_write(DR, 1, 'a');
    assert_true(line);
    assert_int_equal(uart_read(MIS, 2), TX);
    uart_write(ICR, 2, TX);
    assert_false(line);
    uart_write(DR, 1, 'b');
    assert_true(line);
    uart_write(IMSC, 2, 0);
    assert_false(line);
    assert_int_equal(uart_read(RIS, 2), TX);
}

static void receive_interrupts_follow_the_fifo(void **state)
{
    (void)state;
    uart_write(IMSC, 4, RX | RT);
    assert_int_equal(arch_console_input(&domain, "xy", 2), 2);
    assert_true(line);
    assert_int_equal(uart_read(RIS, 4), RT);
    assert_int_equal(uart_read(FR, 4), 0x80);
    assert_int_equal(uart_read(DR, 4), 'x');
    uart_write(ICR, 4, 0x7ff); /* one character is left: it stays up */
    assert_true(line);
    assert_int_equal(uart_read(DR, 1), 'y');
    assert_false(line);
    assert_int_equal(uart_read(DR, 1), 0);
    assert_int_equal(arch_console_input(&domain, "0123456789abcdef", 16), 16);
    assert_int_equal(uart_read(MIS, 4), RX | RT);
    assert_int_equal(uart_read(DR, 1), '0');
    assert_int_equal(uart_read(MIS, 4), RT);
    assert_int_equal(injected, 3);
}

static void a_full_fifo_takes_no_more(void **state)
{
    char text[300];

    (void)state;
    for (unsigned int i = 0; i < sizeof(text); i++)
        text[i] = (char)i;
    assert_int_equal(arch_console_input(&domain, text, sizeof(text)), VPL011_FIFO);
    assert_int_equal(uart_read(FR, 4), 0xc0);
    for (unsigned int i = 0; i < VPL011_FIFO; i++)
        assert_int_equal(uart_read(DR, 4), (uint8_t)i);
    assert_int_equal(uart_read(FR, 4), 0x90);
    assert_int_equal(arch_console_input(&domain, text, 10), 10);
}

static void identification(void **state)
{
    static const uint8_t expected[] = {0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

    (void)state;
    for (unsigned int i = 0; i < sizeof(expected); i++)
        assert_int_equal(uart_read(0xfe0 + 4 * i, 4), expected[i]);
    assert_int_equal(uart_read(0xff1, 1), 0);
}

static void every_offset_answers(void **state)
{
    (void)state;
    for (unsigned int size = 1; size <= 8; size *= 2) {
        for (unsigned int offset = 0; offset < 0x1000; offset += size) {
            if (offset >= 4)
                uart_write(offset, size, UINT64_MAX);
            assert_true(size == 8 || uart_read(offset, size) >> (8 * size) == 0);
        }
    }
    assert_int_equal(nr_written, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_is_there_only_if_asked_for, start),
        cmocka_unit_test_setup(characters_go_out_at_once, start),
        cmocka_unit_test_setup(transmit_interrupt, start),
        cmocka_unit_test_setup(receive_interrupts_follow_the_fifo, start),
        cmocka_unit_test_setup(a_full_fifo_takes_no_more, start),
        cmocka_unit_test_setup(identification, start),
        cmocka_unit_test_setup(every_offset_answers, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
