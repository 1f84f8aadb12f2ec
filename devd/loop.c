/* SPDX-License-Identifier: MIT */
/*
 * Loop devices. Each is bound so that the kernel takes it apart at its last close: while we hold it
 * and until the backend has it, it stays; after that it is the backend's alone, whatever becomes of
 * us. So there is nothing to be cleaned up, and nothing can be left behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon.h"

/* Others may take the free one that we were told of. */
#define ATTEMPTS 32

static int open_loop(const char *root, int number, bool readonly)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s/dev/loop%d", root, number);
    return open(path, (readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
}

static int free_number(const char *root)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s/dev/loop-control", root);
    int control = open(path, O_RDWR | O_CLOEXEC);
    if (control < 0)
        return -1;
    int number = ioctl(control, LOOP_CTL_GET_FREE);
    close(control);
    return number;
}

/* Whether the loop device has this file already. */
static bool has_file(int loop, const struct stat *file)
{
    struct loop_info64 info;
    return ioctl(loop, LOOP_GET_STATUS64, &info) == 0 && info.lo_device == file->st_dev &&
           info.lo_inode == file->st_ino;
}

static bool bind_file(int loop, int file, const char *name, bool readonly)
{
    struct loop_config config = {.fd = (uint32_t)file};
    config.info.lo_flags =
        LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO | (readonly ? LO_FLAGS_READ_ONLY : 0u);
    snprintf((char *)config.info.lo_file_name, LO_NAME_SIZE, "%s", name);
    if (ioctl(loop, LOOP_CONFIGURE, &config) == 0)
        return true;
    /* A file system that has no direct I/O, as a RAM disk's. */
    if (errno != EINVAL)
        return false;
    config.info.lo_flags &= ~(uint32_t)LO_FLAGS_DIRECT_IO;
    return ioctl(loop, LOOP_CONFIGURE, &config) == 0;
}

/* Binds the file to the loop device of a number, or takes it as it is bound. */
static int take(const char *root, int number, int file, const char *name, bool readonly)
{
    struct stat status;
    int loop = number < 0 ? -1 : open_loop(root, number, readonly);
    if (loop < 0)
        return -1;
    if (fstat(file, &status) == 0 &&
        (has_file(loop, &status) || bind_file(loop, file, name, readonly)))
        return loop;
    int error = errno;
    close(loop);
    errno = error;
    return -1;
}

int devd_loop(const char *root, const char *file, bool readonly, int number, dev_t *device)
{
    struct stat status;
    int backing = open(file, (readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    if (backing < 0)
        return -1;
    int loop = take(root, number, backing, file, readonly);
    for (unsigned int i = 0; loop < 0 && i < ATTEMPTS; i++) {
        loop = take(root, free_number(root), backing, file, readonly);
        if (loop < 0 && errno != EBUSY)
            break;
    }
    int error = errno;
    close(backing);
    errno = error;
    if (loop >= 0 && fstat(loop, &status) == 0)
        *device = status.st_rdev;
    return loop;
}
