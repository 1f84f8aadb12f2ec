# SPDX-License-Identifier: MIT
include hypervisor/core/domain/local.mk
include hypervisor/core/memory/local.mk
include hypervisor/core/event/local.mk
include hypervisor/core/grant/local.mk
include hypervisor/core/device/local.mk
include hypervisor/core/sched/local.mk
include hypervisor/core/console/local.mk
include hypervisor/core/call/local.mk
include hypervisor/core/journal/local.mk
include hypervisor/core/construct/local.mk

# What needs a machine, but no device tree.
core_logic_sources = hypervisor/core/options.c hypervisor/core/options.def hypervisor/core/options_xen.def hypervisor/core/power.c hypervisor/core/progress.c \
	$(core_domain_sources) $(core_memory_sources) $(core_event_sources) $(core_grant_sources) $(core_device_sources) \
	$(core_sched_sources) $(core_console_sources) $(core_call_sources) $(core_journal_sources)
core_sources = $(core_logic_sources) $(core_construct_sources)

# Gone after boot.
core_boot_sources = hypervisor/core/init.c hypervisor/core/construct/allot.c hypervisor/core/construct/unpack.c

# Core natively: a fake machine takes the place of the arch.
if NATIVE_TESTS
noinst_PROGRAMS += hypervisor/core/options_document
hypervisor_core_options_document_SOURCES = hypervisor/core/options_document.c

options-document: hypervisor/core/options_document
	$(AM_V_GEN)hypervisor/core/options_document > $(top_srcdir)/docs/options.md
.PHONY: options-document

core_tests = \
	tests/unit/core_calls \
	tests/unit/core_console \
	tests/unit/core_copying \
	tests/unit/core_counters \
	tests/unit/core_cpus \
	tests/unit/core_device \
	tests/unit/core_device_access \
	tests/unit/core_domain_table \
	tests/unit/core_events \
	tests/unit/core_grant_flush \
	tests/unit/core_grants \
	tests/unit/core_journal \
	tests/unit/core_kept_log \
	tests/unit/core_memory \
	tests/unit/core_options \
	tests/unit/core_pools \
	tests/unit/core_power \
	tests/unit/core_progress \
	tests/unit/core_restart \
	tests/unit/core_sched \
	tests/unit/core_sched_balance \
	tests/unit/core_sched_share \
	tests/unit/core_shared_work \
	tests/unit/core_shares \
	tests/unit/core_watchdog
check_PROGRAMS += $(core_tests)
TESTS += $(core_tests)

check_LIBRARIES += tests/unit/libcore.a
core_test_cppflags = -I$(top_srcdir)/tests/unit/core_fake -I$(top_srcdir)/tests/unit \
	-I$(top_srcdir)/hypervisor/core \
	$(hypervisor_include) -I$(top_srcdir)/include
tests_unit_libcore_a_SOURCES = $(core_logic_sources) \
	hypervisor/lib/bitmap.c hypervisor/lib/string_copy.c \
	tests/unit/core_fake/device.c tests/unit/core_fake/machine.c tests/unit/core_fake/memory.c tests/unit/core_fake/machine.h \
	tests/unit/core_fake/asm/arch_domain.h tests/unit/core_fake/asm/cpu.h
tests_unit_libcore_a_CPPFLAGS = $(core_test_cppflags)
tests_unit_libcore_a_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
core_test_libs = tests/unit/libcore.a hypervisor/policy/libpolicy.a $(CMOCKA_LIBS)
core_device_domains = tests/unit/core/device_domains.c tests/unit/core/device_domains.h
tests_unit_core_calls_SOURCES = tests/unit/core/core_calls.c
tests_unit_core_calls_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_calls_LDADD = $(core_test_libs)
tests_unit_core_console_SOURCES = tests/unit/core/core_console.c
tests_unit_core_console_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_console_LDADD = $(core_test_libs)
tests_unit_core_copying_SOURCES = tests/unit/core/core_copying.c
tests_unit_core_copying_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_copying_LDADD = $(CMOCKA_LIBS)
tests_unit_core_counters_SOURCES = tests/unit/core/core_counters.c
tests_unit_core_counters_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_counters_LDADD = $(core_test_libs)
tests_unit_core_cpus_SOURCES = tests/unit/core/core_cpus.c
tests_unit_core_cpus_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_cpus_LDADD = $(core_test_libs)
tests_unit_core_device_SOURCES = tests/unit/core/core_device.c $(core_device_domains)
tests_unit_core_device_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_device_LDADD = $(core_test_libs)
tests_unit_core_device_access_SOURCES = tests/unit/core/core_device_access.c $(core_device_domains)
tests_unit_core_device_access_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_device_access_LDADD = $(core_test_libs)
tests_unit_core_domain_table_SOURCES = tests/unit/core/core_domain_table.c
tests_unit_core_domain_table_CPPFLAGS = $(core_test_cppflags) -D_GNU_SOURCE $(CMOCKA_CFLAGS)
tests_unit_core_domain_table_LDADD = $(CMOCKA_LIBS) -lpthread
tests_unit_core_events_SOURCES = tests/unit/core/core_events.c
tests_unit_core_events_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_events_LDADD = $(core_test_libs)
tests_unit_core_grant_flush_SOURCES = tests/unit/core/core_grant_flush.c
tests_unit_core_grant_flush_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_grant_flush_LDADD = $(core_test_libs)
tests_unit_core_grants_SOURCES = tests/unit/core/core_grants.c
tests_unit_core_grants_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_grants_LDADD = $(core_test_libs)
tests_unit_core_journal_SOURCES = tests/unit/core/core_journal.c
tests_unit_core_journal_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_journal_LDADD = $(core_test_libs) -lpthread
tests_unit_core_kept_log_SOURCES = tests/unit/core/core_kept_log.c
tests_unit_core_kept_log_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_kept_log_LDADD = $(core_test_libs)
tests_unit_core_memory_SOURCES = tests/unit/core/core_memory.c hypervisor/core/construct/allot.c
tests_unit_core_memory_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_memory_LDADD = $(core_test_libs)
tests_unit_core_options_SOURCES = tests/unit/core/core_options.c
tests_unit_core_options_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS) -D_GNU_SOURCE \
	-DDOCUMENT='"$(abs_top_srcdir)/docs/options.md"' \
	-DPROGRAM='"$(abs_top_builddir)/hypervisor/core/options_document"' \
	-DSOURCES='"$(abs_top_srcdir)/hypervisor"'
tests_unit_core_options_LDADD = $(CMOCKA_LIBS)
tests_unit_core_pools_SOURCES = tests/unit/core/core_pools.c
tests_unit_core_pools_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_pools_LDADD = $(core_test_libs)
tests_unit_core_power_SOURCES = tests/unit/core/core_power.c
tests_unit_core_power_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_power_LDADD = $(core_test_libs)
tests_unit_core_progress_SOURCES = tests/unit/core/core_progress.c
tests_unit_core_progress_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_progress_LDADD = $(core_test_libs)
tests_unit_core_restart_SOURCES = tests/unit/core/core_restart.c
tests_unit_core_restart_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_restart_LDADD = $(core_test_libs)
tests_unit_core_sched_SOURCES = tests/unit/core/core_sched.c
tests_unit_core_sched_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_sched_LDADD = $(core_test_libs)
tests_unit_core_sched_balance_SOURCES = tests/unit/core/core_sched_balance.c
tests_unit_core_sched_balance_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_sched_balance_LDADD = $(core_test_libs)
tests_unit_core_sched_share_SOURCES = tests/unit/core/core_sched_share.c
tests_unit_core_sched_share_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_sched_share_LDADD = $(core_test_libs)
tests_unit_core_shared_work_SOURCES = tests/unit/core/core_shared_work.c
tests_unit_core_shared_work_CPPFLAGS = $(core_test_cppflags) -D_GNU_SOURCE $(CMOCKA_CFLAGS)
tests_unit_core_shared_work_LDADD = $(CMOCKA_LIBS) -lpthread
tests_unit_core_shares_SOURCES = tests/unit/core/core_shares.c
tests_unit_core_shares_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_shares_LDADD = $(core_test_libs)
tests_unit_core_watchdog_SOURCES = tests/unit/core/core_watchdog.c
tests_unit_core_watchdog_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_core_watchdog_LDADD = $(core_test_libs)
endif
