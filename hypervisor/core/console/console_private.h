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

/* What a domain has waiting for the UART. All zeroes: nothing. */
struct uart_share {
    uint32_t used; /* characters since none of its waited */
    uint32_t last; /* where in the transmit ring the last of them ends at most */
};

/*
 * All under the lock. May a domain add so many characters, at most? It may have as much waiting as
 * it leaves free for other domains; a quarter of the ring is the log's alone.
 */
bool uart_admit(struct uart_share *share, size_t size);
/* Text goes out as it is; what finds no room is dropped. */
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
