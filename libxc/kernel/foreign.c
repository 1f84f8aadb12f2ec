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

/*
 * Fills the mapping. Without `errors` a frame that cannot be mapped is an error of the whole; with
 * it the ioctl's own ENOENT, which says that some frames are missing for now, is none.
 */
static int map_batch(int fd, struct linux_privcmd_mmapbatch_v2 *batch)
{
    if (batch->errors) {
        int rc = xc_kernel_call(fd, IOCTL_PRIVCMD_MMAPBATCH_V2, batch);
        return rc == -ENOENT ? 0 : rc;
    }
    batch->errors = calloc(batch->count, sizeof(*batch->errors));
    if (!batch->errors)
        return -ENOMEM;
    int rc = xc_kernel_call(fd, IOCTL_PRIVCMD_MMAPBATCH_V2, batch);
    if (rc >= 0)
        rc = first_error(batch->errors, batch->count);
    free(batch->errors);
    return rc;
}

void *xc_kernel_foreign_map(void *state, domid_t domid, int prot, const xen_pfn_t *gfns,
                            unsigned int count, int *errors)
{
    int fd = xc_kernel_privcmd(state);
    if (fd < 0) {
        errno = -fd;
        return NULL;
    }
    size_t size = (size_t)count * XC_PAGE_SIZE;
    void *address = mmap(NULL, size, prot, MAP_SHARED, fd, 0);
    if (address == MAP_FAILED)
        return NULL;
    struct linux_privcmd_mmapbatch_v2 batch = {
        .count = count,
        .domid = domid,
        .address = (uintptr_t)address,
        .frames = gfns,
        .errors = errors,
    };
    int rc = map_batch(fd, &batch);
    if (rc >= 0)
        return address;
    munmap(address, size);
    errno = -rc;
    return NULL;
}

int xc_kernel_foreign_unmap(void *state, void *address, unsigned int count)
{
    (void)state;
    return munmap(address, (size_t)count * XC_PAGE_SIZE) < 0 ? -errno : 0;
}
