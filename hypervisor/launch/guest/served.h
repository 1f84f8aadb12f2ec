/* SPDX-License-Identifier: MIT */
/* Nodes of devices that the hardware domain serves. Inner header of launch/. */
#ifndef LAUNCH_SERVED_H
#define LAUNCH_SERVED_H

#include <trefoil/launch.h>

/* The number of a virtual disk, 0 when the text is none (Xen, docs: xen-vbd-interface). */
uint32_t served_virtual_device(const char *text);

/* What a node of a valid tree is, LAUNCH_DEVICE_KINDS when it is none of them. */
enum launch_device_kind served_kind(const void *fdt, int node);

#endif
