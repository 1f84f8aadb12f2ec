/* SPDX-License-Identifier: MIT */
/* xenconsoled: start, signals, end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <console_protocol.h>
#include <daemon/user.h>

#include "daemon.h"
#include "domains.h"
#include "message.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unversioned"
#endif
#define VERSION_TEXT "xenconsoled (Trefoil) " PACKAGE_VERSION

static void signal_ready(void *context, uint32_t events)
{
    struct daemon *daemon = context;
    struct signalfd_siginfo info;

    (void)events;
    if (read(daemon->signal_source.fd, &info, sizeof info) != sizeof info)
        return;
    if (info.ssi_signo == SIGHUP) {
        domains_reopen_logs(daemon);
        log_reopen(&daemon->hvlog.log);
        log_reopen(&daemon->messages);
    } else {
        loop_stop(&daemon->loop);
    }
}

/* Each console needs three descriptors. */
static void allow_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int follow_signals(struct daemon *daemon)
{
    sigset_t set;
    int fd;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    daemon->signal_source =
        (struct loop_source){.fd = fd, .ready = signal_ready, .context = daemon};
    return loop_add(&daemon->loop, &daemon->signal_source, EPOLLIN);
}

/* The file that only one daemon holds, which is locked; -1 after a message when another one does.
 * Where it cannot be written the daemon serves without. */
static int hold_pid_file(const char *path)
{
    char other[16] = "";
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

    if (fd < 0) {
        message_error("cannot write %s: %s", path, strerror(errno));
        return open("/dev/null", O_WRONLY | O_CLOEXEC);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (read(fd, other, sizeof other - 1) > 0)
        other[strcspn(other, "\n")] = '\0';
    message_error("xenconsoled is running already: process %s holds %s", other, path);
    close(fd);
    return -1;
}

static void write_pid(int fd, const char *path)
{
    char text[16];
    int size = snprintf(text, sizeof text, "%d\n", (int)getpid());

    if (ftruncate(fd, 0) < 0 && errno != EINVAL)
        message_error("cannot empty %s: %s", path, strerror(errno));
    if (write(fd, text, (size_t)size) != size)
        message_error("cannot write %s: %s", path, strerror(errno));
}

/* Messages go to a file beside the logs once nobody looks at stderr any more. */
static void leave_terminal(struct daemon *daemon)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    log_open(&daemon->messages, &daemon->options, "xenconsoled", true);
    message_to_log(&daemon->messages);
    for (int standard = 0; standard <= 2 && null >= 0; standard++)
        dup2(null, standard);
}

/* In the child: everything is opened, then `ready` is told, then it runs until a signal. */
static enum daemon_exit serve(struct daemon *daemon, int ready)
{
    enum daemon_exit status;
    int pid_file = hold_pid_file(daemon->options.pid_file);

    if (pid_file < 0)
        return EXIT_DAEMON_LOCAL;
    allow_descriptors();
    status = daemon_open(daemon);
    if (status == EXIT_DAEMON_OK && follow_signals(daemon) < 0)
        status = EXIT_DAEMON_LOCAL;
    if (status == EXIT_DAEMON_OK) {
        write_pid(pid_file, daemon->options.pid_file);
        if (ready >= 0) {
            leave_terminal(daemon);
            if (write(ready, "", 1) != 1)
                message_error("nobody waits for readiness");
            close(ready);
        }
        loop_run(&daemon->loop);
        unlink(daemon->options.pid_file);
    }
    daemon_close(daemon);
    message_setup(STDERR_FILENO, daemon->options.verbose);
    log_close(&daemon->messages);
    close(pid_file);
    return status;
}

/* Forks first, since mappings of grants do not survive a fork; returns in the parent only once the
 * child serves, or with its exit status. */
static int serve_in_background(struct daemon *daemon)
{
    int ready[2], status;
    char byte;
    pid_t child;

    if (pipe2(ready, O_CLOEXEC) < 0 || (child = fork()) < 0) {
        perror("xenconsoled: cannot go to the background");
        return EXIT_DAEMON_LOCAL;
    }
    if (child == 0) {
        close(ready[0]);
        setsid();
        return (int)serve(daemon, ready[1]);
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) == 1)
        return EXIT_DAEMON_OK;
    if (waitpid(child, &status, 0) == child && WIFEXITED(status))
        return WEXITSTATUS(status);
    return EXIT_DAEMON_LOCAL;
}

/* Before anything is opened or made, which is that user's then. */
static bool change_user(const struct options *options)
{
    char why[128];

    if (user_become(options->user, CONSOLE_USER, why, sizeof why))
        return true;
    message_error("%s", why);
    return false;
}

int main(int argc, char **argv)
{
    static struct daemon daemon;

    if (!options_parse(&daemon.options, argc, argv)) {
        fprintf(stderr, "Try xenconsoled --help.\n");
        return EXIT_DAEMON_USAGE;
    }
    if (daemon.options.help) {
        options_print_help();
        return EXIT_DAEMON_OK;
    }
    if (daemon.options.version) {
        puts(VERSION_TEXT);
        return EXIT_DAEMON_OK;
    }
    message_setup(STDERR_FILENO, daemon.options.verbose);
    if (!change_user(&daemon.options))
        return EXIT_DAEMON_LOCAL;
    if (daemon.options.interactive)
        return (int)serve(&daemon, -1);
    return serve_in_background(&daemon);
}
