# SPDX-License-Identifier: MIT
bin_PROGRAMS += xl/xl
xl_cppflags = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir) -I$(top_srcdir)/xl -I$(top_srcdir)/devd/include -I$(top_srcdir)/libdaemon/include -I$(top_srcdir)/libvchan/include $(YAJL_CFLAGS)

# All but main.c, which the tests do without.
noinst_LIBRARIES += xl/libcommands.a
xl_libcommands_a_SOURCES = \
	xl/block.c xl/commands.c xl/commands.def xl/console/console.c xl/console/console_link.c xl/console/console_kept.c xl/console/console_kept.h xl/console/console_link.h \
	xl/console/console_lives.c xl/console/console_lives.h \
	xl/console/console_near.c xl/console/console_pump.c xl/console/console_pump.h xl/console/console_vchan.c \
	xl/counters.c xl/cpupool_list.c xl/create.c xl/data.c xl/data.h xl/debug_keys.c xl/destroy.c xl/devd.c xl/device.h xl/dmesg.c \
	xl/metrics/accept.c xl/metrics/address.c xl/metrics/answer.c xl/metrics/families.c xl/metrics/http_part.h xl/metrics/listen.c xl/metrics/listen.h \
	xl/metrics/metrics.c xl/metrics/metrics.h xl/metrics/write.c \
	xl/events/events.h xl/events/filter.c xl/events/goal.c xl/events/run.c \
	xl/help.c xl/info.c xl/machine.c xl/machine.h xl/launch/launch.c xl/launch/launch.h xl/launch/launch_make.c xl/launch/launch_module.c xl/launch/launch_module.h xl/launch/launch_notes.c xl/launch/launch_notes.h xl/launch/launch_options.c xl/launch/launch_plan.c xl/launch/launch_tree.c xl/list.c xl/help/completion.c xl/help/completion_zsh.c xl/help/manual.c xl/help/schema.c xl/help/schema.h xl/help/schema_events.c xl/names.c xl/network.c xl/page/counts.c xl/page/domains.c xl/page/html.c xl/page/memory.c xl/page/page.c xl/page/page.h xl/page/reach.c xl/page/style.c xl/pause.c \
	xl/policy/can.def xl/policy/policy.c xl/policy/policy.h xl/policy/policy_can.c xl/policy/policy_match.c \
	xl/policy/policy_party.c xl/policy/policy_why.c xl/print.c xl/print.h xl/program.c \
	xl/resize.c xl/restart.c xl/sched.c xl/shutdown.c xl/tell.c xl/top/batch.c xl/top/batch.h xl/top/column.c xl/top/column.h xl/top/draw.c \
	xl/top/keys.c xl/top/row.c xl/top/row.h xl/top/sample.c xl/top/sample.h xl/top/screen.c xl/top/screen.h xl/top/terminal.h \
	xl/top/top.c xl/uptime.c xl/vcpu_list.c xl/vcpu_pin.c xl/vm_list.c xl/whole_file.c xl/whole_file.h xl/xl.h
xl_libcommands_a_CPPFLAGS = $(xl_cppflags) $(hypervisor_include) \
	$(HOST_LAUNCH_CPPFLAGS)

xl_xl_SOURCES = xl/main.c
xl_xl_CPPFLAGS = $(xl_cppflags)
xl_xl_LDADD = xl/libcommands.a launchmake/liblaunchmake.a devd/libdevd.a libdaemon/libdaemon.a libvchan/libvchan.a libxl/libxl.a \
	hypervisor/policy/libpolicy.a hypervisor/launch/liblaunch.a libxc/libxc.a libxs/libxs.a \
	$(LIBFDT_A) $(YAJL_LIBS) -lpthread

# The part that answers by HTTP: beside xl until it is installed, as that for XML.
http_part_sources = xl/metrics/http/http_part.c xl/metrics/http_part.h
if HTTP
noinst_LIBRARIES += xl/libhttppart.a
xl_libhttppart_a_SOURCES = $(http_part_sources)
xl_libhttppart_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir) $(MICROHTTPD_CFLAGS)
xl_libhttppart_a_CFLAGS = $(LIBRARY_CFLAGS)
partexec_DATA += xl/xl-http.so
CLEANFILES += xl/xl-http.so
xl/xl-http.so: $(xl_libhttppart_a_OBJECTS)
	$(call link_part,$(xl_libhttppart_a_OBJECTS),$(MICROHTTPD_LIBS))
else
EXTRA_DIST += $(http_part_sources)
endif

# The part that fills a terminal, for xl top (libxl/part.h), with descriptions of terminals for machines that have none: those of the machine that builds.
terminal_part_sources = xl/top/terminal.h xl/top/terminal/describe.c xl/top/terminal/keys.c xl/top/terminal/screen.c xl/top/terminal/terminal_ops.h
if SCREEN
noinst_LIBRARIES += xl/libterminalpart.a
xl_libterminalpart_a_SOURCES = $(terminal_part_sources)
nodist_xl_libterminalpart_a_SOURCES = xl/top/terminal/descriptions.c
xl_libterminalpart_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(top_srcdir) -DNCURSES_NOMACROS $(NCURSES_CFLAGS)
xl_libterminalpart_a_CFLAGS = $(LIBRARY_CFLAGS)
partexec_DATA += xl/xl-terminal.so
xl/xl-terminal.so: $(xl_libterminalpart_a_OBJECTS)
	$(call link_part,$(xl_libterminalpart_a_OBJECTS),$(NCURSES_LIBS))
described_terminals = ansi dumb linux screen tmux vt100 vt102 vt220 xterm
xl/top/terminal/descriptions.c:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && { echo '#include "xl/top/terminal/terminal_ops.h"' && \
	echo 'const struct terminal_description terminal_descriptions[] = {' && for name in $(described_terminals); do \
		env -u TERMINFO -u TERMINFO_DIRS HOME=/nonexistent $(INFOCMP) -Q2 $$name | \
			awk -v name=$$name '/^#/ { next } { text = text $$0 } END { if (text !~ /^b64:/) exit 1; printf "    {\"%s\", \"%s\"},\n", name, text }' || exit 1; \
	done && echo '    {0},' && echo '};'; } >$@.new && mv $@.new $@
CLEANFILES += xl/xl-terminal.so xl/top/terminal/descriptions.c
else
EXTRA_DIST += $(terminal_part_sources)
endif

dist_man_MANS += docs/man/xl.1 docs/man/xentop.1
# By this name xl is its command top.
install-exec-local:
	$(MKDIR_P) $(DESTDIR)$(bindir)
	cd $(DESTDIR)$(bindir) && $(LN_S) -f xl xentop
uninstall-local:
	rm -f $(DESTDIR)$(bindir)/xentop $(DESTDIR)$(completiondir)/xentop
# For bash: where its completion looks for what goes with a command.
completiondir = $(datadir)/bash-completion/completions
dist_completion_DATA = packaging/completion/xl
# For zsh: one of the folders of its $fpath; Debian's packages have another.
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = packaging/completion/_xl

# To be run natively after a change of a command's help; a test fails otherwise.
xl-manual: xl/xl
	$(AM_V_GEN)xl/xl help --manual > $(top_srcdir)/docs/man/xl.1
	$(AM_V_GEN)xl/xl help --completion > $(top_srcdir)/packaging/completion/xl
	$(AM_V_GEN)xl/xl help --zsh > $(top_srcdir)/packaging/completion/_xl
	$(AM_V_GEN)$(MKDIR_P) $(top_srcdir)/docs/schema && for command in $$(xl/xl help --schema); do \
		xl/xl help --schema $$command > $(top_srcdir)/docs/schema/$$command.json || exit 1; done

# Built by name: it takes clang, whatever compiler the rest is built with. The answers stand for libxc's transports and for libxs.
EXTRA_DIST += tests/fuzz/libxl.c tests/fuzz/libxl_answers.c tests/fuzz/libxl_answers.h tests/fuzz/xml_linked.c
fuzz_libxl_sources = tests/fuzz/libxl.c tests/fuzz/libxl_answers.c tests/fuzz/libxl_answers.h tests/fuzz/xml_linked.c $(xml_part_sources) $(xl_libcommands_a_SOURCES) $(devd_libdevd_a_SOURCES) libdaemon/ready.c \
	libvchan/vchan.c $(filter-out libxl/xml_load.c,$(libxl_libxl_a_SOURCES)) $(launchmake_sources) $(launch_sources) $(hypervisor_policy_libpolicy_a_SOURCES) \
	$(filter-out libxc/transports.c libxc/kernel/% libxc/twin/%,$(libxc_libxc_a_SOURCES))
tests/fuzz/libxl: $(fuzz_libxl_sources)
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -I$(top_srcdir) -I$(top_srcdir)/hypervisor/launch $(DEFS) $(xl_cppflags) $(hypervisor_include) $(HOST_LAUNCH_CPPFLAGS) \
		$(YAJL_CFLAGS) $(XML2_CFLAGS) -o $@ $(filter %.c,$^) -lfdt $(YAJL_LIBS) $(XML2_LIBS) -lpthread
CLEANFILES += tests/fuzz/libxl
