/* SPDX-License-Identifier: MIT */
#include "bare.h"
#include <stdarg.h>
#include <xen/arch-arm.h>
#include <xen/xen.h>

#define PSCI_SYSTEM_OFF 0x84000008U
#define LINE            160

void guest_unexpected(uint64_t esr, uint64_t pc, uint64_t address);

static char line[LINE];
static size_t line_length;

static void put(char c)
{
    if (line_length < LINE)
        line[line_length++] = c;
    if (c == '\n' || line_length == LINE) {
        hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, line_length, (uint64_t)line, 0);
        line_length = 0;
    }
}

static void put_number(uint64_t value, unsigned int base)
{
    char digits[20];
    size_t length = 0;

    do {
        digits[length++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value > 0);
    while (length > 0)
        put(digits[--length]);
}

void print(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    for (; *format != '\0'; format++) {
        bool wide;

        if (*format != '%') {
            put(*format);
            continue;
        }
        wide = *++format == 'l';
        if (wide)
            format++;
        if (*format == 's') {
            for (const char *text = va_arg(arguments, const char *); *text != '\0'; text++)
                put(*text);
        } else {
            uint64_t value = wide ? va_arg(arguments, uint64_t) : va_arg(arguments, unsigned int);

            if (*format == 'd' && (int64_t)value < 0) {
                put('-');
                value = -value;
            }
            put_number(value, *format == 'x' ? 16 : 10);
        }
    }
    va_end(arguments);
}

void power_off(void)
{
    firmware_call(PSCI_SYSTEM_OFF, 0, 0, 0);
    for (;;)
        __asm__ volatile("wfi");
}

__attribute__((weak)) void guest_fault(const uint64_t *registers)
{
    (void)registers;
    guest_unexpected(READ_SYSREG(esr_el1), READ_SYSREG(elr_el1), READ_SYSREG(far_el1));
}

void guest_unexpected(uint64_t esr, uint64_t pc, uint64_t address)
{
    print("unexpected exception: esr %lx pc %lx address %lx\n", esr, pc, address);
    power_off();
}

/* Offsets in the redistributor's two frames (Arm IHI 0069, 12.11). */
#define GICD_CTLR       0x0000
#define GICR_WAKER      0x0014
#define GICR_IGROUPR0   0x10080
#define GICR_ISENABLER0 0x10100

void gic_start(void)
{
    mmio_write32(GUEST_GICV3_GICD_BASE + GICD_CTLR, 0x12); /* ARE, group 1 */
    mmio_write32(GUEST_GICV3_GICR0_BASE + GICR_WAKER, 0);
    mmio_write32(GUEST_GICV3_GICR0_BASE + GICR_IGROUPR0, UINT32_MAX);
    WRITE_SYSREG(1, S3_0_C12_C12_5); /* ICC_SRE_EL1 */
    __asm__ volatile("isb");
    WRITE_SYSREG(0xf0, S3_0_C4_C6_0); /* ICC_PMR_EL1 */
    WRITE_SYSREG(1, S3_0_C12_C12_7);  /* ICC_IGRPEN1_EL1 */
    __asm__ volatile("isb");
}

void gic_enable_private(unsigned int intid)
{
    mmio_write32(GUEST_GICV3_GICR0_BASE + GICR_ISENABLER0, 1U << intid);
}
