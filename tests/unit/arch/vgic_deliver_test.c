/* SPDX-License-Identifier: MIT */
/* How the virtual GIC brings interrupts to vcpus. */
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

#define TIMER           27U
#define EVENT           31U
#define SPI             40U
#define SPI_BIT         (1UL << (SPI - 32))
#define SPURIOUS        1023U
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

/* A physical SPI of the domain comes to this pcpu. */
static void hardware_fires(unsigned int intid)
{
    fake.spi_active |= 1UL << (intid - 32);
    vgic_hardware_spi(&fake_domain, intid);
}

static void timer_fires(bool asserted)
{
    fake.private_active[0] |= 1U << TIMER;
    WRITE_SYSREG(asserted ? 5 : 1, cntv_ctl_el0);
    vgic_timer_interrupt(fake_vcpu(0));
}

static void sgi_to_self_is_listed_at_once(void **state)
{
    (void)state;
    fake_enable(3, 0xa0);
    vgic_sgi1r_write(fake_vcpu(0), 3UL << 24 | 1);
    assert_int_equal(fake_lr(0), LR_PENDING | LR_GROUP1 | 0xa0UL << 48 | 3);
    assert_int_equal(fake_acknowledge(), 3);
    /* It comes again while it is active: pending and active. */
    vgic_sgi1r_write(fake_vcpu(0), 3UL << 24 | 1);
    assert_int_equal(fake_lr(0) & LR_STATE, LR_STATE);
    fake_end(3);
    assert_int_equal(fake_acknowledge(), 3);
    fake_end(3);
    assert_int_equal(fake_acknowledge(), SPURIOUS);
}

/* Which list registers are free does not show until the next context synchronization event. */
static void two_sgis_of_one_stay_at_el2_both_come(void **state)
{
    (void)state;
    fake_enable(3, 0xa0);
    fake_enable(4, 0xa0);
    vgic_sgi1r_write(fake_vcpu(0), 3UL << 24 | 1);
    vgic_sgi1r_write(fake_vcpu(0), 4UL << 24 | 1);
    assert_int_equal(fake_acknowledge(), 3);
    fake_end(3);
    assert_int_equal(fake_acknowledge(), 4);
    fake_end(4);
    assert_int_equal(fake_acknowledge(), SPURIOUS);
}

static void an_spi_waits_for_its_vcpu_to_be_started(void **state)
{
    (void)state;
    fake_enable(SPI, 0xa0);
    fake_be(1);
    vgic_save(fake_vcpu(1));
    fake_be(0);
    fake_write(false, GICD_IROUTER + 8 * SPI, 8, vgic_vcpu_affinity(1));
    vgic_set_spi(&fake_domain, SPI, true);
    vgic_vcpu_reset(fake_vcpu(1));
    fake_vcpu(1)->arch.vgic.vmcr = 0xffUL << 24 | ICH_VMCR_GROUP0 | ICH_VMCR_GROUP1;
    fake_be(1);
    vgic_load(fake_vcpu(1));
    assert_int_equal(fake_acknowledge(), SPI);
    vgic_set_spi(&fake_domain, SPI, false);
    fake_end(SPI);
    fake_be(0);
}

static void sgi_targets(void **state)
{
    (void)state;
    fake_enable(1, 0);
    fake_be(1);
    fake_enable(1, 0);
    fake_be(0);
    vgic_sgi1r_write(fake_vcpu(0), 1UL << 24 | 1UL << 40); /* all but itself */
    assert_int_equal(fake_acknowledge(), SPURIOUS);
    assert_int_equal(fake.kicks[1], 1);
    assert_true(vgic_is_dirty(fake_vcpu(1)));
    fake_be(1);
    vgic_sync(fake_vcpu(1));
    assert_int_equal(fake_acknowledge(), 1);
    fake_be(0);
    /* Affinities that no vcpu has. */
    vgic_sgi1r_write(fake_vcpu(0), 1UL << 24 | 0xfffc);
    vgic_sgi1r_write(fake_vcpu(0), 1UL << 24 | 1UL << 16 | 0xffff);
    vgic_sgi1r_write(fake_vcpu(0), 1UL << 24 | 1UL << 32 | 0xffff);
    vgic_sgi1r_write(fake_vcpu(0), 1UL << 24 | 1UL << 44 | 0xffff);
    vgic_sgi1r_write(fake_vcpu(0), 1UL << 24 | 1UL << 48 | 0xffff);
    assert_int_equal(fake_acknowledge(), SPURIOUS);
    assert_int_equal(fake.kicks[1], 1);
}

static void an_event_wakes_a_blocked_vcpu(void **state)
{
    struct vcpu *vcpu = fake_vcpu(1);

    (void)state;
    fake_be(1);
    fake_enable(EVENT, 0x80);
    vgic_save(vcpu);
    vcpu->state = VCPU_BLOCKED;
    fake_be(0);
    assert_false(arch_vcpu_interrupt_pending(vcpu));
    arch_vcpu_raise_event(vcpu);
    assert_int_equal(fake.wakes, 1);
    assert_true(arch_vcpu_interrupt_pending(vcpu));
    fake_be(1);
    vgic_load(vcpu);
    assert_int_equal(fake_acknowledge(), EVENT);
}

static void priorities_decide_who_gets_a_list_register(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < 8; i++) {
        fake_enable(i, 0x80 - 8 * i);
        vgic_post_private(fake_vcpu(0), i);
    }
    for (unsigned int i = 8; i-- > 0;) {
        if (fake_maintenance())
            vgic_sync(fake_vcpu(0));
        assert_int_equal(fake_acknowledge(), i);
        fake_end(i);
    }
    assert_int_equal(fake_acknowledge(), SPURIOUS);
    assert_false(fake_maintenance());
}

static void a_disabled_interrupt_waits(void **state)
{
    (void)state;
    fake_enable(2, 0xa0);
    vgic_post_private(fake_vcpu(0), 2);
    fake_write(true, SGI_FRAME(0) + GICD_ICENABLER, 4, 1 << 2);
    assert_false(arch_vcpu_interrupt_pending(fake_vcpu(0)));
    assert_int_equal(fake_acknowledge(), SPURIOUS);
    assert_int_equal(fake_read(true, SGI_FRAME(0) + GICD_ISPENDR, 4), 1 << 2);
    fake_write(true, SGI_FRAME(0) + GICD_ISENABLER, 4, 1 << 2);
    assert_true(arch_vcpu_interrupt_pending(fake_vcpu(0)));
    fake_write(false, GICD_CTLR, 4, 0);
    assert_int_equal(fake_acknowledge(), SPURIOUS);
    fake_write(false, GICD_CTLR, 4, GICD_CTLR_GROUP1);
    fake_write(true, SGI_FRAME(0) + GICD_ICPENDR, 4, 1 << 2);
    assert_int_equal(fake_acknowledge(), SPURIOUS);
    assert_int_equal(fake_read(true, SGI_FRAME(0) + GICD_ISPENDR, 4), 0);
}

static void pending_respects_mask_and_groups(void **state)
{
    (void)state;
    fake_enable(2, 0xa0);
    vgic_post_private(fake_vcpu(0), 2);
    assert_true(arch_vcpu_interrupt_pending(fake_vcpu(0)));
    WRITE_SYSREG(0xa0UL << 24 | ICH_VMCR_GROUP1, ich_vmcr_el2);
    assert_false(arch_vcpu_interrupt_pending(fake_vcpu(0)));
    WRITE_SYSREG(0xa8UL << 24 | ICH_VMCR_GROUP0, ich_vmcr_el2);
    assert_false(arch_vcpu_interrupt_pending(fake_vcpu(0)));
    WRITE_SYSREG(0xa8UL << 24 | ICH_VMCR_GROUP1, ich_vmcr_el2);
    assert_true(arch_vcpu_interrupt_pending(fake_vcpu(0)));
}

static void a_level_is_sampled_again_at_the_end(void **state)
{
    (void)state;
    fake_enable(SPI, 0xa0);
    vgic_set_spi(&fake_domain, SPI, true);
    for (unsigned int round = 0; round < 3; round++) {
        assert_int_equal(fake_acknowledge(), SPI);
        assert_int_equal(fake_acknowledge(), SPURIOUS);
        fake_end(SPI);
        assert_true(fake_maintenance());
        vgic_sync(fake_vcpu(0));
        assert_false(fake_maintenance());
    }
    /* The line falls before the guest takes it. */
    vgic_set_spi(&fake_domain, SPI, false);
    assert_int_equal(fake_acknowledge(), SPURIOUS);
    /* And while it is at it. */
    vgic_set_spi(&fake_domain, SPI, true);
    assert_int_equal(fake_acknowledge(), SPI);
    vgic_set_spi(&fake_domain, SPI, false);
    fake_end(SPI);
    vgic_sync(fake_vcpu(0));
    assert_int_equal(fake_acknowledge(), SPURIOUS);
}

static void an_edge_comes_once(void **state)
{
    (void)state;
    fake_enable(SPI, 0xa0);
    fake_write(false, GICD_ICFGR + SPI / 16 * 4, 4, 2UL << (SPI % 16 * 2));
    vgic_set_spi(&fake_domain, SPI, true);
    assert_int_equal(fake_acknowledge(), SPI);
    fake_end(SPI);
    vgic_sync(fake_vcpu(0));
    assert_int_equal(fake_acknowledge(), SPURIOUS);
    vgic_set_spi(&fake_domain, SPI, false);
    vgic_set_spi(&fake_domain, SPI, true);
    assert_int_equal(fake_acknowledge(), SPI);
}

static void the_timer_is_a_hardware_interrupt(void **state)
{
    struct vcpu *vcpu = fake_vcpu(0);

    (void)state;
    fake_enable(TIMER, 0xa0);
    assert_int_equal(vcpu->arch.vgic.timer_lr, LR_PENDING | LR_HW | LR_GROUP1 | 0xa0UL << 48 |
                                                   (uint64_t)TIMER << LR_PINTID_SHIFT | TIMER);
    timer_fires(true);
    assert_int_equal(fake_lr(0), vcpu->arch.vgic.timer_lr);
    assert_int_equal(fake_acknowledge(), TIMER);
    /* Another vcpu may have this pcpu's timer meanwhile. */
    vgic_save(vcpu);
    assert_int_equal(fake.private_active[0], 0);
    vgic_load(vcpu);
    assert_int_equal(fake.private_active[0], 1U << TIMER);
    fake_end(TIMER);
    assert_int_equal(fake.private_active[0], 0);
}

static void a_disabled_timer_is_held(void **state)
{
    (void)state;
    timer_fires(true);
    assert_int_equal(fake_acknowledge(), SPURIOUS);
    assert_int_equal(fake.private_active[0], 1U << TIMER);
    fake_enable(TIMER, 0xa0);
    assert_int_equal(fake_acknowledge(), TIMER);
    fake_end(TIMER);
    assert_int_equal(fake.private_active[0], 0);
    /* Once more, but the guest turns the timer off before it enables the interrupt. */
    fake_write(true, SGI_FRAME(0) + GICD_ICENABLER, 4, 1U << TIMER);
    timer_fires(true);
    WRITE_SYSREG(0, cntv_ctl_el0);
    fake_enable(TIMER, 0xa0);
    assert_int_equal(fake_acknowledge(), SPURIOUS);
    assert_int_equal(fake.private_active[0], 0);
    /* And a switch to another vcpu lets go of it too. */
    fake_write(true, SGI_FRAME(0) + GICD_ICENABLER, 4, 1U << TIMER);
    timer_fires(true);
    vgic_save(fake_vcpu(0));
    assert_int_equal(fake.private_active[0], 0);
}

static void hardware_spis_follow_their_vcpu(void **state)
{
    (void)state;
    vgic_bind_hardware(&fake_domain, SPI);
    fake_enable(SPI, 0xa0);
    assert_int_equal(fake.spi_enabled, SPI_BIT);
    fake_write(false, GICD_ICFGR + SPI / 16 * 4, 4, 2UL << (SPI % 16 * 2));
    assert_int_equal(fake.spi_edge, SPI_BIT);
    hardware_fires(SPI);
    assert_int_equal(fake_lr(0) & (LR_HW | LR_PENDING), LR_HW | LR_PENDING);
    assert_int_equal(fake_acknowledge(), SPI);
    /* Active stays active while the vcpu is away. */
    vgic_save(fake_vcpu(0));
    vgic_load(fake_vcpu(0));
    assert_int_equal(fake.spi_active, SPI_BIT);
    fake_end(SPI);
    assert_int_equal(fake.spi_active, 0);
    /* To the other vcpu: the next one is sent on, the one after that comes to it directly. */
    fake_write(false, GICD_IROUTER + 8 * SPI, 8, 1);
    assert_int_equal(fake.spi_route[SPI - 32], 0x101);
    fake.spi_route[SPI - 32] = 0x100;
    fake.kicks[1] = 0;
    hardware_fires(SPI);
    assert_int_equal(fake_acknowledge(), SPURIOUS);
    assert_int_equal(fake.kicks[1], 1);
    assert_int_equal(fake.spi_route[SPI - 32], 0x101);
    /* This pcpu still claims it until it is asked to look. */
    fake_be(1);
    vgic_sync(fake_vcpu(1));
    fake_be(0);
    vgic_sync(fake_vcpu(0));
    fake_be(1);
    vgic_sync(fake_vcpu(1));
    assert_int_equal(fake_acknowledge(), SPI);
    /* Disabled while active: the machine's is disabled, the guest's ends as usual. */
    fake_write(false, GICD_ICENABLER + 4, 4, SPI_BIT);
    assert_int_equal(fake.spi_enabled, 0);
    fake_end(SPI);
    assert_int_equal(fake.spi_active, 0);
}

static void clearing_a_hardware_spi_ends_it(void **state)
{
    (void)state;
    vgic_bind_hardware(&fake_domain, SPI);
    fake_enable(SPI, 0xa0);
    hardware_fires(SPI);
    fake_write(false, GICD_ICPENDR + 4, 4, SPI_BIT);
    assert_int_equal(fake_acknowledge(), SPURIOUS);
    assert_int_equal(fake.spi_active, 0);
    hardware_fires(SPI);
    assert_int_equal(fake_acknowledge(), SPI);
    fake_write(false, GICD_ICACTIVER + 4, 4, SPI_BIT);
    assert_int_equal(fake.spi_active, 0);
    fake_write(false, GICD_ICENABLER + 4, 4, SPI_BIT);
    hardware_fires(SPI);
    fake_write(false, GICD_ICPENDR + 4, 4, SPI_BIT);
    assert_int_equal(fake.spi_active, 0);
    fake_write(false, GICD_ISPENDR + 4, 4, SPI_BIT);
    assert_int_equal(fake.spi_pending, SPI_BIT);
    assert_int_equal(fake_read(false, GICD_ISPENDR + 4, 4), 0);
}

static void active_state_shows(void **state)
{
    (void)state;
    fake_enable(SPI, 0xa0);
    fake_enable(5, 0xa0);
    vgic_post_private(fake_vcpu(0), 5);
    assert_int_equal(fake_acknowledge(), 5);
    assert_int_equal(fake_read(true, SGI_FRAME(0) + GICD_ISACTIVER, 4), 1 << 5);
    fake_end(5);
    assert_int_equal(fake_read(true, SGI_FRAME(0) + GICD_ISACTIVER, 4), 0);
    /* Made active by the guest: it can end it. */
    fake_write(false, GICD_ISACTIVER + 4, 4, SPI_BIT);
    assert_int_equal(fake_read(false, GICD_ISACTIVER + 4, 4), SPI_BIT);
    assert_int_equal(fake_acknowledge(), SPURIOUS);
    fake_end(SPI);
    assert_int_equal(fake_read(false, GICD_ISACTIVER + 4, 4), 0);
    /* Seen from another vcpu: soon. */
    vgic_set_spi(&fake_domain, SPI, true);
    assert_int_equal(fake_acknowledge(), SPI);
    fake_be(1);
    fake.kicks[0] = 0;
    (void)fake_read(false, GICD_ISACTIVER + 4, 4);
    assert_int_equal(fake.kicks[0], 1);
    fake_be(0);
    vgic_sync(fake_vcpu(0));
    fake_be(1);
    assert_int_equal(fake_read(false, GICD_ISACTIVER + 4, 4), SPI_BIT);
}

/* What a guest has been sent and has yet to take, in an independent account. */
struct account {
    bool waits[32 + FAKE_SPIS];
    unsigned int priority[32 + FAKE_SPIS];
    unsigned int active[FAKE_LRS];
    unsigned int nr_active;
};

static void check_taken(struct account *account, unsigned int taken)
{
    assert_true(account->waits[taken]);
    for (unsigned int i = 0; i < 32 + FAKE_SPIS; i++)
        if (account->waits[i])
            assert_true(account->priority[i] >= account->priority[taken]);
    account->waits[taken] = false;
}

static bool is_active(const struct account *account, unsigned int intid)
{
    for (unsigned int i = 0; i < account->nr_active; i++)
        if (account->active[i] == intid)
            return true;
    return false;
}

static void random_post(struct account *account)
{
    unsigned int intid = (unsigned int)rand() % (32 + FAKE_SPIS);

    if (intid == TIMER || is_active(account, intid))
        return;
    account->waits[intid] = true;
    if (intid < 32) {
        vgic_post_private(fake_vcpu(0), intid);
    } else {
        vgic_set_spi(&fake_domain, intid, true);
        vgic_set_spi(&fake_domain, intid, false);
    }
}

static void random_switch(void)
{
    vgic_save(fake_vcpu(0));
    vgic_load(fake_vcpu(0));
}

static void nothing_is_lost_and_order_is_kept(void **state)
{
    static struct account account;

    (void)state;
    srand(1);
    for (unsigned int i = 0; i < 32 + FAKE_SPIS; i++) {
        account.priority[i] = 8U * ((unsigned int)rand() % 32);
        fake_enable(i, account.priority[i]);
    }
    for (unsigned int i = 0; i < FAKE_SPIS / 16; i++)
        fake_write(false, GICD_ICFGR + 8 + 4 * i, 4, 0xaaaaaaaa);
    for (unsigned int step = 0; step < 200000; step++) {
        bool drain = step >= 199000;

        if (!drain && rand() % 3 == 0)
            random_post(&account);
        if (rand() % 50 == 0)
            random_switch();
        if (fake_maintenance())
            vgic_sync(fake_vcpu(0));
        if (account.nr_active == 0 && rand() % 2 == 0) {
            unsigned int taken = fake_acknowledge();

            if (taken != SPURIOUS) {
                check_taken(&account, taken);
                account.active[account.nr_active++] = taken;
            }
        } else if (account.nr_active > 0) {
            fake_end(account.active[--account.nr_active]);
        }
    }
    for (unsigned int i = 0; i < 32 + FAKE_SPIS; i++)
        assert_false(account.waits[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sgi_to_self_is_listed_at_once, start, stop),
        cmocka_unit_test_setup_teardown(two_sgis_of_one_stay_at_el2_both_come, start, stop),
        cmocka_unit_test_setup_teardown(an_spi_waits_for_its_vcpu_to_be_started, start, stop),
        cmocka_unit_test_setup_teardown(sgi_targets, start, stop),
        cmocka_unit_test_setup_teardown(an_event_wakes_a_blocked_vcpu, start, stop),
        cmocka_unit_test_setup_teardown(priorities_decide_who_gets_a_list_register, start, stop),
        cmocka_unit_test_setup_teardown(a_disabled_interrupt_waits, start, stop),
        cmocka_unit_test_setup_teardown(pending_respects_mask_and_groups, start, stop),
        cmocka_unit_test_setup_teardown(a_level_is_sampled_again_at_the_end, start, stop),
        cmocka_unit_test_setup_teardown(an_edge_comes_once, start, stop),
        cmocka_unit_test_setup_teardown(the_timer_is_a_hardware_interrupt, start, stop),
        cmocka_unit_test_setup_teardown(a_disabled_timer_is_held, start, stop),
        cmocka_unit_test_setup_teardown(hardware_spis_follow_their_vcpu, start, stop),
        cmocka_unit_test_setup_teardown(clearing_a_hardware_spi_ends_it, start, stop),
        cmocka_unit_test_setup_teardown(active_state_shows, start, stop),
        cmocka_unit_test_setup_teardown(nothing_is_lost_and_order_is_kept, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
