/* SPDX-License-Identifier: MIT */
#include "interface.h"

#include <errno.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* One request about one interface. */
static bool request(unsigned long what, void *argument)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    int rc = ioctl(fd, what, argument);
    int error = errno;
    close(fd);
    errno = error;
    return rc == 0;
}

static struct ifreq named(const char *name)
{
    struct ifreq ifreq = {.ifr_ifindex = 0};
    snprintf(ifreq.ifr_name, sizeof(ifreq.ifr_name), "%s", name);
    return ifreq;
}

bool devd_interface_exists(const char *name)
{
    return if_nametoindex(name) != 0;
}

bool devd_interface_rename(const char *name, const char *other)
{
    struct ifreq ifreq = named(name);
    snprintf(ifreq.ifr_newname, sizeof(ifreq.ifr_newname), "%s", other);
    return request(SIOCSIFNAME, &ifreq);
}

bool devd_interface_mtu(const char *name, unsigned int mtu)
{
    struct ifreq ifreq = named(name);
    ifreq.ifr_mtu = (int)mtu;
    return request(SIOCSIFMTU, &ifreq);
}

bool devd_interface_up(const char *name)
{
    struct ifreq ifreq = named(name);
    if (!request(SIOCGIFFLAGS, &ifreq))
        return false;
    ifreq.ifr_flags = (short)(ifreq.ifr_flags | IFF_UP);
    return request(SIOCSIFFLAGS, &ifreq);
}

bool devd_bridge_make(const char *name)
{
    char text[IFNAMSIZ];
    snprintf(text, sizeof(text), "%s", name);
    return (request(SIOCBRADDBR, text) || errno == EEXIST) && devd_interface_up(name);
}

/* Which bridge it is in is where its link in sysfs points to. */
static bool is_in(const char *bridge, const char *name)
{
    char path[64], where[256];
    snprintf(path, sizeof(path), "/sys/class/net/%.15s/master", name);
    ssize_t length = readlink(path, where, sizeof(where) - 1);
    if (length <= 0)
        return false;
    where[length] = '\0';
    const char *last = strrchr(where, '/');
    return !strcmp(last ? last + 1 : where, bridge);
}

bool devd_bridge_join(const char *bridge, const char *name)
{
    struct ifreq ifreq = named(bridge);
    ifreq.ifr_ifindex = (int)if_nametoindex(name);
    if (!ifreq.ifr_ifindex)
        return false;
    return request(SIOCBRADDIF, &ifreq) || (errno == EBUSY && is_in(bridge, name));
}
