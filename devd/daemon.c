/* SPDX-License-Identifier: MIT */
/* The daemon's life: its lock, its connection to the store, and its turns. */
#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN      "/run/xen"
#define LOCK     RUN "/devd.lock"
#define RETRY_MS 1000 /* between tries of what may come to work by itself */

static volatile sig_atomic_t told_to_end;

static void on_signal(int number)
{
    (void)number;
    told_to_end = 1;
}

void devd_log(const char *format, ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    libxl_make_printable(text, strlen(text), "");
    fprintf(stderr, "devd: %s\n", text);
}

/* ---- The store ---- */

/* What an event is about: by its watch's token. */
#define DEVICES "devd"
#define ASKED   "statistics"

static bool watch_all(struct devd *devd)
{
    char backends[64], request[LIBXL_STATISTICS_PATH_MAX];
    snprintf(backends, sizeof(backends), "/local/domain/%u/backend", devd->domid);
    libxl_statistics_request(devd->domid, request);
    return xs_watch(devd->store, request, ASKED) && xs_watch(devd->store, backends, DEVICES) &&
           xs_watch(devd->store, "@introduceDomain", DEVICES) &&
           xs_watch(devd->store, "@releaseDomain", DEVICES);
}

static bool connect_store(struct devd *devd)
{
    devd->ctx = libxl_open();
    devd->store = devd->ctx ? libxl_store(devd->ctx) : NULL;
    devd->domid = devd->store ? libxl_own_domid(devd->ctx) : 0;
    if (devd->store && watch_all(devd) && libxl_backend_announce(devd->ctx, true))
        return true;
    libxl_close(devd->ctx);
    devd->ctx = NULL;
    devd->store = NULL;
    return false;
}

static void disconnect_store(struct devd *devd)
{
    libxl_close(devd->ctx);
    devd->ctx = NULL;
    devd->store = NULL;
}

/* Takes all events there are; *asked: one of them was a question for what is counted, *only: and
 * there was no other. False: the connection is gone. */
static bool drain(struct devd *devd, bool *asked, bool *only)
{
    char **event;
    *asked = false;
    *only = true;
    while ((event = xs_check_watch(devd->store))) {
        bool asks = !strcmp(event[XS_WATCH_TOKEN], ASKED);
        *asked = *asked || asks;
        *only = *only && asks;
        free(event);
    }
    return errno == EAGAIN;
}

/* Waits for an event or a signal; signals come only here. */
static void wait_for_change(const struct devd *devd, const sigset_t *signals)
{
    const struct timespec retry = {.tv_sec = RETRY_MS / 1000};
    struct pollfd fd = {.fd = devd->store ? xs_fileno(devd->store) : -1, .events = POLLIN};
    ppoll(&fd, 1, devd->waits || !devd->store ? &retry : NULL, signals);
}

static void turn(struct devd *devd)
{
    bool asked, only;
    if (!devd->store && !connect_store(devd))
        return;
    if (!drain(devd, &asked, &only)) {
        devd_log("the connection to xenstored is gone");
        disconnect_store(devd);
        return;
    }
    if (!asked || !only || devd->waits) {
        devd->waits = false;
        devd_scan(devd);
        devd_add_declared(devd);
    }
    if (asked)
        devd_tell_statistics(devd);
}

/* Keeps the signals back until it waits; *before is what was kept back already. */
static void follow_signals(sigset_t *before)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    sigprocmask(SIG_BLOCK, &blocked, before);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void serve(struct devd *devd, const sigset_t *signals)
{
    devd_read_declared(devd);
    while (!told_to_end) {
        turn(devd);
        wait_for_change(devd, signals);
    }
    if (devd->store)
        libxl_backend_announce(devd->ctx, false);
}

static void forget_all(struct devd *devd)
{
    devd_forget(devd);
    while (devd->declared) {
        struct declared *next = devd->declared->next;
        free(devd->declared);
        devd->declared = next;
    }
    disconnect_store(devd);
}

/* ---- The process ---- */

/* Held until the process ends, however it does. */
static int take_lock(const struct devd_options *options)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s" RUN, options->root);
    mkdir(path, 0755);
    snprintf(path, sizeof(path), "%s" LOCK, options->root);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        fprintf(stderr, "xl devd: cannot open %s: %s\n", path, strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    close(fd);
    return -2;
}

static bool write_pid(const char *path)
{
    FILE *file = path ? fopen(path, "we") : NULL;
    if (!path)
        return true;
    bool whole = file && fprintf(file, "%d\n", (int)getpid()) > 0;
    if (file && fclose(file) != 0)
        whole = false;
    if (!whole)
        fprintf(stderr, "xl devd: cannot write %s: %s\n", path, strerror(errno));
    return whole;
}

/* Nobody looks at the terminal any more. */
static void leave_terminal(const struct devd_options *options)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int log = options->log_file
                  ? open(options->log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640)
                  : -1;
    if (options->log_file && log < 0)
        fprintf(stderr, "xl devd: cannot write %s, and goes on without a log: %s\n",
                options->log_file, strerror(errno));
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(log >= 0 ? log : null, STDERR_FILENO);
    }
    setlinebuf(stderr);
}

/* All that can fail, then `ready` is told, then it serves. */
static enum devd_end begin(const struct devd_options *options, int ready)
{
    struct devd devd = {.options = options};
    sigset_t before;
    int lock = take_lock(options);
    if (lock < 0)
        return lock == -2 ? DEVD_RUNNING : DEVD_FAILED;
    enum devd_end end = DEVD_FAILED;
    follow_signals(&before);
    if (!connect_store(&devd)) {
        fprintf(stderr, "xl devd: xenstore does not answer, or lets no daemon be in this domain\n");
    } else if (write_pid(options->pid_file)) {
        if (ready >= 0) {
            leave_terminal(options);
            if (write(ready, "", 1) != 1)
                devd_log("nobody waits for readiness");
            close(ready);
        }
        serve(&devd, &before);
        if (options->pid_file)
            unlink(options->pid_file);
        end = DEVD_OK;
    }
    forget_all(&devd);
    close(lock);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return end;
}

enum devd_end devd_run(const struct devd_options *options)
{
    int ready[2], status;
    char byte;
    pid_t child = -1;
    if (options->foreground)
        return begin(options, -1);
    if (pipe2(ready, O_CLOEXEC) < 0 || (child = fork()) < 0) {
        fprintf(stderr, "xl devd: cannot go to the background: %s\n", strerror(errno));
        return DEVD_FAILED;
    }
    if (child == 0) {
        close(ready[0]);
        setsid();
        _exit((int)begin(options, ready[1]));
    }
    close(ready[1]);
    bool serves = read(ready[0], &byte, 1) == 1;
    close(ready[0]);
    if (serves)
        return DEVD_OK;
    return waitpid(child, &status, 0) == child && WIFEXITED(status)
               ? (enum devd_end)WEXITSTATUS(status)
               : DEVD_FAILED;
}
