/* SPDX-License-Identifier: MIT */
/* UARTs: a row of uart.def a kind, chosen by the device tree's compatible string. Registers are
 * mapped one to one at EL2. */
#ifndef UART_H
#define UART_H

#include <trefoil/machine.h>
#include <trefoil/types.h>

struct uart_driver {
    /* Ready to transmit and receive by polling, interrupts off. Keeps the line speed that firmware
     * set. */
    void (*init)(paddr_t base, const struct machine_uart *uart);
    bool (*put)(paddr_t base, char c); /* false: no room */
    int (*get)(paddr_t base);          /* -1: nothing there */
    /* Interrupts for received characters on; for room to transmit as asked. */
    void (*set_interrupts)(paddr_t base, bool transmit);
};

/* From here on it is the machine's. */
void uart_use(const struct uart_driver *driver, const struct machine_uart *uart);

#define UART(compatible, driver) extern const struct uart_driver driver;
#include "uart.def"
#undef UART

#endif
