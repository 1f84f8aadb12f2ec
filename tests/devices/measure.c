/* SPDX-License-Identifier: MIT */
/*
 * measure disk DEVICE MILLISECONDS, measure ping ADDRESS MILLISECONDS: what a disk or a network
 * does for one program that waits for each request. Prints lines "NAME VALUE COUNT": read_4k and
 * ping, the median time of a read of 4 KiB past the page cache or of a round trip in ns; read_1m
 * and write_1m, bytes a second of requests of 1 MiB. What is written is zeros. COUNT is of
 * requests. Between the first and the last request of a row is what tests/devices/count.c counts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <sys/time.h>

#define SMALL   4096
#define LARGE   (1024 * 1024)
#define SAMPLES 4000

/* HINT instructions that do nothing (Arm ARM C6.2.95). */
#ifdef __aarch64__
#define MARK_BEGIN() __asm__ volatile("hint #96" ::: "memory")
#define MARK_END()   __asm__ volatile("hint #97" ::: "memory")
#else
#define MARK_BEGIN() ((void)0)
#define MARK_END()   ((void)0)
#endif

static const char *subject;
static uint64_t limit; /* ns of each row */

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "measure: %s: %s: %s\n", subject, what, strerror(errno));
    exit(1);
}

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    const uint64_t *first = a, *second = b;

    return (*first > *second) - (*first < *second);
}

/* Does request(number) again and again, and prints the median of the times. */
static void time_each(const char *name, void (*request)(unsigned int number, const void *about),
                      const void *about)
{
    static uint64_t samples[SAMPLES];
    unsigned int count = 0;
    uint64_t start = now();

    MARK_BEGIN();
    do {
        uint64_t before = now();

        request(count, about);
        samples[count++] = now() - before;
    } while (count < SAMPLES && now() - start < limit);
    MARK_END();
    qsort(samples, count, sizeof(samples[0]), compare);
    printf("%s %llu %u\n", name, (unsigned long long)samples[count / 2], count);
}

struct disk {
    int file;
    off_t size;
    char *buffer;
};

/* Past the end it begins anew. */
static off_t place(const struct disk *disk, off_t number, off_t length)
{
    return number % (disk->size / length) * length;
}

static void read_small(unsigned int number, const void *about)
{
    const struct disk *disk = about;

    if (pread(disk->file, disk->buffer, SMALL, place(disk, number, SMALL)) != SMALL)
        fail("reading");
}

static void stream(const struct disk *disk, const char *name, bool writing)
{
    unsigned int count = 0;
    uint64_t start = now(), taken;

    MARK_BEGIN();
    do {
        off_t at = place(disk, count, LARGE);
        ssize_t moved = writing ? pwrite(disk->file, disk->buffer, LARGE, at)
                                : pread(disk->file, disk->buffer, LARGE, at);

        if (moved != LARGE)
            fail(writing ? "writing" : "reading");
        count++;
        taken = now() - start;
    } while (taken < limit);
    MARK_END();
    printf("%s %.0f %u\n", name, (double)count * LARGE * 1e9 / (double)taken, count);
}

static void measure_disk(void)
{
    struct disk disk = {.file = open(subject, O_RDWR | O_DIRECT)};

    if (disk.file < 0)
        fail("opening");
    disk.size = lseek(disk.file, 0, SEEK_END);
    if (disk.size < LARGE)
        fail("less than 1 MiB");
    disk.buffer = aligned_alloc(SMALL, LARGE);
    if (disk.buffer == NULL)
        fail("allocating");
    memset(disk.buffer, 0, LARGE);
    time_each("read_4k", read_small, &disk);
    stream(&disk, "read_1m", false);
    stream(&disk, "write_1m", true);
    free(disk.buffer);
    close(disk.file);
}

/* The kernel fills in identifier and checksum of such a socket (ping sockets of Linux, icmp(7)). */
static void exchange(unsigned int number, const void *about)
{
    const int *socket_of = about;
    struct icmphdr request = {.type = ICMP_ECHO, .un.echo.sequence = htons((uint16_t)number)},
                   answer;

    if (send(*socket_of, &request, sizeof(request), 0) != sizeof(request))
        fail("sending");
    do {
        if (recv(*socket_of, &answer, sizeof(answer), 0) < (ssize_t)sizeof(answer))
            fail("no answer within 5 s");
    } while (answer.un.echo.sequence != request.un.echo.sequence);
}

static void measure_ping(void)
{
    struct sockaddr_in peer = {.sin_family = AF_INET};
    struct timeval patience = {.tv_sec = 5};
    int ping = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);

    if (ping < 0)
        fail("a socket for pings");
    if (inet_pton(AF_INET, subject, &peer.sin_addr) != 1)
        fail("not an address");
    if (connect(ping, (struct sockaddr *)&peer, sizeof(peer)) != 0)
        fail("connecting");
    setsockopt(ping, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    time_each("ping", exchange, &ping);
    close(ping);
}

int main(int argc, char **argv)
{
    char *end = NULL;

    if (argc == 4)
        limit = strtoull(argv[3], &end, 10) * 1000000;
    if (argc != 4 || *end != '\0' ||
        (strcmp(argv[1], "disk") != 0 && strcmp(argv[1], "ping") != 0)) {
        fprintf(
            stderr,
            "usage: measure disk DEVICE MILLISECONDS\n       measure ping ADDRESS MILLISECONDS\n");
        return 2;
    }
    subject = argv[2];
    if (*argv[1] == 'd')
        measure_disk();
    else
        measure_ping();
    return 0;
}
