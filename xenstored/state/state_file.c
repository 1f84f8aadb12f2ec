/* SPDX-License-Identifier: MIT */
#include "state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/magic.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "state.h"

/* What room is set aside at a time, and what goes there rather than by a system call of its own. */
#define ROOM  (64u << 10)
#define SMALL (4u << 10)
/* A file no longer than this is used again. */
#define REUSED (2u << 20)

/* What is in memory only has no disk to wait for. */
static void look_where_it_is(struct state_file *file, bool sync)
{
    struct statfs status;

    file->in_memory = fstatfs(file->fd, &status) == 0 && status.f_type == TMPFS_MAGIC;
    file->sync = sync && !file->in_memory;
    file->room = NULL;
    file->room_size = 0;
}

static void drop_room(struct state_file *file)
{
    if (file->room)
        munmap(file->room, file->room_size);
    file->room = NULL;
    file->room_size = 0;
}

/* In memory, room that is set aside stays there, whatever else comes: no store to it can fail. */
static bool set_room_aside(struct state_file *file, size_t end)
{
    size_t size = (end + ROOM - 1) / ROOM * ROOM, whole = file->room_size;
    void *room;

    /* What comes before the file's end is there. */
    if (whole < file->size)
        whole = file->size / ROOM * ROOM;
    if (fallocate(file->fd, 0, (off_t)whole, (off_t)(size - whole)) < 0)
        return false;
    if (file->room)
        room = mremap(file->room, file->room_size, size, MREMAP_MAYMOVE);
    else
        room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file->fd, 0);
    if (room == MAP_FAILED)
        return false;
    /* All pages at once, rather than each at its first use; a kernel before 5.14 does not know. */
    madvise((char *)room + whole, size - whole, MADV_POPULATE_WRITE);
    file->room = room;
    file->room_size = size;
    return true;
}

/* What a frame begins with comes last: until then a reader finds zeroes there, and no frame. */
static bool put_in_room(struct state_file *file, const char *bytes, size_t count)
{
    size_t heading = count < FRAME_HEADING ? count : FRAME_HEADING;
    char *to;

    if (!file->in_memory || count > SMALL)
        return false;
    if (file->size + count > file->room_size && !set_room_aside(file, file->size + count))
        return false;
    to = file->room + file->size;
    memcpy(to + heading, bytes + heading, count - heading);
    atomic_signal_fence(memory_order_seq_cst);
    memcpy(to, bytes, heading);
    return true;
}

bool state_file_reuse(struct state_file *file)
{
    if (!file->room || file->size > file->room_size || file->size > REUSED)
        return false;
    memset(file->room, 0, file->size);
    file->size = 0;
    return true;
}

int state_file_continue(struct state_file *file, int fd, size_t size)
{
    file->fd = fd;
    file->size = size;
    look_where_it_is(file, file->sync);
    return ftruncate(fd, (off_t)size) < 0 ? errno : 0;
}

int state_file_create(struct state_file *file, const char *path, bool sync)
{
    unlink(path);
    file->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    file->size = 0;
    if (file->fd < 0)
        return errno;
    look_where_it_is(file, sync);
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
    int error = put_in_room(file, bytes, count) ? 0 : write_whole(file, bytes, count);

    if (!error) {
        file->size += count;
        return 0;
    }
    /* Else a reader of the file finds a frame without its end, and leaves it out. */
    drop_room(file);
    return ftruncate(file->fd, (off_t)file->size) < 0 ? errno : error;
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

int state_file_rename(const struct state_file *file, const char *from, const char *to,
                      bool *exchanged)
{
    *exchanged = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0;
    if (!*exchanged && rename(from, to) < 0)
        return errno;
    return file->sync ? sync_directory(to) : 0;
}

void state_file_close(struct state_file *file)
{
    if (file->fd >= 0) {
        drop_room(file);
        close(file->fd);
    }
    file->fd = -1;
}
