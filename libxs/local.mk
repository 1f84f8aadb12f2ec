# SPDX-License-Identifier: MIT
noinst_LIBRARIES += libxs/libxs.a
libxs_libxs_a_SOURCES = \
	libxs/include/xenstore.h \
	libxs/connection.c \
	libxs/domain.c \
	libxs/handle.c \
	libxs/internal.h \
	libxs/store.c \
	libxs/strings.c \
	libxs/watch.c
libxs_libxs_a_CFLAGS = $(LIBRARY_CFLAGS)

# For the tests with Xen's own tools: its xenstored is told what ours finds by itself.
noinst_PROGRAMS += tests/peers/introduce
tests_peers_introduce_SOURCES = tests/peers/introduce.c
tests_peers_introduce_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
tests_peers_introduce_LDADD = libxs/libxs.a libxc/libxc.a
