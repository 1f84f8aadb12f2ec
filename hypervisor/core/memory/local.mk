# SPDX-License-Identifier: MIT
core_memory_sources = \
	hypervisor/core/memory/domain_ram.c \
	hypervisor/core/memory/extents.c \
	hypervisor/core/memory/extents.h \
	hypervisor/core/memory/frame.c \
	hypervisor/core/memory/frame.h \
	hypervisor/core/memory/memory.c \
	hypervisor/core/memory/memory_op.c \
	hypervisor/core/memory/memory_op.def \
	hypervisor/core/memory/memory_op.h \
	hypervisor/core/memory/physmap.c \
	hypervisor/core/memory/physmap_op.c \
	hypervisor/core/memory/pool.c \
	hypervisor/core/memory/pool.h \
	hypervisor/core/memory/scrub.c \
	hypervisor/core/memory/scrub.h
