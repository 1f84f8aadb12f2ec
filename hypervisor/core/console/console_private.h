/* SPDX-License-Identifier: MIT */
/* What the parts of the console share: core/console/console_log.c, console_uart.c, console.c. */
#ifndef CORE_CONSOLE_PRIVATE_H
#define CORE_CONSOLE_PRIVATE_H

#include <trefoil/console.h>
#include <trefoil/spinlock.h>

/* Over the log's ring, the transmit ring and who has the focus. Innermost. */
void console_lock(void);
void console_unlock(void);
/*
 * For the machine's last lines: whoever else takes the lock from here on stops there, whoever has
 * it and does not let go is not waited for. In a hurry only the end stays of what waits for the
 * UART; returns how many characters go. All that comes out after this has three seconds together.
 */
uint32_t console_lock_for_ever(bool hurry);

/* All under the lock. Text goes out as it is; what finds no room is dropped. */
void uart_write(const char *text, size_t size);
/* A whole line: begins at the left margin, ends with CR LF. */
void uart_write_line(const char *prefix, const char *text, size_t size);
/* Moves what waits into the UART; until everything is out if interrupts do not run yet, or `all`.
 */
void uart_drain(bool all);
void uart_enable(void);
bool uart_enabled(void);
void uart_expect_interrupts(void);

/* Puts a line of the log on the UART, or all lines of the ring that came before it was enabled. */
void log_ring_replay(void);

#endif
