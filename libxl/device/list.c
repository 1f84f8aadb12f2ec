/* SPDX-License-Identifier: MIT */
/* The devices that a domain has, as libxl's own nodes and the two ends' say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kind.h"

/* More than any domain has: who fills the store with more is not followed. */
#define LIST_MAX 1024

static int by_number(const void *a, const void *b)
{
    const struct libxl_device *left = a, *right = b;
    return left->devid < right->devid ? -1 : left->devid > right->devid;
}

/* Reads one device of a name below /libxl/N/device/KIND; false: it is none. */
static bool read_device(struct libxl_ctx *ctx, struct libxl_device *device, const char *name)
{
    char own[DEVICE_MAX], backend[DEVICE_MAX], kind[8];
    char *end;
    const struct libxl_device given = *device;
    const struct device_kind *type = libxl_kinds[given.kind];
    uint32_t devid = (uint32_t)strtoul(name, &end, 10);
    snprintf(own, sizeof(own), "/libxl/%u/device/%s/%u", given.domid, type->name, devid);
    const struct node_reader reader = {.ctx = ctx, .directory = own, .devid = devid};
    uint32_t backend_domid, domid, number;
    if (*end || !libxl_node_read(&reader, "backend", backend, sizeof(backend)) ||
        sscanf(backend, "/local/domain/%u/backend/%7[a-z]/%u/%u", &backend_domid, kind, &domid,
               &number) != 4 ||
        strcmp(kind, type->name) != 0 || domid != given.domid || number != devid)
        return false;
    type->read(&reader, device);
    device->kind = given.kind;
    device->domid = given.domid;
    device->devid = devid;
    device->backend_domid = backend_domid;
    if (libxl_domain_name(ctx, backend_domid, device->backend) != LIBXL_OK)
        snprintf(device->backend, sizeof(device->backend), "%u", backend_domid);
    libxl_device_paths(device);
    libxl_device_look(ctx, device);
    /* Xen's tools leave this much of one that they detached from another domain than 0. */
    return device->state != LIBXL_XENBUS_CLOSED ||
           libxl_node_exists(ctx, "%s/state", device->backend_path);
}

enum libxl_code libxl_kind_list(struct libxl_ctx *ctx, enum libxl_device_kind kind, uint32_t domid,
                                void **list, size_t *count)
{
    char path[64];
    unsigned int names = 0;
    const size_t size = libxl_kinds[kind]->size;
    struct xs_handle *store = libxl_store(ctx);
    *count = 0;
    *list = NULL;
    if (!store)
        return LIBXL_NO_XENSTORED;
    if (!libxl_node_exists(ctx, "/local/domain/%u", domid))
        return libxl_fail(ctx, LIBXL_NO_DOMAIN, "Domain '%u' does not exist.", domid);
    snprintf(path, sizeof(path), "/libxl/%u/device/%s", domid, libxl_kinds[kind]->name);
    char **found = xs_directory(store, XBT_NULL, path, &names);
    unsigned char *items = calloc(names && names < LIST_MAX ? names : LIST_MAX, size);
    for (unsigned int i = 0; items && i < names && *count < LIST_MAX; i++) {
        struct libxl_device *device = (struct libxl_device *)(void *)(items + *count * size);
        *device = (struct libxl_device){.kind = kind, .domid = domid};
        if (read_device(ctx, device, found[i]))
            ++*count;
    }
    free(found);
    if (!items)
        return libxl_fail(ctx, LIBXL_FAILED, "Out of memory.");
    qsort(items, *count, size, by_number);
    *list = items;
    return LIBXL_OK;
}

enum libxl_code libxl_disk_list(struct libxl_ctx *ctx, uint32_t domid, struct libxl_disk **list,
                                size_t *count)
{
    void *items;
    enum libxl_code code = libxl_kind_list(ctx, LIBXL_DISK, domid, &items, count);
    *list = items;
    for (size_t i = 0; i < *count; i++)
        libxl_make_fields_printable(libxl_disk_fields, &(*list)[i]);
    return code;
}

enum libxl_code libxl_nic_list(struct libxl_ctx *ctx, uint32_t domid, struct libxl_nic **list,
                               size_t *count)
{
    void *items;
    enum libxl_code code = libxl_kind_list(ctx, LIBXL_NIC, domid, &items, count);
    *list = items;
    for (size_t i = 0; i < *count; i++)
        libxl_make_fields_printable(libxl_nic_fields, &(*list)[i]);
    return code;
}

static enum libxl_code not_there(struct libxl_ctx *ctx, uint32_t domid, const char *noun,
                                 const char *which)
{
    char name[LIBXL_NAME_MAX] = "?";
    libxl_domain_name(ctx, domid, name);
    return libxl_fail(ctx, LIBXL_FAILED, "%s (domain %u) has no %s '%.60s'.", name, domid, noun,
                      which);
}

enum libxl_code libxl_disk_find(struct libxl_ctx *ctx, uint32_t domid, const char *vdev,
                                struct libxl_disk *disk)
{
    struct libxl_disk *list;
    size_t count;
    uint32_t number;
    enum libxl_code code = libxl_disk_list(ctx, domid, &list, &count);
    if (code)
        return code;
    bool known = libxl_vdev_number(vdev, &number), found = false;
    for (size_t i = 0; known && i < count && !found; i++) {
        found = list[i].device.devid == number;
        if (found)
            *disk = list[i];
    }
    free(list);
    return found ? LIBXL_OK : not_there(ctx, domid, "disk", vdev);
}

enum libxl_code libxl_nic_find(struct libxl_ctx *ctx, uint32_t domid, const char *which,
                               struct libxl_nic *nic)
{
    struct libxl_nic *list;
    size_t count;
    uint8_t mac[6];
    char *end;
    unsigned long handle = strtoul(which, &end, 10);
    bool by_mac = libxl_mac_parse(which, mac), by_handle = *which && !*end, found = false;
    enum libxl_code code = libxl_nic_list(ctx, domid, &list, &count);
    if (code)
        return code;
    for (size_t i = 0; i < count && !found; i++) {
        found = (by_handle && list[i].device.devid == handle) ||
                (by_mac && !memcmp(list[i].mac, mac, sizeof(mac)));
        if (found)
            *nic = list[i];
    }
    free(list);
    return found ? LIBXL_OK : not_there(ctx, domid, "network", which);
}

void libxl_domain_devices(struct libxl_ctx *ctx, struct libxl_domain *domain)
{
    struct libxl_disk *disks = NULL;
    struct libxl_nic *nics = NULL;
    if (libxl_disk_list(ctx, domain->domid, &disks, &domain->disks.count) == LIBXL_OK)
        libxl_nic_list(ctx, domain->domid, &nics, &domain->nics.count);
    domain->disks.items = disks;
    domain->nics.items = nics;
}

void libxl_domain_dispose(struct libxl_domain *domain)
{
    free(domain->disks.items);
    free(domain->nics.items);
    domain->disks = domain->nics = (struct libxl_items){0};
}
