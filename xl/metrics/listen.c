/* SPDX-License-Identifier: MIT */
/* A small HTTP server: one thread, one request at a time, and so one sample at a time. */
#include "listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <daemon/ready.h>

#include "../xl.h"
#include "libxl/part.h"

#define REASON  256
#define BACKLOG 64

static const struct http_limits limits = {
    .connections = 64, .connections_per_address = 16, .seconds = 10};

static const struct http_part *load_part(void)
{
    static const struct part part = {HTTP_PART_FILE, HTTP_PART_SYMBOL, HTTP_PART_VERSION};
    char why[REASON];
    const struct http_part *http = part_load(&part, why, sizeof(why));
    if (!http)
        xl_fail_with("HTTP takes a part of xl that is not there, or libmicrohttpd is not: %s", why);
    return http;
}

/* A listening socket, or -1 with errno. */
static int open_socket(const struct metrics_address *address)
{
    static const int yes = 1, no = 0;
    int fd = socket(address->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
        (address->at.ss_family != AF_INET6 ||
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)) == 0) &&
        bind(fd, (const struct sockaddr *)&address->at, address->size) == 0 &&
        listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* Which port it is, is known only now if it was 0. */
static void tell_ready(int fd)
{
    struct metrics_address address = {.size = sizeof(address.at)};
    char text[METRICS_ADDRESS_SIZE];
    getsockname(fd, (struct sockaddr *)&address.at, &address.size);
    metrics_format_address(&address, text);
    printf("Metrics are at http://%s/metrics\n", text);
    fflush(stdout);
    ready_notify("xl metrics");
}

/* One that is left would come when signals are let through again. */
static void take_signal(int signals)
{
    struct signalfd_siginfo info;
    if (read(signals, &info, sizeof(info)) < 0)
        perror("xl metrics");
}

static void serve(const struct http_part *http, void *server, int signals)
{
    struct pollfd polls[] = {{.fd = signals, .events = POLLIN},
                             {.fd = http->descriptor(server), .events = POLLIN}};
    do {
        int timeout = http->run(server);
        if (poll(polls, 2, timeout) < 0 && errno != EINTR)
            return;
    } while (!polls[0].revents);
    take_signal(signals);
}

static int listen_at(const struct http_part *http, const struct metrics_address *address,
                     int signals)
{
    char text[METRICS_ADDRESS_SIZE];
    int fd = open_socket(address);
    metrics_format_address(address, text);
    if (fd < 0)
        return xl_fail_with("%s: it cannot be listened at: %s", text, strerror(errno));
    struct libxl_memory *memory = libxl_memory_new();
    void *server = http->begin(fd, &limits, metrics_answer, memory);
    if (server) {
        tell_ready(fd);
        serve(http, server, signals);
        http->end(server);
    }
    libxl_memory_free(memory);
    return server ? XL_OK : xl_fail_with("%s: libmicrohttpd does not take it.", text);
}

int metrics_listen(const char *where)
{
    struct metrics_address address;
    sigset_t ends, before;
    if (!metrics_parse_address(where, &address)) {
        xl_fail_with("%s is no address: it is ADDRESS[:PORT], [IPV6]:PORT or :PORT, in numbers.",
                     where);
        return XL_USAGE;
    }
    const struct http_part *http = load_part();
    if (!http)
        return XL_FAILED;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, &before);
    int signals = signalfd(-1, &ends, SFD_CLOEXEC);
    int status = signals < 0 ? xl_fail_with("signalfd: %s", strerror(errno))
                             : listen_at(http, &address, signals);
    if (signals >= 0)
        close(signals);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return status;
}
