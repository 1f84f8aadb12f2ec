/* SPDX-License-Identifier: MIT */
/*
 * crash XENSTORED DIRECTORY COUNT: writes without a pause to a store whose daemon is killed after a
 * random time, COUNT times, and begins again on the state that it kept. Every write that was
 * acknowledged must be there; of the one that was under way, either.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>

#define NODES   2000U
#define NO_NODE NODES

static uint32_t acknowledged[NODES]; /* the value that each must have; 0: it must not be there */
static uint32_t under_way;           /* the value of a write that nobody answered */
static unsigned int under_way_node = NO_NODE;
static uint64_t chance = 0x9e3779b97f4a7c15, writes;

static unsigned int below(unsigned int limit)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (unsigned int)(chance % limit);
}

static void name_node(char *path, size_t size, unsigned int node)
{
    snprintf(path, size, "/crash/%u/%u", node % 7, node);
}

static pid_t start(const char *program, const char *socket, const char *state)
{
    pid_t pid = fork();

    if (pid == 0) {
        execl(program, program, "-D", "--no-domains", "--socket", socket, "--state-file", state,
              NULL);
        _exit(127);
    }
    return pid;
}

/* -1: it does not answer within ten seconds. */
static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const struct timespec pause = {.tv_nsec = 2000000};

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    for (int i = 0; i < 5000; i++) {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
            return fd;
        close(fd);
        nanosleep(&pause, NULL);
    }
    return -1;
}

static bool take_whole(int fd, void *bytes, size_t count)
{
    return recv(fd, bytes, count, MSG_WAITALL) == (ssize_t)count;
}

/* A request and its answer, ended by a NUL; false: the daemon is gone. */
static bool ask(int fd, uint32_t type, const void *payload, size_t size, char *answer)
{
    char request[sizeof(struct xsd_sockmsg) + 256];
    struct xsd_sockmsg header = {.type = type, .len = (uint32_t)size};

    memcpy(request, &header, sizeof(header));
    memcpy(request + sizeof(header), payload, size);
    if (send(fd, request, sizeof(header) + size, MSG_NOSIGNAL) != (ssize_t)(sizeof(header) + size))
        return false;
    if (!take_whole(fd, &header, sizeof(header)) || header.len > XENSTORE_PAYLOAD_MAX ||
        !take_whole(fd, answer, header.len))
        return false;
    answer[header.len] = '\0';
    return true;
}

/* One change of a node, by whose value it can be told; false: it was not acknowledged. */
static bool change(int fd, uint32_t value)
{
    char payload[256], answer[XENSTORE_PAYLOAD_MAX + 1];
    unsigned int node = below(NODES);
    bool remove = below(8) == 0 && acknowledged[node];
    size_t length;

    name_node(payload, 64, node);
    length = strlen(payload) + 1;
    if (!remove)
        length += (size_t)snprintf(payload + length, 64, "%u", value);
    under_way_node = node;
    under_way = remove ? 0 : value;
    if (!ask(fd, remove ? XS_RM : XS_WRITE, payload, length, answer))
        return false;
    if (strcmp(answer, "OK") != 0) {
        fprintf(stderr, "%s is refused: %s\n", payload, answer);
        exit(1);
    }
    acknowledged[node] = under_way;
    under_way_node = NO_NODE;
    writes++;
    return true;
}

/* How many nodes are not as they were told to be. */
static unsigned int compare(int fd)
{
    char path[64], answer[XENSTORE_PAYLOAD_MAX + 1];
    unsigned int lost = 0;

    for (unsigned int node = 0; node < NODES; node++) {
        uint32_t found;

        name_node(path, sizeof(path), node);
        if (!ask(fd, XS_READ, path, strlen(path) + 1, answer))
            return NODES;
        found = (uint32_t)strtoul(answer, NULL, 10); /* 0 of "ENOENT" */
        if (node == under_way_node && found == under_way)
            acknowledged[node] = found;
        if (found != acknowledged[node]) {
            fprintf(stderr, "%s: %s in place of %u\n", path, answer, acknowledged[node]);
            lost++;
        }
    }
    under_way_node = NO_NODE;
    return lost;
}

/* The daemon of a life: looked through, written to, killed. */
static unsigned int live(pid_t pid, const char *socket, uint32_t *value)
{
    int fd = connect_to(socket);
    unsigned int lost = fd < 0 ? NODES : compare(fd), microseconds = 100 + below(30000);
    pid_t killer = fork();

    if (killer == 0) {
        usleep(microseconds);
        kill(pid, SIGKILL);
        _exit(0);
    }
    while (fd >= 0 && change(fd, ++*value))
        ;
    if (fd >= 0)
        close(fd);
    waitpid(killer, NULL, 0);
    waitpid(pid, NULL, 0);
    unlink(socket);
    return lost;
}

int main(int argc, char **argv)
{
    char socket[100], state[100];
    unsigned int lost = 0, count = argc == 4 ? (unsigned int)strtoul(argv[3], NULL, 10) : 0;
    uint32_t value = 0;

    if (!count) {
        fprintf(stderr, "usage: %s XENSTORED DIRECTORY COUNT\n", argv[0]);
        return 2;
    }
    snprintf(socket, sizeof(socket), "%s/socket", argv[2]);
    snprintf(state, sizeof(state), "%s/state", argv[2]);
    for (unsigned int i = 0; i <= count && !lost; i++)
        lost = live(start(argv[1], socket, state), socket, &value);
    printf("%u kills, %llu acknowledged changes, %u nodes lost\n", count,
           (unsigned long long)writes, lost);
    return lost ? 1 : 0;
}
