# SPDX-License-Identifier: MIT
core_call_sources = \
	hypervisor/core/call/debug_keys.c \
	hypervisor/core/call/debug_keys.def \
	hypervisor/core/call/domctl.c \
	hypervisor/core/call/domctl.def \
	hypervisor/core/call/domctl.h \
	hypervisor/core/call/domctl_domain.c \
	hypervisor/core/call/domctl_restart.c \
	hypervisor/core/call/domctl_shared.c \
	hypervisor/core/call/domctl_vcpu.c \
	hypervisor/core/call/hvm_op.c \
	hypervisor/core/call/hvm_op.def \
	hypervisor/core/call/hypercall.c \
	hypervisor/core/call/hypercalls.def \
	hypervisor/core/call/hypercalls.h \
	hypervisor/core/call/multicall.c \
	hypervisor/core/call/physdev_op.def \
	hypervisor/core/call/platform_op.c \
	hypervisor/core/call/suboperation.h \
	hypervisor/core/call/sysctl.c \
	hypervisor/core/call/sysctl.def \
	hypervisor/core/call/sysctl.h \
	hypervisor/core/call/sysctl_counters.c \
	hypervisor/core/call/sysctl_cpu.c \
	hypervisor/core/call/vcpu_op.c \
	hypervisor/core/call/vcpu_op.def \
	hypervisor/core/call/xen_version.c \
	hypervisor/core/call/xen_version.def
