# SPDX-License-Identifier: MIT
# Gone after boot, all of it.
launch_plan_boot_sources = \
	hypervisor/launch/plan/device_properties.def \
	hypervisor/launch/plan/plan.c \
	hypervisor/launch/plan/plan.h \
	hypervisor/launch/plan/plan_channel.c \
	hypervisor/launch/plan/plan_check.c \
	hypervisor/launch/plan/plan_device.c \
	hypervisor/launch/plan/plan_domain.c \
	hypervisor/launch/plan/plan_list.c \
	hypervisor/launch/plan/plan_module.c \
	hypervisor/launch/plan/plan_pool.c \
	hypervisor/launch/plan/plan_rules.c \
	hypervisor/launch/plan/plan_shared.c \
	hypervisor/launch/plan/plan_system.c \
	hypervisor/launch/plan/properties.def
