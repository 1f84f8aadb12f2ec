# SPDX-License-Identifier: MIT
launchmake_sources = launchmake/assignment.c launchmake/assignment.h launchmake/board.c launchmake/complete.c launchmake/configuration.c launchmake/configuration.h launchmake/device.c launchmake/device.h \
	launchmake/element.c launchmake/element.h launchmake/folder.c \
	launchmake/imagebuilder.c launchmake/imagebuilder.h launchmake/imagebuilder_actions.c launchmake/imagebuilder_command.c \
	launchmake/imagebuilder_keys.def launchmake/kind.c launchmake/libvirt.c launchmake/libvirt.h launchmake/libvirt_device.c launchmake/libvirt_elements.def \
	launchmake/make.h launchmake/overlay.c launchmake/pass.c launchmake/place.c launchmake/script.c launchmake/system.c launchmake/system.h launchmake/system_domain.c launchmake/tree.c launchmake/tree_domain.c \
	launchmake/values.def launchmake/words.c launchmake/writer.c launchmake/writer.h launchmake/xlcfg.c launchmake/xlcfg.h launchmake/xlcfg_keys.def launchmake/xlcfg_others.def launchmake/xlpool.c launchmake/xlpool.h
launchmake_cppflags = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir) -I$(top_srcdir)/hypervisor/launch $(hypervisor_include) $(HOST_LAUNCH_CPPFLAGS)

noinst_LIBRARIES += launchmake/liblaunchmake.a
launchmake_liblaunchmake_a_SOURCES = $(launchmake_sources)
launchmake_liblaunchmake_a_CPPFLAGS = $(launchmake_cppflags)

if NATIVE_TESTS
launchmake_tests = tests/unit/launchmake_imagebuilder tests/unit/launchmake_system tests/unit/launchmake_writer tests/unit/launchmake_xlcfg
check_PROGRAMS += $(launchmake_tests)
TESTS += $(launchmake_tests)
if XML
check_PROGRAMS += tests/unit/launchmake_libvirt
TESTS += tests/unit/launchmake_libvirt
tests_unit_launchmake_libvirt_SOURCES = tests/unit/launchmake/launchmake_libvirt.c $(launchmake_fixture)
tests_unit_launchmake_libvirt_CPPFLAGS = $(launchmake_test_cppflags) -DPART=\"$(abs_top_builddir)/xl\"
tests_unit_launchmake_libvirt_LDADD = $(launchmake_test_libs)
EXTRA_tests_unit_launchmake_libvirt_DEPENDENCIES = xl/xl-xml.so
else
EXTRA_DIST += tests/unit/launchmake/launchmake_libvirt.c
endif
launchmake_fixture = tests/unit/launchmake/launchmake_fixture.c tests/unit/launchmake/launchmake_fixture.h
launchmake_test_cppflags = $(launch_test_cppflags) -D_GNU_SOURCE -I$(top_srcdir)
launchmake_test_libs = launchmake/liblaunchmake.a libxl/libxl.a hypervisor/policy/libpolicy.a libxc/libxc.a libxs/libxs.a \
	$(launch_test_libs) $(YAJL_LIBS) -lpthread
tests_unit_launchmake_imagebuilder_SOURCES = tests/unit/launchmake/launchmake_imagebuilder.c $(launchmake_fixture)
tests_unit_launchmake_imagebuilder_CPPFLAGS = $(launchmake_test_cppflags)
tests_unit_launchmake_imagebuilder_LDADD = $(launchmake_test_libs)
tests_unit_launchmake_system_SOURCES = tests/unit/launchmake/launchmake_system.c $(launchmake_fixture)
tests_unit_launchmake_system_CPPFLAGS = $(launchmake_test_cppflags)
tests_unit_launchmake_system_LDADD = $(launchmake_test_libs)
tests_unit_launchmake_writer_SOURCES = tests/unit/launchmake/launchmake_writer.c $(launchmake_fixture)
tests_unit_launchmake_writer_CPPFLAGS = $(launchmake_test_cppflags)
tests_unit_launchmake_writer_LDADD = $(launchmake_test_libs)
tests_unit_launchmake_xlcfg_SOURCES = tests/unit/launchmake/launchmake_xlcfg.c $(launchmake_fixture)
tests_unit_launchmake_xlcfg_CPPFLAGS = $(launchmake_test_cppflags)
tests_unit_launchmake_xlcfg_LDADD = $(launchmake_test_libs)
endif

# Built by name: it takes clang, whatever compiler the rest is built with.
EXTRA_DIST += tests/fuzz/launchmake.c
fuzz_launchmake_sources = tests/fuzz/launchmake.c tests/fuzz/xml_linked.c $(xml_part_sources) $(launchmake_sources) $(launch_sources)
fuzz_launchmake_libs = libxl/libxl.a hypervisor/policy/libpolicy.a libxc/libxc.a libxs/libxs.a
tests/fuzz/launchmake: $(fuzz_launchmake_sources) $(fuzz_launchmake_libs)
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		$(launchmake_cppflags) '-DMACHINE_TREE="$(abs_top_srcdir)/tests/fuzz/corpus/launch/base.dtb"' $(XML2_CFLAGS) -o $@ $(filter %.c,$^) $(fuzz_launchmake_libs) -lfdt $(YAJL_LIBS) $(XML2_LIBS) -lpthread
CLEANFILES += tests/fuzz/launchmake
