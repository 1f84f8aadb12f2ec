# SPDX-License-Identifier: MIT
sbin_PROGRAMS += xenconsoled/xenconsoled
console_cppflags = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir)/libvchan/include -I$(top_srcdir)/libdaemon/include

# All but main.c, which the tests do without.
noinst_LIBRARIES += xenconsoled/libconsoled.a
xenconsoled_libconsoled_a_SOURCES = \
	xenconsoled/client.h xenconsoled/client_pty.c xenconsoled/client_pty.h \
	xenconsoled/client_socket.c xenconsoled/client_socket.h \
	xenconsoled/client_vchan.c xenconsoled/client_vchan.h \
	xenconsoled/console.c xenconsoled/console.h xenconsoled/daemon.c xenconsoled/daemon.h \
	xenconsoled/domains.c xenconsoled/domains.h xenconsoled/history.c xenconsoled/history.h \
	xenconsoled/kept.c xenconsoled/kept.h \
	xenconsoled/hvlog.c xenconsoled/hvlog.h xenconsoled/log.c xenconsoled/log.h \
	xenconsoled/log_file.c xenconsoled/log_file.h \
	xenconsoled/loop.c xenconsoled/loop.h xenconsoled/message.c xenconsoled/message.h \
	xenconsoled/options.c xenconsoled/options.def xenconsoled/options.h \
	xenconsoled/ports.c xenconsoled/ports.h xenconsoled/ring.c xenconsoled/ring.h \
	xenconsoled/store.c xenconsoled/store.h
xenconsoled_libconsoled_a_CPPFLAGS = $(console_cppflags)

xenconsoled_xenconsoled_SOURCES = xenconsoled/main.c
xenconsoled_xenconsoled_CPPFLAGS = $(console_cppflags)
xenconsoled_xenconsoled_LDADD = xenconsoled/libconsoled.a libdaemon/libdaemon.a libvchan/libvchan.a libxc/libxc.a \
	libxs/libxs.a -lutil -lpthread

dist_man_MANS += docs/man/xenconsoled.8
EXTRA_DIST += docs/console-protocol.md

if NATIVE_TESTS
console_tests = \
	tests/unit/console_daemon tests/unit/console_far tests/unit/console_log tests/unit/console_near \
	tests/unit/console_pump tests/unit/console_ring tests/unit/console_vchan tests/unit/console_way
check_PROGRAMS += $(console_tests)
TESTS += $(console_tests)

console_test_cppflags = $(console_cppflags) -I$(top_srcdir)/xenconsoled
console_test_libs = xenconsoled/libconsoled.a libvchan/libvchan.a $(CMOCKA_LIBS) -lutil
# The daemon on a fake hypervisor and a fake xenstore in place of libxc and libxs.
console_board = \
	tests/unit/console/console_board.c tests/unit/console/console_board.h tests/unit/console/console_fake.h \
	tests/unit/console/console_fake_store.h tests/unit/console/console_fake_xc.c tests/unit/console/console_fake_xs.c

tests_unit_console_daemon_SOURCES = tests/unit/console/console_daemon.c $(console_board)
tests_unit_console_daemon_CPPFLAGS = $(console_test_cppflags)
tests_unit_console_daemon_LDADD = $(console_test_libs)
tests_unit_console_far_SOURCES = tests/unit/console/console_far.c $(console_board)
tests_unit_console_far_CPPFLAGS = $(console_test_cppflags)
tests_unit_console_far_LDADD = $(console_test_libs)
tests_unit_console_log_SOURCES = tests/unit/console/console_log.c
tests_unit_console_log_CPPFLAGS = $(console_test_cppflags)
tests_unit_console_log_LDADD = $(console_test_libs)
tests_unit_console_near_SOURCES = tests/unit/console/console_near.c $(console_board)
tests_unit_console_near_CPPFLAGS = $(console_test_cppflags)
tests_unit_console_near_LDADD = $(console_test_libs)
tests_unit_console_pump_SOURCES = tests/unit/console/console_pump.c
tests_unit_console_pump_CPPFLAGS = $(console_test_cppflags) -I$(top_srcdir)/xl
tests_unit_console_pump_LDADD = xl/libcommands.a libxl/libxl.a $(CMOCKA_LIBS) -lutil
tests_unit_console_ring_SOURCES = tests/unit/console/console_ring.c
tests_unit_console_ring_CPPFLAGS = $(console_test_cppflags)
tests_unit_console_ring_LDADD = $(console_test_libs)
tests_unit_console_vchan_SOURCES = tests/unit/console/console_vchan.c
tests_unit_console_vchan_CPPFLAGS = $(console_test_cppflags)
tests_unit_console_vchan_LDADD = $(console_test_libs)
tests_unit_console_way_SOURCES = tests/unit/console/console_way.c xl/console/console_link.c xl/console/console_near.c
tests_unit_console_way_CPPFLAGS = $(console_test_cppflags) -I$(top_srcdir)/xl
tests_unit_console_way_LDADD = $(CMOCKA_LIBS) -lutil
endif

# Built by name: it takes clang, whatever compiler the rest is built with.
EXTRA_DIST += tests/fuzz/console.c
tests/fuzz/console: $(xenconsoled_libconsoled_a_SOURCES) libvchan/vchan.c tests/fuzz/console.c \
	tests/unit/console/console_fake_xc.c tests/unit/console/console_fake_xs.c
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all $(console_cppflags) -I$(top_srcdir)/xenconsoled \
		-I$(top_srcdir)/tests/unit -o $@ $(filter %.c,$^) -lutil
CLEANFILES += tests/fuzz/console
