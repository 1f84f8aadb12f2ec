/* SPDX-License-Identifier: MIT */
/* What `xl console` does between a person or a pipe and a console, with a guest made up here. */
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "console/console_pump.h"

/* A guest that echoes, answers "[LINE]" to each line, and shows the prompt "# " again. */
static struct guest {
    struct console_link link;
    char output[8192];
    size_t output_size, output_taken;
    char input[1024];
    size_t input_size;
    size_t bite; /* how much input it accepts at a time */
    bool deaf;   /* never reads its input */
    bool ended;  /* its console does not exist any more */
    int closed;  /* how often the link was */
} guest;

static void guest_prints(const char *data, size_t size)
{
    uint64_t one = 1;

    assert_true(guest.output_size + size <= sizeof guest.output);
    memcpy(guest.output + guest.output_size, data, size);
    guest.output_size += size;
    assert_int_equal(write(guest.link.fd, &one, sizeof one), sizeof one);
}

static ssize_t guest_receive(struct console_link *link, char *out, size_t size)
{
    size_t left = guest.output_size - guest.output_taken;
    uint64_t count;

    assert_ptr_equal(link, &guest.link);
    if (left == 0) {
        (void)!read(link->fd, &count, sizeof count);
        return guest.ended ? -1 : 0;
    }
    if (size > left)
        size = left;
    memcpy(out, guest.output + guest.output_taken, size);
    guest.output_taken += size;
    return (ssize_t)size;
}

static void guest_hears(char byte)
{
    guest.input[guest.input_size++] = byte;
    guest_prints(&byte, 1);
    if (byte != '\n')
        return;
    guest_prints("[", 1);
    guest_prints(guest.input, guest.input_size - 1);
    guest_prints("]\n# ", 4);
    guest.input_size = 0;
}

static ssize_t guest_send(struct console_link *link, const char *data, size_t size)
{
    assert_ptr_equal(link, &guest.link);
    if (size > guest.bite)
        size = guest.bite;
    if (guest.ended)
        return 0;
    for (size_t i = 0; i < size && !guest.deaf; i++)
        guest_hears(data[i]);
    return (ssize_t)size;
}

static bool guest_taken(struct console_link *link)
{
    assert_ptr_equal(link, &guest.link);
    return !guest.deaf;
}

static void guest_close(struct console_link *link)
{
    assert_ptr_equal(link, &guest.link);
    guest.closed++;
}

static const struct console_link_ops guest_ops = {guest_receive, guest_send, guest_taken,
                                                  guest_close};

/* The same guest once more, at the third look, as often as there are lives left. */
static struct lives {
    struct console_next next;
    int left, looks;
    bool over; /* looked at once there was none */
} lives;

static struct console_link *next_life(struct console_next *next, struct console_link *ended,
                                      bool *over)
{
    assert_ptr_equal(next, &lives.next);
    assert_ptr_equal(ended, &guest.link);
    assert_false(lives.over);
    lives.over = *over = lives.left == 0;
    if (lives.over || ++lives.looks % 3 != 0)
        return NULL;
    lives.left--;
    guest.ended = lives.left > 0;
    guest_prints("another life\n", 13);
    return &guest.link;
}

static int fresh(void **state)
{
    (void)state;
    guest = (struct guest){.bite = SIZE_MAX, .link = {.ops = &guest_ops}};
    lives = (struct lives){.next = {.look = next_life}};
    guest.link.fd = eventfd(0, EFD_NONBLOCK);
    return guest.link.fd < 0;
}

static int done(void **state)
{
    (void)state;
    return close(guest.link.fd);
}

/* Runs the pump with `typed` on a pipe; returns what it printed. */
static const char *converse(const char *typed, enum console_end expected)
{
    static char printed[16384];
    struct console_pump pump = {
        .link = &guest.link, .escape = 0x1d, .linger_ms = 50, .patience_ms = 600};
    int in[2], out[2];
    ssize_t size;

    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    assert_int_equal(write(in[1], typed, strlen(typed)), strlen(typed));
    close(in[1]);
    pump.in = in[0];
    pump.out = out[1];
    assert_int_equal(console_pump_run(&pump), expected);
    close(out[1]);
    close(in[0]);
    size = read(out[0], printed, sizeof printed - 1);
    close(out[0]);
    assert_true(size >= 0);
    printed[size] = '\0';
    return printed;
}

static void a_question_and_its_answer(void **state)
{
    (void)state;
    guest_prints("booting\nwelcome\n# ", 18);
    assert_string_equal(converse("hello\n", CONSOLE_END_INPUT), "# hello\n[hello]\n# ");
}

static void without_input_everything_is_shown(void **state)
{
    (void)state;
    guest_prints("booting\nwelcome\n# ", 18);
    assert_string_equal(converse("", CONSOLE_END_INPUT), "booting\nwelcome\n# ");
}

static void input_in_small_bites(void **state)
{
    (void)state;
    guest.bite = 3;
    assert_string_equal(converse("one two\nthree\n", CONSOLE_END_INPUT),
                        "one two\n[one two]\n# three\n[three]\n# ");
}

static void a_guest_that_does_not_read(void **state)
{
    (void)state;
    guest.deaf = true;
    guest_prints("# ", 2);
    assert_string_equal(converse("hello\n", CONSOLE_END_IGNORED), "# ");
}

/* Not even when nothing can be sent. */
static void a_full_ring(void **state)
{
    (void)state;
    guest.bite = 0;
    assert_string_equal(converse("hello\n", CONSOLE_END_IGNORED), "");
}

static void the_console_ends(void **state)
{
    (void)state;
    guest_prints("Power down\n", 11);
    guest.ended = true;
    assert_string_equal(converse("", CONSOLE_END_CONSOLE), "Power down\n");
}

/* With all of its input typed, a pipe has its answer. */
static void a_whole_answer_has_no_other_life(void **state)
{
    (void)state;
    lives.left = 1;
    guest_prints("Power down\n", 11);
    guest.ended = true;
    assert_string_equal(converse("", CONSOLE_END_CONSOLE), "Power down\n");
    assert_int_equal(lives.looks, 0);
}

/* A pipe that stays open, from which `typed` comes. */
static enum console_end keep_on(const char *typed, char *printed, size_t size)
{
    struct console_pump pump = {.link = &guest.link,
                                .next = &lives.next,
                                .escape = 0x1d,
                                .linger_ms = 50,
                                .patience_ms = 600};
    enum console_end end;
    int in[2], out[2];
    ssize_t count;

    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    assert_int_equal(write(in[1], typed, strlen(typed)), strlen(typed));
    pump.in = in[0];
    pump.out = out[1];
    end = console_pump_run(&pump);
    close(out[1]);
    close(in[0]);
    close(in[1]);
    count = read(out[0], printed, size - 1);
    close(out[0]);
    assert_true(count >= 0);
    printed[count] = '\0';
    return end;
}

/* What an open pipe has still to say is for the next life; when none is left, it is cut off. */
static void a_pipe_goes_on_over_lives(void **state)
{
    char printed[256];

    (void)state;
    lives.left = 2;
    guest_prints("Power down\n", 11);
    guest.ended = true;
    assert_int_equal(keep_on("\035", printed, sizeof printed), CONSOLE_END_DETACHED);
    assert_string_equal(printed, "Power down\n");

    guest.output_size = guest.output_taken = 0;
    lives = (struct lives){.next = {.look = next_life}, .left = 2};
    guest.closed = 0;
    guest.ended = true;
    assert_int_equal(keep_on("hello\n\035", printed, sizeof printed), CONSOLE_END_DETACHED);
    assert_string_equal(printed, "another life\nanother life\n");
    assert_non_null(strstr(guest.output, "[hello]"));
    assert_int_equal(guest.closed, 2);
}

static void a_pipe_is_cut_off(void **state)
{
    char printed[256];

    (void)state;
    guest_prints("Power down\n", 11);
    guest.ended = true;
    assert_int_equal(keep_on("", printed, sizeof printed), CONSOLE_END_CUT);
    assert_string_equal(printed, "Power down\n");
    assert_true(lives.over);
}

static void the_escape_character_detaches(void **state)
{
    (void)state;
    converse("one\n\035two\n", CONSOLE_END_DETACHED);
    assert_non_null(strstr(guest.output, "[one]"));
    assert_null(strstr(guest.output, "two"));
}

static void nobody_reads_the_output(void **state)
{
    struct console_pump pump = {
        .link = &guest.link, .escape = 0x1d, .linger_ms = 50, .patience_ms = 600};
    int in[2], out[2];

    (void)state;
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    close(out[0]);
    pump.in = in[0]; /* open: only the output can end it */
    pump.out = out[1];
    guest_prints("lost\n", 5);
    assert_int_equal(console_pump_run(&pump), CONSOLE_END_OUTPUT);
    close(in[0]);
    close(in[1]);
    close(out[1]);
}

static bool is_raw(int fd)
{
    struct termios settings;

    assert_int_equal(tcgetattr(fd, &settings), 0);
    return !(settings.c_lflag & (ICANON | ECHO | ISIG));
}

/* The pump in a process of its own on a terminal; the test is the person. */
static pid_t start_on_terminal(int *master, int *slave)
{
    struct console_pump pump = {
        .link = &guest.link, .escape = 0x1d, .linger_ms = 50, .patience_ms = 600};
    pid_t child;

    assert_int_equal(openpty(master, slave, NULL, NULL, NULL), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        pump.in = pump.out = *slave;
        pump.next = lives.left ? &lives.next : NULL;
        _exit(10 + (int)console_pump_run(&pump));
    }
    for (int i = 0; i < 500 && !is_raw(*slave); i++)
        usleep(10000);
    assert_true(is_raw(*slave));
    return child;
}

static int end_of(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status) - 10;
}

static void a_person_at_a_terminal(void **state)
{
    int master, slave;
    char shown[256] = "";
    size_t size = 0;
    pid_t child;

    (void)state;
    guest_prints("history\n# ", 10);
    child = start_on_terminal(&master, &slave);
    assert_int_equal(write(master, "ls\n", 3), 3);
    while (size < sizeof shown - 1 && !strstr(shown, "[ls]")) {
        ssize_t count = read(master, shown + size, sizeof shown - 1 - size);

        assert_true(count > 0);
        size += (size_t)count;
    }
    assert_memory_equal(shown, "history\n# ls\n", 13);
    assert_int_equal(write(master, "\035", 1), 1);
    assert_int_equal(end_of(child), CONSOLE_END_DETACHED);
    assert_false(is_raw(slave));
    close(master);
    close(slave);
}

/* A terminal that is not the input is asked nothing, as its answer would be typed into something
 * else. */
static void a_terminal_behind_a_pipe(void **state)
{
    struct console_pump pump = {
        .link = &guest.link, .escape = 0x1d, .linger_ms = 50, .patience_ms = 600};
    int master, slave, in[2];
    char shown[64] = "";

    (void)state;
    guest_prints("a\033[6nb\302\2335n\n", 11);
    assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
    assert_int_equal(pipe(in), 0);
    close(in[1]);
    pump.in = in[0];
    pump.out = slave;
    assert_int_equal(console_pump_run(&pump), CONSOLE_END_INPUT);
    assert_int_equal(read(master, shown, sizeof shown - 1), 12);
    assert_string_equal(shown, "a?[6nb??5n\r\n");
    close(in[0]);
    close(master);
    close(slave);
}

/* The escape character is not stuck behind what the guest does not take. */
static void a_person_leaves_a_dead_guest(void **state)
{
    static char junk[3000];
    int master, slave;
    pid_t child;

    (void)state;
    guest.bite = 0;
    memset(junk, 'x', sizeof junk);
    child = start_on_terminal(&master, &slave);
    assert_int_equal(write(master, junk, sizeof junk), sizeof junk);
    assert_int_equal(write(master, "\035", 1), 1);
    assert_int_equal(end_of(child), CONSOLE_END_DETACHED);
    close(master);
    close(slave);
}

/* Between two lives lines of ours are told apart from the guest's, and a person may leave. */
static void a_person_goes_on_over_lives(void **state)
{
    int master, slave;
    char shown[256] = "";
    size_t size = 0;
    pid_t child;

    (void)state;
    lives.left = 3;
    guest_prints("history\n", 8);
    guest.ended = true;
    child = start_on_terminal(&master, &slave);
    while (size < sizeof shown - 1 &&
           !strstr(shown, "another life\nanother life\nanother life\n")) {
        ssize_t count = read(master, shown + size, sizeof shown - 1 - size);

        assert_true(count > 0);
        size += (size_t)count;
    }
    assert_int_equal(write(master, "ls\n", 3), 3);
    while (size < sizeof shown - 1 && !strstr(shown, "[ls]")) {
        ssize_t count = read(master, shown + size, sizeof shown - 1 - size);

        assert_true(count > 0);
        size += (size_t)count;
    }
    assert_int_equal(write(master, "\035", 1), 1);
    assert_int_equal(end_of(child), CONSOLE_END_DETACHED);
    close(master);
    close(slave);
}

/* A domain that is long in coming is no prison. */
static void a_person_leaves_between_lives(void **state)
{
    int master, slave;
    pid_t child;

    (void)state;
    lives.left = 1;
    lives.looks = -1000000;
    guest.ended = true;
    child = start_on_terminal(&master, &slave);
    assert_int_equal(write(master, "x\035", 2), 2);
    assert_int_equal(end_of(child), CONSOLE_END_DETACHED);
    assert_false(is_raw(slave));
    close(master);
    close(slave);
}

/* A signal leaves the terminal as it was. */
static void a_signal_at_a_terminal(void **state)
{
    int master, slave;
    pid_t child;

    (void)state;
    child = start_on_terminal(&master, &slave);
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(end_of(child), CONSOLE_END_SIGNAL);
    assert_false(is_raw(slave));
    close(master);
    close(slave);
}

#define GUEST_TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GUEST_TEST(a_question_and_its_answer),
        GUEST_TEST(without_input_everything_is_shown),
        GUEST_TEST(input_in_small_bites),
        GUEST_TEST(a_guest_that_does_not_read),
        GUEST_TEST(a_full_ring),
        GUEST_TEST(the_console_ends),
        GUEST_TEST(a_whole_answer_has_no_other_life),
        GUEST_TEST(a_pipe_goes_on_over_lives),
        GUEST_TEST(a_pipe_is_cut_off),
        GUEST_TEST(the_escape_character_detaches),
        GUEST_TEST(nobody_reads_the_output),
        GUEST_TEST(a_person_at_a_terminal),
        GUEST_TEST(a_person_leaves_a_dead_guest),
        GUEST_TEST(a_person_goes_on_over_lives),
        GUEST_TEST(a_person_leaves_between_lives),
        GUEST_TEST(a_terminal_behind_a_pipe),
        GUEST_TEST(a_signal_at_a_terminal),
    };

    return cmocka_run_group_tests_name("xl console", tests, NULL, NULL);
}
