/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "domain/boot_tree.h"
#include "domain/domain.h"
#include "log.h"
#include "wire/loop.h"
#include "options.h"
#include "ready.h"
#include "wire/socket.h"
#include "state/state.h"

/* Wide enough that the stack need not hold it. */
static struct server server;

static void block_signals(void)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int write_pid(const char *name)
{
    FILE *file = fopen(name, "we");

    if (!file)
        return errno;
    fprintf(file, "%ld\n", (long)getpid());
    return fclose(file) ? errno : 0;
}

/* The server with its frame, the options applied. */
static int prepare(const struct options *options, struct hypervisor *hypervisor)
{
    int error = server_init(&server, hypervisor);

    if (error) {
        log_message(LOG_ERR, "out of memory");
        return EXIT_STATUS_FAILED;
    }
    server.quotas = options->quotas;
    error = boot_tree_frame(&server);
    if (!error && options->trace_file)
        error = trace_open(&server, options->trace_file);
    if (!error && options->state_file && (!hypervisor || domains_told_apart(&server)))
        error = state_open(&server, options->state_file, options->sync);
    if (!error && options->pid_file)
        error = write_pid(options->pid_file);
    if (error) {
        log_message(LOG_ERR, "cannot start: %s", strerror(error));
        return EXIT_STATUS_FAILED;
    }
    return EXIT_STATUS_OK;
}

static int serve(const struct options *options, int listener, struct ready *ready)
{
    int error;

    if (server.hypervisor) {
        domains_resume(&server);
        domains_update(&server);
    }
    ready_tell(ready);
    log_message(LOG_NOTICE, "serving %s", options->socket);
    error = loop_run(&server, listener);
    if (error)
        log_message(LOG_ERR, "stopped: %s", strerror(error));
    if (options->pid_file)
        unlink(options->pid_file);
    return error ? EXIT_STATUS_FAILED : EXIT_STATUS_OK;
}

/* With the socket made; who connects now waits until all is ready. */
static int run(const struct options *options, int listener, struct ready *ready)
{
    struct hypervisor *hypervisor = NULL;
    int status;

    if (!options->no_domains) {
        hypervisor = hypervisor_open();
        if (!hypervisor)
            return EXIT_STATUS_HYPERVISOR;
    }
    status = prepare(options, hypervisor);
    if (!status)
        status = serve(options, listener, ready);
    server_destroy(&server);
    if (hypervisor)
        hypervisor->operations->close(hypervisor);
    return status;
}

/* First of all the socket, which tells whether there is another xenstored. */
static int listen_and_run(const struct options *options, struct ready *ready)
{
    int listener = socket_listen(options->socket);
    int status;

    if (listener < 0) {
        log_message(LOG_ERR, "%s: %s", options->socket,
                    listener == -EADDRINUSE ? "another xenstored answers there"
                                            : strerror(-listener));
        return EXIT_STATUS_SOCKET;
    }
    status = run(options, listener, ready);
    close(listener);
    unlink(options->socket);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    struct ready ready;
    int status = options_parse(&options, argc, argv);

    if (status >= 0)
        return status;
    log_limit(LOG_NOTICE + (int)options.verbosity);
    block_signals();
    if (!options.foreground)
        status = ready_fork(&ready);
    else
        ready_in_foreground(&ready);
    return status >= 0 ? status : listen_and_run(&options, &ready);
}
