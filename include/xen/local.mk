# SPDX-License-Identifier: MIT
EXTRA_DIST += include/xen

if NATIVE_TESTS
abi_tables = tests/unit/abi_debian.c tests/unit/abi_table.h tests/unit/abi_trefoil.c

abi_programs = tests/unit/abi_debian_test tests/unit/abi_layout_test
check_PROGRAMS += $(abi_programs)
TESTS += $(abi_programs)

tests_unit_abi_debian_test_SOURCES = tests/unit/abi_debian_test.c $(abi_tables)
tests_unit_abi_debian_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_abi_debian_test_LDADD = $(CMOCKA_LIBS)
tests_unit_abi_layout_test_SOURCES = tests/unit/abi_layout_test.c $(abi_tables)
tests_unit_abi_layout_test_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_abi_layout_test_LDADD = $(CMOCKA_LIBS)
endif
EXTRA_DIST += tests/unit/abi_constants.def tests/unit/abi_layout.def tests/unit/abi_table.inc
