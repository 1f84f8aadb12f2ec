# SPDX-License-Identifier: MIT
drivers_sources = \
	hypervisor/drivers/rtc/pl031.c \
	hypervisor/drivers/rtc/rtc.c \
	hypervisor/drivers/rtc/rtc.def \
	hypervisor/drivers/rtc/rtc.h \
	hypervisor/drivers/uart/pl011.c \
	hypervisor/drivers/uart/uart.c \
	hypervisor/drivers/uart/uart.def \
	hypervisor/drivers/uart/uart.h \
	hypervisor/drivers/watchdog/sbsa_gwdt.c \
	hypervisor/drivers/watchdog/watchdog.c \
	hypervisor/drivers/watchdog/watchdog.def \
	hypervisor/drivers/watchdog/watchdog.h

# Gone after boot.
drivers_boot_sources = hypervisor/drivers/uart/uart_find.c
