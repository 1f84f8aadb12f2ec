# SPDX-License-Identifier: MIT
noinst_LIBRARIES += libxc/libxc.a
libxc_libxc_a_SOURCES = \
	libxc/control.c libxc/control.h libxc/domain.c libxc/domctl.c libxc/evtchn.c libxc/foreign.c \
	libxc/gnttab.c libxc/hypercall.c libxc/interface.c libxc/interface.h libxc/sysctl.c \
	libxc/transport.h libxc/transports.c libxc/version.c \
	libxc/kernel/evtchn.c libxc/kernel/foreign.c libxc/kernel/gntalloc.c libxc/kernel/gntdev.c \
	libxc/kernel/ioctls.h libxc/kernel/kernel.h libxc/kernel/privcmd.c \
	libxc/twin/evtchn.c libxc/twin/link.c libxc/twin/pages.c libxc/twin/transport.c \
	libxc/twin/twin.h \
	libxc/include/xenctl/evtchn.h libxc/include/xenctl/foreign.h libxc/include/xenctl/gnttab.h \
	libxc/include/xenctl/xenctl.h
libxc_libxc_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
libxc_libxc_a_CFLAGS = $(LIBRARY_CFLAGS)

if NATIVE_TESTS
libxc_tests = tests/unit/libxc_calls tests/unit/libxc_devices
check_PROGRAMS += $(libxc_tests)
TESTS += $(libxc_tests)
tests_unit_libxc_calls_SOURCES = tests/unit/libxc/libxc_calls.c $(libxl_fake)
tests_unit_libxc_calls_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxc_calls_LDADD = libxc/libxc.a $(CMOCKA_LIBS)
tests_unit_libxc_devices_SOURCES = tests/unit/libxc/libxc_devices.c
tests_unit_libxc_devices_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxc_devices_LDADD = libxc/libxc.a $(CMOCKA_LIBS)
endif

# For system tests: what a domain may do, tried.
noinst_PROGRAMS += tests/calls/calls tests/calls/stress
tests_calls_stress_SOURCES = tests/calls/stress.c
tests_calls_stress_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
tests_calls_stress_LDADD = libxc/libxc.a
tests_calls_calls_SOURCES = \
	tests/calls/calls.def tests/calls/calls.h tests/calls/control_calls.c tests/calls/guest_calls.c \
	tests/calls/main.c tests/calls/memory_calls.c
tests_calls_calls_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(hypervisor_include)
tests_calls_calls_LDADD = libxc/libxc.a hypervisor/policy/libpolicy.a
