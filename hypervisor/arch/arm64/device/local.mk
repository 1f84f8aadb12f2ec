# SPDX-License-Identifier: MIT
arm64_device_sources = \
	hypervisor/arch/arm64/device/abort.c \
	hypervisor/arch/arm64/device/decode.c \
	hypervisor/arch/arm64/device/decode.def \
	hypervisor/arch/arm64/device/decode.h \
	hypervisor/arch/arm64/device/mmio.h \
	hypervisor/arch/arm64/device/vpl011.c \
	hypervisor/arch/arm64/device/vpsci.c \
	hypervisor/arch/arm64/device/vtimer.c
