# SPDX-License-Identifier: MIT
hypervisor_lib_sources = \
	hypervisor/lib/memory.c \
	hypervisor/lib/string.c \
	hypervisor/lib/string_copy.c \
	hypervisor/lib/strtoul.c \
	hypervisor/lib/format.c \
	hypervisor/lib/bitmap.c \
	hypervisor/lib/stack_check.c

# Gone after boot.
hypervisor_lib_boot_sources = \
	hypervisor/lib/gzip.c \
	hypervisor/lib/inflate.c \
	hypervisor/lib/inflate_stream.h
