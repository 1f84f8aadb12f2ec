/* SPDX-License-Identifier: MIT */
/*
 * The devices that the machine's tree declares. The hypervisor has put them, checked, into this
 * domain's own tree (docs/launch.md). Each is added once in a life of its domain: the mark for that
 * stands below /libxl, and goes with the domain, so that what somebody detaches stays detached.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon.h"
#include "interface.h"

#define TREE "/proc/device-tree/chosen/trefoil,devices"

/* ---- Reading the tree ---- */

static bool read_property(const char *node, const char *name, void *out, size_t size,
                          size_t *length)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s/%s", node, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t got = read(fd, out, size);
    close(fd);
    *length = got > 0 ? (size_t)got : 0;
    return got >= 0;
}

static bool read_text(const char *node, const char *name, char *out, size_t size)
{
    size_t length = 0;
    bool there = read_property(node, name, out, size - 1, &length);
    out[there ? length : 0] = '\0';
    return there;
}

static bool read_u32(const char *node, const char *name, uint32_t *out)
{
    uint8_t bytes[4];
    size_t length;
    if (!read_property(node, name, bytes, sizeof(bytes), &length) || length != sizeof(bytes))
        return false;
    *out = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    return true;
}

/* A mark is there without a value, or with one that is not 0. */
static bool read_mark(const char *node, const char *name)
{
    char text[4];
    size_t length;
    uint32_t number;
    if (!read_property(node, name, text, sizeof(text), &length))
        return false;
    return !read_u32(node, name, &number) || number;
}

static bool read_disk(struct devd *devd, const char *node, struct libxl_disk *disk)
{
    char target[LIBXL_TARGET_MAX] = "target=", vdev[LIBXL_VDEV_MAX + 8] = "vdev=";
    const char *const specs[] = {vdev, target};
    libxl_disk_init(disk);
    read_text(node, "vdev", vdev + 5, LIBXL_VDEV_MAX);
    read_text(node, "target", target + 7, sizeof(target) - 7);
    read_text(node, "script", disk->script, sizeof(disk->script));
    disk->readonly = read_mark(node, "read-only");
    if (libxl_disk_parse(devd->ctx, specs, 2, disk) == LIBXL_OK)
        return true;
    devd_log("%s: %s", node, libxl_error(devd->ctx));
    return false;
}

static bool read_network(struct devd *devd, const char *node, struct libxl_nic *nic)
{
    char mac[18];
    (void)devd;
    libxl_nic_init(nic);
    read_text(node, "bridge", nic->bridge, sizeof(nic->bridge));
    read_text(node, "vifname", nic->ifname, sizeof(nic->ifname));
    read_text(node, "script", nic->script, sizeof(nic->script));
    read_u32(node, "handle", &nic->device.devid);
    if (read_text(node, "mac", mac, sizeof(mac)) && !libxl_mac_parse(mac, nic->mac)) {
        devd_log("%s: its mac is none", node);
        return false;
    }
    return true;
}

static void read_device(struct devd *devd, const char *node, uint32_t domid)
{
    char compatible[32];
    struct declared *declared = calloc(1, sizeof(*declared));
    bool whole = false;
    if (!declared)
        return;
    declared->domid = domid;
    read_text(node, "compatible", compatible, sizeof(compatible));
    if (!strcmp(compatible, "trefoil,disk")) {
        declared->kind = LIBXL_DISK;
        whole = read_disk(devd, node, &declared->disk);
    } else if (!strcmp(compatible, "trefoil,network")) {
        declared->kind = LIBXL_NIC;
        whole = read_network(devd, node, &declared->nic);
    }
    if (!whole) {
        free(declared);
        return;
    }
    snprintf(declared->device.backend, sizeof(declared->device.backend), "%u", devd->domid);
    declared->next = devd->declared;
    devd->declared = declared;
}

/* Calls `each` for the directories in one, which are a node's children. */
static void for_children(struct devd *devd, const char *node, uint32_t argument,
                         void (*each)(struct devd *devd, const char *node, uint32_t argument))
{
    char path[PATH_SIZE];
    const struct dirent *entry;
    struct stat status;
    DIR *list = opendir(node);
    while (list && (entry = readdir(list))) {
        snprintf(path, sizeof(path), "%.300s/%.255s", node, entry->d_name);
        if (entry->d_name[0] != '.' && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
            each(devd, path, argument);
    }
    if (list)
        closedir(list);
}

static void read_domain(struct devd *devd, const char *node, uint32_t unused)
{
    uint32_t domid;
    (void)unused;
    if (read_u32(node, "domid", &domid))
        for_children(devd, node, domid, read_device);
}

void devd_read_declared(struct devd *devd)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s" TREE, devd->options->root);
    for_children(devd, path, 0, read_domain);
}

/* ---- Adding ---- */

static bool exists(struct devd *devd, const char *path)
{
    char *value = xs_read(devd->store, XBT_NULL, path, NULL);
    bool there = value;
    free(value);
    return there;
}

static uint32_t number_of(const struct declared *declared)
{
    return declared->device.devid;
}

/* Whether the kernel still has the one of the domain's life before. */
static bool kernel_has(const struct devd *devd, const struct declared *declared)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s/sys/bus/xen-backend/devices/%s-%u-%u", devd->options->root,
             libxl_device_kind_name(declared->kind), declared->domid, number_of(declared));
    return access(path, F_OK) == 0;
}

/* A disk may be found later than the daemon starts; a bridge, too. */
static bool is_ready(const struct devd *devd, const struct declared *declared,
                     char error[ERROR_SIZE])
{
    char path[PATH_SIZE];
    struct stat status;
    if (declared->kind == LIBXL_NIC) {
        const struct libxl_nic *nic = &declared->nic;
        snprintf(error, ERROR_SIZE, "there is no bridge %s", nic->bridge);
        return *nic->script || devd->options->make_bridges || devd_interface_exists(nic->bridge);
    }
    if (*declared->disk.script)
        return true;
    if (!devd_resolve(devd, declared->disk.target, path, error))
        return false;
    snprintf(error, ERROR_SIZE, "there is no %.200s", path);
    return stat(path, &status) == 0;
}

static bool add(struct devd *devd, const struct declared *declared, char error[ERROR_SIZE])
{
    struct declared copy = *declared;
    enum libxl_code code = copy.kind == LIBXL_DISK
                               ? libxl_disk_add(devd->ctx, copy.domid, &copy.disk)
                               : libxl_nic_add(devd->ctx, copy.domid, &copy.nic);
    snprintf(error, ERROR_SIZE, "%.*s", ERROR_SIZE - 1, libxl_error(devd->ctx));
    return code == LIBXL_OK;
}

static void add_one(struct devd *devd, struct declared *declared)
{
    char mark[NODE_SIZE], domain[32], error[ERROR_SIZE];
    const char *kind = libxl_device_kind_name(declared->kind);
    snprintf(domain, sizeof(domain), "/local/domain/%u", declared->domid);
    snprintf(mark, sizeof(mark), "/libxl/%u/declared/%s/%u", declared->domid, kind,
             number_of(declared));
    if (!exists(devd, domain) || exists(devd, mark))
        return;
    devd->waits = true;
    if (kernel_has(devd, declared))
        return;
    if (is_ready(devd, declared, error) && add(devd, declared, error)) {
        xs_write(devd->store, XBT_NULL, mark, "1", 1);
        declared->complained = false;
        return;
    }
    if (!declared->complained)
        devd_log("%s %u of domain %u waits: %s", kind, number_of(declared), declared->domid, error);
    declared->complained = true;
}

void devd_add_declared(struct devd *devd)
{
    for (struct declared *declared = devd->declared; declared; declared = declared->next)
        add_one(devd, declared);
}
