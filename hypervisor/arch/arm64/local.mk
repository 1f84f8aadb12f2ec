# SPDX-License-Identifier: MIT
arch_arm64_sources = \
	hypervisor/arch/arm64/abort.c \
	hypervisor/arch/arm64/boot.c \
	hypervisor/arch/arm64/cpu_setup.c \
	hypervisor/arch/arm64/domain.c \
	hypervisor/arch/arm64/entry.S \
	hypervisor/arch/arm64/firmware.c \
	hypervisor/arch/arm64/gic.c \
	hypervisor/arch/arm64/gic_cpu.c \
	hypervisor/arch/arm64/guest_access.c \
	hypervisor/arch/arm64/head.S \
	hypervisor/arch/arm64/inject.c \
	hypervisor/arch/arm64/memory.c \
	hypervisor/arch/arm64/p2m.c \
	hypervisor/arch/arm64/stage1.c \
	hypervisor/arch/arm64/system_register.c \
	hypervisor/arch/arm64/timer.c \
	hypervisor/arch/arm64/traps.c \
	hypervisor/arch/arm64/vcpu.c \
	hypervisor/arch/arm64/vgic.c \
	hypervisor/arch/arm64/vgic_banks.c \
	hypervisor/arch/arm64/vgic_pending.c \
	hypervisor/arch/arm64/vgic_registers.c \
	hypervisor/arch/arm64/vgic_route.c \
	hypervisor/arch/arm64/vgic_sync.c \
	hypervisor/arch/arm64/vpl011.c \
	hypervisor/arch/arm64/vpsci.c \
	hypervisor/arch/arm64/vtimer.c

# The virtual devices, natively: a fake machine takes the place of asm/cpu.h and of the GIC.
if NATIVE_TESTS
vgic_tested = hypervisor/arch/arm64/gic_cpu.c hypervisor/arch/arm64/vgic.c hypervisor/arch/arm64/vgic_banks.c \
	hypervisor/arch/arm64/vgic_pending.c hypervisor/arch/arm64/vgic_registers.c \
	hypervisor/arch/arm64/vgic_route.c hypervisor/arch/arm64/vgic_sync.c
vgic_fake = tests/unit/vgic_fake/machine.c tests/unit/vgic_fake/machine.h tests/unit/vgic_fake/asm/cpu.h
arch_test_cppflags = -I$(top_srcdir)/tests/unit/vgic_fake -I$(top_srcdir)/tests/unit \
	-I$(top_srcdir)/hypervisor/arch/arm64 -I$(top_srcdir)/hypervisor/include \
	-I$(top_srcdir)/hypervisor/arch/arm64/include -I$(top_srcdir)/include $(CMOCKA_CFLAGS)
arch_tests = tests/unit/vgic_deliver_test tests/unit/vgic_race_test tests/unit/vgic_register_test \
	tests/unit/vpl011_test tests/unit/time_convert_test
check_PROGRAMS += $(arch_tests)
TESTS += $(arch_tests)
tests_unit_vgic_deliver_test_SOURCES = tests/unit/vgic_deliver_test.c $(vgic_fake) $(vgic_tested)
tests_unit_vgic_deliver_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_vgic_deliver_test_LDADD = $(CMOCKA_LIBS)
tests_unit_vgic_race_test_SOURCES = tests/unit/vgic_race_test.c $(vgic_fake) $(vgic_tested)
tests_unit_vgic_race_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_vgic_race_test_LDADD = $(CMOCKA_LIBS) -lpthread
tests_unit_vgic_register_test_SOURCES = tests/unit/vgic_register_test.c $(vgic_fake) $(vgic_tested)
tests_unit_vgic_register_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_vgic_register_test_LDADD = $(CMOCKA_LIBS)
tests_unit_vpl011_test_SOURCES = tests/unit/vpl011_test.c hypervisor/arch/arm64/vpl011.c
tests_unit_vpl011_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_vpl011_test_LDADD = $(CMOCKA_LIBS)
tests_unit_time_convert_test_SOURCES = tests/unit/time_convert_test.c
tests_unit_time_convert_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_time_convert_test_LDADD = $(CMOCKA_LIBS)
endif
