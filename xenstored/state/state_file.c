/* SPDX-License-Identifier: MIT */
#include "state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

/* What is in memory only has no disk to wait for. */
static bool has_a_disk(int fd)
{
    struct statfs status;

    return fstatfs(fd, &status) < 0 || status.f_type != TMPFS_MAGIC;
}

int state_file_continue(struct state_file *file, int fd, size_t size)
{
    file->fd = fd;
    file->size = size;
    file->sync = file->sync && has_a_disk(fd);
    return ftruncate(fd, (off_t)size) < 0 ? errno : 0;
}

int state_file_create(struct state_file *file, const char *path, bool sync)
{
    unlink(path);
    file->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    file->size = 0;
    if (file->fd < 0)
        return errno;
    file->sync = sync && has_a_disk(file->fd);
    return 0;
}

static int write_whole(const struct state_file *file, const char *bytes, size_t count)
{
    size_t done = 0;

    while (done < count) {
        ssize_t written = pwrite(file->fd, bytes + done, count - done, (off_t)(file->size + done));

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        if (!written)
            return ENOSPC;
        done += (size_t)written;
    }
    return file->sync && fdatasync(file->fd) < 0 ? errno : 0;
}

int state_file_append(struct state_file *file, const void *bytes, size_t count)
{
    int error = write_whole(file, bytes, count);

    if (!error)
        file->size += count;
    /* Else a reader of the file finds a frame without its end, and leaves it out. */
    else if (ftruncate(file->fd, (off_t)file->size) < 0)
        return errno;
    return error;
}

static int sync_directory(const char *path)
{
    char *copy = strdup(path);
    int error = 0, fd;

    if (!copy)
        return ENOMEM;
    fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) < 0)
        error = errno;
    if (fd >= 0)
        close(fd);
    free(copy);
    return error;
}

int state_file_rename(const struct state_file *file, const char *from, const char *to)
{
    if (rename(from, to) < 0)
        return errno;
    return file->sync ? sync_directory(to) : 0;
}

void state_file_close(struct state_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}
