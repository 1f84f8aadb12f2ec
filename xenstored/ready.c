/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <daemon/ready.h>

#include "log.h"
#include "options.h"
#include "ready.h"

/* One byte means ready; without one the daemon ended, and its status says how. */
static int wait_for_daemon(int fd, pid_t daemon)
{
    char byte;
    int status;

    if (read(fd, &byte, 1) == 1)
        return EXIT_STATUS_OK;
    if (waitpid(daemon, &status, 0) == daemon && WIFEXITED(status) && WEXITSTATUS(status))
        return WEXITSTATUS(status);
    return EXIT_STATUS_FAILED;
}

int ready_fork(struct ready *ready)
{
    int ends[2];
    pid_t daemon;

    if (pipe2(ends, O_CLOEXEC) < 0) {
        perror("xenstored");
        return EXIT_STATUS_FAILED;
    }
    daemon = fork();
    if (daemon < 0) {
        perror("xenstored");
        return EXIT_STATUS_FAILED;
    }
    if (daemon > 0) {
        close(ends[1]);
        return wait_for_daemon(ends[0], daemon);
    }
    close(ends[0]);
    setsid();
    ready->fd = ends[1];
    return -1;
}

void ready_in_foreground(struct ready *ready)
{
    ready->fd = -1;
}

/* Standard input, output and errors are not ours any more. */
static void leave_terminal(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0)
        return;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
    close(null);
    if (chdir("/") < 0)
        return;
}

void ready_tell(struct ready *ready)
{
    ready_notify("xenstored");
    if (ready->fd < 0)
        return;
    log_to_syslog();
    leave_terminal();
    if (write(ready->fd, "", 1) < 0)
        perror("xenstored");
    close(ready->fd);
    ready->fd = -1;
}
