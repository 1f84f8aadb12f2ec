/* SPDX-License-Identifier: MIT */
/* Several interrupts at once. */
#include "../test.h"

#define ISPENDR    0x0200
#define IPRIORITYR 0x0400
#define SGI_FRAME  0x10000
#define SPI        40U

static void set_priority(unsigned int intid, uint8_t priority)
{
    uint64_t base = intid < 32 ? gicr(0, SGI_FRAME) : gicd(0);

    mmio_write8(base + IPRIORITYR + intid, priority);
}

static void raise_spi(unsigned int intid)
{
    mmio_write32(gicd(ISPENDR + intid / 32 * 4), 1U << (intid % 32));
}

/* The most urgent first. */
void test_priority_order(void)
{
    static const uint8_t order[] = {42, 3, 9, 41, 40};

    interrupts_off();
    for (unsigned int i = 0; i < LENGTH(order); i++)
        interrupt_enable(order[i], true);
    set_priority(42, 0x10);
    set_priority(3, 0x20);
    set_priority(9, 0x28);
    set_priority(41, 0x30);
    set_priority(40, 0x40);
    raise_spi(40);
    raise_spi(41);
    send_sgi(9, 1);
    send_sgi(3, 1);
    raise_spi(42);
    interrupts_on();
    CHECK_SOON(interrupts_taken == LENGTH(order));
    for (unsigned int i = 0; i < LENGTH(order); i++)
        CHECK_EQUAL(interrupt_order[i], order[i]);
}

void test_priority_mask(void)
{
    interrupt_enable(SPI, true);
    set_priority(SPI, 0x80);
    WRITE_SYSREG(0x70, S3_0_C4_C6_0);
    __asm__ volatile("isb");
    raise_spi(SPI);
    CHECK_EQUAL(interrupts_taken, 0);
    WRITE_SYSREG(0xf0, S3_0_C4_C6_0);
    __asm__ volatile("isb");
    CHECK_SOON(interrupts[0][SPI] == 1);
}

/* More at once than any machine has list registers. */
void test_many_at_once(void)
{
    unsigned int spis = 32 * ((mmio_read32(gicd(4)) & 31) + 1) >= 64 ? 32 : 0;

    if (spis == 0)
        test_skipped("fewer than 32 SPIs");
    interrupts_off();
    for (unsigned int intid = 0; intid < 16; intid++) {
        interrupt_enable(intid, true);
        send_sgi(intid, 1);
    }
    for (unsigned int intid = 32; intid < 64; intid++) {
        interrupt_enable(intid, true);
        raise_spi(intid);
    }
    CHECK_EQUAL(mmio_read32(gicd(ISPENDR + 4)), 0xffffffff);
    interrupts_on();
    CHECK_SOON(interrupts_taken == 48);
    for (unsigned int intid = 0; intid < 64; intid++)
        CHECK_EQUAL(interrupts[0][intid], intid < 16 || intid >= 32);
}
