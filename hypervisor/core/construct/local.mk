# SPDX-License-Identifier: MIT
core_construct_sources = \
	hypervisor/core/construct/construct.c \
	hypervisor/core/construct/construct_image.c \
	hypervisor/core/construct/construct_memory.c \
	hypervisor/core/construct/construct_parts.h \
	hypervisor/core/construct/construct_passed.c \
	hypervisor/core/construct/construct_pv.c
