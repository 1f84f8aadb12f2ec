/* SPDX-License-Identifier: MIT */
/* What a network needs: the kernel's end of it in a bridge, and up. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tools/clock.h>

#include "daemon.h"
#include "interface.h"

#define MADE_MS 3000
#define LOOK_MS 20

static bool fail(char error[ERROR_SIZE], const char *what, const char *which)
{
    snprintf(error, ERROR_SIZE, "%s %.100s: %s", what, which, strerror(errno));
    return false;
}

/* What the kernel would cut short, or take for something else, names another. */
static bool is_name(const char *name)
{
    return strlen(name) < IFNAMSIZ && !name[strcspn(name, "/ ,:")] && strcmp(name, ".") != 0 &&
           strcmp(name, "..") != 0;
}

/* The kernel says that the backend waits for its guest before it has made the interface. */
static bool is_made(const char *kernel, const char *wanted)
{
    const struct timespec look = {.tv_nsec = LOOK_MS * 1000000L};
    const int64_t end = clock_ms() + MADE_MS;
    while (!devd_interface_exists(kernel) && !devd_interface_exists(wanted)) {
        if (clock_ms() >= end)
            return false;
        nanosleep(&look, NULL);
    }
    return true;
}

/* The kernel calls it vifDOMAIN.HANDLE; it has the other name for good once it got it. */
static bool name_interface(struct devd *devd, struct device *device, char error[ERROR_SIZE])
{
    char wanted[64], kernel[32];
    snprintf(kernel, sizeof(kernel), "vif%u.%u", device->domid, device->devid);
    if (!devd_read(devd, device, "vifname", wanted, sizeof(wanted)) || !*wanted)
        snprintf(wanted, sizeof(wanted), "%.15s", kernel);
    errno = EINVAL;
    if (!is_name(wanted))
        return fail(error, "there can be no interface", wanted);
    snprintf(device->interface, sizeof(device->interface), "%.15s", wanted);
    if (!is_made(kernel, wanted)) {
        errno = ENODEV;
        return fail(error, "the kernel has made no interface", wanted);
    }
    if (!strcmp(wanted, kernel) || !devd_interface_exists(kernel))
        return true;
    return devd_interface_rename(kernel, wanted) ||
           fail(error, "cannot name the interface", wanted);
}

static bool join(struct devd *devd, const struct device *device, const char *bridge,
                 char error[ERROR_SIZE])
{
    errno = EINVAL;
    if (!is_name(bridge))
        return fail(error, "there can be no bridge", bridge);
    if (!devd_interface_exists(bridge)) {
        errno = ENODEV;
        if (!devd->options->make_bridges)
            return fail(error, "there is no bridge", bridge);
        if (!devd_bridge_make(bridge))
            return fail(error, "cannot make the bridge", bridge);
    }
    return devd_bridge_join(bridge, device->interface) ||
           fail(error, "cannot put the interface into the bridge", bridge);
}

bool devd_serve_network(struct devd *devd, struct device *device, char error[ERROR_SIZE])
{
    char bridge[64], text[16];
    if (!name_interface(devd, device, error))
        return false;
    unsigned int mtu = devd_read(devd, device, "mtu", text, sizeof(text))
                           ? (unsigned int)strtoul(text, NULL, 10)
                           : 0;
    if (mtu && !devd_interface_mtu(device->interface, mtu))
        return fail(error, "cannot set the MTU of", device->interface);
    devd_read(devd, device, "bridge", bridge, sizeof(bridge));
    if (*bridge && !join(devd, device, bridge, error))
        return false;
    return devd_interface_up(device->interface) ||
           fail(error, "cannot bring up the interface", device->interface);
}

/* The kernel takes its interface back, out of the bridge too. */
void devd_release_network(struct devd *devd, struct device *device)
{
    (void)devd;
    device->interface[0] = '\0';
}
