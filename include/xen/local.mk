# SPDX-License-Identifier: MIT
EXTRA_DIST += include/xen include/tools

if NATIVE_TESTS
abi_tests = tests/unit/abi_debian tests/unit/abi_layout
check_PROGRAMS += $(abi_tests)
TESTS += $(abi_tests)

abi_tables = tests/unit/abi/abi_table.h tests/unit/abi/abi_table_debian.c tests/unit/abi/abi_table_trefoil.c

tests_unit_abi_debian_SOURCES = tests/unit/abi/abi_debian.c $(abi_tables)
tests_unit_abi_debian_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_abi_debian_LDADD = $(CMOCKA_LIBS)
tests_unit_abi_layout_SOURCES = tests/unit/abi/abi_layout.c $(abi_tables)
tests_unit_abi_layout_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_abi_layout_LDADD = $(CMOCKA_LIBS)
endif
EXTRA_DIST += tests/unit/abi/abi_constants.def tests/unit/abi/abi_layout.def tests/unit/abi/abi_table.inc
