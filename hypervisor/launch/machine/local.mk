# SPDX-License-Identifier: MIT
launch_machine_sources = \
	hypervisor/launch/machine/devices.c \
	hypervisor/launch/machine/host_use.c \
	hypervisor/launch/machine/host_use.h \
	hypervisor/launch/machine/machine_parts.h \
	hypervisor/launch/machine/ranges.c \
	hypervisor/launch/machine/ranges.h

# Gone after boot.
launch_machine_boot_sources = \
	hypervisor/launch/machine/machine.c \
	hypervisor/launch/machine/machine_uart.c
