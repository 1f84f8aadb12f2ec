/* SPDX-License-Identifier: MIT */
/* Work with helpers that come and go at any moment: all of it, each piece once and nothing else, is
 * done before its owner goes on, and nobody looks at it afterwards. */
#include <stdarg.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/pcpu.h>

/* Between a look at shared state and what follows from it, others often get their turn. */
static void interleave(void)
{
    static _Thread_local unsigned int turn;

    if (++turn % 64 == 0)
        usleep(10);
    else if (turn % 5 == 0)
        sched_yield();
}

#undef atomic_load
#define atomic_load(object)                                                                        \
    __extension__({                                                                                \
        __auto_type _value = atomic_load_explicit(object, memory_order_seq_cst);                   \
        interleave();                                                                              \
        _value;                                                                                    \
    })
#include "../../../hypervisor/core/sched/shared_work.c"

#define JOBS    4000
#define HELPERS 2
#define PIECES  40

/* Each thread is a pcpu; those of the mask may help. */
static struct pcpu threads[HELPERS + 2];
struct pcpu *pcpus[HELPERS + 2];
unsigned int nr_pcpus;
static _Thread_local struct pcpu *here = &threads[0];

static _Atomic unsigned int called, by_stranger, late;
static atomic_bool over;

struct job {
    struct shared_work work;
    uint64_t bad; /* the piece that fails */
    _Atomic unsigned int done[PIECES];
};

struct pcpu *this_pcpu(void)
{
    return here;
}

void arch_send_reschedule(struct pcpu *pcpu)
{
    atomic_fetch_or(&called, 1U << pcpu->id);
}

static int too_late(void *data, uint64_t start, uint64_t size)
{
    (void)data;
    (void)start;
    (void)size;
    atomic_fetch_add(&late, 1);
    return 0;
}

static int do_one(void *data, uint64_t start, uint64_t size)
{
    struct job *job = data;

    if (here->id != 0)
        interleave();
    if (here->id == HELPERS + 1)
        atomic_fetch_add(&by_stranger, 1);
    if (start == job->bad)
        return -EFAULT;
    for (uint64_t i = start; i < start + size; i++)
        atomic_fetch_add(&job->done[i], 1);
    return 0;
}

static void *help(void *pcpu)
{
    here = pcpu;
    while (!atomic_load(&over))
        shared_work_help();
    return NULL;
}

static struct job begin(uint64_t size, uint64_t piece, uint64_t bad)
{
    return (struct job){.work = {.piece = do_one, .size = size, .piece_size = piece, .cpus = 7},
                        .bad = bad};
}

static int finish(struct job *job)
{
    int result;

    job->work.data = job;
    do
        result = shared_work_continue(&job->work);
    while (result == -ERESTART);
    return result;
}

/* After its end another work lies where it was, which nobody was asked to help with. */
static void run(uint64_t size, uint64_t piece)
{
    static struct job job;

    job = begin(size, piece, UINT64_MAX);
    assert_int_equal(finish(&job), 0);
    for (unsigned int i = 0; i < PIECES; i++)
        assert_int_equal(atomic_load(&job.done[i]), i < size);
    job.work = (struct shared_work){.piece = too_late, .size = 1, .piece_size = 1, .cpus = 7};
    sched_yield();
    assert_int_equal(atomic_load(&job.work.helpers), 0);
    assert_int_equal(atomic_load(&late), 0);
}

static void test_helpers(void **state)
{
    pthread_t helpers[HELPERS + 1];

    (void)state;
    for (int i = 0; i <= HELPERS; i++)
        assert_int_equal(pthread_create(&helpers[i], NULL, help, &threads[i + 1]), 0);
    for (unsigned int i = 0; i < JOBS; i++) {
        run(PIECES, 1);
        run(7, 3);
    }
    atomic_store(&over, true);
    for (int i = 0; i <= HELPERS; i++)
        pthread_join(helpers[i], NULL);
    assert_int_equal(atomic_load(&by_stranger), 0);
    assert_false(shared_work_help());
}

/* Of a failed piece the owner hears, and no more is begun. */
static void test_failure(void **state)
{
    struct job job = begin(PIECES, 1, 5);

    (void)state;
    assert_int_equal(finish(&job), -EFAULT);
    assert_int_equal(job.done[4], 1);
    assert_int_equal(job.done[6], 0);
}

/* Two at once: the second is its owner's alone, the first is called for, and both come to their
 * end. */
static void test_one_is_offered(void **state)
{
    struct job first = begin(3, 1, UINT64_MAX), second = begin(3, 1, UINT64_MAX);

    (void)state;
    atomic_store(&called, 0);
    first.work.data = &first;
    assert_int_equal(shared_work_continue(&first.work), -ERESTART);
    assert_int_equal(atomic_load(&called), 6);
    assert_int_equal(finish(&second), 0);
    assert_int_equal(atomic_load(&first.work.next), 1);
    assert_true(shared_work_help());
    assert_int_equal(finish(&first), 0);
    assert_false(shared_work_help());
    for (unsigned int i = 0; i < 3; i++)
        assert_int_equal(first.done[i] + second.done[i], 2);
}

/* What is done at once is not worth calling anybody. */
static void test_small(void **state)
{
    (void)state;
    atomic_store(&called, 0);
    run(4, 4);
    run(0, 1);
    assert_int_equal(atomic_load(&called), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_helpers),
        cmocka_unit_test(test_failure),
        cmocka_unit_test(test_one_is_offered),
        cmocka_unit_test(test_small),
    };

    for (unsigned int i = 0; i < HELPERS + 2; i++) {
        threads[i].id = i;
        pcpus[i] = &threads[i];
    }
    nr_pcpus = HELPERS + 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
