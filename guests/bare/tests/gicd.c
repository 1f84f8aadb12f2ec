/* SPDX-License-Identifier: MIT */
/* The distributor (Arm IHI 0069H, 12.9), width by width. */
#include "../test.h"

#define CTLR       0x0000
#define TYPER      0x0004
#define ISENABLER  0x0100
#define ICENABLER  0x0180
#define ISPENDR    0x0200
#define IPRIORITYR 0x0400
#define ICFGR      0x0c00
#define IROUTER    0x6000
#define PIDR2      0xffe8
#define SGI        0x10000

void test_gicd_identification(void)
{
    uint32_t typer = mmio_read32(gicd(TYPER));

    CHECK((typer & 31) >= 1);
    CHECK((typer & 31) <= 31);
    CHECK_EQUAL(typer >> 10 & 1, 0); /* one Security state is seen */
    CHECK((typer >> 19 & 31) >= 9);
    CHECK_EQUAL(mmio_read32(gicd(PIDR2)) >> 4 & 15, 3);
    mmio_write32(gicd(TYPER), 0);
    CHECK_EQUAL(mmio_read32(gicd(TYPER)), typer);
}

void test_gicd_control(void)
{
    CHECK(mmio_read32(gicd(CTLR)) & 2);
    CHECK(mmio_read32(gicd(CTLR)) & 0x10);
    mmio_write32(gicd(CTLR), 0);
    CHECK_EQUAL(mmio_read32(gicd(CTLR)) & 2, 0);
    CHECK(mmio_read32(gicd(CTLR)) & 0x10); /* affinity routing is always on */
    mmio_write32(gicd(CTLR), 0x12);
    CHECK(mmio_read32(gicd(CTLR)) & 2);
}

/* As seen by software, there is one Security state (GICD_CTLR.DS). */
void test_gicd_one_security_state(void)
{
    CHECK(mmio_read32(gicd(CTLR)) & 0x40);
}

static void check_set_and_clear(uint64_t base, unsigned int n, uint32_t keep)
{
    uint64_t set = base + ISENABLER + 4 * n, clear = base + ICENABLER + 4 * n;

    mmio_write32(clear, ~keep);
    CHECK_EQUAL(mmio_read32(set) & ~keep, 0);
    mmio_write32(set, 0x101);
    mmio_write32(set, 0x200);
    CHECK_EQUAL(mmio_read32(set) & ~keep, 0x301);
    CHECK_EQUAL(mmio_read32(clear) & ~keep, 0x301);
    mmio_write32(clear, 0x100);
    CHECK_EQUAL(mmio_read32(set) & ~keep, 0x201);
    mmio_write32(clear, 0x201);
}

void test_gic_enable_registers(void)
{
    check_set_and_clear(gicd(0), 1, 0);
    check_set_and_clear(gicr(0, SGI), 0, 1U << TIMER_PHYSICAL);
    check_set_and_clear(gicr(1, SGI), 0, 0);
}

/* With affinity routing the first register is the redistributors'. */
void test_gicd_private_registers(void)
{
    mmio_write32(gicd(ISENABLER), 0x4000);
    CHECK_EQUAL(mmio_read32(gicd(ISENABLER)), 0);
    CHECK_EQUAL(mmio_read32(gicd(IPRIORITYR)), 0);
    CHECK_EQUAL(mmio_read32(gicd(ISPENDR)), 0);
    CHECK_EQUAL(mmio_read32(gicr(0, SGI + ISENABLER)) & 0x4000, 0);
}

/* Beyond what TYPER says there is nothing: zero, and writes do nothing. */
void test_gicd_beyond_lines(void)
{
    unsigned int lines = (mmio_read32(gicd(TYPER)) & 31) + 1;

    mmio_write32(gicd(ISENABLER + 4 * lines), UINT32_MAX);
    CHECK_EQUAL(mmio_read32(gicd(ISENABLER + 4 * lines)), 0);
    mmio_write32(gicd(IPRIORITYR + 32 * lines), UINT32_MAX);
    CHECK_EQUAL(mmio_read32(gicd(IPRIORITYR + 32 * lines)), 0);
    mmio_write32(gicd(ICFGR + 8 * lines), UINT32_MAX);
    CHECK_EQUAL(mmio_read32(gicd(ICFGR + 8 * lines)), 0);
    mmio_write32(gicd(ISENABLER + 0x7c), UINT32_MAX);
    CHECK_EQUAL(mmio_read32(gicd(ISENABLER + 0x7c)), 0);
}

static void check_priority(uint64_t base, unsigned int first)
{
    uint64_t address = base + IPRIORITYR + first;

    mmio_write32(address, 0x40302010);
    CHECK_EQUAL(mmio_read32(address), 0x40302010);
    for (unsigned int i = 0; i < 4; i++)
        CHECK_EQUAL(mmio_read8(address + i), 0x10 + 0x10 * i);
    mmio_write8(address + 2, 0x88);
    CHECK_EQUAL(mmio_read32(address) & 0xff00ffff, 0x40002010);
    CHECK_EQUAL(mmio_read8(address + 2) & 0xf0, 0x80);
}

/* Bytes and words; the lower bits may be missing. */
void test_gic_priority_widths(void)
{
    check_priority(gicd(0), 36);
    check_priority(gicr(0, SGI), 4);
    check_priority(gicr(1, SGI), 20);
}

void test_gicd_router(void)
{
    mmio_write64(gicd(IROUTER + 8 * 40), 1);
    CHECK_EQUAL(mmio_read64(gicd(IROUTER + 8 * 40)), 1);
    CHECK_EQUAL(mmio_read64(gicd(IROUTER + 8 * 41)), 0);
    mmio_write64(gicd(IROUTER + 8 * 40), 0);
    CHECK_EQUAL(mmio_read64(gicd(IROUTER + 8 * 40)), 0);
    mmio_write64(gicd(IROUTER + 8 * 1023), 1);
    CHECK_EQUAL(mmio_read64(gicd(IROUTER + 8 * 1000)), 0);
}

void test_gicd_router_halves(void)
{
    mmio_write32(gicd(IROUTER + 8 * 40), 1);
    CHECK_EQUAL(mmio_read32(gicd(IROUTER + 8 * 40)), 1);
    CHECK_EQUAL(mmio_read32(gicd(IROUTER + 8 * 40 + 4)), 0);
    CHECK_EQUAL(mmio_read64(gicd(IROUTER + 8 * 40)), 1);
    mmio_write32(gicd(IROUTER + 8 * 40), 0);
}

/* A target there is none of changes nothing. */
void test_gicd_router_nobody(void)
{
    mmio_write64(gicd(IROUTER + 8 * 40), 0x7f);
    CHECK_EQUAL(mmio_read64(gicd(IROUTER + 8 * 40)), 0);
    interrupt_enable(40, true);
    mmio_write32(gicd(ISPENDR + 4), 1U << 8);
    CHECK_SOON(interrupts[0][40] == 1);
}
