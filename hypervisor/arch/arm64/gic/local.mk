# SPDX-License-Identifier: MIT
arm64_gic_sources = \
	hypervisor/arch/arm64/gic/gic.c \
	hypervisor/arch/arm64/gic/gic_cpu.c \
	hypervisor/arch/arm64/gic/gic_cpu.h \
	hypervisor/arch/arm64/gic/gic_distributor.h \
	hypervisor/arch/arm64/gic/gic_registers.h

# Gone after boot.
arm64_gic_boot_sources = hypervisor/arch/arm64/gic/gic_boot.c
