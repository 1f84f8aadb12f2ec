/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <daemon/user.h>

#include "domain/boot_tree.h"
#include "domain/domain.h"
#include "log.h"
#include "live/live_update.h"
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

static int told(const char *what, int error)
{
    log_message(LOG_ERR, "%s: %s", what, strerror(error));
    return EXIT_STATUS_FAILED;
}

static bool state_wanted(const struct options *options)
{
    return options->state_file && (!server.hypervisor || domains_told_apart(&server));
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
    if (!error && state_wanted(options))
        error = state_open(&server, options->state_file, options->sync);
    if (!error && options->pid_file)
        error = write_pid(options->pid_file);
    return error ? told("cannot start", error) : EXIT_STATUS_OK;
}

static int serve(const struct options *options, const struct live_program *program,
                 struct ready *ready)
{
    int error;

    if (server.hypervisor) {
        domains_resume(&server);
        domains_update(&server);
    }
    ready_tell(ready);
    log_message(LOG_NOTICE, "serving %s", program->process.socket);
    error = loop_run(&server, program);
    if (error)
        log_message(LOG_ERR, "stopped: %s", strerror(error));
    if (options->pid_file)
        unlink(options->pid_file);
    return error ? EXIT_STATUS_FAILED : EXIT_STATUS_OK;
}

/* With the socket made; who connects now waits until all is ready. */
static int run(const struct options *options, const struct live_program *program,
               struct ready *ready)
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
        status = serve(options, program, ready);
    server_destroy(&server);
    if (hypervisor)
        hypervisor->operations->close(hypervisor);
    return status;
}

/* First of all the socket, which tells whether there is another xenstored. */
static int listen_and_run(const struct options *options, struct live_program *program,
                          struct ready *ready)
{
    bool group = user_is(options->user, XENSTORED_USER);
    int listener = socket_listen(options->socket, group);
    int status;

    if (listener < 0) {
        log_message(LOG_ERR, "%s: %s", options->socket,
                    listener == -EADDRINUSE ? "another xenstored answers there"
                                            : strerror(-listener));
        return EXIT_STATUS_SOCKET;
    }
    program->process.listener = listener;
    program->process.domains = !options->no_domains;
    program->process.background = !options->foreground;
    /* It is a socket's path, so it is short enough. */
    snprintf(program->process.socket, sizeof(program->process.socket), "%s", options->socket);
    status = run(options, program, ready);
    close(listener);
    unlink(options->socket);
    return status;
}

/* ---- After a live update ----------------------------------------------------------------------
 */

/* What the stream does not have: the hypervisor, the trace and the state as files. */
static int equip(const struct options *options, const struct live_process *process,
                 struct hypervisor **hypervisor)
{
    int error = 0;

    if (process->domains) {
        *hypervisor = hypervisor_open();
        if (!*hypervisor)
            return EXIT_STATUS_HYPERVISOR;
        server.hypervisor = *hypervisor;
        server.own_domid = (*hypervisor)->operations->own_domid(*hypervisor);
    }
    if (process->traced && trace_open(&server, server.trace_name))
        log_message(LOG_WARNING, "%s: cannot be gone on with", server.trace_name);
    if (state_wanted(options))
        error = state_continue(&server, options->state_file, options->sync);
    return error ? told("cannot go on", error) : EXIT_STATUS_OK;
}

/* In the process of the program before, with its sockets. */
static int go_on(const struct options *options, struct live_program *program, struct ready *ready)
{
    struct hypervisor *hypervisor = NULL;
    struct live_process *process = &program->process;
    int status = EXIT_STATUS_FAILED;

    if (live_take_over(&server, process, options->live)) {
        fcntl(process->listener, F_SETFD, FD_CLOEXEC);
        if (process->background)
            log_to_syslog();
        log_message(LOG_NOTICE, "live update done");
        status = equip(options, process, &hypervisor);
        if (!status)
            status = serve(options, program, ready);
        unlink(process->socket);
    }
    server_destroy(&server);
    if (hypervisor)
        hypervisor->operations->close(hypervisor);
    return status;
}

/* Before anything is opened or made, which is that user's then. */
static bool change_user(const struct options *options)
{
    char why[128];

    if (user_become(options->user, XENSTORED_USER, why, sizeof(why)))
        return true;
    log_message(LOG_ERR, "%s", why);
    return false;
}

int main(int argc, char **argv)
{
    struct live_program program = {.argc = argc, .argv = argv};
    struct options options;
    struct ready ready;
    int status = options_parse(&options, argc, argv);

    if (status >= 0)
        return status;
    if (!change_user(&options))
        return EXIT_STATUS_FAILED;
    if (options.live_check >= 0)
        return live_check(options.live_check);
    log_limit(LOG_NOTICE + (int)options.verbosity);
    block_signals();
    if (!options.foreground && options.live < 0)
        status = ready_fork(&ready);
    else
        ready_in_foreground(&ready);
    if (status >= 0)
        return status;
    return options.live >= 0 ? go_on(&options, &program, &ready)
                             : listen_and_run(&options, &program, &ready);
}
