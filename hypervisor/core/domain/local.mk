# SPDX-License-Identifier: MIT
core_domain_sources = \
	hypervisor/core/domain/access.c \
	hypervisor/core/domain/domain.c \
	hypervisor/core/domain/domain_life.c \
	hypervisor/core/domain/domain_table.c \
	hypervisor/core/domain/domain_table.h \
	hypervisor/core/domain/restart.c \
	hypervisor/core/domain/restart_tell.c \
	hypervisor/core/domain/restart_tell.h \
	hypervisor/core/domain/vcpu.c \
	hypervisor/core/domain/watchdog.c \
	hypervisor/core/domain/watchdog.h
