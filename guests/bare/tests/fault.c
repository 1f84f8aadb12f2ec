/* SPDX-License-Identifier: MIT */
/* Where nothing is: an external abort at the guest's own EL1, with all that the guest needs to
 * know. */
#include "../test.h"

#define UNMAPPED 0x7000000000UL
#define STATUS   0x3f
#define EXTERNAL 0x10
#define WRITE    0x40

void test_fault_read(void)
{
    struct fault fault = FAULT_OF(mmio_read32(UNMAPPED + 0x123c));

    CHECK(fault.taken);
    CHECK_EQUAL(fault.esr >> 26, 0x25);
    CHECK_EQUAL(fault.far, UNMAPPED + 0x123c);
    CHECK_EQUAL(fault.esr >> 25 & 1, 1);
}

void test_fault_is_external(void)
{
    CHECK_EQUAL(FAULT_OF(mmio_read32(UNMAPPED)).esr & STATUS, EXTERNAL);
    CHECK_EQUAL(FAULT_OF(mmio_write32(UNMAPPED, 1)).esr & STATUS, EXTERNAL);
}

/* The syndrome says that it was a write. */
void test_fault_write(void)
{
    CHECK_EQUAL(FAULT_OF(mmio_read32(UNMAPPED)).esr & WRITE, 0);
    CHECK_EQUAL(FAULT_OF(mmio_write32(UNMAPPED, 1)).esr & WRITE, WRITE);
}

void test_fault_widths(void)
{
    CHECK_ABORT((void)*(volatile uint8_t *)UNMAPPED);
    CHECK_ABORT((void)*(volatile uint16_t *)UNMAPPED);
    CHECK_ABORT((void)*(volatile uint64_t *)UNMAPPED);
    CHECK_ABORT(*(volatile uint64_t *)UNMAPPED = 0);
}

void test_fault_execute(void)
{
    struct fault fault = FAULT_OF(((void (*)(void))UNMAPPED)());

    CHECK(fault.taken);
    CHECK_EQUAL(fault.esr >> 26, 0x21);
    CHECK_EQUAL(fault.far, UNMAPPED);
}

/* With trap-unmapped-accesses = <0>: all ones of the access's width, extended as the instruction
 * does, and what is written is ignored. */
void test_unmapped_reads_ones(void)
{
    uint64_t value = 0;

    CHECK_EQUAL(mmio_read32(UNMAPPED + 4), UINT32_MAX);
    CHECK_EQUAL(*(volatile uint8_t *)(UNMAPPED + 1), UINT8_MAX);
    CHECK_EQUAL(*(volatile uint16_t *)UNMAPPED, UINT16_MAX);
    CHECK_EQUAL(*(volatile uint64_t *)UNMAPPED, UINT64_MAX);
    CHECK_NO_FAULT(__asm__ volatile("ldrsb %w0, [%1]" : "=r"(value) : "r"(UNMAPPED)));
    CHECK_EQUAL(value, UINT32_MAX);
    CHECK_NO_FAULT(mmio_write32(UNMAPPED, 1));
    CHECK_EQUAL(mmio_read32(UNMAPPED), UINT32_MAX);
}

void test_unmapped_pair(void)
{
    uint64_t one = 0, other = 0, at = UNMAPPED;

    CHECK_NO_FAULT(__asm__ volatile("ldp %w0, %w1, [%2]"
                                    : "=&r"(one), "=&r"(other)
                                    : "r"(UNMAPPED)));
    CHECK_EQUAL(one, UINT32_MAX);
    CHECK_EQUAL(other, UINT32_MAX);
    CHECK_NO_FAULT(__asm__ volatile("ldr %0, [%1], #8" : "=&r"(one), "+r"(at)));
    CHECK_EQUAL(one, UINT64_MAX);
    CHECK_EQUAL(at, UNMAPPED + 8);
    CHECK_NO_FAULT(__asm__ volatile("stp xzr, xzr, [%0]" ::"r"(UNMAPPED) : "memory"));
}

/* What is no access of data that could be done still is an abort. */
void test_unmapped_other_faults(void)
{
    uint64_t one;

    CHECK(FAULT_OF(((void (*)(void))UNMAPPED)()).taken);
    CHECK_ABORT(__asm__ volatile("ldxr %0, [%1]" : "=&r"(one) : "r"(UNMAPPED)));
    CHECK_ABORT(__asm__ volatile("dc zva, %0" ::"r"(UNMAPPED) : "memory"));
}

/* Several registers at once, exclusives, cache maintenance: the processor says no more than an
 * address. */
void test_fault_no_syndrome(void)
{
    uint64_t one, other;

    CHECK_ABORT(__asm__ volatile("ldp %0, %1, [%2]" : "=&r"(one), "=&r"(other) : "r"(UNMAPPED)));
    CHECK_ABORT(__asm__ volatile("stp xzr, xzr, [%0]" ::"r"(UNMAPPED) : "memory"));
    CHECK_ABORT(__asm__ volatile("ldxr %0, [%1]" : "=&r"(one) : "r"(UNMAPPED)));
    CHECK_ABORT(__asm__ volatile("ldr %0, [%1], #8" : "=&r"(one) : "r"(UNMAPPED)));
    CHECK_ABORT(__asm__ volatile("dc zva, %0" ::"r"(UNMAPPED) : "memory"));
}

/* Emulated devices by instructions without a syndrome: two registers, and writeback. */
void test_fault_device_pair(void)
{
    uint64_t one = 0, other = 0, at = gicd(0x400 + 32);

    CHECK_NO_FAULT(
        __asm__ volatile("stp %w0, %w1, [%2]" ::"r"(0x10203040U), "r"(0xf0a09080U), "r"(at)
                         : "memory"));
    CHECK_NO_FAULT(__asm__ volatile("ldp %w0, %w1, [%2, #-8]"
                                    : "=&r"(one), "=&r"(other)
                                    : "r"(at + 8)));
    CHECK_EQUAL(one, 0x10203040);
    CHECK_EQUAL(other, 0xf0a09080);
    CHECK_NO_FAULT(__asm__ volatile("ldpsw %0, %1, [%2]" : "=&r"(one), "=&r"(other) : "r"(at)));
    CHECK_EQUAL(one, 0x10203040);
    CHECK_EQUAL(other, 0xfffffffff0a09080);
    CHECK_NO_FAULT(__asm__ volatile("ldnp %w0, wzr, [%1]" : "=&r"(one) : "r"(at)));
    CHECK_EQUAL(one, 0x10203040);
}

void test_fault_device_writeback(void)
{
    uint64_t value = 0, at = gicd(0x400 + 32);

    CHECK_NO_FAULT(__asm__ volatile("str %w1, [%0], #4\n\tstr wzr, [%0], #-8"
                                    : "+r"(at)
                                    : "r"(0x50607080U)
                                    : "memory"));
    CHECK_EQUAL(at, gicd(0x400 + 28));
    CHECK_NO_FAULT(__asm__ volatile("ldr %w0, [%1, #4]!" : "=&r"(value), "+r"(at)));
    CHECK_EQUAL(value, 0x50607080);
    CHECK_EQUAL(at, gicd(0x400 + 32));
    CHECK_NO_FAULT(__asm__ volatile("strb %w1, [%0, #1]!" : "+r"(at) : "r"(0x90U) : "memory"));
    CHECK_NO_FAULT(__asm__ volatile("ldrsb %0, [%1], #-1" : "=&r"(value), "+r"(at)));
    CHECK_EQUAL(value, 0xffffffffffffff90);
    CHECK_EQUAL(at, gicd(0x400 + 32));
    CHECK_NO_FAULT(__asm__ volatile("ldp %w0, wzr, [%1], #252" : "=&r"(value), "+r"(at)));
    CHECK_EQUAL(value, 0x50609080);
    CHECK_EQUAL(at, gicd(0x400 + 32 + 252));
}

/* Loads of less than a register extend as the instruction says. */
void test_fault_device_extension(void)
{
    uint64_t value;

    *(volatile uint8_t *)gicd(0x400 + 40) = 0xf0;
    __asm__ volatile("ldrsb %0, [%1]" : "=r"(value) : "r"(gicd(0x400 + 40)));
    CHECK_EQUAL(value | 0xf, (uint64_t)(int64_t)(int8_t)0xff);
    __asm__ volatile("ldrsb %w0, [%1]" : "=r"(value) : "r"(gicd(0x400 + 40)));
    CHECK_EQUAL(value | 0xf, 0xffffffffU);
    __asm__ volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(gicd(0x400 + 40)));
    CHECK_EQUAL(value | 0xf, 0xff);
    value = UINT64_MAX;
    __asm__ volatile("ldr %w0, [%1]" : "+r"(value) : "r"(gicd(0x004)));
    CHECK_EQUAL(value >> 32, 0);
    __asm__ volatile("ldrsw %0, [%1]" : "=r"(value) : "r"(gicd(0x400 + 40)));
    CHECK_EQUAL(value >> 32, (value >> 31 & 1) != 0 ? UINT32_MAX : 0);
}

/* The zero register as source and target. */
void test_fault_device_zero_register(void)
{
    mmio_write32(gicd(0x420), 0xffffffff);
    __asm__ volatile("str wzr, [%0]" ::"r"(gicd(0x420)) : "memory");
    CHECK_EQUAL(mmio_read32(gicd(0x420)), 0);
    __asm__ volatile("ldr wzr, [%0]" ::"r"(gicd(0x420)) : "memory");
    CHECK_NO_FAULT(__asm__ volatile("ldr wzr, [%0]" ::"r"(gicd(0x004)) : "memory"));
}

/* Devices of the machine that are not this domain's. */
void test_fault_machine_devices(void)
{
    CHECK_ABORT(mmio_read32(0x08000000)); /* the machine's distributor */
    CHECK_ABORT(mmio_read32(0x09000000)); /* its UART */
    CHECK_ABORT(mmio_read32(0x0a000000));
    CHECK_ABORT(mmio_read32(0x22000000)); /* a vpl011 that the domain does not have */
}

/* The memory ends where the device tree says. */
void test_fault_end_of_memory(void)
{
    CHECK_NO_FAULT(mmio_read32(GUEST_RAM_BASE + (64UL << 20) - 4));
    CHECK_ABORT(mmio_read32(GUEST_RAM_BASE + (64UL << 20)));
    CHECK_ABORT(mmio_read32(GUEST_RAM_BASE - 4));
}

/* Page tables where nothing is: an abort on the walk. */
void test_fault_table_walk(void)
{
    uint64_t saved = READ_SYSREG(ttbr0_el1);
    struct fault fault;

    /* A second level table in a hole, for the window's neighbour of the shared tables. */
    fault = FAULT_OF(__asm__ volatile("at s1e1r, %0\n\tisb" ::"r"(UNMAPPED)));
    CHECK(!fault.taken);
    CHECK_EQUAL(READ_SYSREG(ttbr0_el1), saved);
    CHECK_EQUAL(READ_SYSREG(par_el1) & 1, 0);
}

/* A fault changes nothing but what the architecture says: flags and masks come back. */
void test_fault_state(void)
{
    uint64_t flags;

    fault_begin();
    __asm__ volatile("cmp xzr, xzr\n\tldr xzr, [%1]\n\tcset %0, eq"
                     : "=r"(flags)
                     : "r"(UNMAPPED)
                     : "cc", "memory");
    CHECK(fault_end().taken);
    CHECK_EQUAL(flags, 1);
    CHECK_EQUAL(READ_SYSREG(daif) & 0x80, 0);
}
