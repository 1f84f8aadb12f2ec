/* SPDX-License-Identifier: MIT */
/* Interrupts on their way to a vcpu. */
#include "../test.h"

#define ISPENDR   0x0200
#define ICPENDR   0x0280
#define ISACTIVER 0x0300
#define CTLR      0x0000
#define SGI_FRAME 0x10000
#define SPI       40U

static void raise_spi(unsigned int intid)
{
    mmio_write32(gicd(ISPENDR + intid / 32 * 4), 1U << (intid % 32));
}

void test_spi(void)
{
    interrupt_enable(SPI, true);
    raise_spi(SPI);
    CHECK_SOON(interrupts[0][SPI] == 1);
    raise_spi(SPI);
    CHECK_SOON(interrupts[0][SPI] == 2);
    CHECK_EQUAL(mmio_read32(gicd(ISPENDR + 4)), 0);
}

void test_spi_disabled(void)
{
    raise_spi(SPI);
    CHECK_EQUAL(interrupts_taken, 0);
    interrupt_enable(SPI, true);
    CHECK_SOON(interrupts[0][SPI] == 1);
}

void test_spi_cleared(void)
{
    interrupts_off();
    interrupt_enable(SPI, true);
    raise_spi(SPI);
    mmio_write32(gicd(ICPENDR + 4), 1U << (SPI - 32));
    interrupts_on();
    __asm__ volatile("isb");
    CHECK_EQUAL(interrupts_taken, 0);
}

/* Disabled after it became pending: held back, not lost. */
void test_spi_disabled_while_pending(void)
{
    interrupts_off();
    interrupt_enable(SPI, true);
    raise_spi(SPI);
    interrupt_enable(SPI, false);
    interrupts_on();
    __asm__ volatile("isb");
    CHECK_EQUAL(interrupts_taken, 0);
    interrupt_enable(SPI, true);
    CHECK_SOON(interrupts[0][SPI] == 1);
}

void test_distributor_off(void)
{
    interrupt_enable(SPI, true);
    mmio_write32(gicd(CTLR), 0x10);
    raise_spi(SPI);
    CHECK_EQUAL(interrupts_taken, 0);
    mmio_write32(gicd(CTLR), 0x12);
    CHECK_SOON(interrupts[0][SPI] == 1);
}

static void raise_again(unsigned int intid)
{
    interrupt_hook = NULL;
    raise_spi(intid);
    interrupts_off();
}

/* Raised while it is being handled: once more afterwards. */
void test_spi_again_while_active(void)
{
    interrupt_enable(SPI, true);
    interrupt_hook = raise_again;
    raise_spi(SPI);
    CHECK_SOON(interrupts[0][SPI] == 2);
    CHECK_EQUAL(interrupts[0][SPI], 2);
}

static volatile uint32_t active_seen;

static void see_active(unsigned int intid)
{
    (void)intid;
    active_seen = mmio_read32(gicd(ISACTIVER + 4));
}

/* Between acknowledge and end it is active. */
void test_active_state(void)
{
    interrupt_enable(SPI, true);
    interrupt_hook = see_active;
    active_seen = 0;
    raise_spi(SPI);
    CHECK_SOON(interrupts[0][SPI] == 1);
    CHECK_EQUAL(active_seen, 1U << (SPI - 32));
    CHECK_EQUAL(mmio_read32(gicd(ISACTIVER + 4)), 0);
}

/* Priority drop and deactivation apart (ICC_CTLR_EL1.EOImode). */
void test_end_in_two_steps(void)
{
    uint64_t intid;

    interrupts_off();
    WRITE_SYSREG(2, S3_0_C12_C12_4);
    __asm__ volatile("isb");
    interrupt_enable(SPI, true);
    raise_spi(SPI);
    __asm__ volatile("isb");
    intid = READ_SYSREG(S3_0_C12_C12_0);
    CHECK_EQUAL(intid, SPI);
    WRITE_SYSREG(intid, S3_0_C12_C12_1);
    CHECK_EQUAL(mmio_read32(gicd(ISACTIVER + 4)), 1U << (SPI - 32));
    raise_spi(SPI);
    CHECK_EQUAL(READ_SYSREG(S3_0_C12_C12_0), 1023);
    WRITE_SYSREG(intid, S3_0_C12_C11_1); /* ICC_DIR_EL1 */
    __asm__ volatile("isb");
    CHECK_EQUAL(mmio_read32(gicd(ISACTIVER + 4)), 0);
    CHECK_EQUAL(READ_SYSREG(S3_0_C12_C12_0), SPI);
    WRITE_SYSREG(intid, S3_0_C12_C12_1);
    WRITE_SYSREG(intid, S3_0_C12_C11_1);
    WRITE_SYSREG(0, S3_0_C12_C12_4);
    __asm__ volatile("isb");
}

/* A PPI can be made pending like any other. */
void test_ppi_pending(void)
{
    interrupt_enable(20, true);
    mmio_write32(gicr(0, SGI_FRAME + ISPENDR), 1U << 20);
    CHECK_SOON(interrupts[0][20] == 1);
}

/* Groups that are off hold their interrupts back. */
void test_group_off(void)
{
    WRITE_SYSREG(0, S3_0_C12_C12_7); /* ICC_IGRPEN1_EL1 */
    __asm__ volatile("isb");
    interrupt_enable(SPI, true);
    raise_spi(SPI);
    CHECK_EQUAL(interrupts_taken, 0);
    WRITE_SYSREG(1, S3_0_C12_C12_7);
    __asm__ volatile("isb");
    CHECK_SOON(interrupts[0][SPI] == 1);
}
