# SPDX-License-Identifier: MIT
noinst_LIBRARIES += libxl/libxl.a
libxl_libxl_a_SOURCES = \
	libxl/action.c libxl/context.c libxl/context.h libxl/counters.c libxl/domain.c libxl/fields.c libxl/info.c \
	libxl/json.c libxl/log.c libxl/machine.c libxl/memory.c libxl/memory.h libxl/part.c libxl/part.h libxl/printable.c libxl/resize.c libxl/restart.c libxl/share.c libxl/store.c libxl/store.h libxl/tie.c libxl/topology.c libxl/vcpu.c libxl/walk.c libxl/walk.h \
	libxl/xml.c libxl/xml_load.c libxl/xml_part.h \
	libxl/device/add.c libxl/device/backend.c libxl/device/change.c libxl/device/change.h libxl/device/disk.c libxl/device/fields.c \
	libxl/device/kind.c libxl/device/kind.h libxl/device/list.c libxl/device/nic.c libxl/device/remove.c libxl/device/spec.c libxl/device/spec.h libxl/device/statistics.c \
	libxl/events/describe.c libxl/events/events.c libxl/events/events.h libxl/events/json.c libxl/events/store_events.c libxl/events/store_events.h \
	libxl/device/vdev.c libxl/include/libxl/device.h libxl/include/libxl/counters.h libxl/include/libxl/events.h libxl/include/libxl/fields.h libxl/include/libxl/libxl.h
libxl_libxl_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(hypervisor_include) $(YAJL_CFLAGS)
libxl_libxl_a_CFLAGS = $(LIBRARY_CFLAGS)

# Parts are beside xl until they are installed, then where libxl/part.c looks for them from there, whatever libdir is.
partexecdir = $(prefix)/lib/trefoil
partexec_DATA =
# link_part = OBJECTS, LIBRARIES
link_part = $(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) $(CFLAGS) $(INSTRUMENTATION) -shared -Wl,-soname,$(@F) -Wl,-z,relro,-z,now,--as-needed \
	$(LDFLAGS) -o $@ $(1) $(2)

# The part that is for XML. What it takes is in the C library and libxml2.
xml_part_sources = libxl/xml/xml_ops.h libxl/xml/xml_part.c libxl/xml/xml_read.c libxl/xml/xml_write.c libxl/xml_part.h
if XML
noinst_LIBRARIES += libxl/libxmlpart.a
libxl_libxmlpart_a_SOURCES = $(xml_part_sources)
libxl_libxmlpart_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir) $(XML2_CFLAGS)
libxl_libxmlpart_a_CFLAGS = $(LIBRARY_CFLAGS)
partexec_DATA += xl/xl-xml.so
xl/xl-xml.so: $(libxl_libxmlpart_a_OBJECTS)
	$(call link_part,$(libxl_libxmlpart_a_OBJECTS),$(XML2_LIBS))
CLEANFILES += xl/xl-xml.so
else
EXTRA_DIST += $(xml_part_sources)
endif

EXTRA_DIST += tests/unit/libxl/libxl_other_part.c

# A hypervisor and an xenstore that hold what a test puts there, in place of libxc's transports and of libxs.
libxl_fake = tests/unit/libxl/libxl_fake.c tests/unit/libxl/libxl_fake.h tests/unit/libxl/libxl_fake_stable.c tests/unit/libxl/libxl_fake_store.c

if NATIVE_TESTS
libxl_test_cppflags = $(AM_CPPFLAGS) -D_GNU_SOURCE $(hypervisor_include) $(CMOCKA_CFLAGS) $(YAJL_CFLAGS)
libxl_command_tests = \
	tests/unit/libxl_actions tests/unit/libxl_events tests/unit/libxl_commands tests/unit/libxl_device_commands tests/unit/libxl_devices tests/unit/libxl_hostile tests/unit/libxl_listings tests/unit/libxl_printing tests/unit/libxl_restart \
	tests/unit/libxl_policy tests/unit/libxl_top tests/unit/libxl_metrics tests/unit/libxl_page
if SCREEN
libxl_command_tests += tests/unit/libxl_terminal tests/unit/libxl_top_screen
endif
if XML
libxl_command_tests += tests/unit/libxl_xml
endif
if HTTP
libxl_command_tests += tests/unit/libxl_listen
endif
libxl_tests = $(libxl_command_tests) tests/unit/libxl_counters tests/unit/libxl_domains tests/unit/libxl_specifications
check_PROGRAMS += $(libxl_tests)
TESTS += $(libxl_tests)
libxl_command_test_sources = \
	tests/unit/libxl/libxl_console.c tests/unit/libxl/libxl_run.c tests/unit/libxl/libxl_run.h $(libxl_fake)
libxl_command_test_libs = \
	xl/libcommands.a launchmake/liblaunchmake.a devd/libdevd.a libdaemon/libdaemon.a libvchan/libvchan.a libxl/libxl.a hypervisor/policy/libpolicy.a \
	hypervisor/launch/liblaunch.a libxc/libxc.a $(LIBFDT_A) $(CMOCKA_LIBS) \
	$(YAJL_LIBS) -lpthread
tests_unit_libxl_actions_SOURCES = tests/unit/libxl/libxl_actions.c $(libxl_command_test_sources)
tests_unit_libxl_actions_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_actions_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_events_SOURCES = tests/unit/libxl/libxl_events.c $(libxl_command_test_sources)
tests_unit_libxl_events_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_events_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_device_commands_SOURCES = tests/unit/libxl/libxl_device_commands.c $(libxl_command_test_sources)
tests_unit_libxl_device_commands_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_device_commands_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_devices_SOURCES = tests/unit/libxl/libxl_devices.c $(libxl_command_test_sources)
tests_unit_libxl_devices_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_devices_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_restart_SOURCES = tests/unit/libxl/libxl_restart.c $(libxl_command_test_sources)
tests_unit_libxl_restart_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_restart_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_commands_SOURCES = tests/unit/libxl/libxl_commands.c $(libxl_command_test_sources)
tests_unit_libxl_commands_CPPFLAGS = $(libxl_test_cppflags) -DMANUAL=\"$(abs_top_srcdir)/docs/man/xl.1\" \
	-DSCHEMAS=\"$(abs_top_srcdir)/docs/schema\" \
	-DCOMPLETION=\"$(abs_top_srcdir)/packaging/completion/xl\" -DZSH_COMPLETION=\"$(abs_top_srcdir)/packaging/completion/_xl\"
tests_unit_libxl_commands_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_page_SOURCES = tests/unit/libxl/libxl_page.c $(libxl_command_test_sources)
tests_unit_libxl_page_CPPFLAGS = $(libxl_test_cppflags) -DTREE=\"$(abs_top_srcdir)/tests/unit/launch/base.dts\"
tests_unit_libxl_page_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_printing_SOURCES = tests/unit/libxl/libxl_printing.c $(libxl_command_test_sources)
tests_unit_libxl_printing_CPPFLAGS = $(libxl_test_cppflags) \
	-DTREE=\"$(abs_top_srcdir)/tests/fuzz/corpus/launch/small.dtb\" \
	-DCONFIGURATION=\"$(abs_top_srcdir)/tests/fuzz/corpus/launchmake/imagebuilder\"
tests_unit_libxl_printing_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_hostile_SOURCES = tests/unit/libxl/libxl_hostile.c $(libxl_command_test_sources)
tests_unit_libxl_hostile_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_hostile_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_listings_SOURCES = tests/unit/libxl/libxl_listings.c $(libxl_command_test_sources)
tests_unit_libxl_listings_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_listings_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_policy_SOURCES = tests/unit/libxl/libxl_policy.c $(libxl_command_test_sources)
tests_unit_libxl_policy_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_policy_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_metrics_SOURCES = tests/unit/libxl/libxl_metrics.c $(libxl_command_test_sources)
tests_unit_libxl_metrics_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_metrics_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_listen_SOURCES = tests/unit/libxl/libxl_listen.c $(libxl_command_test_sources)
tests_unit_libxl_listen_CPPFLAGS = $(libxl_test_cppflags) -I$(top_srcdir) -DPART=\"$(abs_top_builddir)/xl\"
EXTRA_tests_unit_libxl_listen_DEPENDENCIES = xl/xl-http.so
tests_unit_libxl_listen_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_top_SOURCES = tests/unit/libxl/libxl_top.c $(libxl_command_test_sources)
tests_unit_libxl_top_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_top_LDADD = $(libxl_command_test_libs)
tests_unit_libxl_top_screen_SOURCES = tests/unit/libxl/libxl_top_screen.c $(libxl_terminal_test_sources) $(libxl_command_test_sources)
libxl_terminal_test_sources = tests/unit/libxl/libxl_pty.c tests/unit/libxl/libxl_pty.h
libxl_terminal_test_cppflags = $(libxl_test_cppflags) -I$(top_srcdir) -DNCURSES_NOMACROS $(NCURSES_CFLAGS) -DPART=\"$(abs_top_builddir)/xl\"
tests_unit_libxl_top_screen_CPPFLAGS = $(libxl_terminal_test_cppflags)
tests_unit_libxl_top_screen_LDADD = $(libxl_command_test_libs) $(NCURSES_LIBS)
EXTRA_tests_unit_libxl_top_screen_DEPENDENCIES = xl/xl-terminal.so
tests_unit_libxl_terminal_SOURCES = tests/unit/libxl/libxl_terminal.c $(libxl_terminal_test_sources) $(libxl_command_test_sources)
tests_unit_libxl_terminal_CPPFLAGS = $(libxl_terminal_test_cppflags)
tests_unit_libxl_terminal_LDADD = $(libxl_command_test_libs) $(NCURSES_LIBS)
EXTRA_tests_unit_libxl_terminal_DEPENDENCIES = xl/xl-terminal.so
tests_unit_libxl_xml_SOURCES = tests/unit/libxl/libxl_xml.c $(libxl_command_test_sources)
tests_unit_libxl_xml_CPPFLAGS = $(libxl_test_cppflags) -I$(top_srcdir) $(XML2_CFLAGS) \
	-DTREE=\"$(abs_top_srcdir)/tests/fuzz/corpus/launch/small.dtb\" \
	-DBAD_TREE=\"$(abs_top_srcdir)/tests/fuzz/corpus/launch/passthrough.dtb\" \
	-DPART=\"$(abs_top_builddir)/xl\" -DOTHER_PART=\"$(abs_top_builddir)/tests/unit/libxl\"
EXTRA_tests_unit_libxl_xml_DEPENDENCIES = xl/xl-xml.so tests/unit/libxl/xl-xml.so
tests/unit/libxl/xl-xml.so: tests/unit/libxl/libxl_other_part.c libxl/xml_part.h
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) $(CFLAGS) $(INSTRUMENTATION) -I$(top_srcdir) -fPIC -shared -o $@ $<
CLEANFILES += tests/unit/libxl/xl-xml.so
tests_unit_libxl_xml_LDADD = $(libxl_command_test_libs) $(XML2_LIBS)
tests_unit_libxl_specifications_SOURCES = tests/unit/libxl/libxl_specifications.c $(libxl_fake)
tests_unit_libxl_specifications_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_specifications_LDADD = libxl/libxl.a hypervisor/policy/libpolicy.a libxc/libxc.a $(CMOCKA_LIBS) \
	$(YAJL_LIBS) -lpthread
tests_unit_libxl_counters_SOURCES = tests/unit/libxl/libxl_counters.c $(libxl_fake)
tests_unit_libxl_counters_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_counters_LDADD = libxl/libxl.a hypervisor/policy/libpolicy.a libxc/libxc.a $(CMOCKA_LIBS) \
	$(YAJL_LIBS) -lpthread
tests_unit_libxl_domains_SOURCES = tests/unit/libxl/libxl_domains.c $(libxl_fake)
tests_unit_libxl_domains_CPPFLAGS = $(libxl_test_cppflags)
tests_unit_libxl_domains_LDADD = libxl/libxl.a hypervisor/policy/libpolicy.a libxc/libxc.a $(CMOCKA_LIBS) \
	$(YAJL_LIBS) -lpthread
endif
