/* SPDX-License-Identifier: MIT */
/*
 * All xenstore-* commands in one program: the name that it is called by, or else the first
 * argument, says which.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"

#define PREFIX "xenstore-"

/* How long an answer may take, unless -w is given. */
#define PATIENCE_MS 5000

static const struct command commands[] = {
    {"chmod", "hrsuw", "[-h] [-u] [-r] [-s] [-w] key <mode [modes...]>", 2, 0, true, run_chmod},
    {"control", "+hsw", "[-h] [-w] <command> [<argument>...]", 1, 0, false, run_control},
    {"exists", "hpsw", "[-h] [-p] [-s] [-w] key [...]", 1, 0, true, run_exists},
    {"list", "hpsw", "[-h] [-p] [-s] [-w] key [...]", 1, 0, true, run_list},
    {"ls", "hfpsw", "[-h] [-f] [-p] [-s] [-w] [path]", 0, 0, false, run_ls},
    {"read", "hpsRw", "[-h] [-p] [-s] [-R] [-w] key [...]", 1, 0, true, run_read},
    {"rm", "hstw", "[-h] [-s] [-t] [-w] key [...]", 1, 0, true, run_rm},
    {"watch", "hn:sw", "[-h] [-n NR] [-w] key", 1, 0, false, run_watch},
    {"write", "hsRw", "[-h] [-s] [-R] [-w] key value [...]", 2, 2, true, run_write},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

int fail(struct client *client, const char *format, ...)
{
    va_list arguments;

    client->failed = true;
    fprintf(stderr, "%s: ", client->program);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return 1;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (!strcmp(name, commands[i].name))
            return &commands[i];
    }
    return NULL;
}

static int show_modes(FILE *out)
{
    fprintf(out, "Usage: xenstore <mode> [-h] [...]\nModes:");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, " %s", commands[i].name);
    fputc('\n', out);
    return out == stdout ? 0 : 1;
}

static int show_usage(const struct client *client, const struct command *command, FILE *out)
{
    fprintf(out, "%s: Usage: %s%s %s\n", client->program, PREFIX, command->name, command->usage);
    return out == stdout ? 0 : 1;
}

static void set_option(struct client *client, int letter)
{
    switch (letter) {
    case 'f': client->full_path = true; break;
    case 'p':
        client->show_path = true;
        client->permissions = true;
        break;
    case 'R': client->raw = true; break;
    case 'r': client->recursive = true; break;
    case 'u': client->upwards = true; break;
    case 't': client->tidy = true; break;
    case 'w': client->waits = true; break;
    case 'n': client->events = strtol(optarg, NULL, 10); break;
    default: break; /* -s, which chose the socket when there was a choice */
    }
}

/* Returns -1 to go on, or an exit status. */
static int parse(struct client *client, const struct command *command, int argc, char **argv)
{
    int letter;

    client->events = -1;
    opterr = 0;
    if (argc > 1 && !strcmp(argv[1], "--help"))
        return show_usage(client, command, stdout);
    while ((letter = getopt(argc, argv, command->letters)) != -1) {
        if (letter == 'h')
            return show_usage(client, command, stdout);
        if (letter == '?')
            return show_usage(client, command, stderr);
        set_option(client, letter);
    }
    client->arguments = argv + optind;
    client->count = argc - optind;
    if (client->count < command->minimum || (command->step && client->count % command->step) ||
        client->events == 0)
        return show_usage(client, command, stderr);
    return -1;
}

/* Output is kept back until the transaction is known to have seen one state of the store. */
static int run_once(struct client *client, const struct command *command, bool *again)
{
    char *text = NULL;
    size_t size = 0;
    int status;

    client->out = open_memstream(&text, &size);
    client->transaction = xs_transaction_start(client->xs);
    if (!client->out || client->transaction == XBT_NULL) {
        if (client->out)
            fclose(client->out);
        free(text);
        return fail(client, "couldn't start transaction: %s", strerror(errno));
    }
    status = command->run(client);
    fclose(client->out);
    *again = false;
    if (!xs_transaction_end(client->xs, client->transaction, status != 0)) {
        *again = errno == EAGAIN;
        if (!*again)
            status = fail(client, "couldn't end transaction: %s", strerror(errno));
    }
    if (!*again)
        fwrite(text, 1, size, stdout);
    free(text);
    return status;
}

static int run(struct client *client, const struct command *command)
{
    bool again = true;
    int status = 1;

    if (!command->transaction)
        return command->run(client);
    while (again) {
        again = false;
        status = run_once(client, command, &again);
    }
    return status;
}

/* Lest the store's connection become the standard output of one that has none: what is printed
 * fails then. */
static void hold_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDONLY) != fd)
            exit(1);
    }
}

/* Lets it say something, as one that does not run may have left its socket behind, and in another
 * domain the kernel's device is there without it. False after a message. */
static bool meet_daemon(struct client *client)
{
    if (client->waits)
        return true;
    xs_set_patience(client->xs, PATIENCE_MS);
    errno = 0;
    free(xs_read(client->xs, XBT_NULL, "/", NULL));
    if (errno != ETIMEDOUT)
        return true;
    fail(client, "no xenstored: %s: it does not answer within %d s (-w waits)", xs_daemon_socket(),
         PATIENCE_MS / 1000);
    return false;
}

static int run_program(struct client *client, int argc, char **argv)
{
    const struct command *command;
    int status;

    if (!strncmp(client->program, PREFIX, sizeof(PREFIX) - 1)) {
        command = find_command(client->program + sizeof(PREFIX) - 1);
    } else {
        if (argc < 2)
            return show_modes(stderr);
        if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))
            return show_modes(stdout);
        command = find_command(argv[1]);
        argc--;
        argv++;
    }
    if (!command) {
        fprintf(stderr, "%s: unknown mode %s\n", client->program, argv[0]);
        return show_modes(stderr);
    }
    status = parse(client, command, argc, argv);
    if (status >= 0)
        return status;
    client->xs = xs_open(0);
    if (!client->xs)
        return fail(client, "no xenstored: %s: %s", xs_daemon_socket(), strerror(errno));
    status = meet_daemon(client) ? run(client, command) : 1;
    xs_close(client->xs);
    return status;
}

int main(int argc, char **argv)
{
    struct client client = {.program = basename(argv[0])};
    int status;

    hold_standard_files();
    status = run_program(&client, argc, argv);
    if (fflush(stdout) || ferror(stdout))
        return fail(&client, "standard output: %s", strerror(errno));
    return status;
}
