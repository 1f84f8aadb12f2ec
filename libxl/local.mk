# SPDX-License-Identifier: MIT
noinst_LIBRARIES += libxl/libxl.a
libxl_libxl_a_SOURCES = \
	libxl/action.c libxl/context.c libxl/context.h libxl/domain.c libxl/fields.c libxl/info.c \
	libxl/json.c libxl/log.c libxl/store.c libxl/store.h libxl/topology.c libxl/vcpu.c \
	libxl/include/libxl/fields.h libxl/include/libxl/libxl.h
libxl_libxl_a_CFLAGS = $(AM_CFLAGS) $(YAJL_CFLAGS)
