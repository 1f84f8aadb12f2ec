/* SPDX-License-Identifier: MIT */
/* What a disk needs: the number of the block device that the kernel's backend is to open. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "daemon.h"

#define LOOP_MAJOR 7u

bool devd_resolve(const struct devd *devd, const char *target, char path[PATH_SIZE],
                  char error[ERROR_SIZE])
{
    const char *value = strchr(target, '=');
    char key[16];
    if (*target == '/') {
        snprintf(path, PATH_SIZE, "%s%s", devd->options->root, target);
        return true;
    }
    if (value && value - target < (ptrdiff_t)sizeof(key)) {
        snprintf(key, sizeof(key), "%.*s", (int)(value - target), target);
        if (devd_find_named(devd->options->root, key, value + 1, path))
            return true;
    }
    snprintf(error, ERROR_SIZE, "no disk or partition is %.200s", target);
    return false;
}

static bool same(const struct backing *a, const struct backing *b)
{
    return a->device == b->device && a->inode == b->inode;
}

/* Whether another guest has it in a way that does not go with this one's. */
static const struct device *clashes(const struct devd *devd, const struct device *device)
{
    for (const struct device *other = devd->devices; other; other = other->next) {
        if (other != device && !other->failed && other->kind == LIBXL_DISK &&
            other->backing.device && same(&other->backing, &device->backing) &&
            (other->writable || device->writable))
            return other;
    }
    return NULL;
}

/* What is mounted here, or has a partition that is, cannot be opened so. */
static bool held_here(const char *path)
{
    int fd = open(path, O_RDWR | O_EXCL | O_CLOEXEC);
    bool held = fd < 0 && errno == EBUSY;
    if (fd >= 0)
        close(fd);
    return held;
}

static bool find_backing(struct devd *devd, struct device *device, const char *path,
                         char error[ERROR_SIZE])
{
    struct stat status;
    if (stat(path, &status) < 0) {
        snprintf(error, ERROR_SIZE, "%.180s: %s", path, strerror(errno));
        return false;
    }
    if (!S_ISBLK(status.st_mode) && !S_ISREG(status.st_mode)) {
        snprintf(error, ERROR_SIZE, "%.180s is neither a block device nor a file", path);
        return false;
    }
    bool block = S_ISBLK(status.st_mode);
    device->backing.device = block ? status.st_rdev : status.st_dev;
    device->backing.inode = block ? 0 : status.st_ino;
    const struct device *other = clashes(devd, device);
    if (!other)
        return true;
    snprintf(error, ERROR_SIZE, "%.160s is in use by domain %u as %u", path, other->domid,
             other->devid);
    return false;
}

/* The number of the loop device that the store says it has, or -1. */
static int loop_before(const char *before)
{
    unsigned int major_number, minor_number;
    return sscanf(before, "%x:%x", &major_number, &minor_number) == 2 &&
                   major_number == LOOP_MAJOR && minor_number < 1u << 20
               ? (int)minor_number
               : -1;
}

static bool find_device(struct devd *devd, struct device *device, const char *path,
                        const char *before, dev_t *number, char error[ERROR_SIZE])
{
    if (device->backing.inode) {
        device->backing.loop =
            devd_loop(devd->options->root, path, !device->writable, loop_before(before), number);
        if (device->backing.loop >= 0)
            return true;
        snprintf(error, ERROR_SIZE, "%.140s cannot be made a loop device: %s", path,
                 strerror(errno));
        return false;
    }
    *number = device->backing.device;
    /* Who has it already is the backend, of the time before us. */
    if (*before || !device->writable || !held_here(path))
        return true;
    snprintf(error, ERROR_SIZE, "%.160s is in use here: it is mounted, or part of something", path);
    return false;
}

bool devd_serve_disk(struct devd *devd, struct device *device, char error[ERROR_SIZE])
{
    char target[LIBXL_TARGET_MAX], mode[8], before[32], path[PATH_SIZE], text[32];
    dev_t number = 0;
    devd_read(devd, device, "params", target, sizeof(target));
    devd_read(devd, device, "mode", mode, sizeof(mode));
    devd_read(devd, device, "physical-device", before, sizeof(before));
    device->writable = mode[0] == 'w';
    if (!devd_resolve(devd, target, path, error) || !find_backing(devd, device, path, error) ||
        !find_device(devd, device, path, before, &number, error))
        return false;
    snprintf(text, sizeof(text), "%x:%x", major(number), minor(number));
    if (!strcmp(text, before) || devd_write(devd, device, "physical-device", text))
        return true;
    snprintf(error, ERROR_SIZE, "xenstore: %s", strerror(errno));
    return false;
}

void devd_release_disk(struct devd *devd, struct device *device)
{
    (void)devd;
    if (device->backing.loop >= 0)
        close(device->backing.loop);
    device->backing = (struct backing){.loop = -1};
}
