# SPDX-License-Identifier: MIT
# What needs a machine, but no device tree.
core_logic_sources = \
	hypervisor/core/access.c \
	hypervisor/core/console.c \
	hypervisor/core/console_io.c \
	hypervisor/core/console_log.c \
	hypervisor/core/console_uart.c \
	hypervisor/core/domain.c \
	hypervisor/core/domain_life.c \
	hypervisor/core/domain_ram.c \
	hypervisor/core/domain_table.c \
	hypervisor/core/domctl.c \
	hypervisor/core/domctl_domain.c \
	hypervisor/core/domctl_restart.c \
	hypervisor/core/domctl_vcpu.c \
	hypervisor/core/event_channel.c \
	hypervisor/core/event_channel_op.c \
	hypervisor/core/event_deliver.c \
	hypervisor/core/event_virq.c \
	hypervisor/core/extents.c \
	hypervisor/core/frame.c \
	hypervisor/core/grant_cache.c \
	hypervisor/core/grant_copy.c \
	hypervisor/core/grant_mapping.c \
	hypervisor/core/grant_op.c \
	hypervisor/core/grant_table.c \
	hypervisor/core/hvm_op.c \
	hypervisor/core/hypercall.c \
	hypervisor/core/memory.c \
	hypervisor/core/memory_op.c \
	hypervisor/core/multicall.c \
	hypervisor/core/options.c \
	hypervisor/core/physmap.c \
	hypervisor/core/physmap_op.c \
	hypervisor/core/platform_op.c \
	hypervisor/core/sched.c \
	hypervisor/core/sched_op.c \
	hypervisor/core/sched_queue.c \
	hypervisor/core/restart.c \
	hypervisor/core/scrub.c \
	hypervisor/core/sysctl.c \
	hypervisor/core/sysctl_cpu.c \
	hypervisor/core/timer.c \
	hypervisor/core/vcpu.c \
	hypervisor/core/vcpu_op.c \
	hypervisor/core/vcpu_timer.c \
	hypervisor/core/wallclock.c \
	hypervisor/core/xen_version.c

core_sources = $(core_logic_sources) \
	hypervisor/core/construct.c \
	hypervisor/core/construct_image.c \
	hypervisor/core/construct_memory.c \
	hypervisor/core/construct_passed.c \
	hypervisor/core/construct_pv.c \
	hypervisor/core/init.c

EXTRA_DIST += \
	hypervisor/core/console_guest.h \
	hypervisor/core/console_private.h \
	hypervisor/core/construct_parts.h \
	hypervisor/core/domain_table.h \
	hypervisor/core/domctl.def \
	hypervisor/core/domctl.h \
	hypervisor/core/event_channel_op.def \
	hypervisor/core/event_private.h \
	hypervisor/core/extents.h \
	hypervisor/core/frame.h \
	hypervisor/core/grant_op.def \
	hypervisor/core/grant_private.h \
	hypervisor/core/guest_atomic.h \
	hypervisor/core/hvm_op.def \
	hypervisor/core/hypercalls.def \
	hypervisor/core/hypercalls.h \
	hypervisor/core/memory_op.def \
	hypervisor/core/memory_op.h \
	hypervisor/core/physdev_op.def \
	hypervisor/core/sched_op.def \
	hypervisor/core/sched_queue.h \
	hypervisor/core/scrub.h \
	hypervisor/core/suboperation.h \
	hypervisor/core/sysctl.def \
	hypervisor/core/sysctl.h \
	hypervisor/core/vcpu_op.def \
	hypervisor/core/vcpu_timer.h \
	hypervisor/core/wallclock.h \
	hypervisor/core/xen_version.def

# Core natively: a fake machine takes the place of the arch.
if NATIVE_TESTS
core_tests = \
	tests/unit/core_calls \
	tests/unit/core_console \
	tests/unit/core_cpus \
	tests/unit/core_events \
	tests/unit/core_grants \
	tests/unit/core_memory \
	tests/unit/core_restart \
	tests/unit/core_sched \
	tests/unit/core_scrub
check_PROGRAMS += $(core_tests)
TESTS += $(core_tests)

check_LIBRARIES += tests/unit/libcore.a
core_test_cppflags = -I$(top_srcdir)/tests/unit/core_fake -I$(top_srcdir)/tests/unit \
	-I$(top_srcdir)/hypervisor/include -I$(top_srcdir)/include
tests_unit_libcore_a_SOURCES = $(core_logic_sources) \
	hypervisor/lib/bitmap.c hypervisor/lib/string_copy.c \
	tests/unit/core_fake/machine.c tests/unit/core_fake/machine.h \
	tests/unit/core_fake/asm/arch_domain.h tests/unit/core_fake/asm/cpu.h
tests_unit_libcore_a_CPPFLAGS = $(core_test_cppflags)
tests_unit_libcore_a_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
core_test_libs = tests/unit/libcore.a hypervisor/policy/libpolicy.a $(CMOCKA_LIBS)
tests_unit_core_calls_SOURCES = tests/unit/core_calls.c
tests_unit_core_calls_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_calls_LDADD = $(core_test_libs)
tests_unit_core_console_SOURCES = tests/unit/core_console.c
tests_unit_core_console_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_console_LDADD = $(core_test_libs)
tests_unit_core_cpus_SOURCES = tests/unit/core_cpus.c
tests_unit_core_cpus_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_cpus_LDADD = $(core_test_libs)
tests_unit_core_events_SOURCES = tests/unit/core_events.c
tests_unit_core_events_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_events_LDADD = $(core_test_libs)
tests_unit_core_grants_SOURCES = tests/unit/core_grants.c
tests_unit_core_grants_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_grants_LDADD = $(core_test_libs)
tests_unit_core_memory_SOURCES = tests/unit/core_memory.c
tests_unit_core_memory_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_memory_LDADD = $(core_test_libs)
tests_unit_core_restart_SOURCES = tests/unit/core_restart.c
tests_unit_core_restart_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_restart_LDADD = $(core_test_libs)
tests_unit_core_sched_SOURCES = tests/unit/core_sched.c
tests_unit_core_sched_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_sched_LDADD = $(core_test_libs)
tests_unit_core_scrub_SOURCES = tests/unit/core_scrub.c
tests_unit_core_scrub_CPPFLAGS = $(core_test_cppflags) -I$(top_srcdir)/hypervisor/core -D_GNU_SOURCE $(CMOCKA_CFLAGS)
tests_unit_core_scrub_LDADD = $(CMOCKA_LIBS) -lpthread
endif
