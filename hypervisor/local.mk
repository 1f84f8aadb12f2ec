# SPDX-License-Identifier: MIT

# Each directory's fragment only names its sources; how they become an image is said here.
include hypervisor/arch/arm64/local.mk
include hypervisor/arch/host/local.mk
include hypervisor/core/local.mk
include hypervisor/lib/local.mk
include hypervisor/launch/local.mk
include hypervisor/policy/local.mk
include hypervisor/drivers/local.mk

HYPERVISOR_CPPFLAGS = -I$(top_srcdir)/include $(hypervisor_include) \
	-Ihypervisor/arch/arm64 -I$(top_srcdir)/hypervisor/arch/arm64/include \
	-I$(top_srcdir)/hypervisor/arch/arm64 -I$(top_srcdir)/hypervisor/core -I$(top_srcdir)/hypervisor/launch
HYPERVISOR_CFLAGS = -std=gnu11 $(WARNINGS) -ffreestanding -fpie -fvisibility=hidden -mgeneral-regs-only \
	-mno-outline-atomics -mfix-cortex-a53-835769 -fomit-frame-pointer -fno-stack-protector -mstrict-align -fno-common \
	-ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-fno-align-functions -fno-align-jumps -fno-align-labels -fno-align-loops $(PREFIX_MAP)

if HYPERVISOR
noinst_PROGRAMS += hypervisor/trefoil.elf
hypervisordir = $(pkglibdir)
hypervisor_DATA = hypervisor/trefoil

hypervisor_lds = $(top_srcdir)/hypervisor/arch/arm64/trefoil.lds

# Cortex-A53's errata (errata.def): the compiler's part of 835769, and the linker's of 843419, by ADR alone: everything is in its reach, and with stubs as a second way
# the linker sets 4 KiB aside for them.

boot_sources = $(arm64_cpu_boot_sources) $(arm64_gic_boot_sources) $(core_boot_sources) $(launch_boot_sources) \
	$(drivers_boot_sources)
hypervisor_trefoil_elf_SOURCES = $(arch_arm64_sources) $(core_sources) $(hypervisor_lib_sources) \
	$(launch_kept_sources) $(policy_sources) $(drivers_sources)
hypervisor_trefoil_elf_CPPFLAGS = $(HYPERVISOR_CPPFLAGS)
hypervisor_trefoil_elf_CFLAGS = $(HYPERVISOR_CFLAGS)
hypervisor_trefoil_elf_CCASFLAGS = -g
hypervisor_trefoil_elf_LDFLAGS = -flto -nostdlib -static-pie -Wl,--gc-sections -Wl,--build-id=none \
	-Wl,-z,noexecstack -Wl,--no-warn-rwx-segments -Wl,-z,max-page-size=4096 \
	-mfix-cortex-a53-835769 -Wl,--fix-cortex-a53-843419=adr -Wl,-T,$(hypervisor_lds)
hypervisor_trefoil_elf_LDADD = hypervisor/libboot.a -lgcc
hypervisor_trefoil_elf_DEPENDENCIES = $(hypervisor_lds) hypervisor/libboot.a

noinst_LIBRARIES += hypervisor/libboot.a
hypervisor_libboot_a_SOURCES = $(boot_sources)
hypervisor_libboot_a_CPPFLAGS = $(HYPERVISOR_CPPFLAGS)
hypervisor_libboot_a_CFLAGS = $(HYPERVISOR_CFLAGS) -Os

# Small, but for what interrupts and frequent calls pass through: that is fast.
fast_sources = $(addprefix hypervisor/arch/arm64/, \
	cpu/system_register.c cpu/timer.c cpu/traps.c device/abort.c device/vtimer.c gic/gic_cpu.c memory/guest_access.c \
	vgic/vgic.c vgic/vgic_pending.c vgic/vgic_registers.c vgic/vgic_sync.c) \
	$(addprefix hypervisor/core/, \
	call/hypercall.c call/xen_version.c domain/access.c event/event_channel.c event/event_channel_op.c \
	event/event_deliver.c sched/sched.c sched/sched_queue.c sched/timer.c) \
	$(addprefix hypervisor/, launch/tree/tree.c launch/tree/tree_structure.c launch/tree/tree_writer.c lib/memory.c lib/string.c lib/string_copy.c policy/policy.c)
hypervisor_objects = $(foreach source,$(1),$(dir $(source))trefoil_elf-$(notdir $(source:.c=.$(OBJEXT))))
hypervisor_fast = $(call hypervisor_objects,$(fast_sources))
hypervisor_lib = $(filter hypervisor/lib/%,$(hypervisor_trefoil_elf_OBJECTS))
$(filter-out $(hypervisor_fast),$(hypervisor_trefoil_elf_OBJECTS)): CFLAGS += -Os
# Optimised as a whole, a tenth smaller, but for what the compiler itself makes calls of: memcpy() and the like stay as they are.
$(filter-out $(hypervisor_lib),$(hypervisor_trefoil_elf_OBJECTS)): CFLAGS += -flto
# Copies from any address: SCTLR_EL2.A is 0 and all that is copied is Normal memory. Nothing before the MMU is on copies (head.S).
$(call hypervisor_objects,hypervisor/lib/memory.c): CFLAGS += -mno-strict-align
$(hypervisor_trefoil_elf_OBJECTS): $(top_srcdir)/hypervisor/local.mk

hypervisor/trefoil: hypervisor/trefoil.elf
	$(AM_V_GEN)$(OBJCOPY) -O binary hypervisor/trefoil.elf $@

# The offsets that assembly needs are read out of the compiler's own output.
hypervisor/arch/arm64/offsets.h: $(top_srcdir)/hypervisor/arch/arm64/offsets.c
	@$(MKDIR_P) $(@D)/$(DEPDIR)
	$(AM_V_GEN)$(CC) $(DEFS) $(HYPERVISOR_CPPFLAGS) $(HYPERVISOR_CFLAGS) -O2 -S -o $(@D)/offsets.s \
		-MD -MP -MT $@ -MF $(@D)/$(DEPDIR)/offsets.Po \
		$(top_srcdir)/hypervisor/arch/arm64/offsets.c
	@sed -n 's/^.*->\([A-Za-z0-9_]*\) [$$#]*\(-*[0-9]*\).*/#define \1 \2/p' $(@D)/offsets.s > $@
-include hypervisor/arch/arm64/$(DEPDIR)/offsets.Po

BUILT_SOURCES += hypervisor/arch/arm64/offsets.h
CLEANFILES += hypervisor/trefoil hypervisor/arch/arm64/offsets.h hypervisor/arch/arm64/offsets.s \
	hypervisor/arch/arm64/$(DEPDIR)/offsets.Po
endif
EXTRA_DIST += hypervisor/arch/arm64/trefoil.lds hypervisor/arch/arm64/offsets.c
