# SPDX-License-Identifier: MIT
launch_sources = \
	hypervisor/launch/machine.c \
	hypervisor/launch/machine_uart.c \
	hypervisor/launch/ranges.c \
	hypervisor/launch/tree.c
