# SPDX-License-Identifier: MIT
# Fuzz targets are built by name: they take clang, whatever compiler the rest is built with. The others are in the fragments of
# what they test.
fuzz_hypercall_sources = tests/fuzz/hypercall.c tests/fuzz/hypercall_check.c tests/fuzz/hypercall_input.c
EXTRA_DIST += $(fuzz_hypercall_sources) tests/fuzz/hypercall.h tests/fuzz/hypercall_calls.def tests/fuzz/corpus

# A small machine, all of which is looked through after each call.
tests/fuzz/hypercall: $(fuzz_hypercall_sources) tests/fuzz/hypercall_calls.def tests/fuzz/hypercall.h \
		tests/unit/core_fake/device.c tests/unit/core_fake/machine.c tests/unit/core_fake/memory.c tests/unit/core_fake/machine.h tests/unit/core_fake/asm/cpu.h \
		tests/unit/core_fake/asm/arch_domain.h $(core_logic_sources) \
		hypervisor/lib/bitmap.c hypervisor/lib/string_copy.c $(policy_sources)
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && clang -std=gnu11 -g -O1 -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -DFAKE_GFNS=256 -DFAKE_RAM=64U '-DFAKE_MEMORY=(UINT64_C(16) << 20)' \
		-Wl,--wrap=power_end,--wrap=power_provoke $(core_test_cppflags) -o $@ $(filter %.c,$^)
CLEANFILES += tests/fuzz/hypercall

# The same calls, from four CPUs at once.
races_hypercall_sources = tests/races/hypercall.c tests/fuzz/hypercall_check.c tests/fuzz/hypercall_input.c
EXTRA_DIST += $(races_hypercall_sources)
tests/races/hypercall: $(races_hypercall_sources) tests/fuzz/hypercall_calls.def tests/fuzz/hypercall.h \
		tests/unit/core_fake/device.c tests/unit/core_fake/machine.c tests/unit/core_fake/memory.c tests/unit/core_fake/machine.h tests/unit/core_fake/asm/cpu.h \
		tests/unit/core_fake/asm/arch_domain.h $(core_logic_sources) \
		hypervisor/lib/bitmap.c hypervisor/lib/string_copy.c $(policy_sources)
	$(AM_V_CCLD)$(MKDIR_P) $(@D) && clang -std=gnu11 -g -O1 -fsanitize=thread \
		-DFAKE_PCPUS=4U -DFAKE_GFNS=256 -DFAKE_RAM=64U '-DFAKE_MEMORY=(UINT64_C(16) << 20)' \
		-Wl,--wrap=power_end,--wrap=power_provoke $(core_test_cppflags) -I$(top_srcdir)/tests/fuzz -o $@ $(filter %.c,$^) -lpthread
CLEANFILES += tests/races/hypercall

if NATIVE_TESTS
TESTS += tests/unit/configure_packages
endif
EXTRA_DIST += tests/unit/configure_packages
