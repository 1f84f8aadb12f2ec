/* SPDX-License-Identifier: MIT */
/* The descriptions of devices, with the names that Xen's `xl list -l` has. */
#include <libxl/device.h>

#define FIELD(type, member, kind_, name_)                                                          \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_##kind_, .offset = offsetof(struct type, member),      \
        .size = sizeof(((struct type *)0)->member)                                                 \
    }
#define DISK(member, kind, name) FIELD(libxl_disk, member, kind, name)
#define NIC(member, kind, name)  FIELD(libxl_nic, member, kind, name)

const struct libxl_field libxl_disk_fields[] = {
    DISK(device.domid, NUMBER, "frontend_domid"),
    DISK(device.backend_domid, NUMBER, "backend_domid"),
    DISK(device.backend, STRING, "backend_domname"),
    DISK(target, STRING, "pdev_path"),
    DISK(vdev, STRING, "vdev"),
    DISK(device.devid, NUMBER, "devid"),
    DISK(format, STRING, "format"),
    DISK(script, TEXT, "script"),
    DISK(readonly, BOOL, "readonly"),
    DISK(discard, BOOL, "discard_enable"),
    DISK(device.state, NUMBER, "state"),
    DISK(device.backend_state, NUMBER, "backend_state"),
    DISK(device.event_channel, NUMBER, "evtch"),
    DISK(device.ring_ref, NUMBER, "rref"),
    DISK(device.backend_path, STRING, "backend"),
    DISK(device.frontend_path, STRING, "frontend"),
    DISK(device.hotplug_error, TEXT, "error"),
    {.name = NULL},
};

const struct libxl_field libxl_nic_fields[] = {
    NIC(device.domid, NUMBER, "frontend_domid"),
    NIC(device.backend_domid, NUMBER, "backend_domid"),
    NIC(device.backend, STRING, "backend_domname"),
    NIC(device.devid, NUMBER, "devid"),
    NIC(mac, MAC, "mac"),
    NIC(bridge, STRING, "bridge"),
    NIC(ifname, TEXT, "ifname"),
    NIC(script, TEXT, "script"),
    NIC(ip, TEXT, "ip"),
    NIC(gatewaydev, TEXT, "gatewaydev"),
    NIC(mtu, NUMBER, "mtu"),
    NIC(rate_bytes, NUMBER, "rate_bytes_per_interval"),
    NIC(rate_us, NUMBER, "rate_interval_usecs"),
    NIC(device.state, NUMBER, "state"),
    NIC(device.backend_state, NUMBER, "backend_state"),
    NIC(device.event_channel, NUMBER, "evtch"),
    NIC(device.ring_ref, NUMBER, "rref_tx"),
    NIC(device.rx_ring_ref, NUMBER, "rref_rx"),
    NIC(device.backend_path, STRING, "backend"),
    NIC(device.frontend_path, STRING, "frontend"),
    NIC(device.hotplug_error, TEXT, "error"),
    {.name = NULL},
};
