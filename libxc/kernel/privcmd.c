/* SPDX-License-Identifier: MIT */
/* Hypercalls through Linux's /dev/xen/privcmd, with arguments in memory of /dev/xen/hypercall. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ioctls.h"
#include "kernel.h"

struct kernel {
    int privcmd; /* -1: not open yet */
    int memory;  /* /dev/xen/hypercall; -1: not open yet, -2: not there */
    char trouble[96];
};

int xc_kernel_device(const char *name, int flags)
{
    char path[64];
    snprintf(path, sizeof(path), "/dev/xen/%s", name);
    int fd = open(path, flags | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int xc_kernel_call(int fd, unsigned long request, void *argument)
{
    int rc = ioctl(fd, request, argument);
    return rc < 0 ? -errno : rc;
}

static int kernel_open(const char *address, void **state)
{
    if (address)
        return -EINVAL;
    struct kernel *kernel = calloc(1, sizeof(*kernel));
    if (!kernel)
        return -ENOMEM;
    kernel->privcmd = -1;
    kernel->memory = -1;
    *state = kernel;
    return 0;
}

static void kernel_close(void *state)
{
    struct kernel *kernel = state;
    if (kernel->privcmd >= 0)
        close(kernel->privcmd);
    if (kernel->memory >= 0)
        close(kernel->memory);
    free(kernel);
}

int xc_kernel_privcmd(void *state)
{
    struct kernel *kernel = state;
    kernel->trouble[0] = '\0';
    if (kernel->privcmd >= 0)
        return kernel->privcmd;
    int fd = xc_kernel_device("privcmd", O_RDWR);
    if (fd < 0) {
        snprintf(kernel->trouble, sizeof(kernel->trouble), "/dev/xen/privcmd: %s%s", strerror(-fd),
                 fd == -ENOENT ? " (not a Xen domain, or xen-privcmd is not loaded)" : "");
        return fd == -ENOENT ? -ENODEV : fd;
    }
    kernel->privcmd = fd;
    return fd;
}

static void *kernel_alloc(void *state, size_t size)
{
    struct kernel *kernel = state;
    if (kernel->memory == -1) {
        int fd = xc_kernel_device("hypercall", O_RDWR);
        kernel->memory = fd < 0 ? -2 : fd;
    }
    void *memory;
    if (kernel->memory >= 0) {
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, kernel->memory, 0);
    } else {
        /* Locked pages may still be moved by the kernel, which then makes a call fail with EFAULT.
         */
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE, -1, 0);
    }
    if (memory == MAP_FAILED)
        return NULL;
    memset(memory, 0, size);
    return memory;
}

static void kernel_free(void *state, void *memory, size_t size)
{
    (void)state;
    munmap(memory, size);
}

static int64_t kernel_hypercall(void *state, unsigned int number, const uint64_t arg[5])
{
    int fd = xc_kernel_privcmd(state);
    if (fd < 0)
        return fd;
    struct linux_privcmd_hypercall call = {.number = number};
    memcpy(call.arg, arg, sizeof(call.arg));
    return xc_kernel_call(fd, IOCTL_PRIVCMD_HYPERCALL, &call);
}

static const char *kernel_trouble(void *state)
{
    const struct kernel *kernel = state;
    return kernel->trouble[0] ? kernel->trouble : NULL;
}

const struct xc_transport xc_kernel_transport = {
    .name = "kernel",
    .open = kernel_open,
    .close = kernel_close,
    .alloc = kernel_alloc,
    .free = kernel_free,
    .hypercall = kernel_hypercall,
    .trouble = kernel_trouble,
    .foreign_map = xc_kernel_foreign_map,
    .foreign_unmap = xc_kernel_foreign_unmap,
    .evtchn = &xc_kernel_evtchn_ops,
    .gnttab = &xc_kernel_gnttab_ops,
    .gntshr = &xc_kernel_gntshr_ops,
};
