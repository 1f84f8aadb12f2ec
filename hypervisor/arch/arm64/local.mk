# SPDX-License-Identifier: MIT
arch_arm64_sources = \
	hypervisor/arch/arm64/abort.c \
	hypervisor/arch/arm64/boot.c \
	hypervisor/arch/arm64/cpu_setup.c \
	hypervisor/arch/arm64/domain.c \
	hypervisor/arch/arm64/entry.S \
	hypervisor/arch/arm64/firmware.c \
	hypervisor/arch/arm64/gic.c \
	hypervisor/arch/arm64/gic_cpu.c \
	hypervisor/arch/arm64/guest_access.c \
	hypervisor/arch/arm64/head.S \
	hypervisor/arch/arm64/inject.c \
	hypervisor/arch/arm64/memory.c \
	hypervisor/arch/arm64/p2m.c \
	hypervisor/arch/arm64/stage1.c \
	hypervisor/arch/arm64/system_register.c \
	hypervisor/arch/arm64/timer.c \
	hypervisor/arch/arm64/traps.c \
	hypervisor/arch/arm64/vcpu.c \
	hypervisor/arch/arm64/vgic.c \
	hypervisor/arch/arm64/vgic_banks.c \
	hypervisor/arch/arm64/vgic_pending.c \
	hypervisor/arch/arm64/vgic_registers.c \
	hypervisor/arch/arm64/vgic_route.c \
	hypervisor/arch/arm64/vgic_sync.c \
	hypervisor/arch/arm64/vpl011.c \
	hypervisor/arch/arm64/vpsci.c \
	hypervisor/arch/arm64/vtimer.c
