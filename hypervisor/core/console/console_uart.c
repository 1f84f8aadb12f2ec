/* SPDX-License-Identifier: MIT */
/*
 * The UART behind a ring: who prints never waits for the line's speed, interrupts move the ring on.
 * Only before interrupts run, and at the very end, is it polled.
 */
#include "console_private.h"
#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/string.h>

#define TRANSMIT_SIZE 32768U
#define DOMAINS_SIZE  (TRANSMIT_SIZE / 4 * 3) /* of it, for what domains print */
/* How long a UART that takes nothing is polled. */
#define UART_PATIENCE UINT64_C(100000000) /* ns */
/* What the machine's last lines take at most, and of what waited before them (90 ms at 115200 Bd).
 */
#define LAST_PATIENCE UINT64_C(3000000000) /* ns */
#define LAST_BACKLOG  1024U
#define LOCK_PATIENCE UINT64_C(10000000) /* ns */

static struct {
    spinlock_t lock;
    bool enabled, interrupts;
    struct pcpu *_Atomic last; /* who writes the machine's last lines */
    uint64_t last_until;       /* ns */
    bool inside_line;          /* the last character was no line feed */
    uint32_t head, tail;       /* free running */
} uart;
static char transmit_ring[TRANSMIT_SIZE] NOT_CLEARED;

void console_lock(void)
{
    const struct pcpu *last = atomic_load_explicit(&uart.last, memory_order_relaxed);

    if (likely(!last))
        spin_lock(&uart.lock);
    else if (last != this_pcpu())
        arch_halt();
}

void console_unlock(void)
{
    if (likely(!atomic_load_explicit(&uart.last, memory_order_relaxed)))
        spin_unlock(&uart.lock);
}

uint32_t console_lock_for_ever(bool hurry)
{
    uint64_t give_up = arch_now() + LOCK_PATIENCE;
    uint32_t left_out = 0;

    while (!spin_trylock(&uart.lock) && arch_now() < give_up)
        cpu_relax();
    uart.last_until = arch_now() + LAST_PATIENCE;
    uart.enabled = true;
    atomic_store(&uart.last, this_pcpu());
    if (hurry && uart.head - uart.tail > LAST_BACKLOG)
        left_out = uart.head - uart.tail - LAST_BACKLOG;
    uart.tail += left_out;
    return left_out;
}

void uart_enable(void)
{
    uart.enabled = true;
}

bool uart_enabled(void)
{
    return uart.enabled;
}

void uart_expect_interrupts(void)
{
    uart.interrupts = true;
}

/* As much as goes in without waiting. */
static bool move_on(void)
{
    bool moved = false;

    while (uart.tail != uart.head) {
        uint32_t at = uart.tail % TRANSMIT_SIZE, size = uart.head - uart.tail;

        if (size > TRANSMIT_SIZE - at)
            size = TRANSMIT_SIZE - at;

        size_t taken = uart_put(&transmit_ring[at], size);

        if (!taken)
            break;
        uart.tail += (uint32_t)taken;
        moved = true;
    }
    return moved;
}

/* Given up, what waits is as good as sent. */
static void poll_out(void)
{
    uint64_t give_up = arch_now() + UART_PATIENCE;
    uint64_t end = uart.last ? uart.last_until : UINT64_MAX;

    while (uart.tail != uart.head) {
        uint64_t now;

        if (move_on())
            give_up = arch_now() + UART_PATIENCE;
        now = arch_now();
        if (now > give_up || now > end)
            uart.tail = uart.head;
        else
            cpu_relax();
    }
}

void uart_drain(bool all)
{
    if (!uart.enabled)
        return;
    if (all || !uart.interrupts || uart.last) {
        poll_out();
        return;
    }
    move_on();
    uart_want_transmit(uart.tail != uart.head);
}

static bool has_room(struct uart_share *share, size_t size)
{
    uint32_t waits = uart.head - uart.tail;
    uint32_t free = waits < DOMAINS_SIZE ? DOMAINS_SIZE - waits : 0;

    if (!waits || share->last - uart.tail - 1 >= TRANSMIT_SIZE)
        share->used = 0;
    return size <= free && share->used + size <= free - size;
}

bool uart_admit(struct uart_share *share, size_t size)
{
    if (!has_room(share, size)) {
        uart_drain(false);
        if (!has_room(share, size))
            return false;
    }
    share->used += (uint32_t)size;
    share->last = uart.head + (uint32_t)size;
    return true;
}

/* What finds no room is dropped. */
static void push(const char *text, size_t size)
{
    while (size) {
        uint32_t at = uart.head % TRANSMIT_SIZE, room;
        size_t part = size;

        if (uart.head - uart.tail == TRANSMIT_SIZE)
            uart_drain(false);
        room = TRANSMIT_SIZE - (uart.head - uart.tail);
        if (!room)
            return;
        if (part > room)
            part = room;
        if (part > TRANSMIT_SIZE - at)
            part = TRANSMIT_SIZE - at;
        memcpy(&transmit_ring[at], text, part);
        uart.head += (uint32_t)part;
        text += part;
        size -= part;
    }
}

void uart_write(const char *text, size_t size)
{
    if (!size)
        return;
    push(text, size);
    uart.inside_line = text[size - 1] != '\n';
    uart_drain(false);
}

void uart_write_line(const char *prefix, const char *text, size_t size)
{
    if (uart.inside_line)
        push("\r\n", 2);
    push(prefix, strlen(prefix));
    push(text, size);
    push("\r\n", 2);
    uart.inside_line = false;
    uart_drain(false);
}

void uart_transmit_ready(void)
{
    console_lock();
    uart_drain(false);
    console_unlock();
}
