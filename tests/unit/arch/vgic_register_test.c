/* SPDX-License-Identifier: MIT */
/* The registers of the virtual GIC as a guest sees them (Arm IHI 0069H, chapter 12). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "gic/gic_registers.h"
#include "vgic_fake/machine.h"
#include <trefoil/arch.h>
#include <asm/vgic.h>

#define SGI_FRAME(vcpu) ((vcpu) * (uint64_t)GICR_STRIDE + GICR_SGI_FRAME)

static int start(void **state)
{
    (void)state;
    fake_start();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fake_stop();
    return 0;
}

static void distributor_says_what_it_is(void **state)
{
    (void)state;
    assert_int_equal(fake_read(false, GICD_CTLR, 4), 0x53);
    assert_int_equal(fake_read(false, GICD_TYPER, 4) & 0x1f, FAKE_SPIS / 32);
    assert_int_equal(fake_read(false, GICD_TYPER, 4) >> 19 & 0x1f, 9);
    assert_int_equal(fake_read(false, 0xc, 4), 0);
    assert_int_equal(fake_read(false, GICD_PIDR2, 4), 0x3b);
    assert_int_equal(fake_read(false, GICD_IIDR, 4), fake_read(true, GICR_IIDR, 4));
    fake_write(false, GICD_CTLR, 4, 0xffffffff);
    assert_int_equal(fake_read(false, GICD_CTLR, 4), 0x53);
    fake_write(false, GICD_CTLR, 4, 0);
    assert_int_equal(fake_read(false, GICD_CTLR, 4), 0x50);
}

static void redistributors_say_whose_they_are(void **state)
{
    (void)state;
    assert_int_equal(fake_read(true, GICR_TYPER, 8), 0);
    assert_int_equal(fake_read(true, GICR_STRIDE + GICR_TYPER, 8),
                     1UL << 32 | 1 << 8 | GICR_TYPER_LAST);
    assert_int_equal(fake_read(true, GICR_STRIDE + GICR_TYPER, 4), 1 << 8 | GICR_TYPER_LAST);
    assert_int_equal(fake_read(true, GICR_STRIDE + GICR_TYPER_HI, 4), 1);
    assert_int_equal(fake_read(true, GICD_PIDR2, 4), 0x3b);
    assert_int_equal(fake_read(true, GICR_WAKER, 4), 6);
    fake_write(true, GICR_WAKER, 4, 0);
    assert_int_equal(fake_read(true, GICR_WAKER, 4), 0);
    assert_int_equal(fake_domain.arch.mmio[1].size, FAKE_VCPUS * GICR_STRIDE);
}

static void beyond_the_last_redistributor_is_nothing(void **state)
{
    struct mmio_access access = {.offset = FAKE_VCPUS * GICR_STRIDE, .size = 4};

    (void)state;
    assert_false(vgic_redistributor_access(fake_vcpu(0), &access, NULL));
}

static void set_and_clear_registers(void **state)
{
    (void)state;
    fake_write(false, GICD_ISENABLER + 4, 4, 0xf0f0);
    fake_write(false, GICD_ICENABLER + 4, 4, 0x00f0);
    assert_int_equal(fake_read(false, GICD_ISENABLER + 4, 4), 0xf000);
    assert_int_equal(fake_read(false, GICD_ICENABLER + 4, 4), 0xf000);
    assert_int_equal(fake_read(false, GICD_ISENABLER + 8, 4), 0);
    fake_write(false, GICD_ISPENDR + 8, 4, 0x3);
    fake_write(false, GICD_ICPENDR + 8, 4, 0x1);
    assert_int_equal(fake_read(false, GICD_ISPENDR + 8, 4), 0x2);
    fake_write(false, GICD_ISACTIVER + 8, 4, 0xf);
    fake_write(false, GICD_ICACTIVER + 8, 4, 0x7);
    assert_int_equal(fake_read(false, GICD_ISACTIVER + 8, 4), 0x8);
    fake_write(false, GICD_IGROUPR + 4, 4, 0x55);
    assert_int_equal(fake_read(false, GICD_IGROUPR + 4, 4), 0x55);
    fake_write(true, SGI_FRAME(1) + GICD_ISENABLER, 4, 0x100);
    assert_int_equal(fake_read(true, SGI_FRAME(1) + GICD_ISENABLER, 4), 0x100);
    assert_int_equal(fake_read(true, SGI_FRAME(0) + GICD_ISENABLER, 4), 0);
}

static void private_interrupts_are_not_the_distributors(void **state)
{
    static const unsigned int offsets[] = {GICD_IGROUPR,   GICD_ISENABLER,  GICD_ISPENDR,
                                           GICD_ISACTIVER, GICD_IPRIORITYR, GICD_ICFGR,
                                           GICD_IROUTER};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
        fake_write(false, offsets[i], 4, 0xffffffff);
        assert_int_equal(fake_read(false, offsets[i], 4), 0);
    }
    assert_int_equal(fake_read(true, SGI_FRAME(0) + GICD_ISENABLER, 4), 0);
}

static void priorities_by_byte_and_word(void **state)
{
    (void)state;
    fake_write(false, GICD_IPRIORITYR + 64, 4, 0x40302010);
    assert_int_equal(fake_read(false, GICD_IPRIORITYR + 66, 1), 0x30);
    fake_write(false, GICD_IPRIORITYR + 65, 1, 0xff);
    assert_int_equal(fake_read(false, GICD_IPRIORITYR + 64, 4), 0x4030f810);
    /* Halfwords are not among the widths. */
    fake_write(false, GICD_IPRIORITYR + 64, 2, 0);
    assert_int_equal(fake_read(false, GICD_IPRIORITYR + 64, 2), 0);
    assert_int_equal(fake_read(false, GICD_IPRIORITYR + 64, 4), 0x4030f810);
    fake_write(true, SGI_FRAME(0) + GICD_IPRIORITYR + 28, 4, 0x80808080);
    assert_int_equal(fake_read(true, SGI_FRAME(0) + GICD_IPRIORITYR + 31, 1), 0x80);
    assert_int_equal(fake_read(true, SGI_FRAME(0) + GICD_IPRIORITYR + 32, 4), 0);
}

static void configuration(void **state)
{
    (void)state;
    fake_write(false, GICD_ICFGR + 12, 4, 0xffffffff);
    assert_int_equal(fake_read(false, GICD_ICFGR + 12, 4), 0xaaaaaaaa);
    assert_int_equal(fake_read(false, GICD_ICFGR + 8, 4), 0);
    fake_write(false, GICD_ICFGR + 12, 4, 0x8);
    assert_int_equal(fake_read(false, GICD_ICFGR + 12, 4), 0x8);
    fake_write(true, SGI_FRAME(0) + GICD_ICFGR, 4, 0);
    assert_int_equal(fake_read(true, SGI_FRAME(0) + GICD_ICFGR, 4), 0xaaaaaaaa);
    fake_write(true, SGI_FRAME(0) + GICD_ICFGR + 4, 4, 0x2);
    assert_int_equal(fake_read(true, SGI_FRAME(0) + GICD_ICFGR + 4, 4), 0x2);
}

static void routes(void **state)
{
    (void)state;
    fake_write(false, GICD_IROUTER + 8 * 40, 8, 1);
    assert_int_equal(fake_read(false, GICD_IROUTER + 8 * 40, 8), 1);
    fake_write(false, GICD_IROUTER + 8 * 40, 4, 0);
    fake_write(false, GICD_IROUTER + 8 * 40 + 4, 4, 1);
    assert_int_equal(fake_read(false, GICD_IROUTER + 8 * 40, 4), 0);
    assert_int_equal(fake_read(false, GICD_IROUTER + 8 * 40 + 4, 4), 0);
    /* Nobody there, or anybody. */
    fake_write(false, GICD_IROUTER + 8 * 40, 8, 1);
    fake_write(false, GICD_IROUTER + 8 * 40, 8, 2);
    fake_write(false, GICD_IROUTER + 8 * 40, 8, 0x100);
    fake_write(false, GICD_IROUTER + 8 * 40, 8, 0x10000);
    fake_write(false, GICD_IROUTER + 8 * 40, 8, 1UL << 32);
    fake_write(false, GICD_IROUTER + 8 * 40, 8, GICD_IROUTER_IRM);
    assert_int_equal(fake_read(false, GICD_IROUTER + 8 * 40, 8), 1);
    /* Beyond the last SPI. */
    fake_write(false, GICD_IROUTER + 8 * (32 + FAKE_SPIS), 8, 1);
    assert_int_equal(fake_read(false, GICD_IROUTER + 8 * (32 + FAKE_SPIS), 8), 0);
}

/* Every offset in every width, with values of all kinds: nothing but registers may change. */
static void any_access_is_harmless(void **state)
{
    (void)state;
    srand(2);
    for (unsigned int i = 0; i < 300000; i++) {
        bool redistributor = rand() % 2 != 0;
        unsigned int size = 1U << rand() % 4;
        uint64_t limit = redistributor ? FAKE_VCPUS * GICR_STRIDE : 0x10000;
        uint64_t offset =
            (uint64_t)rand() % (rand() % 2 != 0 ? limit : 0x1000) & ~(uint64_t)(size - 1);
        uint64_t value = (uint64_t)rand() << 40 ^ (uint64_t)rand() << 20 ^ (uint64_t)rand();

        fake_be((unsigned int)rand() % FAKE_PCPUS);
        if (rand() % 4 == 0)
            vgic_sgi1r_write(fake_vcpu(rand() % 2 != 0), value);
        fake_write(redistributor, offset, size, value);
        (void)fake_read(redistributor, offset, size);
        if (rand() % 3 == 0 && fake_acknowledge() != 1023)
            vgic_sync(fake_vcpu((unsigned int)(this_pcpu() - fake_pcpus)));
    }
    fake_be(0);
    assert_int_equal(fake_read(false, GICD_PIDR2, 4), 0x3b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(distributor_says_what_it_is, start, stop),
        cmocka_unit_test_setup_teardown(redistributors_say_whose_they_are, start, stop),
        cmocka_unit_test_setup_teardown(beyond_the_last_redistributor_is_nothing, start, stop),
        cmocka_unit_test_setup_teardown(set_and_clear_registers, start, stop),
        cmocka_unit_test_setup_teardown(private_interrupts_are_not_the_distributors, start, stop),
        cmocka_unit_test_setup_teardown(priorities_by_byte_and_word, start, stop),
        cmocka_unit_test_setup_teardown(configuration, start, stop),
        cmocka_unit_test_setup_teardown(routes, start, stop),
        cmocka_unit_test_setup_teardown(any_access_is_harmless, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
