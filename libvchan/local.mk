# SPDX-License-Identifier: MIT
noinst_LIBRARIES += libvchan/libvchan.a
libvchan_libvchan_a_SOURCES = libvchan/vchan.c libvchan/include/vchan.h libvchan/include/console_protocol.h
libvchan_libvchan_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/libvchan/include
libvchan_libvchan_a_CFLAGS = $(LIBRARY_CFLAGS)
