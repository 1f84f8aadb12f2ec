# SPDX-License-Identifier: MIT
launch_guest_sources = \
	hypervisor/launch/guest/guest_tree.c \
	hypervisor/launch/guest/guest_tree.h \
	hypervisor/launch/guest/guest_tree_devices.c \
	hypervisor/launch/guest/guest_tree_host.c \
	hypervisor/launch/guest/guest_tree_passthrough.c \
	hypervisor/launch/guest/guest_tree_shared.c \
	hypervisor/launch/guest/kept.c \
	hypervisor/launch/guest/layout.c \
	hypervisor/launch/guest/layout.h \
	hypervisor/launch/guest/layout_shared.c \
	hypervisor/launch/guest/passthrough.c \
	hypervisor/launch/guest/seed.c \
	hypervisor/launch/guest/served.c \
	hypervisor/launch/guest/served.h
