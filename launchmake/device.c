/* SPDX-License-Identifier: MIT */
#include "device.h"

#include <string.h>

#include <libxl/device.h>

static void say(const struct device_reading *reading, enum make_severity severity, const char *what)
{
    make_say(reading->board, severity, reading->place, reading->key, "%s", what);
}

static const char *text_or_null(const struct device_reading *reading, const char *text)
{
    return *text ? make_text(reading->board, text) : NULL;
}

static void need_hardware(const struct device_reading *reading, const struct libxl_device *device)
{
    if (*device->backend)
        say(reading, MAKE_WARNING, "backend is not acted on: the hardware domain serves all");
}

void device_add_disk(const struct device_reading *reading, const char *const *words, int count)
{
    struct make_device *device;
    struct libxl_disk disk;

    libxl_disk_init(&disk);
    if (libxl_disk_parse(reading->ctx, words, count, &disk) != LIBXL_OK) {
        say(reading, MAKE_ERROR, libxl_error(reading->ctx));
        return;
    }
    need_hardware(reading, &disk.device);
    device = make_add_device(reading->board, reading->domain, reading->place);
    if (!device)
        return;
    device->disk = true;
    device->read_only = disk.readonly;
    device->vdev = strncmp(disk.vdev, "xvd", 3) == 0
                       ? make_text(reading->board, disk.vdev)
                       : make_format(reading->board, "%u", disk.device.devid);
    device->target = text_or_null(reading, disk.target);
    device->script = text_or_null(reading, disk.script);
}

void device_add_network(const struct device_reading *reading, const char *const *words, int count)
{
    struct make_device *device;
    struct libxl_nic nic;
    char mac[18];

    libxl_nic_init(&nic);
    if (libxl_nic_parse(reading->ctx, words, count, &nic) != LIBXL_OK) {
        say(reading, MAKE_ERROR, libxl_error(reading->ctx));
        return;
    }
    need_hardware(reading, &nic.device);
    if (*nic.ip || *nic.gatewaydev || nic.mtu || nic.rate_bytes)
        say(reading, MAKE_WARNING, "ip, gatewaydev, mtu and rate are not acted on");
    device = make_add_device(reading->board, reading->domain, reading->place);
    if (!device)
        return;
    libxl_mac_format(nic.mac, mac);
    device->mac = strcmp(mac, "00:00:00:00:00:00") == 0 ? NULL : make_text(reading->board, mac);
    device->bridge = text_or_null(reading, nic.bridge);
    device->vifname = text_or_null(reading, nic.ifname);
    device->script = strcmp(nic.script, LIBXL_SCRIPTS "/vif-bridge") == 0
                         ? NULL
                         : text_or_null(reading, nic.script);
}
