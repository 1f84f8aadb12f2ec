/* SPDX-License-Identifier: MIT */
/* What the kernel's backends have counted, read from sysfs when somebody asks. */
#include <stdio.h>
#include <stdlib.h>

#include "daemon.h"

/* Where Linux has the counts, in the order of libxl's; what the guest sends its interface here
 * receives. */
static const char *const disk_files[LIBXL_COUNTS_MAX] = {
    [LIBXL_DISK_READS] = "rd_req",
    [LIBXL_DISK_WRITES] = "wr_req",
    [LIBXL_DISK_WAITS] = "oo_req",
    [LIBXL_DISK_READ_SECTORS] = "rd_sect",
    [LIBXL_DISK_WRITTEN_SECTORS] = "wr_sect",
    [LIBXL_DISK_FLUSHES] = "f_req",
    [LIBXL_DISK_DISCARDS] = "ds_req",
};

static const char *const nic_files[LIBXL_COUNTS_MAX] = {
    [LIBXL_NIC_SENT_BYTES] = "rx_bytes",       [LIBXL_NIC_SENT_PACKETS] = "rx_packets",
    [LIBXL_NIC_SENT_ERRORS] = "rx_errors",     [LIBXL_NIC_SENT_DROPPED] = "rx_dropped",
    [LIBXL_NIC_RECEIVED_BYTES] = "tx_bytes",   [LIBXL_NIC_RECEIVED_PACKETS] = "tx_packets",
    [LIBXL_NIC_RECEIVED_ERRORS] = "tx_errors", [LIBXL_NIC_RECEIVED_DROPPED] = "tx_dropped",
};

static bool read_count(const char *directory, const char *name, uint64_t *count)
{
    char path[PATH_SIZE + 32];
    unsigned long long value;
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    bool there = fscanf(file, "%20llu", &value) == 1;
    fclose(file);
    if (there)
        *count = value;
    return there;
}

static void find_directory(const struct devd *devd, const struct device *device,
                           char out[PATH_SIZE])
{
    const char *root = devd->options->root;
    if (device->kind == LIBXL_DISK)
        snprintf(out, PATH_SIZE, "%s/sys/bus/xen-backend/devices/vbd-%u-%u/statistics", root,
                 device->domid, device->devid);
    else if (*device->interface)
        snprintf(out, PATH_SIZE, "%s/sys/class/net/%s/statistics", root, device->interface);
    else
        snprintf(out, PATH_SIZE, "%s/sys/class/net/vif%u.%u/statistics", root, device->domid,
                 device->devid);
}

/* All its counts, or none. */
static struct libxl_statistics count_device(const struct devd *devd, const struct device *device)
{
    const char *const *files = device->kind == LIBXL_DISK ? disk_files : nic_files;
    char directory[PATH_SIZE];
    struct libxl_statistics statistics = {
        .kind = device->kind, .domid = device->domid, .devid = device->devid, .counted = true};
    find_directory(devd, device, directory);
    for (unsigned int i = 0; i < LIBXL_COUNTS_MAX && files[i] && statistics.counted; i++)
        statistics.counted = read_count(directory, files[i], &statistics.count[i]);
    return statistics;
}

void devd_tell_statistics(struct devd *devd)
{
    size_t count = 0;
    for (const struct device *device = devd->devices; device; device = device->next)
        count++;
    struct libxl_statistics *list = calloc(count ? count : 1, sizeof(*list));
    if (!list)
        return;
    count = 0;
    for (const struct device *device = devd->devices; device; device = device->next)
        list[count++] = count_device(devd, device);
    if (!libxl_statistics_answer(devd->ctx, list, count))
        devd_log("what the devices have counted cannot be written");
    free(list);
}
