/* SPDX-License-Identifier: MIT */
/* xl metrics --listen: where it listens, what it answers to whom, and that no client is in others'
 * way. */
#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <tools/clock.h>

#include "../../../xl/metrics/listen.h"
#include "libxl/part.h"
#include "libxl_fake.h"
#include "libxl_run.h"
#include "xl/xl.h"

#define ANSWER_SIZE ((size_t)1 << 18)
#define PATIENCE_MS 30000

static struct run run;
static char answer[ANSWER_SIZE];

/* ---- Addresses ---- */

static void addresses(void **state)
{
    static const struct {
        const char *text, *means;
    } rows[] = {
        {"127.0.0.1", "127.0.0.1:9802"},
        {"127.0.0.1:0", "127.0.0.1:0"},
        {"0.0.0.0:65535", "0.0.0.0:65535"},
        {":80", "[::]:80"},
        {"::1", "[::1]:9802"},
        {"[::1]", "[::1]:9802"},
        {"[fe80::2]:9100", "[fe80::2]:9100"},
        {"[::ffff:1.2.3.4]:1", "[::ffff:1.2.3.4]:1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct metrics_address address;
        char text[METRICS_ADDRESS_SIZE];
        if (!metrics_parse_address(rows[i].text, &address))
            fail_msg("%s is refused", rows[i].text);
        metrics_format_address(&address, text);
        assert_string_equal(text, rows[i].means);
    }
}

static void no_addresses(void **state)
{
    static const char *const texts[] = {
        "",
        "localhost",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.0.0.1:+1",
        "1.2.3",
        "[::1",
        "[::1]9",
        "[::1]:",
        "[127.0.0.1]:80",
        "[]:80",
        ":",
        "127.0.0.1:1:2",
        "1.2.3.4:9x",
        "[::1]:80 ",
        ":99999999999999999999",
        "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:80",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct metrics_address address;
        if (metrics_parse_address(texts[i], &address))
            fail_msg("%s is taken", texts[i]);
    }
    fails(&run, "metrics --listen localhost", XL_USAGE,
          "localhost is no address: it is ADDRESS[:PORT], [IPV6]:PORT or :PORT, in numbers.\n");
}

/* ---- Formats ---- */

static void formats(void **state)
{
    static const struct {
        const char *accept;
        enum metrics_format format;
    } rows[] = {
        {NULL, METRICS_TEXT},
        {"", METRICS_TEXT},
        {"*/*", METRICS_TEXT},
        {"text/html, text/*;q=0.5", METRICS_TEXT},
        {"application/openmetrics-text", METRICS_OPEN},
        {"Application/OpenMetrics-Text ; Version=1.0.0 ; charset=utf-8", METRICS_OPEN},
        {"application/openmetrics-text; version=0.0.1", METRICS_TEXT},
        {"application/openmetrics-text;version=2.0.0,text/plain;q=0.1", METRICS_TEXT},
        /* Prometheus 2.42's. */
        {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
         "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
         METRICS_OPEN},
        {"text/plain;version=0.0.4;q=1,application/openmetrics-text;q=0.9", METRICS_TEXT},
        {"text/plain;q=0.3,application/openmetrics-text;q=0.30", METRICS_OPEN},
        {"application/openmetrics-text;q=0", METRICS_TEXT},
        {"application/openmetrics-text;q=2", METRICS_TEXT},
        {"application/openmetrics-text;q=nan", METRICS_TEXT},
        {"application/openmetrics-text;q=", METRICS_TEXT},
        {"application/openmetrics-text;q", METRICS_TEXT},
        {"application/openmetrics-text;q=0.00000000001", METRICS_TEXT},
        {",;,;=,  ,;;q=;version", METRICS_TEXT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (metrics_negotiate(rows[i].accept) != rows[i].format)
            fail_msg("%s means the other format", rows[i].accept ? rows[i].accept : "nothing");
    }
}

/* ---- A server in another process ---- */

struct served {
    pid_t pid;
    int out; /* what it prints */
    uint16_t port;
};

static void has(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("there is no %s in %s", wanted, text);
}

/* What comes up to the end, or to the end of patience. */
static size_t read_all(int fd, char *text, size_t size)
{
    int64_t deadline = clock_ms() + PATIENCE_MS;
    size_t length = 0;
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - clock_ms();
        if (left <= 0 || poll(&ready, 1, (int)left) <= 0)
            fail_msg("nothing comes any more, and no end: %.*s", (int)length, text);
        ssize_t got = read(fd, text + length, size - 1 - length);
        length += got > 0 ? (size_t)got : 0;
        text[length] = '\0';
        if (got <= 0)
            return length;
    }
}

static void read_line(int fd, char *line, size_t size)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    size_t length = 0;
    while (length < size - 1 && poll(&ready, 1, PATIENCE_MS) > 0 && read(fd, line + length, 1) > 0)
        if (line[length++] == '\n')
            break;
    line[length] = '\0';
}

static struct served serve(const char *where)
{
    char line[128];
    int ends[2];
    unsigned int port;
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    struct served served = {.pid = fork(), .out = ends[0]};
    if (!served.pid) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        char *argv[] = {"xl", "metrics", "--listen", (char *)where, NULL};
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        int status = xl_main(4, argv);
        fflush(NULL);
        _exit(status);
    }
    close(ends[1]);
    read_line(served.out, line, sizeof(line));
    const char *colon = strrchr(line, ':');
    if (!colon || sscanf(colon, ":%u/metrics\n", &port) != 1)
        fail_msg("it is not ready: %s", line);
    served.port = (uint16_t)port;
    return served;
}

static void end(struct served *served, int signal)
{
    int status;
    close(served->out);
    kill(served->pid, signal);
    assert_int_equal(waitpid(served->pid, &status, 0), served->pid);
    if (!WIFEXITED(status))
        fail_msg("signal %d", WTERMSIG(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int connect_to(const struct served *served)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons(served->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static const char *ask(const struct served *served, const char *request)
{
    int fd = connect_to(served);
    say(fd, request);
    read_all(fd, answer, sizeof(answer));
    close(fd);
    return answer;
}

static void it_answers(void **state)
{
    (void)state;
    struct served served = serve("127.0.0.1:0");
    ask(&served, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    has(answer, "HTTP/1.1 200 ");
    has(answer, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n");
    has(answer, "\ntrefoil_domain_life{domain=\"app\",id=\"2\"} 0\n");
    assert_null(strstr(answer, "# EOF"));
    ask(&served, "GET /metrics?a=b HTTP/1.1\r\nHost: a\r\n"
                 "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n\r\n");
    has(answer, "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n");
    assert_string_equal(answer + strlen(answer) - 7, "\n# EOF\n");
    ask(&served, "GET / HTTP/1.0\r\n\r\n");
    has(answer, "Content-Type: text/html; charset=utf-8\r\n");
    has(answer, "<a href=\"/metrics\">");
    ask(&served, "HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    has(answer, "HTTP/1.1 200 ");
    assert_string_equal(answer + strlen(answer) - 4, "\r\n\r\n");
    ask(&served, "GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
    has(answer, "HTTP/1.1 404 ");
    ask(&served, "POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    has(answer, "HTTP/1.1 405 ");
    has(answer, "Allow: GET, HEAD\r\n");
    end(&served, SIGTERM);
}

/* Each request is answered with what is there at its time. */
static void what_cannot_be_had_is_said(void **state)
{
    (void)state;
    fake.look_error = -1;
    struct served served = serve("127.0.0.1:0");
    ask(&served, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    has(answer, "HTTP/1.1 503 ");
    has(answer, "Looking at the machine is not permitted in this domain");
    end(&served, SIGINT);
}

static void garbage_hurts_nobody(void **state)
{
    static char much[100000];
    (void)state;
    memset(much, 'a', sizeof(much) - 1);
    struct served served = serve("127.0.0.1:0");
    ask(&served, "\r\n\r\n\x01\x02\xff garbage\r\n\r\n\r\n");
    ask(&served, "GET\r\n\r\n");
    int fd = connect_to(&served);
    say(fd, "GET /");
    (void)send(fd, much, sizeof(much) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)shutdown(fd, SHUT_WR);
    (void)read_all(fd, answer, sizeof(answer));
    close(fd);
    /* One that goes before it is answered. */
    fd = connect_to(&served);
    say(fd, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
    close(fd);
    has(ask(&served, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"), "HTTP/1.1 200 ");
    end(&served, SIGTERM);
}

/* Those that say nothing keep one that asks from nothing, though they are as many as may be from
 * one address; nor does one that goes on saying a little keep its connection. */
static void slow_ones_hurt_nobody(void **state)
{
    int silent[40], slow, tries = 0;
    char byte;
    (void)state;
    struct served served = serve("127.0.0.1:0");
    slow = connect_to(&served);
    say(slow, "GET /metrics HTTP/1.1\r\n");
    for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
        silent[i] = connect_to(&served);
    int64_t begun = clock_ms();
    struct pollfd ended = {.fd = slow, .events = POLLIN};
    while (poll(&ended, 1, 500) == 0 && clock_ms() - begun < PATIENCE_MS) {
        (void)send(slow, "A: b\r\n", 6, MSG_NOSIGNAL);
        tries++;
    }
    assert_true(tries > 3);
    assert_true(read(slow, &byte, 1) <= 0);
    assert_true(clock_ms() - begun < PATIENCE_MS);
    has(ask(&served, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "HTTP/1.1 200 ");
    for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
        close(silent[i]);
    close(slow);
    end(&served, SIGTERM);
}

/* As a program does that goes on, with a context for each time that it looks. */
static bool store_answers(int64_t *ms)
{
    struct libxl_ctx *ctx = libxl_open();
    int64_t begun = clock_ms();
    bool answers = libxl_domain_request(ctx, 2, "poweroff") == LIBXL_OK;
    *ms = clock_ms() - begun;
    libxl_close(ctx);
    return answers;
}

static void silent_xenstored_is_waited_for_once(void **state)
{
    int64_t first, second, deadline = clock_ms() + 60000;
    (void)state;
    fake.store_is_silent = true;
    assert_false(store_answers(&first));
    assert_true(first >= 4000);
    assert_false(store_answers(&second));
    assert_true(second < 2000);
    fake.store_is_silent = false;
    while (!store_answers(&second) && clock_ms() < deadline)
        usleep(1000);
    assert_true(clock_ms() < deadline);
}

/* ---- Beginning and end ---- */

static void a_service_manager_is_told(void **state)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char folder[] = "/tmp/libxl_listen.XXXXXX", said[64] = "";
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(at.sun_path, sizeof(at.sun_path), "%s/notify", folder);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    setenv("NOTIFY_SOCKET", at.sun_path, 1);
    struct served served = serve("127.0.0.1:0");
    unsetenv("NOTIFY_SOCKET");
    struct pollfd told = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&told, 1, PATIENCE_MS), 1);
    assert_true(recv(fd, said, sizeof(said) - 1, 0) > 0);
    assert_string_equal(said, "READY=1");
    end(&served, SIGTERM);
    close(fd);
    unlink(at.sun_path);
    rmdir(folder);
}

static void what_is_taken_is_named(void **state)
{
    char line[64], said[128];
    (void)state;
    struct served served = serve("127.0.0.1:0");
    snprintf(line, sizeof(line), "metrics --listen 127.0.0.1:%u", served.port);
    snprintf(said, sizeof(said), "127.0.0.1:%u: it cannot be listened at: Address already in use\n",
             served.port);
    fails(&run, line, XL_FAILED, said);
    end(&served, SIGTERM);
}

static void it_stands_alone(void **state)
{
    (void)state;
    fails(&run, "metrics --listen 127.0.0.1:0 --text", XL_USAGE,
          "Who asks by HTTP says which format it is to be: --listen stands alone.\n");
}

static void without_its_part_it_says_so(void **state)
{
    (void)state;
    part_folder = "/there/is/none";
    run_xl(&run, "metrics --listen 127.0.0.1:0");
    part_folder = PART;
    assert_int_equal(run.status, XL_FAILED);
    has(run.err, "HTTP takes a part of xl that is not there, or libmicrohttpd is not: ");
    has(run.err, "/there/is/none/xl-http.so");
}

int main(void)
{
    part_folder = PART;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(no_addresses),
        cmocka_unit_test(formats),
        cmocka_unit_test_setup(it_answers, board),
        cmocka_unit_test_setup(what_cannot_be_had_is_said, board),
        cmocka_unit_test_setup(garbage_hurts_nobody, board),
        cmocka_unit_test_setup(slow_ones_hurt_nobody, board),
        cmocka_unit_test_setup(silent_xenstored_is_waited_for_once, board),
        cmocka_unit_test_setup(a_service_manager_is_told, board),
        cmocka_unit_test_setup(what_is_taken_is_named, board),
        cmocka_unit_test_setup(it_stands_alone, board),
        cmocka_unit_test_setup(without_its_part_it_says_so, board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
