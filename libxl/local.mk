# SPDX-License-Identifier: MIT
noinst_LIBRARIES += libxl/libxl.a
libxl_libxl_a_SOURCES = \
	libxl/action.c libxl/context.c libxl/context.h libxl/domain.c libxl/fields.c libxl/info.c \
	libxl/json.c libxl/log.c libxl/store.c libxl/store.h libxl/topology.c libxl/vcpu.c \
	libxl/include/libxl/fields.h libxl/include/libxl/libxl.h
libxl_libxl_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir)/hypervisor/include $(YAJL_CFLAGS)

# A hypervisor and an xenstore that hold what a test puts there, in place of libxc's transports and of libxs.
libxl_fake = tests/unit/libxl_fake.c tests/unit/libxl_fake.h tests/unit/libxl_fake_store.c

if NATIVE_TESTS
libxl_test_cppflags = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir)/hypervisor/include $(CMOCKA_CFLAGS) $(YAJL_CFLAGS)
libxl_tests = tests/unit/libxl_commands tests/unit/libxl_domains
check_PROGRAMS += $(libxl_tests)
TESTS += $(libxl_tests)
tests_unit_libxl_commands_SOURCES = \
	tests/unit/libxl_commands.c tests/unit/libxl_console.c tests/unit/libxl_run.c tests/unit/libxl_run.h $(libxl_fake)
tests_unit_libxl_commands_CPPFLAGS = $(libxl_test_cppflags) -DMANUAL=\"$(abs_top_srcdir)/docs/man/xl.1\"
tests_unit_libxl_commands_LDADD = \
	xl/libcommands.a libvchan/libvchan.a libxl/libxl.a hypervisor/policy/libpolicy.a \
	hypervisor/launch/liblaunch.a libxc/libxc.a $(LIBFDT_A) $(CMOCKA_LIBS) \
	$(YAJL_LIBS) -lpthread
tests_unit_libxl_domains_SOURCES = tests/unit/libxl_domains.c $(libxl_fake)
tests_unit_libxl_domains_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_domains_LDADD = libxl/libxl.a hypervisor/policy/libpolicy.a libxc/libxc.a $(CMOCKA_LIBS) \
	$(YAJL_LIBS) -lpthread
endif
