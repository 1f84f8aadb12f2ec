/* SPDX-License-Identifier: MIT */
/* Registers of the redistributors, and those of both: states, reserved ones, widths. */
#include "../test.h"

#define CTLR       0x0000
#define GICR_TYPER 0x0008
#define WAKER      0x0014
#define IGROUPR    0x0080
#define ISENABLER  0x0100
#define ISPENDR    0x0200
#define ICPENDR    0x0280
#define ISACTIVER  0x0300
#define ICACTIVER  0x0380
#define ICFGR      0x0c00
#define PIDR2      0xffe8
#define SGI        0x10000

void test_gic_pending_registers(void)
{
    mmio_write32(gicd(ISPENDR + 4), 0x30);
    CHECK_EQUAL(mmio_read32(gicd(ISPENDR + 4)), 0x30);
    CHECK_EQUAL(mmio_read32(gicd(ICPENDR + 4)), 0x30);
    mmio_write32(gicd(ICPENDR + 4), 0x10);
    CHECK_EQUAL(mmio_read32(gicd(ISPENDR + 4)), 0x20);
    mmio_write32(gicd(ICPENDR + 4), 0x20);
    mmio_write32(gicr(0, SGI + ISPENDR), 0x8);
    CHECK_EQUAL(mmio_read32(gicr(0, SGI + ISPENDR)) & 0xffff, 0x8);
    mmio_write32(gicr(0, SGI + ICPENDR), 0x8);
    CHECK_EQUAL(mmio_read32(gicr(0, SGI + ISPENDR)) & 0xffff, 0);
    CHECK_EQUAL(interrupts_taken, 0);
}

void test_gic_active_registers(void)
{
    mmio_write32(gicd(ISACTIVER + 4), 0x40);
    CHECK_EQUAL(mmio_read32(gicd(ISACTIVER + 4)), 0x40);
    CHECK_EQUAL(mmio_read32(gicd(ICACTIVER + 4)), 0x40);
    mmio_write32(gicd(ICACTIVER + 4), 0x40);
    CHECK_EQUAL(mmio_read32(gicd(ISACTIVER + 4)), 0);
}

void test_gic_configuration(void)
{
    mmio_write32(gicd(ICFGR + 8), 0x00000008);
    CHECK_EQUAL(mmio_read32(gicd(ICFGR + 8)) & 0xaaaaaaaa, 0x8);
    CHECK_EQUAL(mmio_read32(gicd(ICFGR + 12)) & 0xaaaaaaaa, 0xaaaaaaaa);
    CHECK_EQUAL(mmio_read32(gicr(0, SGI + ICFGR)) & 0xaaaaaaaa, 0xaaaaaaaa);
}

/* SGIs are edge-triggered, whatever is written. */
void test_gic_configuration_of_sgis(void)
{
    mmio_write32(gicr(0, SGI + ICFGR), 0);
    CHECK_EQUAL(mmio_read32(gicr(0, SGI + ICFGR)) & 0xaaaaaaaa, 0xaaaaaaaa);
}

void test_gic_group(void)
{
    mmio_write32(gicd(IGROUPR + 4), 0xffffffff);
    CHECK_EQUAL(mmio_read32(gicd(IGROUPR + 4)), 0xffffffff);
    CHECK_EQUAL(mmio_read32(gicr(0, SGI + IGROUPR)), 0xffffffff);
}

void test_gicr_identification(void)
{
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        uint64_t typer = mmio_read64(gicr(cpu, GICR_TYPER));

        CHECK_EQUAL(typer >> 32, cpu);
        CHECK_EQUAL(typer >> 8 & 0xffff, cpu);
        CHECK_EQUAL(typer >> 4 & 1, cpu + 1 == CPUS);
        CHECK_EQUAL(mmio_read32(gicr(cpu, GICR_TYPER)), (uint32_t)typer);
        CHECK_EQUAL(mmio_read32(gicr(cpu, GICR_TYPER + 4)), typer >> 32);
        CHECK_EQUAL(mmio_read32(gicr(cpu, PIDR2)) >> 4 & 15, 3);
        CHECK_EQUAL(mmio_read32(gicr(cpu, CTLR)) & 1, 0);
    }
}

void test_gicr_waker(void)
{
    CHECK_EQUAL(mmio_read32(gicr(0, WAKER)) & 4, 0);
}

/* Reserved registers read as zero and ignore what is written. */
void test_gic_reserved(void)
{
    static const uint16_t distributor[] = {0x0c, 0x14, 0x1c, 0x20, 0x30, 0x7c, 0xf00, 0xe00, 0xf10};

    for (unsigned int i = 0; i < LENGTH(distributor); i++) {
        struct fault fault;
        uint32_t value = 0;

        fault = FAULT_OF(mmio_write32(gicd(distributor[i]), UINT32_MAX));
        if (fault.taken)
            print("write of reserved register %x\n", distributor[i]);
        CHECK(!fault.taken);
        fault = FAULT_OF(value = mmio_read32(gicd(distributor[i])));
        if (fault.taken || value != 0)
            print("read of reserved register %x\n", distributor[i]);
        CHECK(!fault.taken);
        CHECK_EQUAL(value, 0);
    }
}

void test_gicr_reserved(void)
{
    CHECK_NO_FAULT(mmio_write32(gicr(0, 0x30), UINT32_MAX));
    CHECK_EQUAL(mmio_read32(gicr(0, 0x30)), 0);
    CHECK_NO_FAULT(mmio_write32(gicr(0, SGI + 0x1f00), UINT32_MAX));
    CHECK_EQUAL(mmio_read32(gicr(0, SGI + 0x1f00)), 0);
}

/* Widths that a register does not have are RAZ/WI, which the architecture leaves open. */
void test_gic_wrong_width(void)
{
    mmio_write32(gicd(ISENABLER + 4), 0x10);
    CHECK_NO_FAULT(mmio_write8(gicd(ISENABLER + 4), 0xff));
    CHECK_EQUAL(mmio_read32(gicd(ISENABLER + 4)), 0x10);
    CHECK_NO_FAULT(mmio_write64(gicd(ISENABLER + 8), UINT64_MAX));
    CHECK_NO_FAULT((void)*(volatile uint16_t *)gicd(ISENABLER + 4));
    CHECK_NO_FAULT((void)mmio_read64(gicd(ISENABLER + 8)));
}

/* No redistributor belongs to a vcpu that is not. */
void test_gicr_beyond_last(void)
{
    CHECK_ABORT(mmio_read32(gicr(CPUS, GICR_TYPER)));
    CHECK_ABORT(mmio_write32(gicr(CPUS, SGI + ISENABLER), 1));
}
