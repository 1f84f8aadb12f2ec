# SPDX-License-Identifier: MIT
if HYPERVISOR
noinst_PROGRAMS += guests/bare/bench.elf
noinst_DATA += guests/bare/bench

BARE_CPPFLAGS = -I$(top_srcdir)/include
BARE_CFLAGS = -std=gnu11 $(WARNINGS) -ffreestanding -fpie -fvisibility=hidden -mgeneral-regs-only \
	-mno-outline-atomics -mstrict-align -fno-stack-protector -fno-asynchronous-unwind-tables
bare_link_options = -nostdlib -static-pie -Wl,--build-id=none -Wl,--no-warn-rwx-segments \
	-Wl,-z,noexecstack -Wl,-T,$(top_srcdir)/guests/bare/bare.lds

guests_bare_bench_elf_SOURCES = guests/bare/start.S guests/bare/bare.c guests/bare/bare.h \
	guests/bare/memory.c guests/bare/bench.c guests/bare/bench.h guests/bare/bench_masked.c
guests_bare_bench_elf_CPPFLAGS = $(BARE_CPPFLAGS)
guests_bare_bench_elf_CFLAGS = $(BARE_CFLAGS)
guests_bare_bench_elf_LDFLAGS = $(bare_link_options)
guests_bare_bench_elf_LDADD = -lgcc
guests_bare_bench_elf_DEPENDENCIES = $(top_srcdir)/guests/bare/bare.lds

# The same between two domains (tests/bench_pair.sh, tests/bench_smp.sh).
noinst_PROGRAMS += guests/bare/bench_pair.elf
noinst_DATA += guests/bare/bench_pair
guests_bare_bench_pair_elf_SOURCES = guests/bare/start.S guests/bare/bare.c guests/bare/bare.h \
	guests/bare/memory.c guests/bare/test.h guests/bare/test_fdt.c guests/bare/bench_pair.c
guests_bare_bench_pair_elf_CPPFLAGS = $(BARE_CPPFLAGS)
guests_bare_bench_pair_elf_CFLAGS = $(BARE_CFLAGS)
guests_bare_bench_pair_elf_LDFLAGS = $(bare_link_options)
guests_bare_bench_pair_elf_LDADD = -lgcc
guests_bare_bench_pair_elf_DEPENDENCIES = $(top_srcdir)/guests/bare/bare.lds

guests/bare/bench_pair: guests/bare/bench_pair.elf
	$(AM_V_GEN)$(OBJCOPY) -O binary guests/bare/bench_pair.elf $@

# When a domain's first instruction runs (tests/bench.sh).
noinst_PROGRAMS += guests/bare/boot.elf
noinst_DATA += guests/bare/boot
guests_bare_boot_elf_SOURCES = guests/bare/start.S guests/bare/bare.c guests/bare/bare.h \
	guests/bare/boot.c
guests_bare_boot_elf_CPPFLAGS = $(BARE_CPPFLAGS)
guests_bare_boot_elf_CFLAGS = $(BARE_CFLAGS)
guests_bare_boot_elf_LDFLAGS = $(bare_link_options)
guests_bare_boot_elf_LDADD = -lgcc
guests_bare_boot_elf_DEPENDENCIES = $(top_srcdir)/guests/bare/bare.lds

guests/bare/boot: guests/bare/boot.elf
	$(AM_V_GEN)$(OBJCOPY) -O binary guests/bare/boot.elf $@

# How soon one that sleeps runs beside two that do not (tests/bench.sh).
noinst_PROGRAMS += guests/bare/wake.elf
noinst_DATA += guests/bare/wake
guests_bare_wake_elf_SOURCES = guests/bare/start.S guests/bare/bare.c guests/bare/bare.h \
	guests/bare/memory.c guests/bare/wake.c
guests_bare_wake_elf_CPPFLAGS = $(BARE_CPPFLAGS)
guests_bare_wake_elf_CFLAGS = $(BARE_CFLAGS)
guests_bare_wake_elf_LDFLAGS = $(bare_link_options)
guests_bare_wake_elf_LDADD = -lgcc
guests_bare_wake_elf_DEPENDENCIES = $(top_srcdir)/guests/bare/bare.lds

guests/bare/wake: guests/bare/wake.elf
	$(AM_V_GEN)$(OBJCOPY) -O binary guests/bare/wake.elf $@

# What one domain can take of the hypervisor's memory (tests/system/pools.sh).
noinst_PROGRAMS += guests/bare/starve.elf
noinst_DATA += guests/bare/starve
guests_bare_starve_elf_SOURCES = guests/bare/start.S guests/bare/bare.c guests/bare/bare.h \
	guests/bare/memory.c guests/bare/starve.c
guests_bare_starve_elf_CPPFLAGS = $(BARE_CPPFLAGS)
guests_bare_starve_elf_CFLAGS = $(BARE_CFLAGS)
guests_bare_starve_elf_LDFLAGS = $(bare_link_options)
guests_bare_starve_elf_LDADD = -lgcc
guests_bare_starve_elf_DEPENDENCIES = $(top_srcdir)/guests/bare/bare.lds

guests/bare/starve: guests/bare/starve.elf
	$(AM_V_GEN)$(OBJCOPY) -O binary guests/bare/starve.elf $@

# Kernels that belong at an address (tests/guests.sh): an ELF file, and the same without its headers.
noinst_PROGRAMS += guests/bare/again.elf
noinst_DATA += guests/bare/again.bin
guests_bare_again_elf_SOURCES = guests/bare/again.S
guests_bare_again_elf_CCASFLAGS = -g
guests_bare_again_elf_LDFLAGS = -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 \
	-Wl,-T,$(top_srcdir)/guests/bare/again.lds
guests_bare_again_elf_DEPENDENCIES = $(top_srcdir)/guests/bare/again.lds

guests/bare/again.bin: guests/bare/again.elf
	$(AM_V_GEN)$(OBJCOPY) -O binary guests/bare/again.elf $@

# For system tests: what a domain may do, tried by domains of every role (tests/system/policy.sh).
noinst_PROGRAMS += guests/bare/calls.elf
noinst_DATA += guests/bare/calls
guests_bare_calls_elf_SOURCES = guests/bare/start.S guests/bare/bare.c guests/bare/bare.h \
	guests/bare/memory.c guests/bare/calls.c guests/bare/calls.h guests/bare/calls.def \
	guests/bare/calls_control.c guests/bare/calls_guest.c guests/bare/calls_model.c
guests_bare_calls_elf_CPPFLAGS = $(BARE_CPPFLAGS)
guests_bare_calls_elf_CFLAGS = $(BARE_CFLAGS)
guests_bare_calls_elf_LDFLAGS = $(bare_link_options)
guests_bare_calls_elf_LDADD = -lgcc
guests_bare_calls_elf_DEPENDENCIES = $(top_srcdir)/guests/bare/bare.lds

# For system tests: bad frontends of disks and networks (tests/system/hostile.sh).
noinst_PROGRAMS += guests/bare/hostile.elf
noinst_DATA += guests/bare/hostile.bin
guests_bare_hostile_elf_SOURCES = guests/bare/start.S guests/bare/bare.c guests/bare/bare.h \
	guests/bare/memory.c guests/bare/test.h guests/bare/test_mmu.c guests/bare/test_xen.c \
	guests/bare/hostile/hostile.h guests/bare/hostile/attacks.def guests/bare/hostile/main.c \
	guests/bare/hostile/text.c guests/bare/hostile/store.c guests/bare/hostile/frontend.c \
	guests/bare/hostile/block.c guests/bare/hostile/net.c guests/bare/hostile/nodes.c
guests_bare_hostile_elf_CPPFLAGS = $(BARE_CPPFLAGS)
guests_bare_hostile_elf_CFLAGS = $(BARE_CFLAGS)
guests_bare_hostile_elf_LDFLAGS = $(bare_link_options)
guests_bare_hostile_elf_LDADD = -lgcc
guests_bare_hostile_elf_DEPENDENCIES = $(top_srcdir)/guests/bare/bare.lds

guests/bare/hostile.bin: guests/bare/hostile.elf
	$(AM_V_GEN)$(OBJCOPY) -O binary guests/bare/hostile.elf $@

guests/bare/bench: guests/bare/bench.elf
	$(AM_V_GEN)$(OBJCOPY) -O binary guests/bare/bench.elf $@

guests/bare/calls: guests/bare/calls.elf
	$(AM_V_GEN)$(OBJCOPY) -O binary guests/bare/calls.elf $@

# The guest tests (tests/guests.sh).
noinst_PROGRAMS += guests/bare/tests.elf
noinst_DATA += guests/bare/tests.bin
guests_bare_tests_elf_SOURCES = guests/bare/start.S guests/bare/bare.c guests/bare/bare.h \
	guests/bare/memory.c guests/bare/agent.c guests/bare/agent.h guests/bare/echo.c \
	guests/bare/echo.h guests/bare/lender.c guests/bare/lender.h guests/bare/model.c guests/bare/model.h guests/bare/puppet.c guests/bare/puppet.h guests/bare/test.h guests/bare/test.c guests/bare/test_start.S guests/bare/test_registers.S guests/bare/test_cpu.c guests/bare/test_fault.c guests/bare/test_fdt.c \
	guests/bare/test_interrupt.c guests/bare/test_mmu.c guests/bare/test_xen.c \
	guests/bare/tests/tests.def guests/bare/tests/balloon.c guests/bare/tests/channel.c guests/bare/tests/counted.c guests/bare/tests/event.c \
	guests/bare/tests/event_kinds.c guests/bare/tests/fault.c guests/bare/tests/gic_state.c \
	guests/bare/tests/gicd.c guests/bare/tests/grant.c guests/bare/tests/grant_copy.c \
	guests/bare/tests/grant_table.c guests/bare/tests/hypercall.c guests/bare/tests/model.c guests/bare/tests/model_access.c guests/bare/tests/multicall.c \
	guests/bare/tests/pair.c guests/bare/tests/pair_denied.c guests/bare/tests/pair_grant.c guests/bare/tests/physmap.c \
	guests/bare/tests/pointer.c guests/bare/tests/priority.c guests/bare/tests/poll.c guests/bare/tests/psci.c \
	guests/bare/tests/registers.c \
	guests/bare/tests/sched.c guests/bare/tests/sgi.c guests/bare/tests/shared.c guests/bare/tests/soak.c guests/bare/tests/spi.c \
	guests/bare/tests/set_way.c guests/bare/tests/sysreg.c guests/bare/tests/timer.c guests/bare/tests/tree.c \
	guests/bare/tests/upcall.c guests/bare/tests/vcpu.c guests/bare/tests/wait.c guests/bare/tests/watchdog.c
guests_bare_tests_elf_CPPFLAGS = $(BARE_CPPFLAGS)
guests_bare_tests_elf_CFLAGS = $(BARE_CFLAGS)
guests_bare_tests_elf_LDFLAGS = $(bare_link_options)
guests_bare_tests_elf_LDADD = -lgcc
guests_bare_tests_elf_DEPENDENCIES = $(top_srcdir)/guests/bare/bare.lds

guests/bare/tests.bin: guests/bare/tests.elf
	$(AM_V_GEN)$(OBJCOPY) -O binary guests/bare/tests.elf $@

CLEANFILES += guests/bare/again.bin guests/bare/boot guests/bare/starve guests/bare/wake guests/bare/bench guests/bare/bench_pair guests/bare/calls guests/bare/tests.bin \
	guests/bare/hostile.bin
endif
EXTRA_DIST += guests/bare/again.lds guests/bare/bare.lds
