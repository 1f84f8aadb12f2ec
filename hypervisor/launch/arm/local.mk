# SPDX-License-Identifier: MIT
launch_arm_sources = \
	hypervisor/launch/arm/guest_nodes.c \
	hypervisor/launch/arm/host_devices.c \
	hypervisor/launch/arm/image.c

# Gone after boot.
launch_arm_boot_sources = \
	hypervisor/launch/arm/elf.c \
	hypervisor/launch/arm/host_nodes.c \
	hypervisor/launch/arm/wrapped.c
