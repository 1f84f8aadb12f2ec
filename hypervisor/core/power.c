/* SPDX-License-Identifier: MIT */
#include <trefoil/power.h>

#include <trefoil/arch.h>
#include <trefoil/console.h>
#include <trefoil/options.h>
#include <trefoil/printk.h>
#include <trefoil/string.h>

#define SECOND UINT64_C(1000000000) /* ns */
/* Within this every pcpu leaves its guest or what it does for one; one that does not is stuck. */
#define STOP_PATIENCE UINT64_C(100000000) /* ns */
#define MAX_DELAY     3600UL              /* s */

static const struct {
    const char *name, *told;
} actions[] = {
    [POWER_WAIT] = {"wait", "the machine waits for a reset by hand"},
    [POWER_OFF] = {"poweroff", "the machine is powered off"},
    [POWER_RESET] = {"reset", "the machine is reset"},
};

static enum power_action on_panic = POWER_OFF;
static unsigned long panic_delay; /* s */

static _Atomic bool ending;
static struct pcpu *_Atomic ender;

/* "reset" or "reset,5". */
static bool parse(char *value)
{
    char *comma = strchr(value, ','), *end;
    unsigned long delay = 0;

    if (comma) {
        *comma = '\0';
        delay = strtoul(comma + 1, &end, 10);
        if (comma[1] < '0' || comma[1] > '9' || *end || delay > MAX_DELAY)
            return false;
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(actions); i++) {
        if (strcmp(value, actions[i].name) != 0)
            continue;
        on_panic = i;
        panic_delay = delay;
        return true;
    }
    return false;
}

void power_init(void)
{
    char value[32], given[32];

    on_panic = POWER_RESET;
    panic_delay = 0;
    if (!option_value("panic", value, sizeof(value)))
        return;
    string_copy(given, value, sizeof(given));
    if (!parse(value))
        log_warning("panic=%s: not reset, poweroff or wait, nor that with ,SECONDS; it is reset",
                    given);
}

static _Noreturn void act(enum power_action action)
{
    if (action == POWER_RESET)
        arch_reset();
    if (action == POWER_OFF)
        arch_power_off();
    arch_halt();
}

void power_stop_others(bool hurry)
{
    unsigned int deaf;

    if (atomic_exchange(&ending, true)) {
        if (atomic_load(&ender) == this_pcpu())
            act(on_panic);
        arch_halt();
    }
    atomic_store(&ender, this_pcpu());
    watchdog_feed();
    deaf = arch_stop_others(STOP_PATIENCE);
    console_enter_last_lines(hurry);
    if (deaf)
        log_warning("%u of the other CPUs do not answer", deaf);
}

static _Noreturn void finish(enum power_action action, unsigned long delay)
{
    uint64_t end = arch_now() + delay * SECOND;

    if (delay && action != POWER_WAIT)
        log_info("in %lu s %s", delay, actions[action].told);
    else
        log_info("%s", actions[action].told);
    /* A reset that does not come is the watchdog's to make; where none is to come it must not. */
    if (action != POWER_RESET)
        watchdog_stop();
    do
        watchdog_feed();
    while (arch_now() < end);
    act(action);
}

void power_panic(void)
{
    finish(on_panic, panic_delay);
}

void power_end(enum power_action action)
{
    power_stop_others(false);
    console_forget_lines();
    finish(action, 0);
}

void power_provoke(const char *who)
{
    panic("%s asked for a panic (debug key C)", who);
}
