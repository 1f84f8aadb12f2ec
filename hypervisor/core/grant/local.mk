# SPDX-License-Identifier: MIT
core_grant_sources = \
	hypervisor/core/grant/grant_cache.c \
	hypervisor/core/grant/grant_copy.c \
	hypervisor/core/grant/grant_mapping.c \
	hypervisor/core/grant/grant_op.c \
	hypervisor/core/grant/grant_op.def \
	hypervisor/core/grant/grant_private.h \
	hypervisor/core/grant/grant_table.c
