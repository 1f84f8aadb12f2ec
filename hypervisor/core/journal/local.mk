# SPDX-License-Identifier: MIT
core_journal_sources = \
	hypervisor/core/journal/journal.c \
	hypervisor/core/journal/journal_op.c
