# SPDX-License-Identifier: MIT
policy_sources = \
	hypervisor/policy/cells.h \
	hypervisor/policy/names.c \
	hypervisor/policy/policy.c

# The same for tools and tests, with the rows as text besides.
policy_cppflags = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir) $(hypervisor_include)
noinst_LIBRARIES += hypervisor/policy/libpolicy.a
hypervisor_policy_libpolicy_a_SOURCES = $(policy_sources) \
	hypervisor/policy/describe.c hypervisor/policy/describe.h \
	hypervisor/policy/document.c hypervisor/policy/document.h
hypervisor_policy_libpolicy_a_CPPFLAGS = $(policy_cppflags)
# In libxl, too.
hypervisor_policy_libpolicy_a_CFLAGS = $(LIBRARY_CFLAGS)

EXTRA_DIST += hypervisor/policy/operations.def docs/policy.md

if NATIVE_TESTS
noinst_PROGRAMS += hypervisor/policy/document
hypervisor_policy_document_SOURCES = hypervisor/policy/document_main.c
hypervisor_policy_document_CPPFLAGS = $(policy_cppflags)
hypervisor_policy_document_LDADD = hypervisor/policy/libpolicy.a

policy-document: hypervisor/policy/document
	$(AM_V_GEN)hypervisor/policy/document > $(top_srcdir)/docs/policy.md
.PHONY: policy-document

policy_tests = \
	tests/unit/policy_access tests/unit/policy_algebra tests/unit/policy_classic tests/unit/policy_document \
	tests/unit/policy_names tests/unit/policy_pair tests/unit/policy_split
check_PROGRAMS += $(policy_tests)
policy_scripts = tests/unit/policy_cost tests/unit/policy_coverage tests/unit/policy_handlers
TESTS += $(policy_tests) $(policy_scripts)
EXTRA_DIST += $(policy_scripts) tests/unit/policy_left_out

policy_test_libs = hypervisor/policy/libpolicy.a $(CMOCKA_LIBS)
policy_test_cppflags = $(policy_cppflags) $(CMOCKA_CFLAGS)

# On core, with core's fake machine.
tests_unit_policy_access_SOURCES = tests/unit/policy/policy_access.c
tests_unit_policy_access_CPPFLAGS = $(core_test_cppflags) $(CMOCKA_CFLAGS)
tests_unit_policy_access_LDADD = $(core_test_libs)
tests_unit_policy_algebra_SOURCES = tests/unit/policy/policy_algebra.c tests/unit/policy/policy_space.h
tests_unit_policy_algebra_CPPFLAGS = $(policy_test_cppflags)
tests_unit_policy_algebra_LDADD = $(policy_test_libs)
tests_unit_policy_classic_SOURCES = tests/unit/policy/policy_classic.c tests/unit/policy/policy_space.h
tests_unit_policy_classic_CPPFLAGS = $(policy_test_cppflags)
tests_unit_policy_classic_LDADD = $(policy_test_libs)
tests_unit_policy_document_SOURCES = tests/unit/policy/policy_document.c
tests_unit_policy_document_CPPFLAGS = $(policy_test_cppflags) \
	-DPOLICY_DOCUMENT='"$(abs_top_srcdir)/docs/policy.md"' \
	-DPOLICY_PROGRAM='"$(abs_top_builddir)/hypervisor/policy/document"'
tests_unit_policy_document_LDADD = $(policy_test_libs)
tests_unit_policy_names_SOURCES = tests/unit/policy/policy_names.c tests/unit/policy/policy_space.h
tests_unit_policy_names_CPPFLAGS = $(policy_test_cppflags)
tests_unit_policy_names_LDADD = $(policy_test_libs)
tests_unit_policy_pair_SOURCES = tests/unit/policy/policy_pair.c tests/unit/policy/policy_space.h
tests_unit_policy_pair_CPPFLAGS = $(policy_test_cppflags)
tests_unit_policy_pair_LDADD = $(policy_test_libs)
tests_unit_policy_split_SOURCES = tests/unit/policy/policy_split.c tests/unit/policy/policy_space.h
tests_unit_policy_split_CPPFLAGS = $(policy_test_cppflags)
tests_unit_policy_split_LDADD = $(policy_test_libs)
endif
