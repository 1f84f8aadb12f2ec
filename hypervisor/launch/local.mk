# SPDX-License-Identifier: MIT
launch_sources = \
	hypervisor/launch/devices.c \
	hypervisor/launch/guest_tree.c \
	hypervisor/launch/guest_tree_host.c \
	hypervisor/launch/guest_tree_passthrough.c \
	hypervisor/launch/host_use.c \
	hypervisor/launch/layout.c \
	hypervisor/launch/machine.c \
	hypervisor/launch/machine_uart.c \
	hypervisor/launch/plan.c \
	hypervisor/launch/plan_check.c \
	hypervisor/launch/plan_domain.c \
	hypervisor/launch/plan_list.c \
	hypervisor/launch/plan_module.c \
	hypervisor/launch/plan_rules.c \
	hypervisor/launch/ranges.c \
	hypervisor/launch/tree.c \
	hypervisor/launch/tree_writer.c
