/* SPDX-License-Identifier: MIT */
/* The machine's one UART: what console and interrupt controller call. */
#include "uart.h"
#include <stdatomic.h>
#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/uart.h>

/* Characters taken in one interrupt at most; the rest interrupts again. */
#define RECEIVE_BURST 64U

static struct {
    const struct uart_driver *driver; /* NULL: none found */
    paddr_t base;
    bool interrupts;
    _Atomic bool transmit;
} uart;

void uart_use(const struct uart_driver *driver, const struct machine_uart *machine_uart)
{
    uart.driver = driver;
    uart.base = machine_uart->reg.start;
    driver->init(uart.base, machine_uart);
}

void uart_interrupt(void *data)
{
    (void)data;
    for (unsigned int i = 0; i < RECEIVE_BURST; i++) {
        int c = uart.driver->get(uart.base);

        if (c < 0)
            break;
        console_receive((char)c);
    }
    if (atomic_load(&uart.transmit))
        uart_transmit_ready();
}

void uart_start_interrupts(void)
{
    uart.interrupts = true;
    uart.driver->set_interrupts(uart.base, atomic_load(&uart.transmit));
}

size_t uart_put(const char *text, size_t size)
{
    size_t done = 0;

    /* Without a UART everything is as good as sent. */
    if (uart.driver == NULL)
        return size;
    while (done < size && uart.driver->put(uart.base, text[done]))
        done++;
    return done;
}

void uart_want_transmit(bool want)
{
    atomic_store(&uart.transmit, want);
    if (uart.interrupts)
        uart.driver->set_interrupts(uart.base, want);
}

int uart_get(void)
{
    return uart.driver != NULL ? uart.driver->get(uart.base) : -1;
}
