# SPDX-License-Identifier: MIT
# What daemons have in common.
noinst_LIBRARIES += libdaemon/libdaemon.a
libdaemon_libdaemon_a_SOURCES = libdaemon/ready.c libdaemon/user.c libdaemon/include/daemon/ready.h libdaemon/include/daemon/user.h
libdaemon_libdaemon_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir)/libdaemon/include

if NATIVE_TESTS
check_PROGRAMS += tests/unit/daemon_user
TESTS += tests/unit/daemon_user
tests_unit_daemon_user_SOURCES = tests/unit/daemon/daemon_user.c
tests_unit_daemon_user_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir)/libdaemon/include $(CMOCKA_CFLAGS)
tests_unit_daemon_user_LDADD = libdaemon/libdaemon.a $(CMOCKA_LIBS)
endif
