/* SPDX-License-Identifier: MIT */
/* Devices that the hardware domain serves, as they stand in the tree. */
#include "served.h"
#include "tree/tree.h"

#include <string.h>

/* A decimal number up to `limit` without leading zeros, at *text and past it; 0: none. */
static uint32_t take_decimal(const char **text, uint32_t limit)
{
    uint64_t number = 0;

    if (**text == '0')
        return 0;
    for (; **text >= '0' && **text <= '9'; (*text)++) {
        number = number * 10 + (uint64_t)(**text - '0');
        if (number > limit)
            return 0;
    }
    return (uint32_t)number;
}

/* xvd names are of major 202, 16 minors a disk, as long as they fit there; from then on 256 a disk.
 */
uint32_t served_virtual_device(const char *text)
{
    uint32_t disk = 0, part;

    if (strncmp(text, "xvd", 3) != 0) {
        part = take_decimal(&text, LAUNCH_MAX_VIRTUAL_DEVICE);
        return *text ? 0 : part;
    }
    text += 3;
    for (unsigned int i = 0; i < 2 && *text >= 'a' && *text <= 'z'; i++)
        disk = disk * 26 + (uint32_t)(*text++ - 'a' + 1);
    part = take_decimal(&text, 255);
    if (disk-- == 0 || *text)
        return 0;
    return (disk | part) < 16 ? 202U << 8 | disk << 4 | part : 1U << 28 | disk << 8 | part;
}

enum launch_device_kind served_kind(const void *fdt, int node)
{
    return tree_compatible(fdt, node, "trefoil,disk")      ? LAUNCH_DISK
           : tree_compatible(fdt, node, "trefoil,network") ? LAUNCH_NETWORK
                                                           : LAUNCH_DEVICE_KINDS;
}

bool launch_next_device(const void *fdt, const struct launch_domain *domain,
                        struct launch_device *device)
{
    int node = device->node;
    const char *vdev;

    do
        node = node ? tree_sibling(fdt, node) : tree_child(fdt, domain->node);
    while (node >= 0 && (device->kind = served_kind(fdt, node)) == LAUNCH_DEVICE_KINDS);
    device->node = node;
    if (node < 0)
        return false;
    if (device->kind == LAUNCH_NETWORK) {
        device->number = device->networks++;
    } else {
        vdev = tree_string(fdt, node, "vdev");
        device->number = vdev ? served_virtual_device(vdev) : 0;
    }
    return true;
}
