# SPDX-License-Identifier: MIT
# The twin: core, policy and launch as a program for Linux, natively and for arm64.
arch_host_sources = \
	hypervisor/arch/host/connection.c \
	hypervisor/arch/host/cpus.c \
	hypervisor/arch/host/domain.c \
	hypervisor/arch/host/guest_access.c \
	hypervisor/arch/host/kernel.c \
	hypervisor/arch/host/kernel_events.c \
	hypervisor/arch/host/kernel_foreign.c \
	hypervisor/arch/host/kernel_grants.c \
	hypervisor/arch/host/kernel_mappings.c \
	hypervisor/arch/host/kernel_shares.c \
	hypervisor/arch/host/p2m.c \
	hypervisor/arch/host/ram.c \
	hypervisor/arch/host/requests.c \
	hypervisor/arch/host/server.c \
	hypervisor/arch/host/uart.c

sbin_PROGRAMS += hypervisor/arch/host/hvtwin
hypervisor_arch_host_hvtwin_SOURCES = hypervisor/arch/host/main.c $(arch_host_sources) \
	$(core_sources) $(core_boot_sources) $(policy_sources) \
	hypervisor/lib/bitmap.c hypervisor/lib/string_copy.c
hypervisor_arch_host_hvtwin_CPPFLAGS = -D_GNU_SOURCE -I$(top_srcdir)/include \
	-I$(top_srcdir)/hypervisor/core -I$(top_srcdir)/hypervisor/launch \
	$(hypervisor_include) -I$(top_srcdir)/hypervisor/arch/host/include \
	$(HOST_LAUNCH_CPPFLAGS)
hypervisor_arch_host_hvtwin_LDADD = hypervisor/launch/liblaunch.a $(LIBFDT_A)

dist_man_MANS += docs/man/hvtwin.8

EXTRA_DIST += \
	hypervisor/arch/host/connection.h \
	hypervisor/arch/host/host.h \
	hypervisor/arch/host/include/asm/arch_domain.h \
	hypervisor/arch/host/include/asm/cpu.h \
	hypervisor/arch/host/kernel.h \
	hypervisor/arch/host/requests.h \
	hypervisor/arch/host/server.h \
	include/twin/protocol.h \
	include/twin/requests.def

if NATIVE_TESTS
check_PROGRAMS += tests/unit/host_p2m tests/unit/host_server
TESTS += tests/unit/host_p2m tests/unit/host_server
tests_unit_host_p2m_SOURCES = tests/unit/host/host_p2m.c hypervisor/arch/host/p2m.c
tests_unit_host_p2m_CPPFLAGS = $(hypervisor_arch_host_hvtwin_CPPFLAGS)
tests_unit_host_p2m_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_host_p2m_LDADD = $(CMOCKA_LIBS)
tests_unit_host_server_SOURCES = tests/unit/host/host_server.c
tests_unit_host_server_CPPFLAGS = -D_GNU_SOURCE -I$(top_srcdir)/include \
	-DHVTWIN=\"$(abs_top_builddir)/hypervisor/arch/host/hvtwin\" \
	-DLAUNCH_DIRECTORY=\"$(abs_top_srcdir)/tests/unit/launch\"
tests_unit_host_server_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_host_server_LDADD = $(CMOCKA_LIBS)
endif
