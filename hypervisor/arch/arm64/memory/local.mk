# SPDX-License-Identifier: MIT
arm64_memory_sources = \
	hypervisor/arch/arm64/memory/banks.c \
	hypervisor/arch/arm64/memory/banks.h \
	hypervisor/arch/arm64/memory/guest_access.c \
	hypervisor/arch/arm64/memory/memory.c \
	hypervisor/arch/arm64/memory/p2m.c \
	hypervisor/arch/arm64/memory/p2m.h \
	hypervisor/arch/arm64/memory/set_way.c \
	hypervisor/arch/arm64/memory/set_way.h
