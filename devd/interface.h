/* SPDX-License-Identifier: MIT */
/* Network interfaces and bridges of this domain, by the kernel's oldest interface to them: ioctl().
 * All return false with errno. */
#ifndef DEVD_INTERFACE_H
#define DEVD_INTERFACE_H

#include <stdbool.h>

bool devd_interface_exists(const char *name);
/* The interface must be down. */
bool devd_interface_rename(const char *name, const char *other);
bool devd_interface_mtu(const char *name, unsigned int mtu);
bool devd_interface_up(const char *name);
/* Makes a bridge, and it is up. */
bool devd_bridge_make(const char *name);
/* Puts the interface into the bridge; one that is in there stays. */
bool devd_bridge_join(const char *bridge, const char *name);

#endif
