/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../interface.h"
#include "ioctls.h"
#include "kernel.h"

/* The first of errors[count] that is not 0. */
static int first_error(const int *errors, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        if (errors[i] < 0)
            return errors[i];
    }
    return 0;
}

/* Frames that are missing for now are reported one by one; the ioctl then fails with ENOENT as a
 * whole. */
static int map_batch(int fd, void *address, domid_t domid, const xen_pfn_t *gfns,
                     unsigned int count, int *errors)
{
    struct linux_privcmd_mmapbatch_v2 batch = {
        .count = count,
        .domid = domid,
        .address = (uintptr_t)address,
        .frames = gfns,
        .errors = errors,
    };
    int rc = xc_kernel_call(fd, IOCTL_PRIVCMD_MMAPBATCH_V2, &batch);
    return rc == -ENOENT ? 0 : rc;
}

void *xc_kernel_foreign_map(void *state, domid_t domid, int prot, const xen_pfn_t *gfns,
                            unsigned int count, int *errors)
{
    int fd = xc_kernel_privcmd(state);
    if (fd < 0) {
        errno = -fd;
        return NULL;
    }
    int *local = errors ? errors : calloc(count ? count : 1, sizeof(*local));
    if (!local)
        return NULL;
    size_t size = (size_t)count * XC_PAGE_SIZE;
    int rc = 0;
    void *address = mmap(NULL, size, prot, MAP_SHARED, fd, 0);
    if (address == MAP_FAILED)
        rc = -errno;
    if (rc >= 0)
        rc = map_batch(fd, address, domid, gfns, count, local);
    if (rc >= 0 && !errors)
        rc = first_error(local, count);
    if (!errors)
        free(local);
    if (rc >= 0)
        return address;
    if (address != MAP_FAILED)
        munmap(address, size);
    errno = -rc;
    return NULL;
}

int xc_kernel_foreign_unmap(void *state, void *address, unsigned int count)
{
    (void)state;
    return munmap(address, (size_t)count * XC_PAGE_SIZE) < 0 ? -errno : 0;
}
