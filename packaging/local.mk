# SPDX-License-Identifier: MIT
# What others build with: headers, pkg-config's files, and each library shared and static, of the same objects. In the tree
# they are libxc.a and so on; installed they are named after Trefoil, as Debian has a libxc of another project.

LIBRARY_CFLAGS = $(AM_CFLAGS) -fPIC -fvisibility=hidden

# Whose number is in the name that programs ask for: raised when something is taken away, or changed, that programs may use.
xc_version = 0
xs_version = 0
vchan_version = 0
xl_version = 0

xc_objects = $(libxc_libxc_a_OBJECTS)
xs_objects = $(libxs_libxs_a_OBJECTS)
vchan_objects = $(libvchan_libvchan_a_OBJECTS)
xl_objects = $(libxl_libxl_a_OBJECTS) $(hypervisor_policy_libpolicy_a_OBJECTS)

if INSTALLED_LIBRARIES
libraryexecdir = $(libdir)
static_libraries = packaging/libtrefoil-xc.a packaging/libtrefoil-xs.a packaging/libtrefoil-vchan.a packaging/libtrefoil-xl.a
shared_libraries = packaging/libtrefoil-xc.so.$(xc_version) packaging/libtrefoil-xs.so.$(xs_version) \
	packaging/libtrefoil-vchan.so.$(vchan_version) packaging/libtrefoil-xl.so.$(xl_version)
libraryexec_DATA = $(static_libraries) $(shared_libraries)
version_scripts = packaging/libtrefoil-xc.map packaging/libtrefoil-xs.map packaging/libtrefoil-vchan.map packaging/libtrefoil-xl.map
CLEANFILES += $(libraryexec_DATA) $(version_scripts)

# What the linker takes for the versions of symbols: the table's versions in their order, each based on the one before.
$(version_scripts): packaging/libtrefoil-%.map: packaging/symbols
	$(AM_V_GEN)$(MKDIR_P) $(@D) && sort -k3,3V -k2,2 $< | awk -v library=$* ' \
		$$1 == library { if ($$3 != now) { if (now) printf "}%s;\n", base; if (now) base = " TREFOIL_" now; now = $$3; printf "TREFOIL_%s {\n", now } print "\t" $$2 ";" } \
		END { printf "}%s;\n", base }' > $@

# link_shared = OBJECTS, LIBRARIES
link_shared = $(AM_V_CCLD)$(MKDIR_P) $(@D) && $(CC) $(CFLAGS) -shared -Wl,-soname,$(@F) -Wl,-z,defs,-z,relro,-z,now,--as-needed \
	-Wl,--version-script=$(@D)/$(basename $(basename $(@F))).map $(LDFLAGS) -o $@ $(1) $(2)
link_static = $(AM_V_AR)$(MKDIR_P) $(@D) && rm -f $@ && $(AR) cr $@ $(1) && $(RANLIB) $@

packaging/libtrefoil-xc.a: $(xc_objects)
	$(call link_static,$(xc_objects))
packaging/libtrefoil-xs.a: $(xs_objects)
	$(call link_static,$(xs_objects))
packaging/libtrefoil-vchan.a: $(vchan_objects)
	$(call link_static,$(vchan_objects))
packaging/libtrefoil-xl.a: $(xl_objects)
	$(call link_static,$(xl_objects))
packaging/libtrefoil-xc.so.$(xc_version): packaging/libtrefoil-xc.map
packaging/libtrefoil-xs.so.$(xs_version): packaging/libtrefoil-xs.map
packaging/libtrefoil-vchan.so.$(vchan_version): packaging/libtrefoil-vchan.map
packaging/libtrefoil-xl.so.$(xl_version): packaging/libtrefoil-xl.map
packaging/libtrefoil-xc.so.$(xc_version): $(xc_objects)
	$(call link_shared,$(xc_objects))
packaging/libtrefoil-xs.so.$(xs_version): $(xs_objects)
	$(call link_shared,$(xs_objects))
packaging/libtrefoil-vchan.so.$(vchan_version): $(vchan_objects)
	$(call link_shared,$(vchan_objects))
packaging/libtrefoil-xl.so.$(xl_version): $(xl_objects) packaging/libtrefoil-xc.so.$(xc_version) packaging/libtrefoil-xs.so.$(xs_version)
	$(call link_shared,$(filter-out %.map,$^),$(YAJL_LIBS))

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = packaging/trefoil-xc.pc packaging/trefoil-xs.pc packaging/trefoil-vchan.pc packaging/trefoil-xl.pc

pkginclude_HEADERS = libxs/include/xenstore.h libvchan/include/vchan.h libvchan/include/console_protocol.h
xenctlincludedir = $(pkgincludedir)/xenctl
xenctlinclude_HEADERS = libxc/include/xenctl/evtchn.h libxc/include/xenctl/foreign.h libxc/include/xenctl/gnttab.h \
	libxc/include/xenctl/xenctl.h
libxlincludedir = $(pkgincludedir)/libxl
libxlinclude_HEADERS = libxl/include/libxl/counters.h libxl/include/libxl/device.h libxl/include/libxl/events.h libxl/include/libxl/fields.h libxl/include/libxl/libxl.h
xenincludedir = $(pkgincludedir)/xen
xeninclude_HEADERS = include/xen/arch-arm.h include/xen/bootfdt.h include/xen/counters.def include/xen/counters.h include/xen/domctl.h include/xen/errno.h \
	include/xen/event_channel.h include/xen/features.h include/xen/grant_table.h include/xen/handle.h include/xen/layout.h \
	include/xen/memory.h include/xen/physdev.h include/xen/platform.h include/xen/sched.h include/xen/sysctl.h include/xen/trefoil_domctl.h include/xen/trefoil_event.def \
	include/xen/vcpu.h include/xen/version.h include/xen/xen.h
xenhvmincludedir = $(pkgincludedir)/xen/hvm
xenhvminclude_HEADERS = include/xen/hvm/dm_op.h include/xen/hvm/hvm_op.h include/xen/hvm/ioreq.h include/xen/hvm/params.h
xenioincludedir = $(pkgincludedir)/xen/io
xenioinclude_HEADERS = include/xen/io/console.h include/xen/io/libxenvchan.h include/xen/io/xs_wire.h
endif

# Units of systemd, for a hardware domain that runs it, and the users that they name.
systemddir = $(prefix)/lib/systemd/system
systemd_units = packaging/systemd/xenstored.service packaging/systemd/xenconsoled.service packaging/systemd/xendriverdomain.service packaging/systemd/trefoil-metrics.service
systemd_DATA = $(systemd_units)
dist_systemd_DATA = packaging/systemd/proc-xen.mount
EXTRA_DIST += packaging/symbols $(systemd_units:=.in) packaging/systemd/hardening packaging/systemd/trefoil.sysusers packaging/systemd/trefoil.tmpfiles
CLEANFILES += $(systemd_units)
$(systemd_units): %: %.in packaging/systemd/hardening
	$(AM_V_GEN)$(MKDIR_P) $(@D) && awk -v sbindir='$(sbindir)' -v bindir='$(bindir)' -v common='$(top_srcdir)/packaging/systemd/hardening' ' \
		/^%hardening%$$/ { while ((getline line < common) > 0) if (line !~ /^#/) print line; next } \
		{ gsub("%sbindir%", sbindir); gsub("%bindir%", bindir); print }' $< > $@

# For those who watch: alerts of Prometheus, and a dashboard of Grafana with what has Grafana find it.
prometheusdir = $(datadir)/trefoil/prometheus
dist_prometheus_DATA = packaging/prometheus/trefoil.rules.yml
grafanadir = $(datadir)/trefoil/grafana
dist_grafana_DATA = packaging/grafana/trefoil.json packaging/grafana/trefoil.yml

install-data-hook:
	$(MKDIR_P) $(DESTDIR)$(prefix)/lib/sysusers.d $(DESTDIR)$(prefix)/lib/tmpfiles.d
	$(INSTALL_DATA) $(top_srcdir)/packaging/systemd/trefoil.sysusers $(DESTDIR)$(prefix)/lib/sysusers.d/trefoil.conf
	$(INSTALL_DATA) $(top_srcdir)/packaging/systemd/trefoil.tmpfiles $(DESTDIR)$(prefix)/lib/tmpfiles.d/trefoil.conf
	cd $(DESTDIR)$(completiondir) && $(LN_S) -f xl xentop
	$(MKDIR_P) $(DESTDIR)$(docdir)/schema
	$(INSTALL_DATA) $(top_srcdir)/docs/schema/*.json $(DESTDIR)$(docdir)/schema

# For those who link: the name without a number.
install-exec-hook:
	cd $(DESTDIR)$(libdir) && for library in $(notdir $(shared_libraries)); do $(LN_S) -f $$library $${library%.*}; done
uninstall-hook:
	cd $(DESTDIR)$(libdir) && for library in $(notdir $(shared_libraries)); do rm -f $${library%.*}; done
	rm -f $(DESTDIR)$(prefix)/lib/sysusers.d/trefoil.conf $(DESTDIR)$(prefix)/lib/tmpfiles.d/trefoil.conf
	rm -rf $(DESTDIR)$(docdir)/schema
