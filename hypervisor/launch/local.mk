# SPDX-License-Identifier: MIT
include hypervisor/launch/machine/local.mk
include hypervisor/launch/tree/local.mk
include hypervisor/launch/plan/local.mk
include hypervisor/launch/guest/local.mk
include hypervisor/launch/arm/local.mk

launch_boot_sources = $(launch_machine_boot_sources) $(launch_plan_boot_sources) $(launch_arm_boot_sources) \
	$(hypervisor_lib_boot_sources)
launch_kept_sources = $(launch_machine_sources) $(launch_tree_sources) $(launch_guest_sources) $(launch_arm_sources) \
	hypervisor/launch/launch_arch.h
launch_sources = $(launch_boot_sources) $(launch_kept_sources)

EXTRA_DIST += hypervisor/include/arm/arch/abi.h hypervisor/include/arm/arch/launch.h hypervisor/include/arm/arch/machine.h \
	hypervisor/include/arm/arch/operations.def
EXTRA_DIST += docs/launch.md tests/fuzz/launch.c tests/fuzz/launch.dict tests/unit/launch

# Trees of a thousand domains are read by the twin and by the tools.
HOST_LAUNCH_CPPFLAGS = -DLAUNCH_MAX_DOMAINS=1024
noinst_LIBRARIES += hypervisor/launch/liblaunch.a
hypervisor_launch_liblaunch_a_SOURCES = $(launch_sources)
hypervisor_launch_liblaunch_a_CPPFLAGS = -I$(top_srcdir)/hypervisor/launch -I$(top_srcdir)/include $(hypervisor_include) \
	$(HOST_LAUNCH_CPPFLAGS)

launch_test_cppflags = -I$(top_srcdir)/include $(hypervisor_include) \
	-I$(top_srcdir)/hypervisor/launch -I$(top_srcdir)/tests/unit \
	-DLAUNCH_DIRECTORY=\"$(abs_top_srcdir)/tests/unit/launch\" \
	-DLAUNCH_DOCUMENT=\"$(abs_top_srcdir)/docs/launch.md\"

if NATIVE_TESTS
launch_tests = \
	tests/unit/launch_construct \
	tests/unit/launch_document \
	tests/unit/launch_elf \
	tests/unit/launch_find \
	tests/unit/launch_guest_tree \
	tests/unit/launch_layout \
	tests/unit/launch_machine \
	tests/unit/launch_machine_values \
	tests/unit/launch_mistakes \
	tests/unit/launch_mutations \
	tests/unit/launch_packed \
	tests/unit/launch_pass \
	tests/unit/launch_plan \
	tests/unit/launch_system \
	tests/unit/launch_writer
check_PROGRAMS += $(launch_tests)
TESTS += $(launch_tests)

# The hypervisor's own sources as they are, and what the tests share.
check_LIBRARIES += tests/unit/liblaunch.a
tests_unit_liblaunch_a_SOURCES = $(launch_sources) \
	tests/unit/launch/launch_exercise.c tests/unit/launch/launch_exercise.h \
	tests/unit/launch/launch_tree.c tests/unit/launch/launch_tree.h
tests_unit_liblaunch_a_CPPFLAGS = $(launch_test_cppflags)
tests_unit_liblaunch_a_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)

launch_test_libs = tests/unit/liblaunch.a $(LIBFDT_A) $(CMOCKA_LIBS)

# Construction on a fake core. Headers of the arch are only read: nothing of them that is inline is called.
tests_unit_launch_construct_SOURCES = tests/unit/launch/launch_construct.c \
	tests/unit/launch/launch_fake_core.c tests/unit/launch/launch_fake_core.h \
	hypervisor/core/construct/construct.c hypervisor/core/construct/construct_image.c \
	hypervisor/core/construct/construct_memory.c hypervisor/core/construct/construct_passed.c \
	hypervisor/core/construct/construct_pv.c hypervisor/lib/bitmap.c
tests_unit_launch_construct_CPPFLAGS = $(launch_test_cppflags) -I$(top_srcdir)/hypervisor/core \
	-I$(top_srcdir)/hypervisor/arch/arm64/include
tests_unit_launch_construct_LDADD = $(launch_test_libs)
tests_unit_launch_document_SOURCES = tests/unit/launch/launch_document.c
tests_unit_launch_document_CPPFLAGS = $(launch_test_cppflags)
tests_unit_launch_document_LDADD = $(CMOCKA_LIBS)
tests_unit_launch_elf_SOURCES = tests/unit/launch/launch_elf.c
tests_unit_launch_elf_CPPFLAGS = $(launch_test_cppflags)
tests_unit_launch_elf_LDADD = $(launch_test_libs)
tests_unit_launch_find_SOURCES = tests/unit/launch/launch_find.c
tests_unit_launch_find_CPPFLAGS = $(launch_test_cppflags)
tests_unit_launch_find_LDADD = $(launch_test_libs)
tests_unit_launch_guest_tree_SOURCES = tests/unit/launch/launch_guest_tree.c
tests_unit_launch_guest_tree_CPPFLAGS = $(launch_test_cppflags)
tests_unit_launch_guest_tree_LDADD = $(launch_test_libs)
tests_unit_launch_layout_SOURCES = tests/unit/launch/launch_layout.c
tests_unit_launch_layout_CPPFLAGS = $(launch_test_cppflags)
tests_unit_launch_layout_LDADD = $(launch_test_libs)
tests_unit_launch_machine_SOURCES = tests/unit/launch/launch_machine.c
tests_unit_launch_machine_CPPFLAGS = $(launch_test_cppflags)
tests_unit_launch_machine_LDADD = $(launch_test_libs)
tests_unit_launch_machine_values_SOURCES = tests/unit/launch/launch_machine_values.c
tests_unit_launch_machine_values_CPPFLAGS = $(launch_test_cppflags)
tests_unit_launch_machine_values_LDADD = $(launch_test_libs)
tests_unit_launch_mistakes_SOURCES = tests/unit/launch/launch_mistakes.c
tests_unit_launch_mistakes_CPPFLAGS = $(launch_test_cppflags)
tests_unit_launch_mistakes_LDADD = $(launch_test_libs)
tests_unit_launch_mutations_SOURCES = tests/unit/launch/launch_mutations.c
tests_unit_launch_mutations_CPPFLAGS = $(launch_test_cppflags)
tests_unit_launch_mutations_LDADD = $(launch_test_libs)
tests_unit_launch_packed_SOURCES = tests/unit/launch/launch_packed.c
tests_unit_launch_packed_CPPFLAGS = $(launch_test_cppflags) $(ZLIB_CFLAGS)
tests_unit_launch_packed_LDADD = $(launch_test_libs) $(ZLIB_LIBS)
tests_unit_launch_pass_SOURCES = tests/unit/launch/launch_pass.c
tests_unit_launch_pass_CPPFLAGS = $(launch_test_cppflags)
tests_unit_launch_pass_LDADD = $(launch_test_libs)
tests_unit_launch_plan_SOURCES = tests/unit/launch/launch_plan.c
tests_unit_launch_plan_CPPFLAGS = $(launch_test_cppflags)
tests_unit_launch_plan_LDADD = $(launch_test_libs)
tests_unit_launch_system_SOURCES = tests/unit/launch/launch_system.c
tests_unit_launch_system_CPPFLAGS = $(launch_test_cppflags)
tests_unit_launch_system_LDADD = $(launch_test_libs)
tests_unit_launch_writer_SOURCES = tests/unit/launch/launch_writer.c
tests_unit_launch_writer_CPPFLAGS = $(launch_test_cppflags)
tests_unit_launch_writer_LDADD = $(launch_test_libs)
endif

# Built by name: it takes clang, whatever compiler the rest is built with.
tests/fuzz/launch: $(launch_sources) tests/fuzz/launch.c tests/unit/launch/launch_exercise.c
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined \
		$(launch_test_cppflags) -o $@ $(filter %.c,$^) -lfdt
CLEANFILES += tests/fuzz/launch

tests/fuzz/gzip: $(hypervisor_lib_boot_sources) tests/fuzz/gzip.c
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined \
		$(launch_test_cppflags) -I$(top_srcdir)/hypervisor -o $@ $(filter %.c,$^) -lz
EXTRA_DIST += tests/fuzz/gzip.c
CLEANFILES += tests/fuzz/gzip

tests/fuzz/kernel: $(launch_sources) tests/fuzz/kernel.c
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined \
		$(launch_test_cppflags) -o $@ $(filter %.c,$^) -lfdt
EXTRA_DIST += tests/fuzz/kernel.c
CLEANFILES += tests/fuzz/kernel
