/* SPDX-License-Identifier: MIT */
/* ELF files and other kernels that belong at an address of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <elf.h>
#include <cmocka.h>

#include <trefoil/launch.h>

#define SIZE 0x3000U
#define RAM  0x40000000ULL

static struct {
    Elf64_Ehdr header;
    Elf64_Phdr segments[12];
    uint8_t rest[SIZE];
} file;

static struct launch_form form;

/* Code and a little data at RAM, .bss behind; more data, and more .bss, at 1 MiB. */
static int set_up(void **state)
{
    (void)state;
    memset(&file, 0, sizeof(file));
    file.header = (Elf64_Ehdr){.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1},
                               .e_type = ET_EXEC,
                               .e_machine = EM_AARCH64,
                               .e_version = 1,
                               .e_entry = RAM + 0x40,
                               .e_phoff = sizeof(Elf64_Ehdr),
                               .e_ehsize = sizeof(Elf64_Ehdr),
                               .e_phentsize = sizeof(Elf64_Phdr),
                               .e_phnum = 3};
    file.segments[0] = (Elf64_Phdr){.p_type = PT_LOAD,
                                    .p_flags = PF_X | PF_R,
                                    .p_offset = 0x1000,
                                    .p_vaddr = RAM,
                                    .p_paddr = RAM,
                                    .p_filesz = 0x800,
                                    .p_memsz = 0x2000};
    file.segments[1] = (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = 0xffffffff, .p_filesz = 1};
    file.segments[2] = (Elf64_Phdr){.p_type = PT_LOAD,
                                    .p_flags = PF_W | PF_R,
                                    .p_offset = 0x2000,
                                    .p_vaddr = RAM + 0x100000,
                                    .p_paddr = RAM + 0x100000,
                                    .p_filesz = 0x10,
                                    .p_memsz = 0x5000};
    return 0;
}

static const char *read_form(uint64_t size)
{
    struct launch_wrapped wrapped;
    const char *wrong = launch_kernel_unwrap(&file, size, &wrapped);

    assert_null(wrong);
    return launch_kernel_form(&file, wrapped.size, &wrapped, &form);
}

static void an_executable(void **state)
{
    struct launch_sizes sizes = {.ramdisk = 0x1000, .tree = 0x1000};

    (void)state;
    assert_null(read_form(sizeof(file)));
    assert_true(form.fixed);
    assert_int_equal(form.start, RAM);
    assert_int_equal(form.size, 0x105000);
    assert_int_equal(form.entry, RAM + 0x40);
    assert_int_equal(form.nr_pieces, 2);
    assert_int_equal(form.pieces[0].offset, 0x1000);
    assert_int_equal(form.pieces[0].size, 0x800);
    assert_int_equal(form.pieces[0].to, RAM);
    assert_int_equal(form.pieces[1].offset, 0x2000);
    assert_int_equal(form.pieces[1].size, 0x10);
    assert_int_equal(form.pieces[1].to, RAM + 0x100000);
    assert_null(launch_kernel_sizes(&file, sizeof(file), &form, &sizes));
    assert_int_equal(sizes.image_size, 0x105000);
    assert_true(sizes.fixed && sizes.start == RAM && sizes.entry == RAM + 0x40);
}

/* Linked to high addresses and loaded to low ones: where it begins is as it is loaded. */
static void linked_elsewhere(void **state)
{
    (void)state;
    file.segments[0].p_vaddr = 0xffff800000000000;
    file.header.e_entry = 0xffff800000000040;
    assert_null(read_form(sizeof(file)));
    assert_int_equal(form.entry, RAM + 0x40);
    assert_int_equal(form.start, RAM);
}

/* In any order, and one that is all .bss. */
static void the_lowest_last(void **state)
{
    Elf64_Phdr first = file.segments[0];

    (void)state;
    file.segments[0] = file.segments[2];
    file.segments[2] = first;
    file.segments[1] = (Elf64_Phdr){
        .p_type = PT_LOAD, .p_paddr = RAM - 0x1000, .p_vaddr = RAM - 0x1000, .p_memsz = 0x1000};
    assert_null(read_form(sizeof(file)));
    assert_int_equal(form.start, RAM - 0x1000);
    assert_int_equal(form.size, 0x106000);
    assert_int_equal(form.nr_pieces, 3);
    assert_int_equal(form.pieces[1].size, 0);
}

#define CUT     "an ELF file that is cut short"
#define SIZES   "an ELF file with impossible sizes in a segment's header"
#define NO_CODE "an ELF file whose entry point is in no code"

static void each_mistake(void **state)
{
    static const struct {
        size_t offset, size;
        uint64_t value;
        const char *wrong;
    } rows[] = {
#define H(field) offsetof(Elf64_Ehdr, field), sizeof(file.header.field)
#define S(index, field)                                                                            \
    sizeof(Elf64_Ehdr) + (index) * sizeof(Elf64_Phdr) + offsetof(Elf64_Phdr, field),               \
        sizeof(file.segments[0].field)
        {4, 1, ELFCLASS32, "an ELF file, but not a 64-bit one"},
        {5, 1, ELFDATA2MSB, "a big endian ELF file"},
        {H(e_machine), EM_X86_64, "an ELF file, but not of AArch64"},
        {H(e_machine), EM_ARM, "an ELF file, but not of AArch64"},
        {H(e_type), ET_DYN,
         "an ELF file that is not linked to a fixed address (link it with -no-pie)"},
        {H(e_type), ET_REL, "an ELF file, but not an executable"},
        {H(e_type), ET_CORE, "an ELF file, but not an executable"},
        {H(e_phentsize), 55, "an ELF file whose segments have no known form"},
        {H(e_phnum), 0xffff, "an ELF file whose segments have no known form"},
        {H(e_phnum), 0, "an ELF file with nothing to load"},
        {H(e_phoff), UINT64_MAX, CUT},
        {H(e_phoff), sizeof(file) - 100, CUT},
        {H(e_entry), RAM - 4, NO_CODE},
        {H(e_entry), RAM + 0x800, NO_CODE},
        {H(e_entry), RAM + 0x100000, NO_CODE},
        {H(e_entry), RAM + 0x42, NO_CODE},
        {S(0, p_flags), PF_R, NO_CODE},
        {S(0, p_offset), UINT64_MAX, CUT},
        {S(0, p_offset), sizeof(file) - 0x7ff, CUT},
        {S(0, p_filesz), 0x2001, SIZES},
        {S(0, p_memsz), UINT64_MAX, SIZES},
        {S(2, p_paddr), UINT64_MAX - 0x1000, SIZES},
        {S(2, p_paddr), RAM + 0x1fff, "an ELF file whose segments overlap"},
        {S(2, p_paddr), RAM - 0x4fff, "an ELF file whose segments overlap"},
        {S(2, p_paddr), RAM, "an ELF file whose segments overlap"},
        {S(1, p_type), PT_INTERP, "a dynamically linked ELF file"},
        {S(1, p_type), PT_DYNAMIC, "a dynamically linked ELF file"},
    };

    for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        set_up(state);
        memcpy((uint8_t *)&file + rows[i].offset, &rows[i].value, rows[i].size);
        assert_string_equal(read_form(sizeof(file)), rows[i].wrong);
    }
}

static void too_many_segments(void **state)
{
    (void)state;
    file.header.e_phnum = 9;
    for (unsigned int i = 0; i < 9; i++) {
        file.segments[i] = file.segments[0];
        file.segments[i].p_paddr = file.segments[i].p_vaddr = RAM + i * 0x2000;
    }
    assert_string_equal(read_form(sizeof(file)),
                        "an ELF file with more segments than can be loaded");
    file.header.e_phnum = 8;
    assert_null(read_form(sizeof(file)));
    assert_int_equal(form.size, 8 * 0x2000);
}

/* However much of it there is, nothing beyond is read. */
static void cut_anywhere(void **state)
{
    (void)state;
    for (size_t size = 4; size < 0x2010; size += size < 300 ? 1 : 61) {
        void *part = malloc(size);
        const struct launch_wrapped wrapped = {.size = size};

        memcpy(part, &file, size);
        assert_string_equal(launch_kernel_form(part, size, &wrapped, &form), CUT);
        free(part);
    }
    assert_null(read_form(0x2010));
}

/* ---- where it is to be ---- */

static void expect_place(uint64_t start, uint64_t size, bool fits)
{
    const struct launch_layout layout = {.ram = {{RAM, 0x1000000}, {0x200000000, 0x100000}},
                                         .nr_ram = 2};
    const struct launch_sizes sizes = {.image_size = size,
                                       .ramdisk = 0x1001,
                                       .tree = 0x3000,
                                       .fixed = true,
                                       .start = start,
                                       .entry = start + 8};
    struct launch_placement place;

    assert_int_equal(launch_place(&layout, &sizes, &place), fits);
    if (!fits)
        return;
    assert_int_equal(place.kernel, start + 8);
    assert_int_equal(place.ramdisk % PAGE_SIZE | place.tree % PAGE_SIZE, 0);
    assert_true(place.tree >= place.ramdisk + 0x1001);
    assert_true(place.ramdisk >= start + size || place.tree + 0x3000 <= start);
}

static void placement(void **state)
{
    (void)state;
    expect_place(RAM, 0x1000, true);
    expect_place(RAM + 0x1234, 0x1000, true);
    expect_place(RAM, 0x1000000 - 0x5000, true);
    expect_place(RAM, 0x1000000 - 0x4fff, false);
    /* At the end: all else is before it. */
    expect_place(RAM + 0x5000, 0x1000000 - 0x5000, true);
    expect_place(RAM + 0x4fff, 0x1000000 - 0x4fff, false);
    expect_place(0x200000000, 0x1000, true);
    expect_place(RAM - 4, 0x1000, false);
    expect_place(RAM, 0x1000001, false);
    expect_place(RAM + 0xfff000, 0x1001, false);
    expect_place(UINT64_MAX - 0x1000, 0x1000, false);
    expect_place(0, UINT64_MAX, false);
}

static void no_place(void **state)
{
    const struct launch_layout layout = {.ram = {{RAM, 0x1000000}}, .nr_ram = 1};
    struct launch_sizes sizes = {.image_size = 0x100000, .fixed = true, .start = 0x80000000};
    char text[LAUNCH_MESSAGE];

    (void)state;
    launch_no_place(&layout, &sizes, text);
    assert_string_equal(text,
                        "memory: 16384 KiB do not hold a kernel of 1024 KiB (with .bss) at "
                        "0x80000000, where RAM is from 0x40000000 on, ramdisk of 0 KiB and device "
                        "tree; the domain is left out");
}

/* ---- in a U-Boot image ---- */

static const char *wrapped_form(uint32_t load, uint32_t entry)
{
    const struct launch_wrapped wrapped = {
        .wrapped = true, .size = 0x1000, .load = load, .entry = entry};

    return launch_kernel_form(file.rest, 0x1000, &wrapped, &form);
}

static void a_raw_binary(void **state)
{
    struct launch_sizes sizes = {.text_offset = 0};

    (void)state;
    assert_null(wrapped_form(0x40008000, 0x40008100));
    assert_true(form.fixed);
    assert_int_equal(form.start, 0x40008000);
    assert_int_equal(form.size, 0x1000);
    assert_int_equal(form.entry, 0x40008100);
    assert_int_equal(form.nr_pieces, 1);
    assert_int_equal(form.pieces[0].offset, 0);
    assert_int_equal(form.pieces[0].size, 0x1000);
    assert_int_equal(form.pieces[0].to, 0x40008000);
    assert_null(wrapped_form(0, 0));
    assert_true(form.headless && !form.fixed);
    assert_null(launch_kernel_sizes(file.rest, 0x1000, &form, &sizes));
    assert_int_equal(sizes.image_size, 0x1000);
    assert_false(sizes.fixed);
}

static void a_raw_binary_s_mistakes(void **state)
{
    static const uint32_t entries[] = {0, 0x40007ffc, 0x40009000, 0x40008002, UINT32_MAX};

    (void)state;
    for (unsigned int i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
        assert_string_equal(wrapped_form(0x40008000, entries[i]),
                            "a U-Boot image whose entry point is not in it");
    assert_string_equal(wrapped_form(0, 4),
                        "a U-Boot image with an entry point but no load address");
}

/* What says itself where it belongs is asked itself. */
static void other_kernels_in_it(void **state)
{
    const struct launch_wrapped wrapped = {
        .wrapped = true, .size = sizeof(file), .load = 0x80000, .entry = 0x80000};

    (void)state;
    memcpy(file.rest + 56, "ARM\x64", 4);
    assert_null(wrapped_form(0x80080000, 0x80080000));
    assert_false(form.fixed || form.headless);
    assert_null(launch_kernel_form(&file, sizeof(file), &wrapped, &form));
    assert_int_equal(form.start, RAM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_executable, set_up),
        cmocka_unit_test_setup(linked_elsewhere, set_up),
        cmocka_unit_test_setup(the_lowest_last, set_up),
        cmocka_unit_test_setup(each_mistake, set_up),
        cmocka_unit_test_setup(too_many_segments, set_up),
        cmocka_unit_test_setup(cut_anywhere, set_up),
        cmocka_unit_test(placement),
        cmocka_unit_test(no_place),
        cmocka_unit_test_setup(a_raw_binary, set_up),
        cmocka_unit_test_setup(a_raw_binary_s_mistakes, set_up),
        cmocka_unit_test_setup(other_kernels_in_it, set_up),
    };

    return cmocka_run_group_tests_name("kernels at an address", tests, NULL, NULL);
}
