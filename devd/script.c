/* SPDX-License-Identifier: MIT */
/* A user's scripts, called as Xen calls those of /etc/xen/scripts. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon.h"

#define SCRIPT_SECONDS 10
#define STEP_MS        20

/* In the child. */
static void become(const struct device *device, const char *path, const char *const words[2])
{
    const char *argv[] = {path, words[0], words[1], NULL};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0);
    setenv("script", path, 1);
    setenv("XENBUS_TYPE", libxl_device_kind_name(device->kind), 1);
    setenv("XENBUS_PATH", device->path, 1);
    setenv("XENBUS_BASE_PATH", "backend", 1);
    if (*device->interface) {
        setenv("vif", device->interface, 1);
        setenv("netdev", "", 1);
    }
    execv(path, (char *const *)argv);
    _exit(127);
}

/* Its wait status; -1: it did not end in time, and was ended. */
static int await(pid_t child)
{
    int status;
    for (unsigned int ms = 0; ms < SCRIPT_SECONDS * 1000; ms += STEP_MS) {
        if (waitpid(child, &status, WNOHANG) == child)
            return status;
        poll(NULL, 0, STEP_MS);
    }
    kill(-child, SIGKILL);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return -1;
}

bool devd_script(struct devd *devd, const struct device *device, const char *const words[2],
                 char error[ERROR_SIZE])
{
    char path[PATH_SIZE], said[ERROR_SIZE / 2];
    snprintf(path, sizeof(path), "%s%s%s", strchr(device->script, '/') ? "" : devd->options->root,
             strchr(device->script, '/') ? "" : LIBXL_SCRIPTS "/", device->script);
    pid_t child = fork();
    if (child == 0)
        become(device, path, words);
    if (child < 0) {
        snprintf(error, ERROR_SIZE, "%.100s: %s", path, strerror(errno));
        return false;
    }
    int status = await(child);
    if (status == 0)
        return true;
    if (devd_read(devd, device, "hotplug-error", said, sizeof(said)))
        snprintf(error, ERROR_SIZE, "%.100s: %s", path, said);
    else if (status < 0)
        snprintf(error, ERROR_SIZE, "%.100s %s: not done within %d s", path, words[0],
                 SCRIPT_SECONDS);
    else if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        snprintf(error, ERROR_SIZE, "%.100s cannot be run", path);
    else
        snprintf(error, ERROR_SIZE, "%.100s %s: it failed, with status %d", path, words[0],
                 WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return false;
}
