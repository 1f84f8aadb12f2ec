/* SPDX-License-Identifier: MIT */
/* Hypercalls to hvtwin, with arguments in a file that both sides have mapped. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../interface.h"
#include "twin.h"

/* Only what is used of it costs memory. */
#define ARENA_SIZE  (16u << 20)
#define ARENA_PAGES (ARENA_SIZE / XC_PAGE_SIZE)

/* The file, sealed as the protocol wants it, mapped at twin->arena. */
static int make_arena(struct twin *twin)
{
    int fd = memfd_create("trefoil-arena", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    twin->used = calloc(ARENA_PAGES, 1);
    void *memory = MAP_FAILED;
    if (twin->used && ftruncate(fd, ARENA_SIZE) == 0 &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0)
        memory = mmap(NULL, ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory != MAP_FAILED) {
        twin->arena = memory;
        return fd;
    }
    close(fd);
    return -ENOMEM;
}

static void twin_close(void *state)
{
    struct twin *twin = state;
    xc_twin_disconnect(&twin->link);
    if (twin->arena)
        munmap(twin->arena, ARENA_SIZE);
    free(twin->used);
    free(twin);
}

static int twin_open(const char *address, void **state)
{
    struct twin *twin = calloc(1, sizeof(*twin));
    if (!twin)
        return -ENOMEM;
    twin->path = address && *address ? address : TWIN_SOCKET;
    twin->link = (struct twin_link){.fd = -1, .ram = -1};
    int fd = make_arena(twin);
    int rc = fd < 0 ? fd : xc_twin_connect(&twin->link, twin->path, twin->arena, fd, ARENA_SIZE);
    if (fd >= 0)
        close(fd);
    if (rc < 0) {
        twin_close(twin);
        return rc;
    }
    *state = twin;
    return 0;
}

/* The first run of free pages that is long enough; ARENA_PAGES when there is none. */
static unsigned int find_run(const struct twin *twin, unsigned int pages)
{
    unsigned int run = 0;
    for (unsigned int at = 0; at < ARENA_PAGES; at++) {
        run = twin->used[at] ? 0 : run + 1;
        if (run == pages)
            return at + 1 - pages;
    }
    return ARENA_PAGES;
}

static void *twin_alloc(void *state, size_t size)
{
    struct twin *twin = state;
    unsigned int pages = size > ARENA_SIZE ? ARENA_PAGES + 1 : (unsigned int)(size / XC_PAGE_SIZE);
    unsigned int at = pages ? find_run(twin, pages) : ARENA_PAGES;
    if (at == ARENA_PAGES) {
        errno = ENOMEM;
        return NULL;
    }
    memset(twin->used + at, 1, pages);
    void *memory = twin->arena + (size_t)at * XC_PAGE_SIZE;
    memset(memory, 0, size);
    return memory;
}

static void twin_free(void *state, void *memory, size_t size)
{
    struct twin *twin = state;
    size_t at = (size_t)((char *)memory - twin->arena) / XC_PAGE_SIZE;
    memset(twin->used + at, 0, size / XC_PAGE_SIZE);
}

static int64_t twin_hypercall(void *state, unsigned int number, const uint64_t arg[5])
{
    struct twin *twin = state;
    struct twin_request request = {.kind = TWIN_HYPERCALL, .number = number};
    struct twin_reply reply;
    twin->trouble[0] = '\0';
    memcpy(request.args, arg, sizeof(request.args));
    int64_t rc = xc_twin_call(&twin->link, &request, &reply, NULL);
    if (rc == -EPIPE || rc == -ECONNRESET)
        snprintf(twin->trouble, sizeof(twin->trouble),
                 "%.100s: the twin has ended the connection, or the domain has ended", twin->path);
    return rc;
}

static const char *twin_trouble(void *state)
{
    const struct twin *twin = state;
    return twin->trouble[0] ? twin->trouble : NULL;
}

const struct xc_transport xc_twin_transport = {
    .name = "twin",
    .open = twin_open,
    .close = twin_close,
    .alloc = twin_alloc,
    .free = twin_free,
    .hypercall = twin_hypercall,
    .trouble = twin_trouble,
    .foreign_map = xc_twin_foreign_map,
    .foreign_unmap = xc_twin_foreign_unmap,
    .evtchn = &xc_twin_evtchn_ops,
    .gnttab = &xc_twin_gnttab_ops,
    .gntshr = &xc_twin_gntshr_ops,
};
