/* SPDX-License-Identifier: MIT */
/*
 * ring SECONDS: what the store costs a program in a guest, through its kernel and the domain's
 * ring. Prints lines "NAME NS COUNT", the median time of one: a read, a write, a transaction with a
 * read and a write. Without xenbus it fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

#define SAMPLES 100000

static int bus;
static char answer[XENSTORE_PAYLOAD_MAX + 1];

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "ring: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void take(void *to, size_t size)
{
    for (char *next = to; size;) {
        ssize_t done = read(bus, next, size);

        if (done <= 0)
            fail("no answer");
        next += done;
        size -= (size_t)done;
    }
}

/* Leaves the payload in `answer`. */
static void ask(uint32_t type, uint32_t transaction, const void *payload, size_t size)
{
    char request[sizeof(struct xsd_sockmsg) + 256];
    struct xsd_sockmsg header = {.type = type, .tx_id = transaction, .len = (uint32_t)size};

    memcpy(request, &header, sizeof(header));
    memcpy(request + sizeof(header), payload, size);
    if (write(bus, request, sizeof(header) + size) != (ssize_t)(sizeof(header) + size))
        fail("writing");
    take(&header, sizeof(header));
    if (header.len > XENSTORE_PAYLOAD_MAX)
        fail("an answer that is none");
    take(answer, header.len);
    answer[header.len] = '\0';
    if (header.type != type) {
        fprintf(stderr, "ring: request %u: %s\n", type, answer);
        exit(1);
    }
}

static void do_read(void)
{
    ask(XS_READ, 0, "name", sizeof("name"));
}

static void do_write(void)
{
    ask(XS_WRITE, 0, "data/ring\0value", sizeof("data/ring\0value") - 1);
}

static void do_transaction(void)
{
    uint32_t transaction;

    ask(XS_TRANSACTION_START, 0, "", 1);
    transaction = (uint32_t)strtoul(answer, NULL, 10);
    ask(XS_READ, transaction, "name", sizeof("name"));
    ask(XS_WRITE, transaction, "data/ring\0value", sizeof("data/ring\0value") - 1);
    ask(XS_TRANSACTION_END, transaction, "T", sizeof("T"));
}

static int compare(const void *a, const void *b)
{
    const uint64_t *first = a, *second = b;

    return (*first > *second) - (*first < *second);
}

static void time_each(const char *name, void (*request)(void), uint64_t limit)
{
    static uint64_t samples[SAMPLES];
    unsigned int count = 0;
    uint64_t start = now();

    do {
        uint64_t before = now();

        request();
        samples[count++] = now() - before;
    } while (count < SAMPLES && now() - start < limit);
    qsort(samples, count, sizeof(samples[0]), compare);
    printf("%s %llu %u\n", name, (unsigned long long)samples[count / 2], count);
}

int main(int argc, char **argv)
{
    uint64_t limit = argc == 2 ? strtoull(argv[1], NULL, 10) * 1000000000 : 0;

    bus = open("/dev/xen/xenbus", O_RDWR);
    if (bus < 0)
        fail("/dev/xen/xenbus");
    if (!limit) {
        fprintf(stderr, "usage: ring SECONDS\n");
        return 2;
    }
    time_each("read", do_read, limit);
    time_each("write", do_write, limit);
    time_each("transaction", do_transaction, limit);
    return 0;
}
