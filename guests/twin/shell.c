/* SPDX-License-Identifier: MIT */
/* A shell that knows a few words, on the domain's console ring. */
#include <stdio.h>
#include <string.h>

#include <xen/hvm/params.h>
#include <xen/io/console.h>
#include <xen/sched.h>

#include "guest.h"

#define OUTPUT 65536U

static struct {
    struct guest *guest;
    int port;
    struct ring in, out;
    char line[256];
    size_t length;
    char output[OUTPUT]; /* what the ring had no room for */
    size_t waiting;
} shell;

int shell_port(void)
{
    return shell.port;
}

static void print(const char *text)
{
    size_t size = strlen(text);

    if (size > OUTPUT - shell.waiting)
        size = OUTPUT - shell.waiting;
    memcpy(shell.output + shell.waiting, text, size);
    shell.waiting += size;
}

static bool flush(void)
{
    size_t gone = ring_put(&shell.out, shell.output, shell.waiting);

    shell.waiting -= gone;
    memmove(shell.output, shell.output + gone, shell.waiting);
    return gone > 0;
}

static void prompt(void)
{
    print(shell.guest->name);
    print("$ ");
}

static void word_echo(const char *rest)
{
    print(rest);
    print("\r\n");
}

static void word_help(const char *rest)
{
    (void)rest;
    print("echo TEXT, name, shutdown, reboot, crash, help\r\n");
}

static void word_name(const char *rest)
{
    (void)rest;
    print(shell.guest->name);
    print("\r\n");
}

static void end(unsigned int reason)
{
    print("ends\r\n");
    flush();
    xc_evtchn_notify(shell.guest->evtchn, (evtchn_port_t)shell.port);
    guest_shutdown(shell.guest, reason);
}

static void word_shutdown(const char *rest)
{
    (void)rest;
    end(SHUTDOWN_poweroff);
}

static void word_reboot(const char *rest)
{
    (void)rest;
    end(SHUTDOWN_reboot);
}

static void word_crash(const char *rest)
{
    (void)rest;
    end(SHUTDOWN_crash);
}

static const struct {
    const char *name;
    void (*run)(const char *rest);
} words[] = {
    {"echo", word_echo},         {"name", word_name},     {"help", word_help},
    {"shutdown", word_shutdown}, {"reboot", word_reboot}, {"crash", word_crash},
};

static void run_line(const char *line)
{
    size_t length = strcspn(line, " ");
    const char *rest = line + length + (line[length] == ' ');

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i].name) == length && !memcmp(words[i].name, line, length)) {
            words[i].run(rest);
            return;
        }
    }
    if (length) {
        print(line);
        print(": not known; help says what is\r\n");
    }
}

/* As a terminal does it: what is typed is shown, a backspace takes back. */
static void typed(char c)
{
    char shown[2] = {c, '\0'};

    if (c == '\r' || c == '\n') {
        print("\r\n");
        shell.line[shell.length] = '\0';
        shell.length = 0;
        run_line(shell.line);
        prompt();
    } else if ((c == '\b' || c == 0x7f) && shell.length) {
        shell.length--;
        print("\b \b");
    } else if (c >= ' ' && shell.length < sizeof(shell.line) - 1) {
        shell.line[shell.length++] = c;
        print(shown);
    }
}

void shell_turn(void)
{
    bool changed = false;
    char data[128];
    size_t size;

    do {
        changed |= flush();
        size = shell.waiting < OUTPUT / 2 ? ring_get(&shell.in, data, sizeof(data)) : 0;
        for (size_t i = 0; i < size; i++)
            typed(data[i]);
        changed |= size > 0;
    } while (size > 0);
    if (changed)
        xc_evtchn_notify(shell.guest->evtchn, (evtchn_port_t)shell.port);
}

int shell_open(struct guest *guest)
{
    struct xencons_interface *page =
        guest_interface(guest, HVM_PARAM_CONSOLE_PFN, HVM_PARAM_CONSOLE_EVTCHN, &shell.port);

    shell.guest = guest;
    if (!page)
        return shell.port;
    shell.in = (struct ring){page->in, sizeof(page->in), &page->in_cons, &page->in_prod};
    shell.out = (struct ring){page->out, sizeof(page->out), &page->out_cons, &page->out_prod};
    print("This is ");
    print(guest->name);
    print(" of the twin: no kernel, a program that plays one. `help' says what it knows.\r\n");
    prompt();
    shell_turn();
    return 0;
}
