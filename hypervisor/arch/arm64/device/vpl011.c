/* SPDX-License-Identifier: MIT */
/*
 * The virtual UART (Arm DDI 0183G, chapter 3; the SBSA subset of DEN 0029). Transmitting never
 * waits, so the transmit FIFO is always empty. Receive interrupts follow the FIFO's filling, the
 * transmit interrupt is raised by each character and cleared by software.
 */
#include "mmio.h"
#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/errno.h>
#include <trefoil/string.h>
#include <xen/arch-arm.h>

#define UARTDR   0x000U
#define UARTFR   0x018U
#define UARTIMSC 0x038U
#define UARTRIS  0x03cU
#define UARTMIS  0x040U
#define UARTICR  0x044U
#define UARTID   0xfe0U

#define FR_RXFE (1U << 4)
#define FR_RXFF (1U << 6)
#define FR_TXFE (1U << 7)

#define INT_RX  (1U << 4)
#define INT_TX  (1U << 5)
#define INT_RT  (1U << 6) /* receive timeout: some characters wait */
#define INT_ALL 0x7ffU

/* Fewer than this many characters interrupt by time-out only. */
#define RECEIVE_LEVEL 16U

static unsigned int filled(const struct vpl011 *uart)
{
    return uart->in - uart->out;
}

/* After a change, under the lock: receive state and the interrupt line. */
static void update(struct domain *domain)
{
    struct vpl011 *uart = &domain->arch.vpl011;
    unsigned int count = filled(uart);
    bool line;

    uart->raw &= (uint16_t) ~(INT_RX | INT_RT);
    if (count > 0)
        uart->raw |= INT_RT;
    if (count >= RECEIVE_LEVEL)
        uart->raw |= INT_RX;
    line = (uart->raw & uart->mask) != 0;
    if (line == uart->line)
        return;
    uart->line = line;
    vgic_set_spi(domain, uart->spi, line);
}

static uint64_t receive(struct domain *domain)
{
    struct vpl011 *uart = &domain->arch.vpl011;
    uint64_t character;

    if (filled(uart) == 0)
        return 0;
    character = (uint8_t)uart->fifo[uart->out++ % VPL011_FIFO];
    update(domain);
    return character;
}

static uint64_t flags(const struct vpl011 *uart)
{
    return FR_TXFE | (filled(uart) == 0 ? FR_RXFE : 0) |
           (filled(uart) == VPL011_FIFO ? FR_RXFF : 0);
}

/* PeriphID 0x00341011 and PrimeCell ID, a byte a word. */
static uint64_t identification(uint64_t offset)
{
    static const uint8_t bytes[] = {0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

    return bytes[(offset - UARTID) / 4];
}

static uint64_t read_register(struct domain *domain, uint64_t offset)
{
    struct vpl011 *uart = &domain->arch.vpl011;

    switch (offset) {
    case UARTDR: return receive(domain);
    case UARTFR: return flags(uart);
    case UARTIMSC: return uart->mask;
    case UARTRIS: return uart->raw;
    case UARTMIS: return uart->raw & uart->mask;
    default: return offset >= UARTID ? identification(offset) : 0;
    }
}

static void write_register(struct domain *domain, uint64_t offset, uint64_t value)
{
    struct vpl011 *uart = &domain->arch.vpl011;

    switch (offset) {
    case UARTDR: uart->raw |= INT_TX; break;
    case UARTIMSC: uart->mask = value & INT_ALL; break;
    case UARTICR: uart->raw &= (uint16_t)~value; break;
    default: return; /* baud rate, format, control: no wire that they would matter to */
    }
    update(domain);
}

static bool vpl011_access(struct vcpu *vcpu, struct mmio_access *access, void *data)
{
    struct domain *domain = vcpu->domain;
    struct vpl011 *uart = &domain->arch.vpl011;
    /* A byte or halfword further up in a register reads, and is written, as that part of it. */
    uint64_t offset = access->offset & ~3UL;
    unsigned int shift = 8 * (access->offset & 3);

    (void)data;
    if (access->size > 4 || (access->write && shift != 0)) {
        access->value = access->write ? access->value : 0;
        return true;
    }
    if (access->write && offset == UARTDR) {
        char character = (char)access->value;

        console_guest_write(domain, &character, 1);
    }
    spin_lock(&uart->lock);
    if (access->write)
        write_register(domain, offset, access->value);
    else
        access->value =
            read_register(domain, offset) >> shift & (UINT32_MAX >> (32 - 8 * access->size));
    spin_unlock(&uart->lock);
    return true;
}

int vpl011_init(struct domain *domain, const struct domain_config *config)
{
    struct vpl011 *uart = &domain->arch.vpl011;

    memset(uart, 0, sizeof(*uart));
    if (!config->virtual_uart)
        return 0;
    if (!vgic_has_spi(domain, config->uart_line))
        return -EINVAL;
    uart->present = true;
    uart->spi = config->uart_line;
    return mmio_register(domain, config->uart_base, GUEST_PL011_SIZE, vpl011_access, NULL);
}

void vpl011_free(struct domain *domain)
{
    domain->arch.vpl011.present = false;
}

size_t arch_console_input(struct domain *domain, const char *text, size_t size)
{
    struct vpl011 *uart = &domain->arch.vpl011;
    size_t taken = 0;

    if (!uart->present)
        return 0;
    spin_lock(&uart->lock);
    while (taken < size && filled(uart) < VPL011_FIFO)
        uart->fifo[uart->in++ % VPL011_FIFO] = text[taken++];
    update(domain);
    spin_unlock(&uart->lock);
    return taken;
}
