/* SPDX-License-Identifier: MIT */
/* What a bare guest has: hypercalls, a console, interrupts, time. It runs at EL1 with its MMU off
 * on one vcpu. */
#ifndef BARE_H
#define BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define READ_SYSREG(name)                                                                          \
    ({                                                                                             \
        uint64_t value_;                                                                           \
        __asm__ volatile("mrs %0, " #name : "=r"(value_)::"memory");                               \
        value_;                                                                                    \
    })
#define WRITE_SYSREG(value, name)                                                                  \
    do {                                                                                           \
        uint64_t value_ = (uint64_t)(value);                                                       \
        __asm__ volatile("msr " #name ", %0" ::"r"(value_) : "memory");                            \
    } while (0)

int64_t hypercall(uint64_t number, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3);
int64_t firmware_call(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3);

/* A guest defines these two. */
void guest_main(const void *fdt);
void guest_interrupt(void);
/* And may define this: an exception at EL1, with x0 to x30. It returns to ELR_EL1. */
void guest_fault(const uint64_t *registers);

/* Formats %s, %u (unsigned int), %lu, %ld, %lx and prints through console_io; a line at a time. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void power_off(void);

/* GICv3 at the guest layout's addresses: group 1 on, one private interrupt enabled. */
void gic_start(void);
void gic_enable_private(unsigned int intid);

static inline void interrupts_on(void)
{
    __asm__ volatile("msr daifclr, #2" ::: "memory");
}

static inline void interrupts_off(void)
{
    __asm__ volatile("msr daifset, #2" ::: "memory");
}

static inline uint64_t ticks(void)
{
    __asm__ volatile("isb" ::: "memory");
    return READ_SYSREG(cntvct_el0);
}

static inline uint32_t mmio_read32(uint64_t address)
{
    uint32_t value;

    __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static inline void mmio_write32(uint64_t address, uint32_t value)
{
    __asm__ volatile("str %w0, [%1]" ::"r"(value), "r"(address) : "memory");
}

static inline uint64_t mmio_read64(uint64_t address)
{
    uint64_t value;

    __asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static inline void mmio_write64(uint64_t address, uint64_t value)
{
    __asm__ volatile("str %0, [%1]" ::"r"(value), "r"(address) : "memory");
}

static inline uint8_t mmio_read8(uint64_t address)
{
    uint32_t value;

    __asm__ volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return (uint8_t)value;
}

static inline void mmio_write8(uint64_t address, uint8_t value)
{
    __asm__ volatile("strb %w0, [%1]" ::"r"(value), "r"(address) : "memory");
}

#endif
