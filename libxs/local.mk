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
