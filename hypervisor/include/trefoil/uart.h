/* SPDX-License-Identifier: MIT */
/* Bringing up the UART of the machine; see drivers/. What core does with it is in arch.h. */
#ifndef TREFOIL_UART_H
#define TREFOIL_UART_H

#include <trefoil/machine.h>
#include <trefoil/types.h>

/* From here on uart_put() works, by polling. The registers are mapped. False when no driver knows
 * the UART. */
bool uart_init(const struct machine_uart *uart);
/* Once the interrupt controller is up: takes the UART's interrupt, if it has one. */
void uart_start_interrupts(void);

#endif
