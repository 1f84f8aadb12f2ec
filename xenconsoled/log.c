/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "message.h"

#define ESCAPE 0x1b

void log_init_none(struct log *log)
{
    *log = (struct log){.fd = -1};
}

/* The file may be readable by the log's group, but console output is not for everybody. */
static void open_path(struct log *log)
{
    struct stat status;

    log->fd = open(log->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (log->fd < 0) {
        message_error("cannot open %s: %s", log->path, strerror(errno));
        return;
    }
    log->size = fstat(log->fd, &status) == 0 ? (uint64_t)status.st_size : 0;
}

static void make_directories(const char *path)
{
    char *copy = strdup(path);

    if (!copy)
        return;
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0755) < 0 && errno != EEXIST)
            break; /* opening the file will say why */
        *slash = '/';
    }
    free(copy);
}

void log_open(struct log *log, const struct options *options, const char *name, bool timestamp)
{
    char *at;

    log_init_none(log);
    if (asprintf(&log->path, "%s/%s.log", options->log_dir, name) < 0) {
        log->path = NULL;
        return;
    }
    for (at = log->path + strlen(options->log_dir) + 1; *at; at++)
        if (*at == '/' || *at < ' ' || *at > '~')
            *at = '_';
    log->size_limit = options->log_size;
    log->replace_escape = options->replace_escape;
    log->timestamp = timestamp;
    make_directories(log->path);
    open_path(log);
}

void log_reopen(struct log *log)
{
    if (!log->path)
        return;
    if (log->fd >= 0)
        close(log->fd);
    open_path(log);
}

void log_finish(struct log *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
}

void log_close(struct log *log)
{
    log_finish(log);
    free(log->path);
    log_init_none(log);
}

static void rotate(struct log *log)
{
    char *old;

    if (asprintf(&old, "%s.1", log->path) < 0)
        return;
    if (rename(log->path, old) < 0)
        message_error("cannot rename %s: %s", log->path, strerror(errno));
    free(old);
    log_reopen(log);
}

static void write_out(struct log *log, const char *data, size_t size)
{
    while (size > 0 && log->fd >= 0) {
        ssize_t written = write(log->fd, data, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            message_error("cannot write %s: %s", log->path, strerror(errno));
            close(log->fd);
            log->fd = -1;
            return;
        }
        data += written;
        size -= (size_t)written;
        log->size += (uint64_t)written;
    }
}

/* A batch of output on its way to the file. */
struct batch {
    size_t used;
    char data[1024];
};

static void add(struct log *log, struct batch *batch, const char *data, size_t size)
{
    if (batch->used + size > sizeof batch->data) {
        write_out(log, batch->data, batch->used);
        batch->used = 0;
    }
    memcpy(batch->data + batch->used, data, size);
    batch->used += size;
}

static void add_timestamp(struct log *log, struct batch *batch)
{
    time_t now = time(NULL);
    struct tm parts;
    char text[32];

    if (localtime_r(&now, &parts))
        add(log, batch, text, strftime(text, sizeof text, "[%Y-%m-%d %H:%M:%S] ", &parts));
}

void log_append(struct log *log, const char *data, size_t size)
{
    struct batch batch = {.used = 0};

    if (log->fd < 0)
        return;
    if (log->size_limit && log->size >= log->size_limit)
        rotate(log);
    for (size_t i = 0; i < size; i++) {
        char byte = log->replace_escape && data[i] == ESCAPE ? '.' : data[i];

        if (log->timestamp && !log->line_began)
            add_timestamp(log, &batch);
        add(log, &batch, &byte, 1);
        log->line_began = byte != '\n';
    }
    write_out(log, batch.data, batch.used);
}
