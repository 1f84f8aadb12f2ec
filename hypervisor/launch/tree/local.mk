# SPDX-License-Identifier: MIT
launch_tree_sources = \
	hypervisor/launch/tree/tree.c \
	hypervisor/launch/tree/tree.h \
	hypervisor/launch/tree/tree_find.c \
	hypervisor/launch/tree/tree_structure.c \
	hypervisor/launch/tree/tree_writer.c \
	hypervisor/launch/tree/tree_writer.h
