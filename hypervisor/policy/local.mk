# SPDX-License-Identifier: MIT
policy_sources = \
	hypervisor/policy/names.c \
	hypervisor/policy/policy.c

EXTRA_DIST += hypervisor/policy/cells.h hypervisor/policy/operations.def
