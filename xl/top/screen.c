/* SPDX-License-Identifier: MIT */
#include "screen.h"

#include <stdlib.h>

#include <tools/clock.h>

#include "../xl.h"

static unsigned int wanted_by(const struct top_screen *screen)
{
    return TOP_DEVICES | TOP_COUNTERS | (screen->vcpus ? TOP_VCPUS : 0);
}

static enum libxl_code take(struct top_screen *screen)
{
    struct top_sample taken;
    enum libxl_code code = top_sample_take(xl_context(), wanted_by(screen),
                                           screen->now.at_ms ? &screen->now : NULL, &taken);
    top_sample_free(&screen->now);
    screen->now = taken;
    return code;
}

/* Until the next sample is due, or a key asks for one. False: it cannot be shown any more. */
static bool follow_keys(struct top_screen *screen)
{
    const int64_t due = clock_ms() + (int64_t)(screen->delay * 1000);
    for (bool sample = false; !sample && !screen->ends;) {
        int64_t left = due - clock_ms();
        top_draw(screen);
        if (!screen->terminal->show())
            return false;
        int key = left > 0 ? screen->terminal->key((int)left) : TERMINAL_NONE;
        sample = key == TERMINAL_NONE ? clock_ms() >= due : top_press(screen, key);
    }
    return true;
}

int top_screen_run(const struct terminal_part *terminal, double delay, unsigned long iterations,
                   const struct top_screen *as)
{
    struct top_screen screen = *as;
    enum libxl_code code = LIBXL_OK;
    screen.terminal = terminal;
    screen.delay = delay;
    for (unsigned long i = 0; !screen.ends && (!iterations || i < iterations); i++) {
        code = take(&screen);
        if (code || !follow_keys(&screen))
            break;
    }
    top_sample_free(&screen.now);
    free(screen.lines);
    terminal->close();
    return code ? xl_fail() : XL_OK;
}
