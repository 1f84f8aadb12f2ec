# SPDX-License-Identifier: MIT
xenstored_domain_sources = \
	xenstored/domain/boot_tree.c \
	xenstored/domain/boot_tree.def \
	xenstored/domain/boot_tree.h \
	xenstored/domain/domain.c \
	xenstored/domain/domain.h \
	xenstored/domain/hypervisor.h
