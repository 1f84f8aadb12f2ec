/* SPDX-License-Identifier: MIT */
/*
 * measure ROUNDS NAME=SOCKET=PID...: for each operation and server "OPERATION NAME SLOWEST NS...":
 * ns of the server's CPU time an operation in each of the rounds, in which the servers take turns;
 * and that of the slowest single one but one: a machine that takes the CPU away once is not the
 * server's doing. measure fill COUNT NAME=SOCKET=PID: so many nodes, a hundred in a directory.
 * measure look NODE ...: one of them is there. measure repeat OPERATION COUNT ...: only that.
 */
#include "client.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIRECTORY 5000U
#define WATCHES   1000U
#define PIPELINED 64U
#define ROUNDS    15U
#define SERVERS   4U

static void make_node(struct server *server)
{
    server_ask_write(server, 0, "/bench/node", "a value of some length");
    server_answers(server, 1);
}

static void clear(struct server *server)
{
    server_ask(server, XS_RM, 0, "/bench", sizeof("/bench"));
    server_answers(server, 1);
}

static void make_directory(struct server *server)
{
    char path[64];

    make_node(server);
    for (unsigned int i = 0; i < DIRECTORY; i++) {
        snprintf(path, sizeof(path), "/bench/many/%u", i);
        server_ask_write(server, 0, path, "a value of some length");
        if (i % 50 == 49)
            server_answers(server, 50);
    }
}

static void watch(struct server *server, unsigned int count)
{
    char payload[64] = "/bench/node";

    make_node(server);
    for (unsigned int i = 0; i < count; i++) {
        size_t at = strlen(payload) + 1;
        int length = snprintf(payload + at, sizeof(payload) - at, "token %u", i);

        server_ask(server, XS_WATCH, 0, payload, at + (size_t)length + 1);
        server_answers(server, 1);
    }
}

/* Events that are on their way when their watches end are taken by who comes next. */
static void unwatch(struct server *server, unsigned int count)
{
    char payload[64] = "/bench/node";

    for (unsigned int i = 0; i < count; i++) {
        size_t at = strlen(payload) + 1;
        int length = snprintf(payload + at, sizeof(payload) - at, "token %u", i);

        server_ask(server, XS_UNWATCH, 0, payload, at + (size_t)length + 1);
        server_answers(server, 1);
    }
    clear(server);
}

static void watch_one(struct server *server)
{
    watch(server, 1);
    server_events(server, 1);
    server->events = 0;
}

static void unwatch_one(struct server *server)
{
    unwatch(server, 1);
}

static void watch_many(struct server *server)
{
    watch(server, WATCHES);
    server_events(server, WATCHES);
    server->events = 0;
}

static void unwatch_many(struct server *server)
{
    unwatch(server, WATCHES);
}

static void do_read(struct server *server)
{
    server_ask(server, XS_READ, 0, "/bench/node", sizeof("/bench/node"));
    server_answers(server, 1);
}

static void write_value(struct server *server, const char *path)
{
    static unsigned int number;
    char value[32];

    snprintf(value, sizeof(value), "a value of length %04u", number++ % 10000);
    server_ask_write(server, 0, path, value);
}

static void do_write(struct server *server)
{
    write_value(server, "/bench/node");
    server_answers(server, 1);
}

static void do_pipelined(struct server *server)
{
    for (unsigned int i = 0; i < PIPELINED; i++)
        write_value(server, "/bench/node");
    server_answers(server, PIPELINED);
}

static void create_and_remove(struct server *server, const char *path)
{
    write_value(server, path);
    server_answers(server, 1);
    server_ask(server, XS_RM, 0, path, strlen(path) + 1);
    server_answers(server, 1);
}

static void do_create(struct server *server)
{
    create_and_remove(server, "/bench/new");
}

static void do_create_many(struct server *server)
{
    create_and_remove(server, "/bench/many/new");
}

static void do_write_many(struct server *server)
{
    write_value(server, "/bench/many/2500");
    server_answers(server, 1);
}

static void do_transaction(struct server *server)
{
    uint32_t id;

    server_ask(server, XS_TRANSACTION_START, 0, "", 1);
    id = (uint32_t)strtoul(server_answers(server, 1), NULL, 10);
    server_ask(server, XS_READ, id, "/bench/node", sizeof("/bench/node"));
    server_answers(server, 1);
    server_ask_write(server, id, "/bench/node", "a value of some length");
    server_answers(server, 1);
    server_ask(server, XS_TRANSACTION_END, id, "T", 2);
    server_answers(server, 1);
}

static void do_watched(struct server *server)
{
    do_write(server);
    server_events(server, 1);
    server->events = 0;
}

static void do_watched_many(struct server *server)
{
    do_write(server);
    server_events(server, WATCHES);
    server->events = 0;
}

static const struct operation {
    const char *name;
    void (*prepare)(struct server *server);
    void (*act)(struct server *server);
    void (*end)(struct server *server);
    unsigned int count; /* in a round */
    unsigned int parts; /* operations in one act */
    bool of_echo;       /* a server that echoes can be asked, too */
} operations[] = {
    {"read", make_node, do_read, clear, 2000, 1, true},
    {"write", make_node, do_write, clear, 2000, 1, true},
    {"write_64", make_node, do_pipelined, clear, 100, PIPELINED, false},
    {"create_remove", make_node, do_create, clear, 1000, 1, false},
    {"create_remove_5000", make_directory, do_create_many, clear, 1000, 1, false},
    {"write_5000", make_directory, do_write_many, clear, 1000, 1, false},
    {"transaction", make_node, do_transaction, clear, 500, 1, false},
    {"write_watch", watch_one, do_watched, unwatch_one, 1000, 1, false},
    {"write_watch_1000", watch_many, do_watched_many, unwatch_many, 10, 1, false},
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

struct figures {
    uint64_t rounds[ROUNDS], slowest, next; /* the slowest and the next to it */
};

static void note_one(struct figures *figures, uint64_t time)
{
    if (time > figures->slowest) {
        figures->next = figures->slowest;
        figures->slowest = time;
    } else if (time > figures->next) {
        figures->next = time;
    }
}

/* A few before it counts. */
static void run(const struct operation *operation, struct server *server, unsigned int round,
                struct figures *figures)
{
    uint64_t first, before, after = 0;

    operation->prepare(server);
    for (unsigned int i = 0; i < operation->count / 10; i++)
        operation->act(server);
    first = before = server_time(server);
    for (unsigned int i = 0; i < operation->count; i++) {
        operation->act(server);
        after = server_time(server);
        note_one(figures, after - before);
        before = after;
    }
    figures->rounds[round] = (after - first) / (operation->count * operation->parts);
    operation->end(server);
}

static void measure(const struct operation *operation, struct server *servers, unsigned int count,
                    unsigned int rounds)
{
    static struct figures figures[SERVERS];

    memset(figures, 0, sizeof(figures));
    for (unsigned int round = 0; round < rounds; round++) {
        for (unsigned int i = 0; i < count; i++) {
            if (operation->of_echo || !servers[i].echo)
                run(operation, &servers[i], round, &figures[i]);
        }
    }
    for (unsigned int i = 0; i < count; i++) {
        if (servers[i].echo && !operation->of_echo)
            continue;
        printf("%s %s %llu", operation->name, servers[i].name, (unsigned long long)figures[i].next);
        for (unsigned int round = 0; round < rounds; round++)
            printf(" %llu", (unsigned long long)figures[i].rounds[round]);
        puts("");
        fflush(stdout);
    }
}

static void fill(struct server *server, unsigned int count)
{
    char path[64];
    unsigned int asked = 0;

    for (unsigned int i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "/fill/%u/%u", i / 100, i % 100);
        server_ask_write(server, 0, path, "12345678");
        if (++asked == 50 || i + 1 == count) {
            server_answers(server, asked);
            asked = 0;
        }
    }
}

static void look(struct server *server, const char *node)
{
    char path[64];

    snprintf(path, sizeof(path), "/fill/%s", node);
    server_ask(server, XS_READ, 0, path, strlen(path) + 1);
    server_answers(server, 1);
}

static void repeat(struct server *server, const char *name, unsigned int count)
{
    for (size_t i = 0; i < OPERATIONS; i++) {
        if (strcmp(operations[i].name, name) != 0)
            continue;
        operations[i].prepare(server);
        while (count-- > 0)
            operations[i].act(server);
        operations[i].end(server);
        return;
    }
    give_up("%s: no such operation", name);
}

static void measure_all(struct server *servers, int count, const char *rounds)
{
    unsigned int number = (unsigned int)strtoul(rounds, NULL, 10);

    if (number < 1 || number > ROUNDS)
        give_up("%s: not 1 to %u rounds", rounds, ROUNDS);
    for (size_t i = 0; i < OPERATIONS; i++)
        measure(&operations[i], servers, (unsigned int)count, number);
}

int main(int argc, char **argv)
{
    static struct server servers[SERVERS];
    bool filling = argc == 4 && strcmp(argv[1], "fill") == 0;
    bool looking = argc == 4 && strcmp(argv[1], "look") == 0;
    bool repeating = argc == 5 && strcmp(argv[1], "repeat") == 0;
    int first = repeating ? 4 : filling || looking ? 3 : 2, count = argc - first;

    if (count < 1 || count > (int)SERVERS)
        give_up("usage: %s ROUNDS|fill COUNT|look NODE|repeat OPERATION COUNT NAME=SOCKET=PID...",
                argv[0]);
    for (int i = 0; i < count; i++)
        server_connect(&servers[i], argv[first + i]);
    if (filling)
        fill(&servers[0], (unsigned int)strtoul(argv[2], NULL, 10));
    else if (looking)
        look(&servers[0], argv[2]);
    else if (repeating)
        repeat(&servers[0], argv[2], (unsigned int)strtoul(argv[3], NULL, 10));
    else
        measure_all(servers, count, argv[1]);
    for (int i = 0; i < count; i++)
        server_close(&servers[i]);
    return 0;
}
