/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log_file.h"
#include "loop.h"
#include "message.h"

void log_file_init_none(struct log_file *file)
{
    *file = (struct log_file){.fd = -1};
}

/* Said once, however often it is tried again. */
static void failed(struct log_file *file, const char *what)
{
    int error = errno;

    if (!file->error)
        message_error("cannot %s %s: %s; what comes is lost until it can", what, file->path,
                      strerror(error));
    file->error = error;
    file->retry_at = loop_now() + LOG_FILE_RETRY_MS;
}

/* The file may be readable by the log's group, but console output is not for everybody. */
static void open_path(struct log_file *file)
{
    struct stat status;

    file->fd = open(file->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (file->fd < 0) {
        failed(file, "open");
        return;
    }
    file->size = fstat(file->fd, &status) == 0 ? (uint64_t)status.st_size : 0;
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

void log_file_open(struct log_file *file, char *path, uint64_t size_limit, unsigned int keep)
{
    *file = (struct log_file){.path = path, .fd = -1, .size_limit = size_limit, .keep = keep};
    make_directories(path);
    open_path(file);
}

void log_file_finish(struct log_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

void log_file_reopen(struct log_file *file)
{
    if (!file->path)
        return;
    log_file_finish(file);
    file->retry_at = 0;
    open_path(file);
}

bool log_file_ready(struct log_file *file)
{
    if (!file->path || (file->error && loop_now() < file->retry_at))
        return false;
    if (file->fd < 0)
        open_path(file);
    return file->fd >= 0;
}

/* NAME.N becomes NAME.N+1; NAME itself is number 0. False, with errno, when it cannot. */
static bool shift(const struct log_file *file, unsigned int number)
{
    char *from = NULL, *to = NULL;
    bool done = false;

    if (asprintf(&to, "%s.%u", file->path, number + 1) < 0)
        to = NULL;
    if (number == 0)
        from = strdup(file->path);
    else if (asprintf(&from, "%s.%u", file->path, number) < 0)
        from = NULL;
    if (from && to)
        done = rename(from, to) == 0;
    free(from);
    free(to);
    return done;
}

static bool shift_all(const struct log_file *file)
{
    for (unsigned int number = file->keep; number-- > 0;)
        if (!shift(file, number) && (number == 0 || errno != ENOENT))
            return false;
    return file->keep > 0;
}

/* The bound holds also where nothing can be renamed: then the file is emptied. */
bool log_file_rotate(struct log_file *file)
{
    if (file->fd < 0 || !file->size_limit || file->size < file->size_limit)
        return false;
    if (shift_all(file)) {
        log_file_reopen(file);
        return true;
    }
    if (file->keep > 0)
        message_error("cannot rename %s, which is emptied instead: %s", file->path,
                      strerror(errno));
    if (ftruncate(file->fd, 0) < 0)
        failed(file, "empty");
    file->size = 0;
    return true;
}

/* How much of it the file took. */
static size_t write_some(struct log_file *file, const char *data, size_t size)
{
    size_t done = 0;

    while (done < size) {
        ssize_t written = write(file->fd, data + done, size - done);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            break;
        done += (size_t)written;
        file->size += (uint64_t)written;
        file->line_began = data[done - 1] != '\n';
    }
    return done;
}

/* After a loss: says how much, in the file and in the daemon's messages. False while it cannot. */
static bool tell_loss(struct log_file *file)
{
    uint64_t size = file->size;
    bool line_began = file->line_began;
    char note[128];
    int length =
        snprintf(note, sizeof note, "%s[xenconsoled: %" PRIu64 " bytes are lost here: %s]\n",
                 line_began ? "\n" : "", file->lost, strerror(file->error));

    if (file->lost && write_some(file, note, (size_t)length) != (size_t)length) {
        int error = errno;

        if (ftruncate(file->fd, (off_t)size) == 0)
            file->size = size;
        file->line_began = line_began;
        errno = error;
        return false;
    }
    message_info("%s is written again; %" PRIu64 " bytes of it are lost", file->path, file->lost);
    file->lost = 0;
    file->error = 0;
    return true;
}

void log_file_write(struct log_file *file, const char *data, size_t size)
{
    size_t done = 0;

    if (!file->path || size == 0)
        return;
    if (log_file_ready(file) && (!file->error || tell_loss(file))) {
        done = write_some(file, data, size);
        if (done == size)
            return;
    }
    file->lost += size - done;
    if (file->fd >= 0 && loop_now() >= file->retry_at)
        failed(file, "write");
}
