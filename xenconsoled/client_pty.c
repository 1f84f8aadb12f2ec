/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

#include "client_pty.h"
#include "console.h"
#include "message.h"

struct pty_client {
    struct client client;
    struct console *owner;
    int slave; /* kept open, so that the terminal outlives its readers */
    int watch; /* inotify's */
    unsigned int readers;
    char path[64];
    struct loop_source master;
    struct pty_client *next;
};

static ssize_t pty_send(struct client *client, const char *data, size_t size)
{
    struct pty_client *pty = (struct pty_client *)client;
    ssize_t written = write(pty->master.fd, data, size);

    return written < 0 ? 0 : written; /* a terminal cannot go; at worst it takes nothing */
}

static ssize_t pty_receive(struct client *client, char *out, size_t size)
{
    struct pty_client *pty = (struct pty_client *)client;
    ssize_t count = size ? read(pty->master.fd, out, size) : 0;

    return count < 0 ? 0 : count;
}

static void pty_want(struct client *client, bool input, bool output)
{
    struct pty_client *pty = (struct pty_client *)client;

    loop_change(&pty->owner->daemon->loop, &pty->master,
                (input ? EPOLLIN : 0u) | (output ? EPOLLOUT : 0u));
}

static void pty_release(struct client *client, const char *reason)
{
    (void)reason;
    pty_close(((struct pty_client *)client)->owner);
}

static const struct client_ops pty_ops = {pty_send, pty_receive, pty_want, NULL, pty_release};

static void master_ready(void *context, uint32_t events)
{
    struct pty_client *pty = context;

    (void)events;
    console_wake(pty->owner);
}

/* Somebody has opened the terminal, or the last one has closed it. */
static void count_readers(struct pty_client *pty, uint32_t mask)
{
    if (mask & IN_OPEN)
        pty->readers++;
    else if (pty->readers > 0)
        pty->readers--;
    if (pty->readers > 0 && !pty->client.console) {
        console_attach(pty->owner, &pty->client);
    } else if (pty->readers == 0 && pty->client.console) {
        console_detach(&pty->client);
        pty_want(&pty->client, false, false);
        tcflush(pty->slave, TCIOFLUSH); /* the next one gets the history instead */
    }
}

static struct pty_client *find_watch(struct daemon *daemon, int watch)
{
    for (struct pty_client *pty = daemon->ptys; pty; pty = pty->next)
        if (pty->watch == watch)
            return pty;
    return NULL;
}

static void inotify_ready(void *context, uint32_t events)
{
    struct daemon *daemon = context;
    char buffer[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)]
        __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t size = read(daemon->inotify_fd, buffer, sizeof buffer);

    (void)events;
    for (ssize_t at = 0; at < size;) {
        const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
        struct pty_client *pty = find_watch(daemon, event->wd);

        if (pty && (event->mask & (IN_OPEN | IN_CLOSE)))
            count_readers(pty, event->mask);
        at += (ssize_t)(sizeof *event + event->len);
    }
}

int pty_setup(struct daemon *daemon)
{
    daemon->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (daemon->inotify_fd < 0)
        return -errno;
    daemon->inotify_source =
        (struct loop_source){.fd = daemon->inotify_fd, .ready = inotify_ready, .context = daemon};
    return loop_add(&daemon->loop, &daemon->inotify_source, EPOLLIN);
}

void pty_cleanup(struct daemon *daemon)
{
    if (daemon->inotify_fd >= 0)
        close(daemon->inotify_fd);
    daemon->inotify_fd = -1;
}

/* Opens the pair, raw, and fills in both ends and the path. */
static int open_pair(struct pty_client *pty)
{
    struct termios settings;
    int master;

    if (openpty(&master, &pty->slave, pty->path, NULL, NULL) < 0)
        return -errno;
    pty->master = (struct loop_source){.fd = master, .ready = master_ready, .context = pty};
    if (tcgetattr(pty->slave, &settings) == 0) {
        cfmakeraw(&settings);
        tcsetattr(pty->slave, TCSANOW, &settings);
    }
    fcntl(master, F_SETFL, O_NONBLOCK);
    fcntl(master, F_SETFD, FD_CLOEXEC);
    fcntl(pty->slave, F_SETFD, FD_CLOEXEC);
    return 0;
}

static int follow(struct daemon *daemon, struct pty_client *pty)
{
    pty->watch = inotify_add_watch(daemon->inotify_fd, pty->path, IN_OPEN | IN_CLOSE);
    return pty->watch < 0 ? -errno : loop_add(&daemon->loop, &pty->master, 0);
}

int pty_open(struct console *console)
{
    struct daemon *daemon = console->daemon;
    struct pty_client *pty;
    int rc;

    if (console->pty)
        return 0;
    pty = calloc(1, sizeof *pty);
    if (!pty)
        return -ENOMEM;
    pty->client.ops = &pty_ops;
    pty->owner = console;
    rc = open_pair(pty);
    if (rc < 0) {
        free(pty);
        return rc;
    }
    pty->next = daemon->ptys;
    daemon->ptys = pty;
    console->pty = pty;
    rc = follow(daemon, pty);
    if (rc < 0)
        pty_close(console);
    return rc;
}

void pty_close(struct console *console)
{
    struct daemon *daemon = console->daemon;
    struct pty_client *pty = console->pty, **link = &daemon->ptys;

    if (!pty)
        return;
    while (*link != pty)
        link = &(*link)->next;
    *link = pty->next;
    console->pty = NULL;
    if (pty->client.console)
        console_detach(&pty->client);
    loop_remove(&daemon->loop, &pty->master);
    if (pty->watch >= 0)
        inotify_rm_watch(daemon->inotify_fd, pty->watch);
    close(pty->slave);
    close(pty->master.fd);
    free(pty);
}

const char *pty_path(const struct console *console)
{
    return console->pty ? console->pty->path : NULL;
}
