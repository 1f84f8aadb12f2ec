/* SPDX-License-Identifier: MIT */
/* Scrubbing with helpers that come and go at any moment: all of a job, and nothing else, is done
 * before it returns. */
#include <stdarg.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <trefoil/arch.h>
#include <trefoil/pcpu.h>
#include <trefoil/printk.h>

/* Between a look at shared state and what follows from it, others often get their turn. */
static void interleave(void)
{
    static _Thread_local unsigned int turn;

    if (turn++ % 5 == 0)
        sched_yield();
}

#undef atomic_load
#define atomic_load(object)                                                                        \
    __extension__({                                                                                \
        __auto_type _value = atomic_load_explicit(object, memory_order_seq_cst);                   \
        interleave();                                                                              \
        _value;                                                                                    \
    })
#include "../../../hypervisor/core/memory/scrub.c"

#define JOBS    4000
#define HELPERS 2

unsigned int nr_pcpus;
struct pcpu *pcpus[1];

static _Atomic uint64_t job_start, job_end, done;
static _Atomic unsigned int outside;
static atomic_bool over;

struct pcpu *this_pcpu(void)
{
    return NULL;
}

void arch_send_reschedule(struct pcpu *pcpu)
{
    (void)pcpu;
}

void log_message(enum log_level level, const char *format, ...)
{
    (void)level;
    (void)format;
}

uint64_t arch_now(void)
{
    return 0;
}

void arch_scrub(paddr_t start, uint64_t size)
{
    if (start < atomic_load(&job_start) || start + size > atomic_load(&job_end))
        atomic_fetch_add(&outside, 1);
    atomic_fetch_add(&done, size);
}

static void *help(void *unused)
{
    (void)unused;
    while (!atomic_load(&over))
        scrub_piece();
    return NULL;
}

static void run_job(uint64_t start, uint64_t size)
{
    atomic_store(&job_start, start);
    atomic_store(&job_end, start + size);
    atomic_store(&done, 0);
    scrub_memory(start, size);
    assert_int_equal(atomic_load(&done), size);
    assert_int_equal(atomic_load(&outside), 0);
}

/* A large job high up, then a small one below: with the end of the first, more than the second
 * would be taken. */
static void test_helpers(void **state)
{
    pthread_t helpers[HELPERS];

    (void)state;
    for (int i = 0; i < HELPERS; i++)
        assert_int_equal(pthread_create(&helpers[i], NULL, help, NULL), 0);
    for (unsigned int i = 0; i < JOBS; i++) {
        run_job(UINT64_C(1) << 30, UINT64_C(5) << 20);
        run_job(PAGE_SIZE, 2 * PAGE_SIZE);
    }
    atomic_store(&over, true);
    for (int i = 0; i < HELPERS; i++)
        pthread_join(helpers[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_helpers)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
