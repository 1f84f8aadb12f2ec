/* SPDX-License-Identifier: MIT */
/*
 * Two threads are two pcpus, each with a vcpu whose guest takes and ends interrupts, while both
 * send SGIs to each other, raise SPIs, and route them back and forth. Nothing is locked: the
 * question is whether an interrupt is ever lost, or taken twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <pthread.h>
#include "gic/gic_registers.h"
#include "vgic_fake/machine.h"
#include <trefoil/arch.h>
#include <asm/vgic.h>

#define EPOCHS    500U
#define ROUNDS    200U /* of an epoch, at whose end all must have come */
#define PATIENCE  20000000U
#define SGIS      4U
#define FIRST_SPI 32U
#define SPIS      8U
#define SPURIOUS  1023U

/* Sent and not taken yet; SGIs by target. */
static _Atomic unsigned int sgi_sent[FAKE_VCPUS][SGIS], spi_sent[SPIS];
static _Atomic unsigned int taken_unsent, taken;
static _Atomic bool given_up;
static pthread_barrier_t barrier;

struct worker {
    unsigned int id;
    unsigned int kicks_seen;
    unsigned int seed;
};

static unsigned int dice(struct worker *worker, unsigned int sides)
{
    return (unsigned int)rand_r(&worker->seed) % sides;
}

/* Interrupts of EL2: another pcpu asks to look, or list registers need care. */
static void hypervisor_interrupts(struct worker *worker)
{
    struct vcpu *vcpu = fake_vcpu(worker->id);
    unsigned int kicks = atomic_load(&fake.kicks[worker->id]);
    bool kicked = kicks != worker->kicks_seen;

    worker->kicks_seen = kicks;
    if ((kicked && vgic_is_dirty(vcpu)) || fake_maintenance())
        vgic_sync(vcpu);
}

static void guest_takes(struct worker *worker)
{
    unsigned int intid = fake_acknowledge();
    _Atomic unsigned int *sent;

    if (intid == SPURIOUS)
        return;
    sent = intid < FIRST_SPI ? &sgi_sent[worker->id][intid] : &spi_sent[intid - FIRST_SPI];
    if (atomic_exchange(sent, 0) == 0)
        atomic_fetch_add(&taken_unsent, 1);
    atomic_fetch_add(&taken, 1);
    fake_end(intid);
}

static void guest_sends(struct worker *worker)
{
    unsigned int i = dice(worker, SGIS), target = dice(worker, FAKE_VCPUS), free = 0;

    if (dice(worker, 2) == 0) {
        if (atomic_compare_exchange_strong(&sgi_sent[target][i], &free, 1))
            vgic_sgi1r_write(fake_vcpu(worker->id), (uint64_t)i << 24 | 1UL << target);
        return;
    }
    i = dice(worker, SPIS);
    if (atomic_compare_exchange_strong(&spi_sent[i], &free, 1)) {
        vgic_set_spi(&fake_domain, FIRST_SPI + i, false);
        vgic_set_spi(&fake_domain, FIRST_SPI + i, true);
    }
}

static void guest_reroutes(struct worker *worker)
{
    struct vcpu *vcpu = fake_vcpu(worker->id);

    if (dice(worker, 8) == 0)
        fake_write(false, GICD_IROUTER + 8 * (FIRST_SPI + dice(worker, SPIS)), 8,
                   dice(worker, FAKE_VCPUS));
    if (dice(worker, 64) == 0) {
        vgic_save(vcpu);
        vgic_load(vcpu);
    }
    if (dice(worker, 64) == 0)
        (void)fake_read(false, GICD_ISACTIVER + 4, 4);
}

static bool all_taken(void)
{
    unsigned int left = 0;

    for (unsigned int n = 0; n < SPIS; n++)
        left += atomic_load(&spi_sent[n]);
    for (unsigned int n = 0; n < SGIS * FAKE_VCPUS; n++)
        left += atomic_load(&sgi_sent[n / SGIS][n % SGIS]);
    return left == 0;
}

/* Nothing more is sent: all that was has to come without anybody's further doing. */
static bool drain(struct worker *worker)
{
    for (unsigned int i = 0; i < PATIENCE; i++) {
        hypervisor_interrupts(worker);
        guest_takes(worker);
        if (all_taken())
            return true;
    }
    return false;
}

static void *work(void *data)
{
    struct worker *worker = data;
    bool stuck = false;

    fake_be(worker->id);
    for (unsigned int epoch = 0; epoch < EPOCHS && !atomic_load(&given_up); epoch++) {
        for (unsigned int i = 0; i < ROUNDS; i++) {
            hypervisor_interrupts(worker);
            guest_takes(worker);
            guest_reroutes(worker);
            if (dice(worker, 4) == 0)
                guest_sends(worker);
        }
        pthread_barrier_wait(&barrier);
        stuck = !drain(worker);
        if (stuck)
            atomic_store(&given_up, true);
        pthread_barrier_wait(&barrier);
    }
    return stuck ? worker : NULL;
}

static void nothing_is_lost_between_pcpus(void **state)
{
    struct worker workers[FAKE_PCPUS];
    pthread_t threads[FAKE_PCPUS];

    (void)state;
    fake_start();
    fake_write(false, GICD_ICFGR + 8, 4, 0xaaaaaaaa);
    for (unsigned int i = 0; i < SPIS; i++)
        fake_enable(FIRST_SPI + i, 8 * i);
    for (unsigned int i = 0; i < FAKE_VCPUS; i++) {
        fake_be(i);
        for (unsigned int n = 0; n < SGIS; n++)
            fake_enable(n, 8 * n);
    }
    assert_int_equal(pthread_barrier_init(&barrier, NULL, FAKE_PCPUS), 0);
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        workers[i] = (struct worker){.id = i, .seed = i + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        void *stuck;

        assert_int_equal(pthread_join(threads[i], &stuck), 0);
        assert_null(stuck);
    }
    assert_int_equal(atomic_load(&taken_unsent), 0);
    assert_true(atomic_load(&taken) > EPOCHS * ROUNDS / 16);
    fake_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_lost_between_pcpus)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
