/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <libxl/libxl.h>
#include <tools/clock.h>

#include "console_pump.h"

/* Input from a pipe waits until the console's earlier output has come: for a pause of this long,
 * but not longer than the limit. */
#define SETTLE_MS       200
#define SETTLE_LIMIT_MS 2000

/* A link that does not tell whether the guest reads gets this long for a first answer. */
#define ANSWER_MS 10000

/* A guest that waits for input shows a prompt, a line without its end. After a whole line there is
 * probably more to come, so the silence must be longer by this factor. */
#define WHOLE_LINE_FACTOR 3

/* Earlier output beyond this is shown at once. */
#define HELD_MAX (2u << 20)

/* How often it is looked whether there is another link. */
#define NEXT_MS 200

/* Reads of the link before the input is looked at again. */
#define RECEIVE_LIMIT 16

struct state {
    struct console_pump *pump;
    bool terminal; /* input is one, and was `saved` */
    struct termios saved;
    bool shielded; /* output is one, and input is not */
    /* Output from before the input of a pipe: all of it is too much before an answer, none of it
     * too little when there is no input. */
    bool holding;
    char *held;
    size_t held_size;
    char input[1024];
    size_t input_size;
    bool input_over, detached, output_broken, console_over;
    bool sent, answered; /* something was; output has come since */
    bool whole_line;     /* the last output ended one */
    bool more;           /* the link has more to read */
    int64_t start, last_activity;
    int64_t waiting_since; /* when the input last moved on: more of it came, went, or it ended */
};

static volatile sig_atomic_t signalled;

static void on_signal(int number)
{
    (void)number;
    signalled = 1;
}

static bool write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t count = write(fd, data, size);

        if (count < 0 && errno == EINTR && !signalled)
            continue;
        if (count <= 0)
            return false;
        data += count;
        size -= (size_t)count;
    }
    return true;
}

/* A terminal answers some of what a guest may print. Where what is typed there does not go to the
 * guest, the answer would go to whoever reads it next, so that nothing is printed that steers a
 * terminal. */
static void write_out(struct state *state, char *data, size_t size)
{
    if (state->shielded)
        libxl_make_printable(data, size, "\n\t\r\b");
    if (!write_all(state->pump->out, data, size))
        state->output_broken = true;
}

/* Ends the holding; shows what is held from `from` on. */
static void release_held(struct state *state, size_t from)
{
    write_out(state, state->held + from, state->held_size - from);
    free(state->held);
    state->held = NULL;
    state->held_size = 0;
    state->holding = false;
}

static void show(struct state *state, char *data, size_t size)
{
    char *held = NULL;

    if (state->holding && state->held_size + size <= HELD_MAX)
        held = realloc(state->held, state->held_size + size);
    if (held) {
        memcpy(held + state->held_size, data, size);
        state->held = held;
        state->held_size += size;
        return;
    }
    if (state->holding)
        release_held(state, 0);
    write_out(state, data, size);
}

/* With input to send, only the line that it will stand in is shown of what came earlier. */
static void stop_holding(struct state *state)
{
    const char *newline = NULL;

    if (state->input_size > 0 && state->held_size > 0)
        newline = memrchr(state->held, '\n', state->held_size);
    release_held(state, newline ? (size_t)(newline - state->held) + 1 : 0);
}

static void receive(struct state *state)
{
    struct console_link *link = state->pump->link;
    char data[4096];

    for (int i = 0; i < RECEIVE_LIMIT; i++) {
        ssize_t count = link->ops->receive(link, data, sizeof data);

        state->more = count > 0;
        state->console_over = count < 0;
        if (count <= 0)
            return;
        state->last_activity = clock_ms();
        state->answered = state->sent;
        state->whole_line = data[count - 1] == '\n';
        show(state, data, (size_t)count);
        if (state->output_broken)
            return;
    }
}

/* Whether the earlier output of the console has come, so that what follows is the answer. */
static bool settled(const struct state *state, int64_t now)
{
    return state->terminal || !state->holding || now - state->last_activity >= SETTLE_MS ||
           now - state->start >= SETTLE_LIMIT_MS;
}

static void send_input(struct state *state)
{
    struct console_link *link = state->pump->link;
    ssize_t count;

    if (state->input_size == 0 || !settled(state, clock_ms()))
        return;
    count = link->ops->send(link, state->input, state->input_size);
    if (count < 0) {
        state->console_over = true;
        return;
    }
    if (count == 0)
        return;
    state->input_size -= (size_t)count;
    memmove(state->input, state->input + count, state->input_size);
    state->sent = true;
    state->answered = false;
    state->last_activity = state->waiting_since = clock_ms();
}

/* Called when the input can be read. A person's is read even when the guest takes nothing, lest the
 * escape character be stuck behind the rest: then what there is no room for is lost. */
static void read_input(struct state *state)
{
    char data[sizeof state->input];
    size_t room = sizeof state->input - state->input_size;
    ssize_t count = read(state->pump->in, data, state->terminal ? sizeof data : room);
    const char *escape;

    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    state->waiting_since = clock_ms();
    if (count <= 0) {
        state->input_over = true;
        return;
    }
    escape = memchr(data, state->pump->escape, (size_t)count);
    if (escape) {
        count = escape - data;
        state->detached = true;
    }
    if ((size_t)count > room)
        count = (ssize_t)room;
    memcpy(state->input + state->input_size, data, (size_t)count);
    state->input_size += (size_t)count;
}

static bool guest_has_read(const struct state *state)
{
    struct console_link *link = state->pump->link;

    if (!state->sent)
        return true;
    return link->ops->taken ? link->ops->taken(link) : state->answered;
}

/* How long the guest may take nothing. */
static int64_t patience(const struct state *state)
{
    const struct console_pump *pump = state->pump;
    bool tells = pump->link->ops->taken != NULL;

    if (state->sent && !tells && !state->answered && pump->patience_ms > ANSWER_MS)
        return ANSWER_MS;
    return pump->patience_ms;
}

/* Milliseconds until the wait for an answer is over; 0 when it is. */
static int64_t wait_left(const struct state *state)
{
    int64_t now = clock_ms();
    int64_t left = state->waiting_since + patience(state) - now;
    int64_t quiet = state->last_activity - now +
                    (int64_t)state->pump->linger_ms * (state->whole_line ? WHOLE_LINE_FACTOR : 1);

    if (state->input_size == 0 && guest_has_read(state) && quiet < left)
        left = quiet;
    return left > 0 ? left : 0;
}

/* How long poll() may sleep. */
static int poll_time(const struct state *state)
{
    if (state->more)
        return 0;
    if (state->holding)
        return SETTLE_MS;
    if (!state->terminal && (state->input_over || state->input_size > 0))
        return (int)wait_left(state);
    return -1;
}

static void wait_for_something(struct state *state, const sigset_t *signals)
{
    struct console_link *link = state->pump->link;
    bool reading = !state->input_over && (state->terminal || state->input_size == 0);
    bool blocked = state->input_size > 0 && link->wants_pollout && settled(state, clock_ms());
    struct pollfd fds[2] = {
        {.fd = link->fd, .events = (short)(POLLIN | (blocked ? POLLOUT : 0))},
        {.fd = reading ? state->pump->in : -1, .events = POLLIN},
    };
    int time = poll_time(state);
    struct timespec limit = {time / 1000, (time % 1000) * 1000000L};

    if (ppoll(fds, 2, time < 0 ? NULL : &limit, signals) > 0 && fds[1].revents)
        read_input(state);
}

/* Whether there is no more to wait for: after the end of the input, or in the middle of it when the
 * guest takes nothing. */
static bool input_is_done(const struct state *state)
{
    if (state->terminal)
        return state->input_over;
    if (state->holding || (!state->input_over && state->input_size == 0))
        return false;
    if (clock_ms() - state->waiting_since >= state->pump->patience_ms)
        return true;
    return state->input_size == 0 && !state->more && wait_left(state) == 0;
}

/* Whether the escape character has come, and of a pipe what was before it has gone. */
static bool is_detached(const struct state *state)
{
    return state->detached && (state->terminal || state->input_size == 0);
}

static bool is_over(const struct state *state, enum console_end *end)
{
    if (signalled)
        *end = CONSOLE_END_SIGNAL;
    else if (state->output_broken)
        *end = CONSOLE_END_OUTPUT;
    else if (is_detached(state))
        *end = CONSOLE_END_DETACHED;
    else if (state->console_over)
        *end = CONSOLE_END_CONSOLE;
    else if (input_is_done(state))
        *end = guest_has_read(state) && state->input_size == 0 ? CONSOLE_END_INPUT
                                                               : CONSOLE_END_IGNORED;
    else
        return false;
    return true;
}

static enum console_end pump_until_over(struct state *state, const sigset_t *signals)
{
    enum console_end end;
    bool had_been_read = false;

    state->start = state->last_activity = state->waiting_since = clock_ms();
    for (;;) {
        receive(state);
        if (state->holding && (settled(state, clock_ms()) || state->console_over))
            stop_holding(state);
        send_input(state);
        /* The silence that matters begins when the guest has read the input. */
        if (guest_has_read(state) && !had_been_read)
            state->last_activity = clock_ms();
        had_been_read = guest_has_read(state);
        if (is_over(state, &end))
            return end;
        wait_for_something(state, signals);
    }
}

/* A person's keys come as they are, and what a guest prints goes out so; but for lines of our own.
 */
static void shape_terminal(const struct state *state, bool own_lines)
{
    struct termios raw = state->saved;

    if (!state->terminal)
        return;
    cfmakeraw(&raw);
    if (own_lines)
        raw.c_oflag = state->saved.c_oflag;
    tcsetattr(state->pump->in, TCSADRAIN, &raw);
}

/* Whether a pipe's input has ended may not have been looked at yet. */
static bool input_is_whole(struct state *state)
{
    struct pollfd in = {.fd = state->pump->in, .events = POLLIN};

    if (!state->input_over && state->input_size == 0 && poll(&in, 1, 0) > 0)
        read_input(state);
    return state->input_over && state->input_size == 0;
}

/* While there is no guest: what a person types is for nobody, a pipe waits. */
static void wait_between(struct state *state, const sigset_t *signals)
{
    bool reading = state->terminal && !state->input_over;
    struct pollfd in = {.fd = reading ? state->pump->in : -1, .events = POLLIN};
    struct timespec limit = {0, NEXT_MS * 1000000L};

    if (ppoll(&in, 1, &limit, signals) > 0)
        read_input(state);
    if (state->terminal)
        state->input_size = 0;
}

static void take_link(struct state *state, struct console_link *link)
{
    struct console_pump *pump = state->pump;

    pump->link->ops->close(pump->link);
    pump->link = link;
    state->console_over = state->sent = state->answered = state->whole_line = state->more = false;
}

/* True when there is another link; else `*end` is the end. */
static bool await_next(struct state *state, const sigset_t *signals, enum console_end *end)
{
    struct console_next *next = state->pump->next;
    struct console_link *link = NULL;
    bool over = false;

    for (;;) {
        if (!over)
            link = next->look(next, state->pump->link, &over);
        if (link || over || signalled || is_detached(state))
            break;
        wait_between(state, signals);
    }
    if (link)
        take_link(state, link);
    else if (!over)
        *end = signalled ? CONSOLE_END_SIGNAL : CONSOLE_END_DETACHED;
    return link;
}

/* All links, one after the other. */
static enum console_end pump_all(struct state *state, const sigset_t *signals)
{
    enum console_end end;

    for (;;) {
        bool whole;

        end = pump_until_over(state, signals);
        whole = end == CONSOLE_END_CONSOLE && !state->terminal && input_is_whole(state);
        if (end != CONSOLE_END_CONSOLE || whole)
            return end;
        shape_terminal(state, true);
        if (!state->terminal)
            end = CONSOLE_END_CUT;
        if (!state->pump->next || !await_next(state, signals, &end))
            return end;
        shape_terminal(state, false);
    }
}

enum console_end console_pump_run(struct console_pump *pump)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct state state = {.pump = pump};
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked, before;
    enum console_end end;

    state.terminal = tcgetattr(pump->in, &state.saved) == 0;
    state.holding = !state.terminal;
    state.shielded = !state.terminal && isatty(pump->out);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        sigaddset(&blocked, ending[i]);
        sigaction(ending[i], &action, NULL);
    }
    sigprocmask(SIG_BLOCK, &blocked, &before);
    shape_terminal(&state, false);
    end = pump_all(&state, &before);
    if (state.terminal)
        tcsetattr(pump->in, TCSAFLUSH,
                  &state.saved); /* what comes too late for the guest is for nobody */
    sigprocmask(SIG_SETMASK, &before, NULL);
    return end;
}
