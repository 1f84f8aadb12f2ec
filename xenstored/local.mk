# SPDX-License-Identifier: MIT
include xenstored/store/local.mk
include xenstored/wire/local.mk
include xenstored/state/local.mk
include xenstored/domain/local.mk
include xenstored/live/local.mk

xenstored_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/xenstored -I$(top_srcdir)/libdaemon/include

# All but main() and what needs a hypervisor, so that tests can link it.
noinst_LIBRARIES += xenstored/libxenstored.a
xenstored_libxenstored_a_SOURCES = \
	$(xenstored_store_sources) $(xenstored_wire_sources) $(xenstored_state_sources) $(xenstored_domain_sources) $(xenstored_live_sources) \
	xenstored/log.c xenstored/log.h
xenstored_libxenstored_a_CPPFLAGS = $(xenstored_cppflags)

sbin_PROGRAMS += xenstored/xenstored
xenstored_xenstored_SOURCES = \
	xenstored/domain/domain_list.c \
	xenstored/domain/domain_list.h \
	xenstored/domain/hypervisor_xen.c \
	xenstored/wire/loop.c \
	xenstored/wire/loop.h \
	xenstored/live/live_update.c \
	xenstored/live/live_update.h \
	xenstored/main.c \
	xenstored/options.c \
	xenstored/options.h \
	xenstored/ready.c \
	xenstored/ready.h \
	xenstored/wire/socket.c \
	xenstored/wire/socket.h
xenstored_xenstored_CPPFLAGS = $(xenstored_cppflags)
xenstored_xenstored_LDADD = xenstored/libxenstored.a libdaemon/libdaemon.a libxs/libxs.a libxc/libxc.a

# A request runs through code that the kernel has just pushed out of the caches: the program is compiled as a whole, which calls
# less. Tests link the same objects as they are.
xenstored_xenstored_LDFLAGS = $(AM_LDFLAGS) -flto=auto
$(xenstored_libxenstored_a_OBJECTS) $(xenstored_xenstored_OBJECTS): CFLAGS += -flto -ffat-lto-objects -fno-plt
$(xenstored_libxenstored_a_OBJECTS) $(xenstored_xenstored_OBJECTS): $(top_srcdir)/xenstored/local.mk

dist_man_MANS += docs/man/xenstored.8

# Built by name: it takes clang, whatever compiler the rest is built with.
EXTRA_DIST += docs/xenstored.md tests/fuzz/xenstore_live.c tests/fuzz/xenstore_state.c tests/fuzz/xenstore_wire.c
tests/fuzz/xenstore_live tests/fuzz/xenstore_state tests/fuzz/xenstore_wire: tests/fuzz/%: tests/fuzz/%.c $(xenstored_libxenstored_a_SOURCES)
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && clang -std=gnu11 -D_GNU_SOURCE -g -O1 \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $(xenstored_cppflags) -o $@ \
		$(filter %.c,$^)
CLEANFILES += tests/fuzz/xenstore_live tests/fuzz/xenstore_state tests/fuzz/xenstore_wire

if NATIVE_TESTS
xenstore_tests = \
	tests/unit/xenstore_clients \
	tests/unit/xenstore_costs \
	tests/unit/xenstore_domains \
	tests/unit/xenstore_live \
	tests/unit/xenstore_live_socket \
	tests/unit/xenstore_live_stream \
	tests/unit/xenstore_many_rings \
	tests/unit/xenstore_memory \
	tests/unit/xenstore_nodes \
	tests/unit/xenstore_permissions \
	tests/unit/xenstore_quotas \
	tests/unit/xenstore_rings \
	tests/unit/xenstore_socket \
	tests/unit/xenstore_state \
	tests/unit/xenstore_state_file \
	tests/unit/xenstore_transactions \
	tests/unit/xenstore_watches \
	tests/unit/xenstore_xen
check_PROGRAMS += $(xenstore_tests)
TESTS += $(xenstore_tests)
xenstore_test_libs = xenstored/libxenstored.a $(CMOCKA_LIBS)
xenstore_fixture = \
	tests/unit/xenstore/xenstore_cmocka.h \
	tests/unit/xenstore/xenstore_fixture.c \
	tests/unit/xenstore/xenstore_fixture.h

xenstore_fake = tests/unit/xenstore/xenstore_fake.c tests/unit/xenstore/xenstore_fake.h $(xenstore_fixture)
tests_unit_xenstore_domains_SOURCES = tests/unit/xenstore/xenstore_domains.c $(xenstore_fake)
tests_unit_xenstore_domains_CPPFLAGS = $(xenstored_cppflags)
tests_unit_xenstore_domains_LDADD = $(xenstore_test_libs)
xenstore_stream = tests/unit/xenstore/xenstore_stream.c tests/unit/xenstore/xenstore_stream.h
tests_unit_xenstore_live_SOURCES = tests/unit/xenstore/xenstore_live.c $(xenstore_stream) $(xenstore_fake)
tests_unit_xenstore_live_CPPFLAGS = $(xenstored_cppflags)
tests_unit_xenstore_live_LDADD = $(xenstore_test_libs)
tests_unit_xenstore_live_stream_SOURCES = tests/unit/xenstore/xenstore_live_stream.c $(xenstore_stream) $(xenstore_fixture)
tests_unit_xenstore_live_stream_CPPFLAGS = $(xenstored_cppflags)
tests_unit_xenstore_live_stream_LDADD = $(xenstore_test_libs)
tests_unit_xenstore_costs_SOURCES = tests/unit/xenstore/xenstore_costs.c $(xenstore_fixture)
tests_unit_xenstore_costs_CPPFLAGS = $(xenstored_cppflags)
tests_unit_xenstore_costs_LDADD = $(xenstore_test_libs)
tests_unit_xenstore_costs_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free
tests_unit_xenstore_many_rings_SOURCES = tests/unit/xenstore/xenstore_many_rings.c $(xenstore_fake)
tests_unit_xenstore_many_rings_CPPFLAGS = $(xenstored_cppflags) -DDOMAINS=10000
tests_unit_xenstore_many_rings_LDADD = $(xenstore_test_libs)
tests_unit_xenstore_nodes_SOURCES = tests/unit/xenstore/xenstore_nodes.c $(xenstore_fixture)
tests_unit_xenstore_nodes_CPPFLAGS = $(xenstored_cppflags)
tests_unit_xenstore_nodes_LDADD = $(xenstore_test_libs)
tests_unit_xenstore_permissions_SOURCES = tests/unit/xenstore/xenstore_permissions.c $(xenstore_fixture)
tests_unit_xenstore_permissions_CPPFLAGS = $(xenstored_cppflags)
tests_unit_xenstore_permissions_LDADD = $(xenstore_test_libs)
tests_unit_xenstore_quotas_SOURCES = tests/unit/xenstore/xenstore_quotas.c $(xenstore_fixture)
tests_unit_xenstore_quotas_CPPFLAGS = \
	$(xenstored_cppflags) -DMANUAL=\"$(abs_top_srcdir)/docs/man/xenstored.8\"
tests_unit_xenstore_quotas_LDADD = $(xenstore_test_libs)
tests_unit_xenstore_rings_SOURCES = tests/unit/xenstore/xenstore_rings.c $(xenstore_fake)
tests_unit_xenstore_rings_CPPFLAGS = $(xenstored_cppflags)
tests_unit_xenstore_rings_LDADD = $(xenstore_test_libs)
xenstore_kept = tests/unit/xenstore/xenstore_kept.c tests/unit/xenstore/xenstore_kept.h $(xenstore_fake)
tests_unit_xenstore_state_SOURCES = tests/unit/xenstore/xenstore_state.c $(xenstore_kept)
tests_unit_xenstore_state_CPPFLAGS = $(xenstored_cppflags)
tests_unit_xenstore_state_LDADD = $(xenstore_test_libs)
tests_unit_xenstore_state_file_SOURCES = tests/unit/xenstore/xenstore_state_file.c $(xenstore_kept)
tests_unit_xenstore_state_file_CPPFLAGS = $(xenstored_cppflags)
tests_unit_xenstore_state_file_LDADD = $(xenstore_test_libs)
tests_unit_xenstore_transactions_SOURCES = tests/unit/xenstore/xenstore_transactions.c $(xenstore_fixture)
tests_unit_xenstore_transactions_CPPFLAGS = $(xenstored_cppflags)
tests_unit_xenstore_transactions_LDADD = $(xenstore_test_libs)
tests_unit_xenstore_watches_SOURCES = tests/unit/xenstore/xenstore_watches.c $(xenstore_fixture)
tests_unit_xenstore_watches_CPPFLAGS = $(xenstored_cppflags)
tests_unit_xenstore_watches_LDADD = $(xenstore_test_libs)
tests_unit_xenstore_memory_SOURCES = tests/unit/xenstore/xenstore_memory.c $(xenstore_fixture)
tests_unit_xenstore_memory_CPPFLAGS = $(xenstored_cppflags)
tests_unit_xenstore_memory_LDADD = $(xenstore_test_libs)
tests_unit_xenstore_memory_LDFLAGS = \
	$(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup
tests_unit_xenstore_xen_SOURCES = \
	tests/unit/xenstore/xenstore_cmocka.h \
	tests/unit/xenstore/xenstore_xen.c \
	xenstored/domain/domain_list.c \
	xenstored/domain/hypervisor_xen.c
tests_unit_xenstore_xen_CPPFLAGS = $(xenstored_cppflags)
tests_unit_xenstore_xen_LDADD = $(xenstore_test_libs)
# The real programs, which `make check` has built by then.
tests_unit_xenstore_clients_SOURCES = tests/unit/xenstore/xenstore_cmocka.h tests/unit/xenstore/xenstore_clients.c
tests_unit_xenstore_clients_CPPFLAGS = $(AM_CPPFLAGS) -DXENSTORED=\"$(abs_top_builddir)/xenstored/xenstored\" \
	-DCLIENTS=\"$(abs_top_builddir)/xenstore-clients/xenstore\"
tests_unit_xenstore_clients_LDADD = $(CMOCKA_LIBS)
tests_unit_xenstore_socket_SOURCES = tests/unit/xenstore/xenstore_cmocka.h tests/unit/xenstore/xenstore_socket.c
tests_unit_xenstore_socket_CPPFLAGS = $(AM_CPPFLAGS) \
	-DXENSTORED=\"$(abs_top_builddir)/xenstored/xenstored\" \
	-DCLIENTS=\"$(abs_top_builddir)/xenstore-clients/xenstore\"
tests_unit_xenstore_socket_LDADD = libxs/libxs.a $(CMOCKA_LIBS) -lpthread
tests_unit_xenstore_live_socket_SOURCES = tests/unit/xenstore/xenstore_cmocka.h tests/unit/xenstore/xenstore_live_socket.c
tests_unit_xenstore_live_socket_CPPFLAGS = $(tests_unit_xenstore_socket_CPPFLAGS)
tests_unit_xenstore_live_socket_LDADD = libxs/libxs.a $(CMOCKA_LIBS) -lpthread
endif
