/* SPDX-License-Identifier: MIT */
/* Pages of domains: hvtwin says where in the machine's RAM they are, and that is mapped. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../interface.h"
#include "twin.h"

/* hvtwin lets go of what a connection has mapped when that ends. */
void xc_twin_unmap_all(struct twin_link *link)
{
    while (link->mappings) {
        struct twin_mapping *mapping = link->mappings;
        link->mappings = mapping->next;
        munmap(mapping->address, (size_t)mapping->count * XC_PAGE_SIZE);
        free(mapping);
    }
}

static int64_t let_go(struct twin_link *link, uint64_t id)
{
    struct twin_request request = {.kind = TWIN_UNMAP, .number = id};
    struct twin_reply reply;
    return xc_twin_call(link, &request, &reply, NULL);
}

/* Maps each page at its place in a run of addresses; those with an error are left out. */
static void *map_run(const struct twin_link *link, const uint64_t *offsets, unsigned int count,
                     int prot)
{
    size_t size = (size_t)count * XC_PAGE_SIZE;
    char *run = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (run == MAP_FAILED)
        return NULL;
    for (unsigned int i = 0; i < count; i++) {
        if ((int64_t)offsets[i] >= 0 &&
            mmap(run + (size_t)i * XC_PAGE_SIZE, XC_PAGE_SIZE, prot, MAP_SHARED | MAP_FIXED,
                 link->ram, (off_t)offsets[i]) == MAP_FAILED) {
            munmap(run, size);
            return NULL;
        }
    }
    return run;
}

/* Makes the request and maps what it gives. NULL with errno set. */
static void *map_request(struct twin_link *link, struct twin_request *request,
                         struct twin_reply *reply, int prot)
{
    struct twin_mapping *mapping = calloc(1, sizeof(*mapping));
    int64_t id = mapping ? xc_twin_call(link, request, reply, NULL) : -ENOMEM;
    if (id >= 0) {
        mapping->address = map_run(link, reply->pages, request->count, prot);
        if (mapping->address) {
            mapping->id = (uint64_t)id;
            mapping->count = request->count;
            mapping->next = link->mappings;
            link->mappings = mapping;
            return mapping->address;
        }
        let_go(link, (uint64_t)id);
        id = -ENOMEM;
    }
    free(mapping);
    errno = (int)-id;
    return NULL;
}

static int unmap(struct twin_link *link, void *address, unsigned int count)
{
    struct twin_mapping **place = &link->mappings;
    while (*place && (*place)->address != address)
        place = &(*place)->next;
    struct twin_mapping *mapping = *place;
    if (!mapping || mapping->count != count)
        return -EINVAL;
    *place = mapping->next;
    munmap(address, (size_t)count * XC_PAGE_SIZE);
    int64_t rc = let_go(link, mapping->id);
    free(mapping);
    return rc < 0 ? (int)rc : 0;
}

static void fill_request(struct twin_request *request, enum twin_kind kind, domid_t domid,
                         unsigned int count, const struct xc_unmap_notify *notify)
{
    request->kind = kind;
    request->domid = domid;
    request->count = count;
    request->notify_offset = notify ? notify->clear_offset : TWIN_NOTIFY_NONE;
    request->notify_port = notify ? notify->port : TWIN_NOTIFY_NONE;
}

static bool too_many(unsigned int count)
{
    if (count <= TWIN_PAGES)
        return false;
    errno = E2BIG;
    return true;
}

/* ---- grants: a connection each, whose end ends what was mapped ---- */

static int link_open(void *state, void **handle)
{
    const struct twin *twin = state;
    struct twin_link *link = calloc(1, sizeof(*link));
    if (!link)
        return -ENOMEM;
    int rc = xc_twin_connect(link, twin->path, NULL, -1, 0);
    if (rc < 0) {
        free(link);
        return rc;
    }
    *handle = link;
    return 0;
}

static void link_close(void *handle)
{
    xc_twin_disconnect(handle);
    free(handle);
}

static void *gnttab_map(void *handle, domid_t domid, const uint32_t *refs, unsigned int count,
                        int prot, const struct xc_unmap_notify *notify)
{
    struct twin_request request = {.writable = (prot & PROT_WRITE) != 0};
    struct twin_reply reply;
    if (too_many(count))
        return NULL;
    fill_request(&request, TWIN_GRANT_MAP, domid, count, notify);
    for (unsigned int i = 0; i < count; i++)
        request.pages[i] = refs[i];
    return map_request(handle, &request, &reply, prot);
}

static int link_unmap(void *handle, void *address, unsigned int count)
{
    return unmap(handle, address, count);
}

static void *gntshr_share(void *handle, domid_t domid, unsigned int count, int writable,
                          uint32_t *refs, const struct xc_unmap_notify *notify)
{
    struct twin_request request = {.writable = writable != 0};
    struct twin_reply reply;
    if (too_many(count))
        return NULL;
    fill_request(&request, TWIN_SHARE, domid, count, notify);
    void *address = map_request(handle, &request, &reply, PROT_READ | PROT_WRITE);
    for (unsigned int i = 0; address && i < count; i++)
        refs[i] = (uint32_t)reply.pages[count + i];
    return address;
}

/* ---- foreign pages ---- */

static int first_error(const struct twin_reply *reply, unsigned int count, int *errors)
{
    int first = 0;
    for (unsigned int i = 0; i < count; i++) {
        int error = (int64_t)reply->pages[i] < 0 ? (int)(int64_t)reply->pages[i] : 0;
        if (errors)
            errors[i] = error;
        if (error && !first)
            first = error;
    }
    return first;
}

void *xc_twin_foreign_map(void *state, domid_t domid, int prot, const xen_pfn_t *gfns,
                          unsigned int count, int *errors)
{
    struct twin *twin = state;
    struct twin_request request = {.writable = (prot & PROT_WRITE) != 0};
    struct twin_reply reply;
    if (too_many(count))
        return NULL;
    fill_request(&request, TWIN_FOREIGN_MAP, domid, count, NULL);
    memcpy(request.pages, gfns, count * sizeof(*gfns));
    void *address = map_request(&twin->link, &request, &reply, prot);
    int error = address ? first_error(&reply, count, errors) : 0;
    if (error && !errors) {
        unmap(&twin->link, address, count);
        errno = -error;
        return NULL;
    }
    return address;
}

int xc_twin_foreign_unmap(void *state, void *address, unsigned int count)
{
    struct twin *twin = state;
    return unmap(&twin->link, address, count);
}

const struct xc_gnttab_ops xc_twin_gnttab_ops = {
    .open = link_open,
    .close = link_close,
    .map = gnttab_map,
    .unmap = link_unmap,
};

const struct xc_gntshr_ops xc_twin_gntshr_ops = {
    .open = link_open,
    .close = link_close,
    .share = gntshr_share,
    .unshare = link_unmap,
};
