# SPDX-License-Identifier: MIT
core_sched_sources = \
	hypervisor/core/sched/cpu_pool.c \
	hypervisor/core/sched/sched.c \
	hypervisor/core/sched/sched_balance.c \
	hypervisor/core/sched/sched_op.c \
	hypervisor/core/sched/sched_op.def \
	hypervisor/core/sched/sched_parts.h \
	hypervisor/core/sched/sched_queue.c \
	hypervisor/core/sched/sched_queue.h \
	hypervisor/core/sched/sched_share.c \
	hypervisor/core/sched/sched_share.h \
	hypervisor/core/sched/sched_time.c \
	hypervisor/core/sched/sched_wakes.h \
	hypervisor/core/sched/shared_work.c \
	hypervisor/core/sched/shared_work.h \
	hypervisor/core/sched/timer.c \
	hypervisor/core/sched/vcpu_timer.c \
	hypervisor/core/sched/vcpu_timer.h \
	hypervisor/core/sched/wallclock.c \
	hypervisor/core/sched/wallclock.h
