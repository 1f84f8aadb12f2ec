# SPDX-License-Identifier: MIT
launchmake_sources = launchmake/assignment.c launchmake/assignment.h launchmake/board.c launchmake/complete.c launchmake/folder.c \
	launchmake/imagebuilder.c launchmake/imagebuilder.h launchmake/imagebuilder_actions.c launchmake/imagebuilder_command.c \
	launchmake/imagebuilder_keys.def launchmake/kind.c launchmake/make.h launchmake/place.c launchmake/script.c launchmake/tree.c \
	launchmake/values.def
launchmake_cppflags = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir) $(hypervisor_include) $(HOST_LAUNCH_CPPFLAGS)

noinst_LIBRARIES += launchmake/liblaunchmake.a
launchmake_liblaunchmake_a_SOURCES = $(launchmake_sources)
launchmake_liblaunchmake_a_CPPFLAGS = $(launchmake_cppflags)

if NATIVE_TESTS
launchmake_tests = tests/unit/launchmake_imagebuilder tests/unit/launchmake_writer
check_PROGRAMS += $(launchmake_tests)
TESTS += $(launchmake_tests)
launchmake_fixture = tests/unit/launchmake/launchmake_fixture.c tests/unit/launchmake/launchmake_fixture.h
launchmake_test_cppflags = $(launch_test_cppflags) -D_GNU_SOURCE -I$(top_srcdir)
launchmake_test_libs = launchmake/liblaunchmake.a $(launch_test_libs)
tests_unit_launchmake_imagebuilder_SOURCES = tests/unit/launchmake/launchmake_imagebuilder.c $(launchmake_fixture)
tests_unit_launchmake_imagebuilder_CPPFLAGS = $(launchmake_test_cppflags)
tests_unit_launchmake_imagebuilder_LDADD = $(launchmake_test_libs)
tests_unit_launchmake_writer_SOURCES = tests/unit/launchmake/launchmake_writer.c $(launchmake_fixture)
tests_unit_launchmake_writer_CPPFLAGS = $(launchmake_test_cppflags)
tests_unit_launchmake_writer_LDADD = $(launchmake_test_libs)
endif

# Built by name: it takes clang, whatever compiler the rest is built with.
EXTRA_DIST += tests/fuzz/launchmake.c
fuzz_launchmake_sources = tests/fuzz/launchmake.c $(launchmake_sources) $(launch_sources)
tests/fuzz/launchmake: $(fuzz_launchmake_sources)
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-I$(top_srcdir)/hypervisor/launch $(launchmake_cppflags) -o $@ $(filter %.c,$^) -lfdt
CLEANFILES += tests/fuzz/launchmake
