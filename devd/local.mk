# SPDX-License-Identifier: MIT
noinst_LIBRARIES += devd/libdevd.a
devd_libdevd_a_SOURCES = \
	devd/daemon.c devd/daemon.h devd/declared.c devd/include/devd/devd.h devd/device.c devd/disk.c devd/interface.c devd/interface.h \
	devd/loop.c devd/name.c devd/network.c devd/node.c devd/scan.c devd/script.c devd/statistics.c
devd_libdevd_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir)/devd/include

if NATIVE_TESTS
devd_tests = tests/unit/devd_daemon tests/unit/devd_declared tests/unit/devd_devices tests/unit/devd_kernel
check_PROGRAMS += $(devd_tests)
TESTS += $(devd_tests)
# In place of devd/loop.c and devd/interface.c.
devd_fake = tests/unit/devd/devd_fake.c tests/unit/devd/devd_fake.h $(libxl_fake)
devd_test_cppflags = $(libxl_test_cppflags) -I$(top_srcdir)/devd/include
devd_test_libs = devd/libdevd.a libxl/libxl.a hypervisor/policy/libpolicy.a libxc/libxc.a $(CMOCKA_LIBS) $(YAJL_LIBS) -lpthread
tests_unit_devd_daemon_SOURCES = tests/unit/devd/devd_daemon.c $(devd_fake)
tests_unit_devd_daemon_CPPFLAGS = $(devd_test_cppflags)
tests_unit_devd_daemon_LDADD = $(devd_test_libs)
tests_unit_devd_declared_SOURCES = tests/unit/devd/devd_declared.c $(devd_fake)
tests_unit_devd_declared_CPPFLAGS = $(devd_test_cppflags)
tests_unit_devd_declared_LDADD = $(devd_test_libs)
tests_unit_devd_devices_SOURCES = tests/unit/devd/devd_devices.c $(devd_fake)
tests_unit_devd_devices_CPPFLAGS = $(devd_test_cppflags)
tests_unit_devd_devices_LDADD = $(devd_test_libs)
tests_unit_devd_kernel_SOURCES = tests/unit/devd/devd_kernel.c
tests_unit_devd_kernel_CPPFLAGS = $(devd_test_cppflags)
tests_unit_devd_kernel_LDADD = devd/libdevd.a $(CMOCKA_LIBS)
endif
