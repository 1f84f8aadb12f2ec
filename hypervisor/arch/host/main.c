/* SPDX-License-Identifier: MIT */
/* hvtwin: a board's hypervisor without the board. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <libfdt.h>
#include <trefoil/arch.h>
#include <trefoil/core.h>
#include <trefoil/launch.h>
#include <twin/protocol.h>

#include "server.h"

enum exit_status { EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_TREE, EXIT_SOCKET };

#define TREE_MAX (64L << 20)

struct options {
    const char *socket, *log, *tree;
    bool foreground, measure;
};

static struct machine machine;

static void usage(FILE *out)
{
    fprintf(
        out,
        "Usage: hvtwin [OPTION]... BOARD.dtb\n"
        "Makes the domains of a board as the hypervisor would, and answers their hypercalls.\n"
        "\n"
        "  -s, --socket PATH   listen there (" TWIN_SOCKET ")\n"
        "  -l, --log FILE      the machine's serial line: the hypervisor's log (foreground: "
        "stderr)\n"
        "  -f, --foreground    stay in the foreground\n"
        "  -m, --measure       only say how long making the domains takes, and how much memory\n"
        "  -h, --help          show this\n"
        "\n"
        "Without -f it returns when the socket answers.\n"
        "Exit status: 0 success, 1 failure, 2 wrong usage, 3 no usable device tree, 4 no "
        "socket.\n");
}

static int parse(struct options *options, int argc, char **argv)
{
    static const struct option names[] = {
        {"socket", required_argument, NULL, 's'}, {"log", required_argument, NULL, 'l'},
        {"foreground", no_argument, NULL, 'f'},   {"measure", no_argument, NULL, 'm'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
    int letter;

    *options = (struct options){.socket = TWIN_SOCKET};
    while ((letter = getopt_long(argc, argv, "s:l:fmh", names, NULL)) != -1) {
        switch (letter) {
        case 's': options->socket = optarg ? optarg : TWIN_SOCKET; break;
        case 'l': options->log = optarg; break;
        case 'f': options->foreground = true; break;
        case 'm': options->measure = true; break;
        case 'h': usage(stdout); return EXIT_OK;
        default: usage(stderr); return EXIT_USAGE;
        }
    }
    if (optind != argc - 1) {
        usage(stderr);
        return EXIT_USAGE;
    }
    options->tree = argv[optind];
    return -1;
}

/* The whole of a file that is not too large; NULL with errno set. */
static char *read_file(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    char *data = NULL;

    if (fd < 0)
        return NULL;
    errno = EFBIG;
    if (fstat(fd, &status) == 0 && status.st_size > 0 && status.st_size <= TREE_MAX) {
        *size = (size_t)status.st_size;
        data = malloc(*size);
        if (data && read(fd, data, *size) != (ssize_t)*size) {
            free(data);
            data = NULL;
        }
    }
    close(fd);
    return data;
}

/* The tree, which stays for the life of the process; NULL after a message. */
static void *read_tree(const char *path)
{
    size_t size = 0;
    char *tree = read_file(path, &size);

    if (!tree) {
        fprintf(stderr, "hvtwin: %s: %s\n", path, strerror(errno));
    } else if (size < sizeof(struct fdt_header) || fdt_totalsize(tree) > size) {
        fprintf(stderr, "hvtwin: %s is no flattened device tree\n", path);
        free(tree);
        tree = NULL;
    }
    return tree;
}

/* As boot code at EL2 would, from a machine that is there to core. */
static bool boot(const void *tree)
{
    char error[LAUNCH_MESSAGE];
    struct timespec now;
    int result;

    if (!machine_read(tree, &machine, error, sizeof(error))) {
        fprintf(stderr, "hvtwin: device tree: %s\n", error);
        return false;
    }
    result = host_ram_init(&machine);
    if (result) {
        fprintf(stderr, "hvtwin: the machine's memory: %s\n", strerror(-result));
        return false;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    wallclock_set((uint64_t)now.tv_sec, (uint32_t)now.tv_nsec, arch_now());
    host_cpus_init(&machine);
    core_boot(tree, &machine, NULL, 0);
    host_settle();
    return true;
}

static uint64_t resident_kib(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    unsigned long size, resident = 0;

    if (file && fscanf(file, "%lu %lu", &size, &resident) != 2)
        resident = 0;
    if (file)
        fclose(file);
    return (uint64_t)resident * (uint64_t)(sysconf(_SC_PAGESIZE) / 1024);
}

static unsigned int count_domains(void)
{
    struct domain *domain;
    unsigned int count = 0;

    for (unsigned int id = 0; (domain = domain_get_from(id)) != NULL; domain_put(domain)) {
        id = domain->id + 1U;
        count++;
    }
    return count;
}

static int measure(const void *tree)
{
    uint64_t began = arch_now();

    if (!boot(tree))
        return EXIT_TREE;
    printf("%u domains: %llu us, %llu KiB of the machine's memory, %llu KiB resident\n",
           count_domains(), (unsigned long long)(arch_now() - began) / 1000,
           (unsigned long long)(host_ram_used() >> 10), (unsigned long long)resident_kib());
    return EXIT_OK;
}

static void choose_serial_line(const struct options *options)
{
    if (options->log)
        host_uart_to(open(options->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    else if (options->foreground)
        host_uart_to(STDERR_FILENO);
}

/* Leaves the terminal, and tells who waits that the socket answers. */
static bool tell_ready(int ready)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    bool told;

    for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
    told = write(ready, "", 1) == 1;
    close(ready);
    return told;
}

/* In the process that stays. `ready`: a byte goes there when the socket answers, -1 nowhere. */
static int serve(const struct options *options, const void *tree, int ready)
{
    int listener, result;

    choose_serial_line(options);
    if (!boot(tree))
        return EXIT_TREE;
    listener = server_listen(options->socket);
    if (listener < 0) {
        fprintf(stderr, "hvtwin: %s: %s\n", options->socket,
                listener == -EADDRINUSE ? "another one answers there" : strerror(-listener));
        return EXIT_SOCKET;
    }
    if (ready >= 0 && !tell_ready(ready))
        return EXIT_FAILED;
    result = server_run(listener);
    unlink(options->socket);
    return result ? EXIT_FAILED : EXIT_OK;
}

static int serve_in_background(const struct options *options, const void *tree)
{
    int ends[2], status;
    pid_t child;
    char byte;

    if (pipe2(ends, O_CLOEXEC) < 0 || (child = fork()) < 0) {
        perror("hvtwin");
        return EXIT_FAILED;
    }
    if (child == 0) {
        close(ends[0]);
        setsid();
        return serve(options, tree, ends[1]);
    }
    close(ends[1]);
    if (read(ends[0], &byte, 1) == 1)
        return EXIT_OK;
    if (waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status))
        return WEXITSTATUS(status);
    return EXIT_FAILED;
}

int main(int argc, char **argv)
{
    struct options options;
    int status = parse(&options, argc, argv);
    void *tree;

    if (status >= 0)
        return status;
    tree = read_tree(options.tree);
    if (!tree)
        return EXIT_TREE;
    if (options.measure)
        status = measure(tree);
    else if (options.foreground)
        status = serve(&options, tree, -1);
    else
        status = serve_in_background(&options, tree);
    host_forget_domains();
    free(tree);
    return status;
}
