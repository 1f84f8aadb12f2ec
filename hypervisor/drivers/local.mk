# SPDX-License-Identifier: MIT
drivers_sources = \
	hypervisor/drivers/pl011.c \
	hypervisor/drivers/pl031.c \
	hypervisor/drivers/uart.c
