/* SPDX-License-Identifier: MIT */
/*
 * What domains print on the machine's UART, and who gets what is typed there. The domain with the
 * focus prints as it likes; others' output comes as whole lines with the domain's name before them,
 * and steers no terminal. Who prints faster than the line takes it loses of its own, in whole
 * lines, and is told how much.
 */
#include "console_private.h"
#include "console_guest.h"
#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/memory.h>
#include <trefoil/options.h>
#include <trefoil/printk.h>
#include <trefoil/restart.h>
#include <trefoil/string.h>
#include <xen/bootfdt.h>

#define GUEST_LINE  1024U
#define GUEST_INPUT 512U
#define CHARACTER   4U /* bytes of one, or of what is shown in its place, at most */

/* Typed three times it moves the focus. */
#define SWITCH_KEY   '\001' /* Ctrl-a */
#define SWITCH_COUNT 3U

#define FOCUS_HYPERVISOR DOMID_INVALID

struct guest_console {
    bool input; /* may have the focus */
    char prefix[72];
    struct uart_share share;
    uint32_t left_out; /* characters */
    uint8_t follow;    /* bytes of a UTF-8 character that are to come */
    uint8_t least;     /* of these the next one is this or more */
    unsigned int length;
    char line[GUEST_LINE];
    uint32_t in_head, in_tail; /* free running */
    char in[GUEST_INPUT];      /* for CONSOLEIO_read */
};

static domid_t focus = FOCUS_HYPERVISOR;
static unsigned int switch_keys;
static bool unread_told;

int console_domain_init(struct domain *domain, bool input)
{
    struct guest_console *console = page_alloc(domain);

    if (!console)
        return -ENOMEM;
    console->input = input;
    snprintf(console->prefix, sizeof(console->prefix), "(%s) ", domain->name);
    domain->console = console;
    return 0;
}

/* What uart_write_line() adds to a line at most. */
static size_t frame_size(const struct guest_console *console)
{
    return strlen(console->prefix) + 2 * strlen("\r\n");
}

/* Has its domain room for so many characters? Then what was left out before is told first. */
static bool admitted(struct guest_console *console, size_t size, size_t frame)
{
    char note[48] = "";
    size_t told = 0;

    if (console->left_out) {
        snprintf(note, sizeof(note), "[%u characters are left out here]",
                 (unsigned int)console->left_out);
        told = strlen(note) + frame_size(console);
    }
    if (!uart_admit(&console->share, size + frame + told)) {
        console->left_out += (uint32_t)size;
        return false;
    }
    if (told)
        uart_write_line(console->prefix, note, strlen(note));
    console->left_out = 0;
    return true;
}

static void write_line(struct guest_console *console)
{
    if (admitted(console, console->length, frame_size(console)))
        uart_write_line(console->prefix, console->line, console->length);
    console->length = 0;
}

static void flush_line(struct guest_console *console)
{
    if (console->length)
        write_line(console);
}

/* The focus stays with a domain that comes again. */
void console_domain_free(struct domain *domain)
{
    bool leaves = !restart_expected(domain->id);

    if (!domain->console)
        return;
    console_lock();
    flush_line(domain->console);
    if (leaves && focus == domain->id)
        focus = FOCUS_HYPERVISOR;
    console_unlock();
    page_free(domain, domain->console);
    domain->console = NULL;
}

static void append(struct guest_console *console, uint8_t c)
{
    console->line[console->length++] = (char)c;
}

/* Whether it goes on with a UTF-8 character; what begins one says what may come. After 0xc2 these
 * are the control characters of C1, after 0xe0 and 0xf0 what has a shorter form. */
static bool within_character(struct guest_console *console, uint8_t c)
{
    bool within = console->follow && c >= console->least && c < 0xc0;
    bool begins = c >= 0xc2 && c < 0xf5;

    console->follow = within ? console->follow - 1 : begins ? 1 + (c >= 0xe0) + (c >= 0xf0) : 0;
    console->least = !within && (c == 0xc2 || c == 0xe0) ? 0xa0
                     : !within && c == 0xf0              ? 0x90
                                                         : 0x80;
    return within;
}

/* What would steer a terminal is shown: ESC as ^[, a character of C1 as the two of ESC that mean
 * the same. */
static void add_to_line(struct guest_console *console, uint8_t c)
{
    bool within = within_character(console, c), steers = c >= 0x80 && c < 0xa0;

    if (!within && console->length > GUEST_LINE - CHARACTER)
        flush_line(console);
    if (c == '\n') {
        write_line(console);
    } else if (c == '\033' || (steers && !within)) {
        append(console, '^');
        append(console, '[');
        if (steers)
            append(console, c - 0x40);
    } else if (c >= ' ' || c == '\t') {
        append(console, c);
    }
}

void console_guest_write(struct domain *domain, const char *text, size_t size)
{
    struct guest_console *console = domain->console;

    if (!console)
        return;
    console_lock();
    if (focus == domain->id) {
        console->follow = 0;
        if (admitted(console, size, 0))
            uart_write(text, size);
    } else {
        for (size_t i = 0; i < size; i++)
            add_to_line(console, (uint8_t)text[i]);
    }
    console_unlock();
}

size_t console_guest_read(struct domain *domain, char *to, size_t size)
{
    struct guest_console *console = domain->console;
    size_t count = 0;

    if (!console)
        return 0;
    console_lock();
    for (; count < size && console->in_tail != console->in_head; count++)
        to[count] = console->in[console->in_tail++ % GUEST_INPUT];
    console_unlock();
    return count;
}

/* Into the ring that CONSOLEIO_read empties. What does not fit is lost, as on a UART: false. */
static bool queue_input(struct domain *domain, char c)
{
    struct guest_console *console = domain->console;
    bool fits;

    console_lock();
    fits = console->in_head - console->in_tail < GUEST_INPUT;
    if (fits)
        console->in[console->in_head++ % GUEST_INPUT] = c;
    console_unlock();
    event_raise_virq(domain, VIRQ_CONSOLE);
    return fits;
}

/* To whoever types for nobody, once until something is taken again. */
static void tell_unread(const struct domain *domain, bool taken)
{
    if (!taken && !unread_told)
        log_warning("%s does not read what is typed: it is lost (Ctrl-a three times switches)",
                    domain->name);
    unread_told = !taken;
}

static void deliver_input(char c)
{
    struct domain *domain;

    if (focus == FOCUS_HYPERVISOR)
        return;
    domain = domain_get(focus);
    if (!domain)
        return;
    if (domain->config.virtual_uart)
        tell_unread(domain, arch_console_input(domain, &c, 1) != 0);
    else if (domain->console)
        tell_unread(domain, queue_input(domain, c));
    domain_put(domain);
}

static void set_focus(const struct domain *domain)
{
    console_lock();
    focus = domain ? domain->id : FOCUS_HYPERVISOR;
    if (domain)
        flush_line(domain->console);
    console_unlock();
    log_info("console input goes to %s (Ctrl-a three times switches)",
             domain ? domain->name : "the hypervisor");
}

static bool may_have_focus(const struct domain *domain)
{
    return domain->console && domain->console->input && domain->life < DOMAIN_DYING;
}

/* The domain with the focus, then those with higher ids, then the hypervisor, then the lowest id.
 */
static void move_focus(void)
{
    unsigned int from = focus == FOCUS_HYPERVISOR ? 0 : focus + 1U;
    struct domain *domain = domain_get_from(from);

    while (domain && !may_have_focus(domain)) {
        from = domain->id + 1U;
        domain_put(domain);
        domain = domain_get_from(from);
    }
    set_focus(domain);
    if (domain)
        domain_put(domain);
}

void console_receive(char c)
{
    if (c == SWITCH_KEY) {
        if (++switch_keys == SWITCH_COUNT) {
            switch_keys = 0;
            move_focus();
        }
        return;
    }
    /* They were not for us after all. */
    for (; switch_keys; switch_keys--)
        deliver_input(SWITCH_KEY);
    deliver_input(c);
}

/* Nobody chose yet: the option, else the first control domain. */
static bool is_chosen(const struct domain *domain)
{
    char name[sizeof(domain->name)];

    if (option_value("console-focus", name, sizeof(name)))
        return strcmp(domain->name, name) == 0;
    return domain->roles & DOMAIN_CAPS_CONTROL;
}

void console_offer_focus(struct domain *domain)
{
    if (focus == FOCUS_HYPERVISOR && may_have_focus(domain) && is_chosen(domain))
        set_focus(domain);
}

void console_settle_focus(void)
{
    char name[sizeof(((struct domain *)0)->name)];

    if (focus != FOCUS_HYPERVISOR)
        return;
    if (option_value("console-focus", name, sizeof(name)) && strcmp(name, "hypervisor") != 0)
        log_warning("console-focus=%s: there is no such domain with a console", name);
    set_focus(NULL);
}
