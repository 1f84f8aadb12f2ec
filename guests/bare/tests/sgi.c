/* SPDX-License-Identifier: MIT */
/* Interrupts from vcpu to vcpu, and to the one that is named. */
#include "../test.h"

#define ISPENDR    0x0200
#define IROUTER    0x6000
#define SGI_FRAME  0x10000
#define ALL_OTHERS (1UL << 40)
#define SPI        40U

static void raise_spi(unsigned int intid)
{
    mmio_write32(gicd(ISPENDR + intid / 32 * 4), 1U << (intid % 32));
}

void test_sgi_self(void)
{
    for (unsigned int intid = 0; intid < 16; intid++) {
        interrupt_enable(intid, true);
        send_sgi(intid, 1);
        CHECK_SOON(interrupts[0][intid] == 1);
    }
    CHECK_EQUAL(interrupts_taken, 16);
}

void test_sgi_disabled(void)
{
    send_sgi(3, 1);
    CHECK_EQUAL(interrupts_taken, 0);
    CHECK_EQUAL(mmio_read32(gicr(0, SGI_FRAME + ISPENDR)) & 0xffff, 8);
    interrupt_enable(3, true);
    CHECK_SOON(interrupts[0][3] == 1);
    CHECK_EQUAL(mmio_read32(gicr(0, SGI_FRAME + ISPENDR)) & 0xffff, 0);
}

static volatile bool listening;

static void listen(void)
{
    interrupts_start_cpu();
    for (unsigned int intid = 0; intid < 16; intid++)
        interrupt_enable(intid, true);
    interrupt_enable(EVENT_INTID, true);
    interrupts_on();
    listening = true;
    while (interrupts[1][15] == 0)
        ;
}

/* What is sent before it has its GIC in order would be lost. */
static void start_listening(void (*function)(void))
{
    listening = false;
    CHECK_EQUAL(cpu_start(function), 0);
    CHECK_SOON(listening);
}

static void stop_listening(void)
{
    send_sgi(15, 2);
    CHECK_SOON(cpu_is_off());
}

static void sleep_listening(void)
{
    interrupts_start_cpu();
    for (unsigned int intid = 0; intid < 16; intid++)
        interrupt_enable(intid, true);
    interrupts_off();
    listening = true;
    while (interrupts[1][15] == 0) {
        __asm__ volatile("wfi");
        interrupts_on();
        __asm__ volatile("isb");
        interrupts_off();
    }
}

void test_sgi_other(void)
{
    start_listening(listen);
    send_sgi(4, 2);
    CHECK_SOON(interrupts[1][4] == 1);
    CHECK_EQUAL(interrupts[0][4], 0);
    stop_listening();
}

void test_sgi_other_asleep(void)
{
    start_listening(sleep_listening);
    for (unsigned int i = 1; i <= 10; i++) {
        send_sgi(4, 2);
        CHECK_SOON(interrupts[1][4] == i);
    }
    stop_listening();
}

void test_sgi_both(void)
{
    interrupt_enable(5, true);
    start_listening(listen);
    send_sgi(5, 3);
    CHECK_SOON(interrupts[1][5] == 1);
    CHECK_SOON(interrupts[0][5] == 1);
    stop_listening();
}

void test_sgi_all_others(void)
{
    interrupt_enable(6, true);
    start_listening(listen);
    send_sgi(6, ALL_OTHERS);
    CHECK_SOON(interrupts[1][6] == 1);
    CHECK_EQUAL(interrupts[0][6], 0);
    stop_listening();
}

/* Targets that are not there, also of other affinities, are nobody. */
void test_sgi_nobody(void)
{
    interrupt_enable(2, true);
    send_sgi(2, 0xfffc);
    send_sgi(2, 1UL << 16 | 1);
    send_sgi(2, 1UL << 32 | 1);
    send_sgi(2, 1UL << 48 | 1);
    CHECK_EQUAL(interrupts_taken, 0);
}

void test_spi_routed(void)
{
    mmio_write64(gicd(IROUTER + 8 * SPI), 1);
    interrupt_enable(SPI, true);
    start_listening(listen);
    raise_spi(SPI);
    CHECK_SOON(interrupts[1][SPI] == 1);
    CHECK_EQUAL(interrupts[0][SPI], 0);
    mmio_write64(gicd(IROUTER + 8 * SPI), 0);
    raise_spi(SPI);
    CHECK_SOON(interrupts[0][SPI] == 1);
    CHECK_EQUAL(interrupts[1][SPI], 1);
    stop_listening();
}
