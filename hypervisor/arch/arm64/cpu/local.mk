# SPDX-License-Identifier: MIT
arm64_cpu_sources = \
	hypervisor/arch/arm64/cpu/alike.c \
	hypervisor/arch/arm64/cpu/alike.def \
	hypervisor/arch/arm64/cpu/alike.h \
	hypervisor/arch/arm64/cpu/boot.h \
	hypervisor/arch/arm64/cpu/control.c \
	hypervisor/arch/arm64/cpu/control.def \
	hypervisor/arch/arm64/cpu/cores.def \
	hypervisor/arch/arm64/cpu/counter.h \
	hypervisor/arch/arm64/cpu/cpu_setup.h \
	hypervisor/arch/arm64/cpu/domain.c \
	hypervisor/arch/arm64/cpu/entry.S \
	hypervisor/arch/arm64/cpu/errata.c \
	hypervisor/arch/arm64/cpu/errata.def \
	hypervisor/arch/arm64/cpu/errata.h \
	hypervisor/arch/arm64/cpu/errata_cpu.c \
	hypervisor/arch/arm64/cpu/feature.def \
	hypervisor/arch/arm64/cpu/feature.h \
	hypervisor/arch/arm64/cpu/firmware.c \
	hypervisor/arch/arm64/cpu/firmware.h \
	hypervisor/arch/arm64/cpu/guard.S \
	hypervisor/arch/arm64/cpu/head.S \
	hypervisor/arch/arm64/cpu/id_register.c \
	hypervisor/arch/arm64/cpu/id_register.def \
	hypervisor/arch/arm64/cpu/id_register.h \
	hypervisor/arch/arm64/cpu/inject.c \
	hypervisor/arch/arm64/cpu/leave.c \
	hypervisor/arch/arm64/cpu/mops.c \
	hypervisor/arch/arm64/cpu/psci.def \
	hypervisor/arch/arm64/cpu/psci.h \
	hypervisor/arch/arm64/cpu/speculation.c \
	hypervisor/arch/arm64/cpu/speculation.h \
	hypervisor/arch/arm64/cpu/speculation_cpu.c \
	hypervisor/arch/arm64/cpu/stage1.h \
	hypervisor/arch/arm64/cpu/stage1_drop.c \
	hypervisor/arch/arm64/cpu/stop.c \
	hypervisor/arch/arm64/cpu/system_error.c \
	hypervisor/arch/arm64/cpu/system_error.def \
	hypervisor/arch/arm64/cpu/system_error.h \
	hypervisor/arch/arm64/cpu/system_error_cpu.c \
	hypervisor/arch/arm64/cpu/system_register.c \
	hypervisor/arch/arm64/cpu/system_register.def \
	hypervisor/arch/arm64/cpu/time_convert.h \
	hypervisor/arch/arm64/cpu/timer.c \
	hypervisor/arch/arm64/cpu/traps.c \
	hypervisor/arch/arm64/cpu/traps.def \
	hypervisor/arch/arm64/cpu/traps.h \
	hypervisor/arch/arm64/cpu/vcpu.c

# Gone after boot.
arm64_cpu_boot_sources = \
	hypervisor/arch/arm64/cpu/boot.c \
	hypervisor/arch/arm64/cpu/cpu_setup.c \
	hypervisor/arch/arm64/cpu/stage1.c
