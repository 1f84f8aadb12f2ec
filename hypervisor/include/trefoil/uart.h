/* SPDX-License-Identifier: MIT */
/* Bringing up the UART of the machine; see drivers/. What core does with it is in arch.h. */
#ifndef TREFOIL_UART_H
#define TREFOIL_UART_H

#include <trefoil/machine.h>
#include <trefoil/types.h>

/* From here on uart_put() works, by polling. The registers are mapped. False when no driver knows
 * the UART. */
bool uart_init(const struct machine_uart *uart);
/* Once the UART's interrupt, machine_uart.irq, leads to uart_interrupt(): goes on by interrupts. */
void uart_start_interrupts(void);
/* What to call on its interrupt; data is unused. */
void uart_interrupt(void *data);

#endif
