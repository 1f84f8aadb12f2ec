/* SPDX-License-Identifier: MIT */
/* The log: a ring that the readconsole sysctl reads, and lines on the UART. */
#include "console_private.h"
#include "kept_log.h"
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/hypercall.h>
#include <trefoil/journal.h>
#include <trefoil/options.h>
#include <trefoil/pcpu.h>
#include <trefoil/power.h>
#include <trefoil/printk.h>
#include <trefoil/string.h>

#define RING_SIZE 32768U
#define LINE_SIZE 320U
#define CHUNK     256U
#define PREFIX    "(trefoil) "
#define FORMER    PREFIX "> " /* what the last start's log ended with */

/* Lines that a guest can provoke: so many at once, then so many in the same time again. */
#define LIMIT_BURST    10U
#define LIMIT_INTERVAL UINT64_C(5000000000) /* ns */

static struct {
    uint32_t start, end; /* free running; the oldest kept is never older than RING_SIZE */
    bool announce;       /* somebody can be told of new lines */
    bool forget;         /* the next start is told nothing */
    bool opened;         /* the former start's lines are before all others */
} ring;
static char ring_text[RING_SIZE] NOT_CLEARED;

static void ring_write(const char *text, size_t size)
{
    for (size_t done = 0, part; done < size; done += part, ring.end += (uint32_t)part) {
        uint32_t at = ring.end % RING_SIZE;

        part = size - done < RING_SIZE - at ? size - done : RING_SIZE - at;
        memcpy(&ring_text[at], text + done, part);
    }
    if (ring.end - ring.start > RING_SIZE)
        ring.start = ring.end - RING_SIZE;
}

static void tell_former(const char *text, size_t size)
{
    ring_write(FORMER, sizeof(FORMER) - 1);
    ring_write(text, size);
    ring_write("\n", 1);
}

/* Before all other lines, and before the UART is on, whichever comes first. */
static void tell_all_former(void)
{
    static const char told[] = PREFIX "these were the last lines before the reset\n";

    if (ring.opened)
        return;
    ring.opened = true;
    if (kept_log_open(tell_former))
        ring_write(told, sizeof(told) - 1);
}

/* Where in the ring it begins. */
static uint32_t log_line(const char *text, size_t size)
{
    uint32_t place;

    tell_all_former();
    place = ring.end;
    if (!ring.forget)
        kept_log_add(text, size);
    ring_write(PREFIX, sizeof(PREFIX) - 1);
    ring_write(text, size);
    ring_write("\n", 1);
    if (uart_enabled())
        uart_write_line(PREFIX, text, size);
    return place;
}

static uint32_t log_format(const char *format, va_list arguments)
{
    char text[LINE_SIZE];
    uint32_t place;
    size_t size;

    vsnprintf(text, sizeof(text), format, arguments);
    size = strlen(text);
    while (size && text[size - 1] == '\n')
        size--;
    console_lock();
    place = log_line(text, size);
    console_unlock();
    if (ring.announce)
        event_raise_global_virq(VIRQ_CON_RING);
    return place;
}

void log_message(enum log_level level, const char *format, ...)
{
    va_list arguments;
    uint32_t place;

    if (level == LOG_DEBUG && !option_is("log", "debug"))
        return;
    va_start(arguments, format);
    place = log_format(format, arguments);
    va_end(arguments);
    if (level == LOG_ERROR)
        journal_note(log_error, DOMID_XEN, 0, place);
    else if (level == LOG_WARNING)
        journal_note(log_warning, DOMID_XEN, 0, place);
}

uint32_t log_told(const char *format, ...)
{
    va_list arguments;
    uint32_t place;

    va_start(arguments, format);
    place = log_format(format, arguments);
    va_end(arguments);
    return place;
}

bool log_allowed(struct log_limit *limit, uint32_t *dropped)
{
    uint64_t now = arch_now();
    bool allowed;

    *dropped = 0;
    console_lock();
    if (!limit->window || now - limit->window > LIMIT_INTERVAL) {
        *dropped = limit->dropped;
        limit->window = now;
        limit->used = limit->dropped = 0;
    }
    allowed = limit->used < LIMIT_BURST;
    if (allowed)
        limit->used++;
    else
        limit->dropped++;
    count_one(allowed ? &limit->lines : &limit->left_out);
    console_unlock();
    return allowed;
}

void log_tell_dropped(const struct domain *domain, uint32_t dropped)
{
    if (dropped)
        log_warning("%s: %u lines about it are left out", domain->name, (unsigned int)dropped);
}

/* Without a vcpu it is the hypervisor that speaks. */
bool log_allowed_here(void)
{
    const struct vcpu *vcpu = current_vcpu();
    uint32_t dropped;

    if (!vcpu)
        return true;
    if (!log_allowed(&vcpu->domain->told, &dropped))
        return false;
    log_tell_dropped(vcpu->domain, dropped);
    return true;
}

void panic(const char *format, ...)
{
    va_list arguments;

    power_stop_others(true);
    va_start(arguments, format);
    log_format(format, arguments);
    va_end(arguments);
    power_panic();
}

void console_enter_last_lines(bool hurry)
{
    bool was_enabled = uart_enabled();
    uint32_t left_out = console_lock_for_ever(hurry);

    ring.announce = false;
    if (!was_enabled)
        log_ring_replay();
    if (left_out)
        log_warning("%u characters of output are left out here", left_out);
}

void console_forget_lines(void)
{
    ring.forget = true;
    kept_log_forget();
}

void log_ring_replay(void)
{
    for (uint32_t at = ring.start; at != ring.end; at++) {
        char c = ring_text[at % RING_SIZE];

        if (c == '\n') {
            uart_write("\r\n", 2);
        } else {
            uart_write(&c, 1);
        }
    }
}

void console_init(void)
{
    console_lock();
    tell_all_former();
    uart_enable();
    log_ring_replay();
    console_unlock();
}

void console_go_interrupt_driven(void)
{
    console_lock();
    uart_expect_interrupts();
    ring.announce = true;
    console_unlock();
}

static uint32_t first_to_read(const struct console_read *request)
{
    bool known = request->index - ring.start <= ring.end - ring.start;

    return request->incremental && known ? request->index : ring.start;
}

/* Copies a piece out of the ring; its size, 0 at the end. */
static uint32_t take_chunk(uint32_t *position, char *chunk, uint32_t room)
{
    uint32_t size = 0;

    console_lock();
    if (ring.end - *position > RING_SIZE)
        *position = ring.start; /* it was overtaken */
    for (; size < room && *position != ring.end; size++)
        chunk[size] = ring_text[(*position)++ % RING_SIZE];
    console_unlock();
    return size;
}

int console_ring_read(struct console_read *request)
{
    char chunk[CHUNK];
    uint32_t done = (uint16_t)request->position, position = (uint32_t)(request->position >> 16);
    int result = 0;

    /* More is not to be had, however fast it is written meanwhile. */
    if (request->count > RING_SIZE)
        request->count = RING_SIZE;
    if (!done) {
        console_lock();
        position = first_to_read(request);
        console_unlock();
    }
    for (uint32_t start = done; done < request->count && !result;) {
        uint32_t room = request->count - done < CHUNK ? request->count - done : CHUNK, size;

        if (done != start && hypercall_preempt()) {
            request->position = done | (uint64_t)position << 16;
            return -ERESTART;
        }
        size = take_chunk(&position, chunk, room);
        if (!size)
            break;
        result = request->copy(request->data, done, chunk, size);
        done += size;
    }
    if (result)
        return result;
    if (request->clear) {
        console_lock();
        ring.start = ring.end;
        console_unlock();
    }
    request->count = done;
    request->index = position;
    return 0;
}
