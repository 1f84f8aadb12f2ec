/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <console_protocol.h>

#include "client_pty.h"
#include "domains.h"
#include "kept.h"
#include "message.h"

#define LOG_MAX (1u << 20) /* bytes read of a file */

/* Earlier lives that are kept; beyond that the oldest goes. */
#define LIVES_MAX 256

struct kept {
    struct console *console;
    bool is_log; /* goes with its client */
    struct kept *next;
};

static bool add(struct daemon *daemon, struct console *console, bool is_log)
{
    struct kept *kept = calloc(1, sizeof *kept);

    if (!kept)
        return false;
    *kept = (struct kept){.console = console, .is_log = is_log, .next = daemon->kept};
    daemon->kept = kept;
    return true;
}

static void drop(struct kept **link)
{
    struct kept *kept = *link;

    *link = kept->next;
    console_free(kept->console, CONSOLE_REASON_ALL);
    free(kept);
}

void kept_take(struct daemon *daemon, struct console *console)
{
    struct kept **link = &daemon->kept;
    unsigned int count = 0;

    while (*link) {
        bool older =
            !(*link)->is_log && ((*link)->console->domid == console->domid || ++count >= LIVES_MAX);

        if (older)
            drop(link);
        else
            link = &(*link)->next;
    }
    pty_close(console);
    log_finish(&console->log);
    console->reason = CONSOLE_REASON_ALL;
    if (!add(daemon, console, false))
        console_free(console, CONSOLE_REASON_ALL);
}

struct console *kept_last(struct daemon *daemon, unsigned int domid, const char **reason)
{
    for (struct kept *kept = daemon->kept; kept; kept = kept->next)
        if (!kept->is_log && kept->console->domid == domid)
            return kept->console;
    *reason = "no earlier life of the domain is known";
    return NULL;
}

/* Its last bytes, into the history, which keeps as many. False with errno. */
static bool read_file(struct history *history, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    char data[4096];
    struct stat status;
    ssize_t count = 0;

    if (fd < 0)
        return false;
    if (fstat(fd, &status) == 0 && status.st_size > LOG_MAX)
        lseek(fd, status.st_size - LOG_MAX, SEEK_SET);
    for (size_t left = LOG_MAX; left > 0; left -= (size_t)count) {
        count = read(fd, data, left < sizeof data ? left : sizeof data);
        if (count <= 0)
            break;
        history_append(history, data, (size_t)count);
    }
    close(fd);
    return count >= 0;
}

/* The file, and before it what was last renamed when it grew too long. */
static bool read_log(struct history *history, const char *path)
{
    char *earlier;

    if (asprintf(&earlier, "%s.1", path) >= 0) {
        read_file(history, earlier); /* mostly there is none */
        free(earlier);
    }
    return read_file(history, path);
}

/* That of the domain as it is, or of one that is gone; NULL: none. */
static const char *log_path(struct daemon *daemon, unsigned int domid)
{
    const char *path = domains_log_path(daemon, domid), *reason;
    const struct console *last = path ? NULL : kept_last(daemon, domid, &reason);

    return last ? last->log.file.path : path;
}

struct console *kept_log(struct daemon *daemon, unsigned int domid, const char **reason)
{
    const char *path = log_path(daemon, domid);
    struct console *console;

    *reason = "no log of the domain's console is written";
    if (!path)
        return NULL;
    console = console_new_for_text(daemon, (domid_t)domid, LOG_MAX);
    *reason = "out of memory";
    if (!console)
        return NULL;
    console->reason = CONSOLE_REASON_ALL;
    if (!read_log(&console->history, path)) {
        message_error("cannot read %s: %s", path, strerror(errno));
        *reason = "its log cannot be read";
    } else if (add(daemon, console, true)) {
        return console;
    }
    console_free(console, NULL);
    return NULL;
}

void kept_reap(struct daemon *daemon)
{
    struct kept **link = &daemon->kept;

    while (*link) {
        if ((*link)->is_log && !(*link)->console->clients)
            drop(link);
        else
            link = &(*link)->next;
    }
}

void kept_free(struct daemon *daemon)
{
    while (daemon->kept)
        drop(&daemon->kept);
}
