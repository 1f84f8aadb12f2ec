# SPDX-License-Identifier: MIT
core_device_sources = \
	hypervisor/core/device/dm_op.c \
	hypervisor/core/device/dm_op.def \
	hypervisor/core/device/ioreq.c \
	hypervisor/core/device/ioreq_server.c \
	hypervisor/core/device/ioreq_server.h \
	hypervisor/core/device/resource.c
