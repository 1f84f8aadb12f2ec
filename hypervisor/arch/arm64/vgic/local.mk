# SPDX-License-Identifier: MIT
arm64_vgic_sources = \
	hypervisor/arch/arm64/vgic/vgic.c \
	hypervisor/arch/arm64/vgic/vgic.h \
	hypervisor/arch/arm64/vgic/vgic_banks.c \
	hypervisor/arch/arm64/vgic/vgic_pending.c \
	hypervisor/arch/arm64/vgic/vgic_registers.c \
	hypervisor/arch/arm64/vgic/vgic_registers.h \
	hypervisor/arch/arm64/vgic/vgic_route.c \
	hypervisor/arch/arm64/vgic/vgic_sync.c
