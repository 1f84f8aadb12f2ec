/* SPDX-License-Identifier: MIT */
/* Arm PrimeCell UART PL011 (DDI 0183G, chapter 3), and the SBSA UART, which is a part of it. */
#include "uart.h"

#define UARTDR   0x000U
#define UARTFR   0x018U
#define UARTCR   0x030U
#define UARTLCRH 0x02cU
#define UARTIMSC 0x038U
#define UARTICR  0x044U

#define DR_ERRORS (0xfU << 8)
#define FR_RXFE   (1U << 4)
#define FR_TXFF   (1U << 5)
#define CR_ON     ((1U << 0) | (1U << 8) | (1U << 9)) /* UARTEN, TXE, RXE */
#define LCRH_8N1F ((3U << 5) | (1U << 4))             /* 8 bits, FIFOs on */
#define INT_RX    (1U << 4)
#define INT_TX    (1U << 5)
#define INT_RT    (1U << 6)
#define INT_ALL   0x7ffU

/* Load-acquire: Cortex-A57's erratum 832075. */
static uint32_t uart_read(paddr_t base, unsigned int offset)
{
    return __atomic_load_n((volatile uint32_t *)(base + offset), __ATOMIC_ACQUIRE);
}

static void uart_write(paddr_t base, unsigned int offset, uint32_t value)
{
    *(volatile uint32_t *)(base + offset) = value;
}

static void pl011_init(paddr_t base, const struct machine_uart *uart)
{
    (void)uart;
    uart_write(base, UARTIMSC, 0);
    uart_write(base, UARTICR, INT_ALL);
    if ((uart_read(base, UARTCR) & CR_ON) == CR_ON &&
        (uart_read(base, UARTLCRH) & LCRH_8N1F) == LCRH_8N1F)
        return;
    uart_write(base, UARTLCRH, LCRH_8N1F);
    uart_write(base, UARTCR, CR_ON);
}

static bool pl011_put(paddr_t base, char c)
{
    if ((uart_read(base, UARTFR) & FR_TXFF) != 0)
        return false;
    uart_write(base, UARTDR, (uint8_t)c);
    return true;
}

static int pl011_get(paddr_t base)
{
    uint32_t data;

    /* Broken characters are dropped, as many as the FIFO may hold. */
    for (unsigned int i = 0; i < 32; i++) {
        if ((uart_read(base, UARTFR) & FR_RXFE) != 0)
            return -1;
        data = uart_read(base, UARTDR);
        if ((data & DR_ERRORS) == 0)
            return (int)(data & 0xff);
    }
    return -1;
}

static void pl011_set_interrupts(paddr_t base, bool transmit)
{
    uart_write(base, UARTIMSC, INT_RX | INT_RT | (transmit ? INT_TX : 0));
}

const struct uart_driver pl011_driver = {
    .init = pl011_init,
    .put = pl011_put,
    .get = pl011_get,
    .set_interrupts = pl011_set_interrupts,
};

/* No line settings to make: they are firmware's. */
static void sbsa_init(paddr_t base, const struct machine_uart *uart)
{
    (void)uart;
    uart_write(base, UARTIMSC, 0);
    uart_write(base, UARTICR, INT_ALL);
}

const struct uart_driver sbsa_uart_driver = {
    .init = sbsa_init,
    .put = pl011_put,
    .get = pl011_get,
    .set_interrupts = pl011_set_interrupts,
};
