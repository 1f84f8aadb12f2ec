# SPDX-License-Identifier: MIT
include hypervisor/arch/arm64/cpu/local.mk
include hypervisor/arch/arm64/memory/local.mk
include hypervisor/arch/arm64/gic/local.mk
include hypervisor/arch/arm64/vgic/local.mk
include hypervisor/arch/arm64/device/local.mk

arch_arm64_sources = $(arm64_cpu_sources) $(arm64_memory_sources) $(arm64_gic_sources) $(arm64_vgic_sources) $(arm64_device_sources)

EXTRA_DIST += docs/errata.md

# The virtual devices, natively: a fake machine takes the place of asm/cpu.h and of the GIC.
if NATIVE_TESTS
vgic_tested = hypervisor/arch/arm64/gic/gic_cpu.c hypervisor/arch/arm64/vgic/vgic.c hypervisor/arch/arm64/vgic/vgic_banks.c \
	hypervisor/arch/arm64/vgic/vgic_pending.c hypervisor/arch/arm64/vgic/vgic_registers.c \
	hypervisor/arch/arm64/vgic/vgic_route.c hypervisor/arch/arm64/vgic/vgic_sync.c
vgic_fake = tests/unit/vgic_fake/machine.c tests/unit/vgic_fake/machine.h tests/unit/vgic_fake/asm/cpu.h
arch_test_cppflags = -I$(top_srcdir)/tests/unit/vgic_fake -I$(top_srcdir)/tests/unit \
	-I$(top_srcdir)/hypervisor/arch/arm64 $(hypervisor_include) \
	-I$(top_srcdir)/hypervisor/arch/arm64/include -I$(top_srcdir)/include $(CMOCKA_CFLAGS)
arch_tests = tests/unit/vgic_deliver_test tests/unit/vgic_race_test tests/unit/vgic_register_test \
	tests/unit/vpl011_test tests/unit/time_convert_test tests/unit/errata_test tests/unit/speculation_test \
	tests/unit/system_error_test tests/unit/control_test tests/unit/id_register_test tests/unit/traps_test \
	tests/unit/alike_test tests/unit/decode_test tests/unit/stage1_test tests/unit/uart_test tests/unit/watchdog_test
check_PROGRAMS += $(arch_tests)
TESTS += $(arch_tests)
tests_unit_vgic_deliver_test_SOURCES = tests/unit/arch/vgic_deliver_test.c $(vgic_fake) $(vgic_tested)
tests_unit_vgic_deliver_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_vgic_deliver_test_LDADD = $(CMOCKA_LIBS)
tests_unit_errata_test_SOURCES = tests/unit/arch/errata_test.c hypervisor/arch/arm64/cpu/errata.c
tests_unit_errata_test_CPPFLAGS = $(arch_test_cppflags) -DERRATA_DOCUMENT='"$(abs_top_srcdir)/docs/errata.md"'
tests_unit_errata_test_LDADD = $(CMOCKA_LIBS)
tests_unit_speculation_test_SOURCES = tests/unit/arch/speculation_test.c hypervisor/arch/arm64/cpu/speculation.c
tests_unit_speculation_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_speculation_test_LDADD = $(CMOCKA_LIBS)
tests_unit_system_error_test_SOURCES = tests/unit/arch/system_error_test.c hypervisor/arch/arm64/cpu/system_error.c
tests_unit_system_error_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_system_error_test_LDADD = $(CMOCKA_LIBS)
tests_unit_vgic_race_test_SOURCES = tests/unit/arch/vgic_race_test.c $(vgic_fake) $(vgic_tested)
tests_unit_vgic_race_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_vgic_race_test_LDADD = $(CMOCKA_LIBS) -lpthread
tests_unit_vgic_register_test_SOURCES = tests/unit/arch/vgic_register_test.c $(vgic_fake) $(vgic_tested)
tests_unit_vgic_register_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_vgic_register_test_LDADD = $(CMOCKA_LIBS)
tests_unit_vpl011_test_SOURCES = tests/unit/arch/vpl011_test.c hypervisor/arch/arm64/device/vpl011.c
tests_unit_vpl011_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_vpl011_test_LDADD = $(CMOCKA_LIBS)
tests_unit_decode_test_SOURCES = tests/unit/arch/decode_test.c hypervisor/arch/arm64/device/decode.c
tests_unit_decode_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_decode_test_LDADD = $(CMOCKA_LIBS)
tests_unit_alike_test_SOURCES = tests/unit/arch/alike_test.c hypervisor/arch/arm64/cpu/alike.c
tests_unit_alike_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_alike_test_LDADD = $(CMOCKA_LIBS)
tests_unit_stage1_test_SOURCES = tests/unit/arch/stage1_test.c hypervisor/arch/arm64/cpu/stage1.c \
	hypervisor/arch/arm64/cpu/stage1_drop.c
tests_unit_stage1_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_stage1_test_LDADD = $(CMOCKA_LIBS)
tests_unit_id_register_test_SOURCES = tests/unit/arch/id_register_test.c hypervisor/arch/arm64/cpu/id_register.c
tests_unit_id_register_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_id_register_test_LDADD = $(CMOCKA_LIBS)
tests_unit_traps_test_SOURCES = tests/unit/arch/traps_test.c hypervisor/arch/arm64/cpu/mops.c hypervisor/arch/arm64/cpu/traps.c
tests_unit_traps_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_traps_test_LDADD = $(CMOCKA_LIBS)
tests_unit_control_test_SOURCES = tests/unit/arch/control_test.c hypervisor/arch/arm64/cpu/control.c
tests_unit_control_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_control_test_LDADD = $(CMOCKA_LIBS)
tests_unit_watchdog_test_SOURCES = tests/unit/arch/watchdog_test.c hypervisor/drivers/watchdog/watchdog.c hypervisor/drivers/watchdog/sbsa_gwdt.c
tests_unit_watchdog_test_CPPFLAGS = -I$(top_srcdir)/hypervisor $(arch_test_cppflags)
tests_unit_watchdog_test_LDADD = $(CMOCKA_LIBS)
tests_unit_uart_test_SOURCES = tests/unit/arch/uart_test.c hypervisor/drivers/uart/uart.c \
	hypervisor/drivers/uart/uart_find.c
tests_unit_uart_test_CPPFLAGS = -I$(top_srcdir)/hypervisor $(arch_test_cppflags)
tests_unit_uart_test_LDADD = $(launch_test_libs)
tests_unit_time_convert_test_SOURCES = tests/unit/arch/time_convert_test.c
tests_unit_time_convert_test_CPPFLAGS = $(arch_test_cppflags)
tests_unit_time_convert_test_LDADD = $(CMOCKA_LIBS)
endif
