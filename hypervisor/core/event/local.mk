# SPDX-License-Identifier: MIT
core_event_sources = \
	hypervisor/core/event/event_channel.c \
	hypervisor/core/event/event_channel_op.c \
	hypervisor/core/event/event_channel_op.def \
	hypervisor/core/event/event_deliver.c \
	hypervisor/core/event/event_private.h \
	hypervisor/core/event/event_virq.c \
	hypervisor/core/event/guest_atomic.h
