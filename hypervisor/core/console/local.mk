# SPDX-License-Identifier: MIT
core_console_sources = \
	hypervisor/core/console/console.c \
	hypervisor/core/console/console_guest.h \
	hypervisor/core/console/console_io.c \
	hypervisor/core/console/console_log.c \
	hypervisor/core/console/console_private.h \
	hypervisor/core/console/console_uart.c \
	hypervisor/core/console/kept_log.c \
	hypervisor/core/console/kept_log.h
