/* SPDX-License-Identifier: MIT */
/* Granting pages through Linux's /dev/xen/gntalloc. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../interface.h"
#include "ioctls.h"
#include "kernel.h"

/* gntalloc cannot be asked which offset belongs to an address, so that is remembered here. */
struct share {
    struct share *next;
    void *address;
    uint64_t offset;
    unsigned int count;
};

struct gntalloc {
    int fd;
    struct share *shares;
};

static int gntshr_open(void *state, void **handle)
{
    (void)state;
    int fd = xc_kernel_device("gntalloc", O_RDWR);
    if (fd < 0)
        return fd;
    struct gntalloc *gntalloc = calloc(1, sizeof(*gntalloc));
    if (!gntalloc) {
        close(fd);
        return -ENOMEM;
    }
    gntalloc->fd = fd;
    *handle = gntalloc;
    return 0;
}

static int take_back(struct gntalloc *gntalloc, const struct share *share)
{
    struct linux_gntalloc_free argument = {.offset = share->offset, .count = share->count};
    return xc_kernel_call(gntalloc->fd, IOCTL_GNTALLOC_FREE, &argument);
}

static void gntshr_close(void *handle)
{
    struct gntalloc *gntalloc = handle;
    while (gntalloc->shares) {
        struct share *share = gntalloc->shares;
        gntalloc->shares = share->next;
        munmap(share->address, (size_t)share->count * XC_PAGE_SIZE);
        take_back(gntalloc, share);
        free(share);
    }
    close(gntalloc->fd);
    free(gntalloc);
}

static int allocate(int fd, domid_t domid, int writable, struct share *share, uint32_t *refs)
{
    size_t size = sizeof(struct linux_gntalloc_alloc) + (size_t)share->count * sizeof(uint32_t);
    struct linux_gntalloc_alloc *alloc = calloc(1, size);
    if (!alloc)
        return -ENOMEM;
    alloc->domid = domid;
    alloc->flags = writable ? GNTALLOC_WRITABLE : 0;
    alloc->count = share->count;
    int rc = xc_kernel_call(fd, IOCTL_GNTALLOC_ALLOC, alloc);
    if (rc >= 0) {
        share->offset = alloc->offset;
        memcpy(refs, (char *)alloc + offsetof(struct linux_gntalloc_alloc, refs),
               share->count * sizeof(*refs));
    }
    free(alloc);
    return rc;
}

/* Maps what allocate() made and asks for the notification. */
static int map_share(struct gntalloc *gntalloc, struct share *share,
                     const struct xc_unmap_notify *notify)
{
    size_t size = (size_t)share->count * XC_PAGE_SIZE;
    share->address =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, gntalloc->fd, (off_t)share->offset);
    if (share->address == MAP_FAILED)
        return -errno;
    int rc = xc_kernel_unmap_notify(gntalloc->fd, share->offset, notify);
    if (rc < 0)
        munmap(share->address, size);
    return rc;
}

static void *gntshr_share(void *handle, domid_t domid, unsigned int count, int writable,
                          uint32_t *refs, const struct xc_unmap_notify *notify)
{
    struct gntalloc *gntalloc = handle;
    struct share *share = calloc(1, sizeof(*share));
    if (!share)
        return NULL;
    share->count = count;
    int rc = allocate(gntalloc->fd, domid, writable, share, refs);
    if (rc >= 0) {
        rc = map_share(gntalloc, share, notify);
        if (rc < 0)
            take_back(gntalloc, share);
    }
    if (rc < 0) {
        free(share);
        errno = -rc;
        return NULL;
    }
    memset(share->address, 0, (size_t)count * XC_PAGE_SIZE);
    share->next = gntalloc->shares;
    gntalloc->shares = share;
    return share->address;
}

static int gntshr_unshare(void *handle, void *address, unsigned int count)
{
    struct gntalloc *gntalloc = handle;
    struct share **link = &gntalloc->shares;
    while (*link && (*link)->address != address)
        link = &(*link)->next;
    struct share *share = *link;
    if (!share || share->count != count)
        return -EINVAL;
    if (munmap(address, (size_t)count * XC_PAGE_SIZE) < 0)
        return -errno;
    *link = share->next;
    int rc = take_back(gntalloc, share);
    free(share);
    return rc;
}

const struct xc_gntshr_ops xc_kernel_gntshr_ops = {
    .open = gntshr_open,
    .close = gntshr_close,
    .share = gntshr_share,
    .unshare = gntshr_unshare,
};
