/* SPDX-License-Identifier: MIT */
#include "gic_cpu.h"

#define LIST_REGISTERS(X)                                                                          \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

#define DEFINE_ACCESS(n)                                                                           \
    static uint64_t read_##n(void)                                                                 \
    {                                                                                              \
        return READ_SYSREG(ich_lr##n##_el2);                                                       \
    }                                                                                              \
    static void write_##n(uint64_t value)                                                          \
    {                                                                                              \
        WRITE_SYSREG(value, ich_lr##n##_el2);                                                      \
    }
LIST_REGISTERS(DEFINE_ACCESS)

#define READER(n) read_##n,
#define WRITER(n) write_##n,

uint64_t gic_lr_read(unsigned int n)
{
    static uint64_t (*const readers[])(void) = {LIST_REGISTERS(READER)};

    return readers[n % ARRAY_SIZE(readers)]();
}

void gic_lr_write(unsigned int n, uint64_t value)
{
    static void (*const writers[])(uint64_t) = {LIST_REGISTERS(WRITER)};

    writers[n % ARRAY_SIZE(writers)](value);
}

void gic_apr_save(uint64_t *group0, uint64_t *group1)
{
    group0[0] = READ_SYSREG(ich_ap0r0_el2);
    group1[0] = READ_SYSREG(ich_ap1r0_el2);
    if (gic_nr_aprs > 1) {
        group0[1] = READ_SYSREG(ich_ap0r1_el2);
        group1[1] = READ_SYSREG(ich_ap1r1_el2);
    }
    if (gic_nr_aprs > 2) {
        group0[2] = READ_SYSREG(ich_ap0r2_el2);
        group1[2] = READ_SYSREG(ich_ap1r2_el2);
        group0[3] = READ_SYSREG(ich_ap0r3_el2);
        group1[3] = READ_SYSREG(ich_ap1r3_el2);
    }
}

void gic_apr_load(const uint64_t *group0, const uint64_t *group1)
{
    WRITE_SYSREG(group0[0], ich_ap0r0_el2);
    WRITE_SYSREG(group1[0], ich_ap1r0_el2);
    if (gic_nr_aprs > 1) {
        WRITE_SYSREG(group0[1], ich_ap0r1_el2);
        WRITE_SYSREG(group1[1], ich_ap1r1_el2);
    }
    if (gic_nr_aprs > 2) {
        WRITE_SYSREG(group0[2], ich_ap0r2_el2);
        WRITE_SYSREG(group1[2], ich_ap1r2_el2);
        WRITE_SYSREG(group0[3], ich_ap0r3_el2);
        WRITE_SYSREG(group1[3], ich_ap1r3_el2);
    }
}
