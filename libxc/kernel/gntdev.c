/* SPDX-License-Identifier: MIT */
/* Mapping grants through Linux's /dev/xen/gntdev; the handle is the descriptor. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../interface.h"
#include "ioctls.h"
#include "kernel.h"

static int descriptor(void *handle)
{
    return (int)(intptr_t)handle;
}

int xc_kernel_unmap_notify(int fd, uint64_t offset, const struct xc_unmap_notify *notify)
{
    struct linux_unmap_notify argument = {.offset = offset};
    if (!notify)
        return 0;
    if (notify->clear_offset != XC_NOTIFY_NONE) {
        argument.offset += notify->clear_offset;
        argument.action |= UNMAP_NOTIFY_CLEAR_BYTE;
    }
    if (notify->port != XC_NOTIFY_NONE) {
        argument.port = notify->port;
        argument.action |= UNMAP_NOTIFY_SEND_EVENT;
    }
    return argument.action ? xc_kernel_call(fd, IOCTL_SET_UNMAP_NOTIFY, &argument) : 0;
}

static int gnttab_open(void *state, void **handle)
{
    (void)state;
    int fd = xc_kernel_device("gntdev", O_RDWR);
    if (fd < 0)
        return fd;
    *handle = (void *)(intptr_t)fd;
    return 0;
}

static void gnttab_close(void *handle)
{
    close(descriptor(handle));
}

/* Announces the references to the kernel; *offset is where to mmap them. */
static int announce(int fd, domid_t domid, const uint32_t *refs, unsigned int count,
                    uint64_t *offset)
{
    size_t size = sizeof(struct linux_gntdev_map) + (size_t)count * sizeof(struct linux_gntdev_ref);
    struct linux_gntdev_map *map = calloc(1, size);
    if (!map)
        return -ENOMEM;
    map->count = count;
    struct linux_gntdev_ref *list = map->refs;
    for (unsigned int i = 0; i < count; i++)
        list[i] = (struct linux_gntdev_ref){.domid = domid, .ref = refs[i]};
    int rc = xc_kernel_call(fd, IOCTL_GNTDEV_MAP, map);
    *offset = map->offset;
    free(map);
    return rc;
}

static void *gnttab_map(void *handle, domid_t domid, const uint32_t *refs, unsigned int count,
                        int prot, const struct xc_unmap_notify *notify)
{
    int fd = descriptor(handle);
    uint64_t offset;
    int rc = announce(fd, domid, refs, count, &offset);
    if (rc < 0) {
        errno = -rc;
        return NULL;
    }
    size_t size = (size_t)count * XC_PAGE_SIZE;
    void *address = mmap(NULL, size, prot, MAP_SHARED, fd, (off_t)offset);
    rc = address == MAP_FAILED ? -errno : xc_kernel_unmap_notify(fd, offset, notify);
    if (rc >= 0)
        return address;
    if (address != MAP_FAILED)
        munmap(address, size);
    struct linux_gntdev_unmap unmap = {.offset = offset, .count = count};
    xc_kernel_call(fd, IOCTL_GNTDEV_UNMAP, &unmap);
    errno = -rc;
    return NULL;
}

static int gnttab_unmap(void *handle, void *address, unsigned int count)
{
    int fd = descriptor(handle);
    struct linux_gntdev_offset_for_address find = {.address = (uintptr_t)address};
    int rc = xc_kernel_call(fd, IOCTL_GNTDEV_OFFSET_FOR_ADDRESS, &find);
    if (rc < 0)
        return rc;
    if (find.count != count)
        return -EINVAL;
    if (munmap(address, (size_t)count * XC_PAGE_SIZE) < 0)
        return -errno;
    struct linux_gntdev_unmap unmap = {.offset = find.offset, .count = count};
    return xc_kernel_call(fd, IOCTL_GNTDEV_UNMAP, &unmap);
}

const struct xc_gnttab_ops xc_kernel_gnttab_ops = {
    .open = gnttab_open,
    .close = gnttab_close,
    .map = gnttab_map,
    .unmap = gnttab_unmap,
};
