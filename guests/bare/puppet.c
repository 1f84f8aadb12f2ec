/* SPDX-License-Identifier: MIT */
#include "puppet.h"
#include <xen/sched.h>

#define ISPENDR1 0x204U
#define KEEPER   3

static volatile uint64_t kept;
static volatile uint64_t other_address;

static void pause_for(uint64_t ns)
{
    struct sched_poll op = {.timeout = now() + ns};

    call(__HYPERVISOR_sched_op, SCHEDOP_poll, &op);
}

static uint64_t read_sized(uint64_t address, unsigned int size)
{
    switch (size) {
    case 1: return *(volatile uint8_t *)address;
    case 2: return *(volatile uint16_t *)address;
    case 4: return *(volatile uint32_t *)address;
    default: return *(volatile uint64_t *)address;
    }
}

static uint64_t read_wide(uint64_t address, unsigned int size)
{
    switch (size) {
    case 1: return (uint64_t) * (volatile int8_t *)address;
    case 2: return (uint64_t) * (volatile int16_t *)address;
    default: return (uint64_t) * (volatile int32_t *)address;
    }
}

static void write_sized(uint64_t address, unsigned int size, uint64_t value)
{
    switch (size) {
    case 1: *(volatile uint8_t *)address = (uint8_t)value; break;
    case 2: *(volatile uint16_t *)address = (uint16_t)value; break;
    case 4: *(volatile uint32_t *)address = (uint32_t)value; break;
    default: *(volatile uint64_t *)address = value; break;
    }
}

static uint64_t read_next(uint64_t address)
{
    uint64_t value;

    __asm__ volatile("ldr %0, [%1], #24" : "=&r"(value), "+r"(address)::"memory");
    return address << 32 | value;
}

static uint64_t read_pair(uint64_t address)
{
    uint64_t one = 0, two = 0;

    __asm__ volatile("ldp %0, %1, [%2]" : "+r"(one), "+r"(two) : "r"(address) : "memory");
    return one + two;
}

static void other_cpu(void)
{
    mmio_read32(other_address);
}

static uint64_t let_other_read(uint64_t address)
{
    other_address = address;
    return (uint64_t)cpu_start(other_cpu);
}

static uint64_t reboot(void)
{
    struct sched_shutdown op = {.reason = SHUTDOWN_reboot};

    return (uint64_t)call(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &op);
}

static uint64_t perform(uint64_t order, uint64_t operand)
{
    uint64_t address = DEVICE + (order >> 16);
    unsigned int size = order >> 8 & 0xff;

    switch ((enum puppet_order)(order & 0xff)) {
    case PUPPET_READ: return read_sized(address, size);
    case PUPPET_READ_WIDE: return read_wide(address, size);
    case PUPPET_READ_NEXT: return read_next(address);
    case PUPPET_READ_PAIR: return read_pair(address);
    case PUPPET_WRITE: write_sized(address, size, operand); break;
    case PUPPET_KEEP: kept = operand; break;
    case PUPPET_KEPT: return kept;
    case PUPPET_LOOK: return *(volatile uint64_t *)operand;
    case PUPPET_PAGE: return gfn_of_page(KEEPER);
    case PUPPET_LINES: return mmio_read32(gicd(ISPENDR1));
    case PUPPET_OTHER: return let_other_read(address);
    case PUPPET_REBOOT: return reboot();
    }
    return 0;
}

/* An answer may never come: then it is a fault. */
static bool fetch(uint64_t address, uint64_t *value)
{
    return !FAULT_OF(*value = mmio_read64(address)).taken;
}

static bool post(uint64_t address, uint64_t value)
{
    return !FAULT_OF(mmio_write64(address, value)).taken;
}

void puppet_serve(void)
{
    for (;;) {
        uint64_t order = 0, operand = 0, result = 0;
        struct fault fault;

        if (!fetch(DEVICE_ORDER, &order) || !fetch(DEVICE_OPERAND, &operand)) {
            pause_for(MILLISECOND);
            continue;
        }
        fault = FAULT_OF(result = perform(order, operand));
        if (post(DEVICE_RESULT, result))
            post(DEVICE_FAULT, fault.taken ? fault.esr : 0);
    }
}
