/* SPDX-License-Identifier: MIT */
/* What EL2 does with each of the 64 exception classes, stated apart from traps.def; stepping over;
 * memory copy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "cpu/system_error.h"
#include "cpu/traps.h"
#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/printk.h>
#include <trefoil/sched.h>
#include <asm/gic.h>

enum outcome {
    NOTHING,
    UNDEFINED,
    ENDED,
    HYPERCALL,
    FIRMWARE,
    REGISTER,
    FETCH,
    DATA,
    BLOCKS,
    YIELDS
};

static struct domain domain = {.name = "test"};
static struct vcpu vcpu = {.domain = &domain};
static enum outcome outcome;
static struct pcpu pcpu;
static unsigned int lines;

uint64_t fake_register_read(const char *name)
{
    fail_msg("%s is read", name);
    return 0;
}

void fake_register_write(const char *name, uint64_t value)
{
    fail_msg("%s is written, %lx", name, value);
}

struct pcpu *this_pcpu(void)
{
    return &pcpu;
}

struct vcpu *sched_slow_path(struct pcpu *pcpu)
{
    (void)pcpu;
    return &vcpu;
}

void inject_undefined(struct vcpu *from)
{
    (void)from;
    outcome = UNDEFINED;
}

void domain_crash(struct domain *of, const char *format, ...)
{
    (void)of;
    (void)format;
    outcome = ENDED;
}

int64_t hypercall_dispatch(struct vcpu *from, uint64_t number, const uint64_t args[5])
{
    (void)from;
    (void)number;
    (void)args;
    outcome = HYPERCALL;
    return 0;
}

uint64_t firmware_call_from_guest(struct vcpu *from)
{
    (void)from;
    outcome = FIRMWARE;
    return 0;
}

void trap_system_register(struct vcpu *from, uint64_t esr)
{
    (void)from;
    (void)esr;
    outcome = REGISTER;
}

void trap_instruction_abort(struct vcpu *from, uint64_t esr)
{
    (void)from;
    (void)esr;
    outcome = FETCH;
}

void trap_data_abort(struct vcpu *from, uint64_t esr)
{
    (void)from;
    (void)esr;
    outcome = DATA;
}

void vcpu_block(struct vcpu *who)
{
    (void)who;
    outcome = BLOCKS;
}

void vcpu_yield(struct vcpu *who)
{
    (void)who;
    outcome = YIELDS;
}

void system_error_handle(struct vcpu *from, uint64_t esr)
{
    (void)from;
    (void)esr;
    fail();
}

void gic_handle_interrupts(void)
{
}

void log_message(enum log_level level, const char *format, ...)
{
    (void)level;
    (void)format;
    lines++;
}

bool log_allowed_here(void)
{
    return true;
}

_Noreturn void panic(const char *format, ...)
{
    fail_msg("panic: %s", format);
    __builtin_unreachable();
}

/* By the architecture (Arm ARM D19.2.37 and D1.3), with HCR_EL2.TGE, MDCR_EL2.TDE and the like 0.
 */
static const struct {
    unsigned int from, to;
    enum outcome outcome;
} classes[] = {
    {0x00, 0x00, UNDEFINED}, {0x01, 0x01, BLOCKS},    {0x02, 0x0c, UNDEFINED},
    {0x0d, 0x0e, ENDED},     {0x0f, 0x10, UNDEFINED}, {0x11, 0x13, ENDED},
    {0x14, 0x14, UNDEFINED}, {0x15, 0x15, ENDED},     {0x16, 0x16, HYPERCALL},
    {0x17, 0x17, FIRMWARE},  {0x18, 0x18, REGISTER},  {0x19, 0x1b, UNDEFINED},
    {0x1c, 0x1c, ENDED},     {0x1d, 0x1d, UNDEFINED}, {0x1e, 0x1e, ENDED},
    {0x1f, 0x1f, UNDEFINED}, {0x20, 0x20, FETCH},     {0x21, 0x22, ENDED},
    {0x23, 0x23, UNDEFINED}, {0x24, 0x24, DATA},      {0x25, 0x26, ENDED},
    {0x27, 0x27, NOTHING},   {0x28, 0x28, ENDED},     {0x29, 0x2b, UNDEFINED},
    {0x2c, 0x2d, ENDED},     {0x2e, 0x2e, UNDEFINED}, {0x2f, 0x35, ENDED},
    {0x36, 0x37, UNDEFINED}, {0x38, 0x38, ENDED},     {0x39, 0x39, UNDEFINED},
    {0x3a, 0x3a, ENDED},     {0x3b, 0x3b, UNDEFINED}, {0x3c, 0x3d, ENDED},
    {0x3e, 0x3f, UNDEFINED},
};

static void take(uint64_t esr)
{
    outcome = NOTHING;
    lines = 0;
    /* entry.S sends HVC elsewhere. */
    if (ESR_EC(esr) == ESR_EC_HVC)
        (void)trap_hypercall(&vcpu, esr);
    else
        trap_sync(&vcpu, esr);
}

static void test_every_class(void **state)
{
    unsigned int next = 0;

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(classes); i++) {
        assert_int_equal(classes[i].from, next);
        for (; next <= classes[i].to; next++) {
            memset(&vcpu.arch.frame, 0, sizeof(vcpu.arch.frame));
            take((uint64_t)next << 26 | ESR_IL | (next == 0x16 ? 0xea1 : 0));
            if (outcome != classes[i].outcome)
                fail_msg("class %#x: %d, not %d", next, outcome, classes[i].outcome);
        }
    }
    assert_int_equal(next, 64);
}

/* A class that is reserved, and only such a one, is told of. */
static void test_a_line_for_what_is_unknown(void **state)
{
    (void)state;
    take(0x3fUL << 26 | ESR_IL);
    assert_int_equal(lines, 1);
    take(0x19UL << 26 | ESR_IL);
    assert_int_equal(lines, 0);
}

static void test_waits(void **state)
{
    static const enum outcome outcomes[] = {BLOCKS, YIELDS, YIELDS, YIELDS};

    (void)state;
    for (unsigned int kind = 0; kind < 4; kind++) {
        memset(&vcpu.arch.frame, 0, sizeof(vcpu.arch.frame));
        take(1UL << 26 | ESR_IL | kind);
        assert_int_equal(outcome, outcomes[kind]);
        assert_int_equal(vcpu.arch.frame.pc, 4);
    }
}

/* T32 has a WFI of 2 bytes, and IT blocks; A64 has PSTATE.BTYPE. */
static void test_steps_over(void **state)
{
    struct vcpu_frame *frame = &vcpu.arch.frame;

    (void)state;
    memset(frame, 0, sizeof(*frame));
    frame->pc = 0x1000;
    frame->pstate = 0x3c5 | 3UL << 10 | 1UL << 21;
    take(1UL << 26 | ESR_IL);
    assert_int_equal(frame->pc, 0x1004);
    assert_int_equal(frame->pstate, 0x3c5);
    frame->pstate = 0x10 | 1UL << 5; /* User, T32 */
    take(1UL << 26);
    assert_int_equal(frame->pc, 0x1006);
    assert_int_equal(frame->pstate, 0x30);
    /* ITTE EQ: the second of three, then the third, then none. */
    frame->pstate = 0x30 | (0x06UL >> 2) << 10 | (0x06UL & 3) << 25;
    trap_skip_aarch32(frame, 0);
    assert_int_equal(frame->pstate, 0x30 | (0x0cUL >> 2) << 10);
    trap_skip_aarch32(frame, 0);
    assert_int_equal(frame->pstate, 0x30 | (0x18UL >> 2) << 10);
    trap_skip_aarch32(frame, 0);
    assert_int_equal(frame->pstate, 0x30);
}

#define MOPS(set, epilogue, wrong, a)                                                              \
    (0x27UL << 26 | ESR_IL | (uint64_t)(set) << 24 | (uint64_t)(epilogue) << 18 |                  \
     (uint64_t)(wrong) << 17 | (uint64_t)(a) << 16 | 1UL << 10 | 2UL << 5 | 3)

/* Registers in the middle of a copy of 0x100 bytes from 0x2000 to 0x1000 of which 0x40 are done,
 * and what the prologue is to have (Arm ARM D1.3.6). */
static const struct {
    uint64_t esr, dest, src, size, pstate;
    uint64_t back_dest, back_src, back_size, back_pc;
} copies[] = {
    /* forward: option A counts up to 0 from the end, option B down */
    {MOPS(0, 0, 0, 1), 0x1100, 0x2100, -0xc0UL, 0, 0x1040, 0x2040, 0xc0, 0x0ffc},
    {MOPS(0, 0, 1, 0), 0x1100, 0x2100, -0xc0UL, 0, 0x1040, 0x2040, 0xc0, 0x0ffc},
    {MOPS(0, 1, 0, 0), 0x1040, 0x2040, 0xc0, 0, 0x1040, 0x2040, 0xc0, 0x0ff8},
    {MOPS(0, 0, 1, 1), 0x1040, 0x2040, 0xc0, 0, 0x1040, 0x2040, 0xc0, 0x0ffc},
    /* backward: option A keeps the start, option B has the end of what is left, and N */
    {MOPS(0, 0, 0, 1), 0x1000, 0x2000, 0xc0, 0, 0x1000, 0x2000, 0xc0, 0x0ffc},
    {MOPS(0, 0, 0, 0), 0x10c0, 0x20c0, 0xc0, 1UL << 31, 0x1000, 0x2000, 0xc0, 0x0ffc},
    /* set */
    {MOPS(1, 0, 0, 1), 0x1100, 7, -0xc0UL, 0, 0x1040, 7, 0xc0, 0x0ffc},
    {MOPS(1, 1, 0, 0), 0x1040, 7, 0xc0, 1UL << 31, 0x1040, 7, 0xc0, 0x0ff8},
};

static void test_memory_copy_begins_anew(void **state)
{
    struct vcpu_frame *frame = &vcpu.arch.frame;

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(copies); i++) {
        memset(frame, 0, sizeof(*frame));
        frame->pc = 0x1000;
        frame->x[1] = copies[i].dest;
        frame->x[2] = copies[i].src;
        frame->x[3] = copies[i].size;
        frame->pstate = copies[i].pstate;
        take(copies[i].esr);
        assert_int_equal(frame->x[1], copies[i].back_dest);
        assert_int_equal(frame->x[2], copies[i].back_src);
        assert_int_equal(frame->x[3], copies[i].back_size);
        assert_int_equal(frame->pc, copies[i].back_pc);
    }
    /* XZR as the source of a set, and as anything that a guest can write into an instruction */
    memset(frame, 0, sizeof(*frame));
    take(MOPS(1, 0, 0, 1) | 31UL << 10 | 31UL << 5 | 31);
    for (unsigned int i = 0; i < 31; i++)
        assert_int_equal(frame->x[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_class),
        cmocka_unit_test(test_a_line_for_what_is_unknown),
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_steps_over),
        cmocka_unit_test(test_memory_copy_begins_anew),
    };

    return cmocka_run_group_tests_name("traps", tests, NULL, NULL);
}
