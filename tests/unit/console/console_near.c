/* SPDX-License-Identifier: MIT */
/* xenconsoled and its clients in its own domain, over the socket and the terminal. */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <xenctl/xenctl.h>

#include "console_board.h"

static int near_connect(const char *greeting)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

    strcpy(address.sun_path, socket_path);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(write(fd, greeting, strlen(greeting)), strlen(greeting));
    run();
    return fd;
}

static const char *near_reads(int fd)
{
    static char text[16384];
    ssize_t count;

    run();
    count = read(fd, text, sizeof text - 1);
    text[count > 0 ? count : 0] = '\0';
    return text;
}

static void a_near_client_talks(void **state)
{
    int fd;

    (void)state;
    guest_says(app_page, APP, "app login: ");
    fd = near_connect("console 2\nroot\n");
    assert_string_equal(near_reads(fd), "ok\napp login: ");
    assert_string_equal(guest_hears(app_page), "root\n");
    guest_says(app_page, APP, "# ");
    assert_string_equal(near_reads(fd), "# ");
    close(fd);
    run();
    assert_int_equal(daemon_state->socket_count, 0);
}

static void a_near_client_is_refused(void **state)
{
    char longest[200];
    int fd;

    (void)state;
    fd = near_connect("console 99\n");
    assert_string_equal(near_reads(fd), "error no such domain\n");
    close(fd);
    fd = near_connect("console 4294967298\n");
    assert_non_null(strstr(near_reads(fd), "error "));
    close(fd);
    fd = near_connect("hello\n");
    assert_string_equal(near_reads(fd), "error the greeting is not \"console DOMID [last|log]\"\n");
    close(fd);
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    fd = near_connect(longest);
    assert_string_equal(near_reads(fd), "error the greeting is too long\n");
    close(fd);
    run();
    assert_int_equal(daemon_state->socket_count, 0);
}

/* The end of a life can be read when another has begun, and the log whenever. */
static void earlier_lives_and_logs_are_kept(void **state)
{
    int fd;

    (void)state;
    fd = near_connect("console 2 last\n");
    assert_string_equal(near_reads(fd), "error no earlier life of the domain is known\n");
    close(fd);
    fd = near_connect("console 2 first\n");
    assert_string_equal(near_reads(fd),
                        "error only last and log are known besides the console itself\n");
    close(fd);
    guest_says(app_page, APP, "Kernel panic\n");
    run();
    fd = near_connect("console 2 log\n");
    assert_string_equal(near_reads(fd), "ok\nKernel panic\n");
    close(fd);
    /* It has ended, and is still there. */
    fake_domain_flag(APP, XEN_DOMINF_shutdown);
    fake_store_fire("@releaseDomain");
    run();
    fd = near_connect("console 2 last\n");
    assert_string_equal(near_reads(fd), "ok\nKernel panic\n");
    close(fd);
    /* It is gone. */
    fake_domain_flag(APP, XEN_DOMINF_dying);
    fake_store_fire("@releaseDomain");
    run();
    fd = near_connect("console 2 last\n");
    assert_string_equal(near_reads(fd), "ok\nKernel panic\n");
    close(fd);
    fd = near_connect("console 2 log\n");
    assert_string_equal(near_reads(fd), "ok\nKernel panic\n");
    close(fd);
    run();
    assert_int_equal(daemon_state->socket_count, 0);
}

static void a_near_client_sees_the_end(void **state)
{
    int fd = near_connect("console 2\n");
    char byte;

    (void)state;
    assert_string_equal(near_reads(fd), "ok\n");
    fake_domain_flag(APP, XEN_DOMINF_shutdown);
    fake_store_fire("@releaseDomain");
    run();
    assert_int_equal(read(fd, &byte, 1), 0);
    close(fd);
}

/* A terminal's bytes arrive when the kernel gets round to them. */
#define PATIENCE_MS 10000

static void terminal_shows(int fd, const char *wanted)
{
    char text[256] = "";
    size_t size = 0;
    uint64_t end = loop_now() + PATIENCE_MS;

    while (size < strlen(wanted) && loop_now() < end) {
        ssize_t count = read(fd, text + size, sizeof text - 1 - size);

        size += count > 0 ? (size_t)count : 0;
        run_for(5);
    }
    assert_string_equal(text, wanted);
}

static void guest_hears_all_of(const char *wanted)
{
    uint64_t end = loop_now() + PATIENCE_MS;

    while (app_page->in_prod - app_page->in_cons < strlen(wanted) && loop_now() < end)
        run_for(5);
    assert_string_equal(guest_hears(app_page), wanted);
}

static int open_terminal(void)
{
    const char *path = fake_store_read("/local/domain/2/console/tty");
    int fd;

    assert_non_null(path);
    fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
    assert_true(fd >= 0);
    run();
    return fd;
}

static void the_terminal_works_as_xens_does(void **state)
{
    int fd;

    (void)state;
    guest_says(app_page, APP, "app login: ");
    fd = open_terminal();
    terminal_shows(fd, "app login: ");
    assert_int_equal(write(fd, "root\r", 5), 5);
    guest_hears_all_of("root\r");
    close(fd);
    run();

    /* Nothing piles up while nobody looks; the next reader gets the history again. */
    guest_says(app_page, APP, "more");
    fd = open_terminal();
    terminal_shows(fd, "app login: more");
    close(fd);
}

static void the_terminal_hangs_up_at_the_end(void **state)
{
    int fd = open_terminal();
    char byte;

    (void)state;
    fake_domain_flag(APP, XEN_DOMINF_shutdown);
    fake_store_fire("@releaseDomain");
    run();
    assert_int_equal(read(fd, &byte, 1), 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOARD_TEST(a_near_client_talks),
        BOARD_TEST(a_near_client_is_refused),
        BOARD_TEST(earlier_lives_and_logs_are_kept),
        BOARD_TEST(a_near_client_sees_the_end),
        BOARD_TEST(the_terminal_works_as_xens_does),
        BOARD_TEST(the_terminal_hangs_up_at_the_end),
    };

    return cmocka_run_group_tests_name("xenconsoled, clients in its domain", tests, make_directory,
                                       remove_directory);
}
