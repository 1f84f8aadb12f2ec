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
	guests/bare/bench.c
guests_bare_bench_elf_CPPFLAGS = $(BARE_CPPFLAGS)
guests_bare_bench_elf_CFLAGS = $(BARE_CFLAGS)
guests_bare_bench_elf_LDFLAGS = $(bare_link_options)
guests_bare_bench_elf_LDADD = -lgcc
guests_bare_bench_elf_DEPENDENCIES = $(top_srcdir)/guests/bare/bare.lds

# For system tests: what a domain may do, tried by domains of every role (tests/system/policy.sh).
noinst_PROGRAMS += guests/bare/calls.elf
noinst_DATA += guests/bare/calls
guests_bare_calls_elf_SOURCES = guests/bare/start.S guests/bare/bare.c guests/bare/bare.h \
	guests/bare/memory.c guests/bare/calls.c guests/bare/calls.h guests/bare/calls.def \
	guests/bare/calls_control.c guests/bare/calls_guest.c
guests_bare_calls_elf_CPPFLAGS = $(BARE_CPPFLAGS)
guests_bare_calls_elf_CFLAGS = $(BARE_CFLAGS)
guests_bare_calls_elf_LDFLAGS = $(bare_link_options)
guests_bare_calls_elf_LDADD = -lgcc
guests_bare_calls_elf_DEPENDENCIES = $(top_srcdir)/guests/bare/bare.lds

guests/bare/bench: guests/bare/bench.elf
	$(AM_V_GEN)$(OBJCOPY) -O binary guests/bare/bench.elf $@

guests/bare/calls: guests/bare/calls.elf
	$(AM_V_GEN)$(OBJCOPY) -O binary guests/bare/calls.elf $@

CLEANFILES += guests/bare/bench guests/bare/calls
endif
EXTRA_DIST += guests/bare/bare.lds
