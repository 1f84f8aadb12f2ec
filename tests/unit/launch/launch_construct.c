/* SPDX-License-Identifier: MIT */
/* What construction asks of core and arch for each kind of domain, and that whatever fails leaves
 * nothing behind. */
#include "launch_fake_core.h"
#include "launch_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>
#include <trefoil/errno.h>
#include <xen/arch-arm.h>
#include <xen/bootfdt.h>
#include <xen/hvm/params.h>
#include <xen/io/console.h>
#include <xen/io/xs_wire.h>

/* All modules within the fake memory. */
#define SMALL_MODULES                                                                              \
    "&hardware_kernel { reg = <0 0x49000000 0 0x8000>; };\n"                                       \
    "&control_kernel { reg = <0 0x49000000 0 0x8000>; };\n"                                        \
    "&app_kernel { reg = <0 0x49000000 0 0x8000>; };\n"                                            \
    "&hardware_ramdisk { reg = <0 0x49010000 0 0x3000>; };\n"                                      \
    "&control_ramdisk { reg = <0 0x49010000 0 0x3000>; };\n"

struct header {
    uint32_t code[2];
    uint64_t text_offset, image_size, flags, reserved[3];
    uint32_t magic, pe_offset;
};

static struct header *const header = (struct header *)fake_modules;
static void *fdt;
static struct domain *built;

/* Builds one domain of base.dts with an addition. */
static int build(const char *name, const char *addition)
{
    char text[4096];
    struct construct_context context;
    const struct launch_domain *plan;
    int result;

    free(fdt);
    snprintf(text, sizeof(text), "%s%s", SMALL_MODULES, addition ? addition : "");
    fdt = launch_tree(NULL, text);
    context.fdt = fdt;
    context.machine = launch_test_machine(fdt);
    context.plan = launch_test_plan(fdt);
    plan = launch_test_domain(context.plan, name);
    built = NULL;
    result = domain_construct(&context, plan, &built);
    if (!result)
        fake_check_nothing_left();
    return result;
}

static int set_up(void **state)
{
    (void)state;
    fake_reset();
    for (unsigned int i = 0; i < FAKE_MODULES_SIZE; i++)
        fake_modules[i] = (uint8_t)(i * 7 + (i >> 8));
    *header = (struct header){.image_size = 0x20000, .magic = 0x644d5241};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(fdt);
    fdt = NULL;
    fake_reset();
    return 0;
}

static uint32_t word_at(uint64_t address)
{
    uint32_t word;

    memcpy(&word, fake_guest(address), sizeof(word));
    return word;
}

static void a_plain_guest(void **state)
{
    (void)state;
    assert_int_equal(build("app", "&app { peers = \"control\"; };"), 0);
    assert_string_equal(built->name, "app");
    assert_int_equal(built->id, 2);
    assert_int_equal(built->max_vcpus, 2);
    assert_int_equal(built->config.pool_pages, (272 + 64 * 12 + 32 * 4 + 2 * 64 + 128 * 2) / 4);
    assert_int_equal(built->config.grant_frames, 64);
    assert_int_equal(built->config.maptrack_frames, 32);
    assert_int_equal(built->config.nr_lines, 16);
    assert_int_equal(built->config.layout.gicd.start, GUEST_GICV3_GICD_BASE);
    assert_int_equal(built->config.layout.gicr.start, GUEST_GICV3_GICR0_BASE);
    assert_false(built->config.virtual_uart || built->direct_map || fake.console_input);
    assert_int_equal(fake.peers, 1 << 1);
    assert_int_equal(fake.targets, 0);
    assert_memory_equal(built->handle, launch_test_domain(launch_test_plan(fdt), "app")->uuid, 16);
    assert_int_equal(fake.ram[0].gfn, 0x40000);
    assert_int_equal(fake.ram[0].pages, 0x8000);
    assert_int_equal(fake.nr_mmio + fake.nr_irqs, 0);
    assert_int_equal(fake.entry, 0x40000000);
    assert_true(fake.started);
    assert_int_equal(fake.pages_held, 0);
    assert_int_equal(fake.error_lines, 0);
}

static void what_is_loaded(void **state)
{
    const void *tree;
    const char *args;
    const fdt64_t *ramdisk;
    uint8_t seed[LAUNCH_SEED];

    (void)state;
    header->text_offset = 0x80000;
    assert_int_equal(build("control", "&chosen { rng-seed = <1 2 3 4 5 6 7 8>; };"), 0);
    assert_int_equal(fake.entry, 0x40080000);
    assert_memory_equal(fake_guest(fake.entry), fake_modules, 0x8000);
    tree = fake_guest(fake.argument);
    assert_int_equal(fdt_check_header(tree), 0);
    args = fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "bootargs", NULL);
    assert_string_equal(args, "console=ttyAMA0");
    args = fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "rng-seed", NULL);
    assert_true(launch_seed(fdt, launch_test_machine(fdt), built->unique_id, seed));
    assert_memory_equal(args, seed, LAUNCH_SEED);
    ramdisk = fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "linux,initrd-start", NULL);
    assert_memory_equal(fake_guest(fdt64_ld(ramdisk)), fake_modules + 0x10000, 0x3000);
    assert_int_equal(fake.invalidations, 1);
}

static void pv_interfaces(void **state)
{
    const uint64_t console = GUEST_MAGIC_BASE, store = GUEST_MAGIC_BASE + PAGE_SIZE;
    uint32_t port;

    (void)state;
    assert_int_equal(build("control", NULL), 0);
    assert_true(fake.console_input && built->config.virtual_uart);
    assert_int_equal(built->config.uart_line, GUEST_VPL011_SPI);
    assert_int_equal(built->hvm_params[HVM_PARAM_CONSOLE_PFN], console >> PAGE_SHIFT);
    assert_int_equal(built->hvm_params[HVM_PARAM_STORE_PFN], store >> PAGE_SHIFT);
    port = (uint32_t)built->hvm_params[HVM_PARAM_STORE_EVTCHN];
    assert_int_not_equal(port, 0);
    assert_int_not_equal(port, built->hvm_params[HVM_PARAM_CONSOLE_EVTCHN]);
    assert_int_equal(fake.port_remote[port], 0);
    assert_int_equal(word_at(store + offsetof(struct xenstore_domain_interface, evtchn_port)),
                     port);
    assert_int_equal(word_at(store + offsetof(struct xenstore_domain_interface, connection)),
                     XENSTORE_RECONNECT);
    assert_int_equal(word_at(console + offsetof(struct xencons_interface, connection)),
                     XENCONSOLE_DISCONNECTED);
    assert_int_equal(fake.grants[0].gfn, console >> PAGE_SHIFT);
    assert_int_equal(fake.grants[1].gfn, store >> PAGE_SHIFT);
    assert_int_equal(fake.grants[0].peer, 0);
}

#define CHANNEL                                                                                    \
    "&app { ec1: e1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <10 &ec2>; }; };\n"             \
    "&control { ec2: e2 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <11 &ec1>; }; };\n"

static void static_channels(void **state)
{
    (void)state;
    assert_int_equal(build("app", CHANNEL), 0);
    assert_int_equal(fake.nr_static, 1);
    assert_int_equal(fake.static_port, 10);
    assert_int_equal(fake.static_remote, 1);
    assert_int_equal(fake.static_remote_port, 11);
    fake_reset();
    assert_int_equal(build("hardware", CHANNEL), 0);
    assert_int_equal(fake.nr_static, 0);
}

#define SHARED(place, size)                                                                        \
    "&app { m { compatible = \"xen,domain-shared-memory-v1\"; xen,shm-id = \"one\"; "              \
    "xen,shared-mem = <" place " 1 0 " size ">; };\n"                                              \
    "  n { compatible = \"xen,domain-shared-memory-v1\"; xen,shm-id = \"two\"; "                   \
    "xen,shared-mem = <0 0x71000000 1 0x10000000 0 0x1000>; }; };\n"

/* In pieces of 64 MiB, and one after the other. */
static void shared_memory(void **state)
{
    (void)state;
    assert_int_equal(build("app", SHARED("0 0x72000000", "0 0x8001000")), 0);
    assert_int_equal(fake.nr_shared, 4);
    assert_int_equal(fake.shared[0].gfn, 0x100000);
    assert_int_equal(fake.shared[0].mfn, 0x72000);
    assert_int_equal(fake.shared[0].pages, 0x4000);
    assert_int_equal(fake.shared[2].gfn, 0x108000);
    assert_int_equal(fake.shared[2].mfn, 0x7a000);
    assert_int_equal(fake.shared[2].pages, 1);
    assert_int_equal(fake.shared[3].gfn, 0x110000);
    assert_int_equal(fake.shared[3].mfn, 0x71000);
    assert_int_equal(fake.shared[3].pages, 1);
    fake_reset();
    assert_int_equal(build("control", SHARED("0 0x72000000", "0 0x8001000")), 0);
    assert_int_equal(fake.nr_shared, 0);
}

/* One that no place was found for: its domain alone is left out. */
static void shared_memory_without_a_place(void **state)
{
    (void)state;
    assert_int_equal(build("app", SHARED("", "0 0x1000")), -ENOMEM);
    assert_int_equal(fake.error_lines, 1);
    assert_int_equal(fake.discarded, 1);
    assert_int_equal(fake.pages_held, 0);
}

/* xenstored elsewhere than xenconsoled, and under an id that is not 0. */
static void backends_by_their_planned_ids(void **state)
{
    (void)state;
    assert_int_equal(build("app", "&hardware { capabilities = <2>; domid = <5>; };\n"
                                  "&control { capabilities = <5>; domid = <9>; };"),
                     0);
    assert_int_equal(fake.port_remote[built->hvm_params[HVM_PARAM_CONSOLE_EVTCHN]], 5);
    assert_int_equal(fake.port_remote[built->hvm_params[HVM_PARAM_STORE_EVTCHN]], 9);
    assert_int_equal(fake.grants[0].peer, 5);
    assert_int_equal(fake.grants[1].peer, 9);
}

static void fewer_pv_interfaces(void **state)
{
    (void)state;
    assert_int_equal(build("app", "&app { xen,enhanced = \"no-xenstore\"; };"), 0);
    assert_int_equal(built->hvm_params[HVM_PARAM_STORE_PFN], 0);
    assert_int_not_equal(built->hvm_params[HVM_PARAM_CONSOLE_PFN], 0);
    fake_reset();
    assert_int_equal(build("app", "&app { xen,enhanced = \"disabled\"; };"), 0);
    assert_int_equal(built->hvm_params[HVM_PARAM_CONSOLE_PFN], 0);
    assert_int_equal(fake.nr_ram, 1);
    assert_int_equal(fake.nr_ports, 0);
}

static void the_hardware_domain(void **state)
{
    static const unsigned int irqs[] = {34, 48, 49, 72, 73, 74};

    (void)state;
    assert_int_equal(build("hardware", NULL), 0);
    assert_true(built->direct_map && fake.console_input);
    assert_int_equal(fake.nr_ram, 1);
    assert_int_equal(fake.ram[0].gfn, 0x50000);
    assert_int_equal(fake.ram[0].mfn, 0x50000);
    assert_int_equal(fake.nr_mmio, 4);
    for (unsigned int i = 0; i < fake.nr_mmio; i++)
        assert_int_equal(fake.mmio[i].gfn, fake.mmio[i].mfn);
    assert_int_equal(fake.nr_irqs, 6);
    assert_memory_equal(fake.irqs, irqs, sizeof(irqs));
    assert_int_equal(built->config.nr_lines, 74 - 32 + 1);
    assert_int_equal(built->config.layout.gicd.start, 0x8000000);
    assert_int_equal(fake.entry, 0x50000000);
    for (unsigned int i = 0; i < 64; i++)
        assert_int_equal(built->hvm_params[i], 0);
    assert_int_equal(fake.nr_ports, 0);
}

/* Static memory in ranges that do not end where the domain's banks do; a GiB at a time. */
static void static_memory_in_two_banks(void **state)
{
    (void)state;
    assert_int_equal(
        build("app", "&memory { reg = <0 0x40000000 2 0>; };\n"
                     "&app { memory = <0 0x380000>;\n"
                     "xen,static-mem = <0 0x80000000 0 0x40000000 0 0xe0000000 0 0xa0000000>; };"),
        0);
    assert_int_equal(fake.ram[0].gfn, 0x40000);
    assert_int_equal(fake.ram[0].mfn, 0x80000);
    assert_int_equal(fake.ram[1].gfn, 0x80000);
    assert_int_equal(fake.ram[1].mfn, 0xe0000);
    assert_int_equal(fake.ram[1].pages, 0x40000);
    assert_int_equal(fake.ram[2].gfn, 0xc0000);
    assert_int_equal(fake.ram[2].mfn, 0x120000);
    assert_int_equal(fake.ram[2].pages, 0x40000);
    assert_int_equal(fake.ram[3].gfn, 0x200000);
    assert_int_equal(fake.ram[3].mfn, 0x160000);
    assert_int_equal(fake.ram[3].pages, 0x20000);
}

static void affinities(void **state)
{
    (void)state;
    assert_int_equal(
        build("app",
              "&app { hard-affinity = \"0\"; soft-affinity = \"0\"; v { compatible = \"xen,vcpu\"; "
              "id = <1>; hard-affinity = \"1\"; }; };"),
        0);
    assert_int_equal(fake.weight, 256);
    assert_int_equal(fake.cap, 0);
    assert_int_equal(fake.affinity[0], 1);
    assert_int_equal(fake.affinity[1], 0);
    assert_int_equal(built->vcpus[0]->soft_affinity, 1);
    assert_string_equal(fake.warning, "app: vcpu 1: none of the CPUs in hard-affinity is online, "
                                      "runs on any");
}

static void pools(void **state)
{
    static const char fragment[] =
        "&chosen { pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&cpu1>; }; };\n"
        "&app { domain-cpupool = <&pool>; };";

    (void)state;
    assert_int_equal(build("app", fragment), 0);
    assert_int_equal(built->config.cpu_pool, 0);
    assert_string_equal(fake.warning, "app: none of the CPUs of its pool is online, is in Pool-0");
    fake_reset();
    fake.online = 2;
    assert_int_equal(build("app", fragment), 0);
    assert_int_equal(built->config.cpu_pool, 1);
    /* As all that it may have. */
    assert_int_equal(fake.affinity[0], 0);
}

static void shares(void **state)
{
    (void)state;
    assert_int_equal(build("app", "&app { sched-weight = <512>; sched-cap = <150>; };"), 0);
    assert_int_equal(fake.weight, 512);
    assert_int_equal(fake.cap, 150);
}

static void expect_bad_kernel(const char *what)
{
    char line[256];

    snprintf(line, sizeof(line),
             "/chosen/app/kernel: reg: at 0x49000000 is %s; the domain is left out", what);
    assert_true(build("app", NULL) < 0);
    assert_string_equal(fake.error, line);
    assert_int_equal(fake.created, 0);
    assert_int_equal(fake.pages_held, 0);
    assert_null(built);
}

static void bad_kernels(void **state)
{
    (void)state;
    header->flags = 1;
    expect_bad_kernel("a big endian kernel");
    set_up(state);
    header->image_size = UINT64_MAX;
    expect_bad_kernel("an Image with impossible sizes in its header");
    set_up(state);
    header->text_offset = UINT64_MAX;
    expect_bad_kernel("an Image with impossible sizes in its header");
    set_up(state);
    assert_true(build("app", "&app_kernel { reg = <0 0x49020000 0 63>; };") < 0);
    assert_string_equal(fake.error, "/chosen/app/kernel: reg: at 0x49020000 is less than an arm64 "
                                    "Image's header; the domain is left out");
    set_up(state);
    header->image_size = 128 << 20;
    assert_true(build("app", NULL) < 0);
    assert_string_equal(fake.error, "/chosen/app: memory: 131072 KiB do not hold a kernel of "
                                    "131072 KiB (with .bss), ramdisk of 0 KiB and device tree; "
                                    "the domain is left out");
}

/* Files that one may have taken for the Image. */
static void other_files(void **state)
{
    static const struct {
        uint8_t bytes[6];
        const char *what;
    } files[] = {
        {{0}, "nothing known"},
        {{0x1f, 0x8b, 8, 0, 0, 0}, "a file compressed by gzip"},
        {{0xfd, '7', 'z', 'X', 'Z', 0}, "a file compressed by xz"},
        {{0x28, 0xb5, 0x2f, 0xfd, 4, 0}, "a file compressed by zstd"},
        {{0x7f, 'E', 'L', 'F', 2, 1}, "an ELF file"},
        {{0x27, 0x05, 0x19, 0x56, 0, 0}, "a U-Boot image"},
        {{0xd0, 0x0d, 0xfe, 0xed, 0, 0}, "a device tree or FIT"},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(files); i++) {
        char what[128];

        set_up(state);
        header->magic = 0;
        memcpy(fake_modules, files[i].bytes, sizeof(files[i].bytes));
        snprintf(what, sizeof(what), "%s, not an (uncompressed) arm64 Image", files[i].what);
        expect_bad_kernel(what);
    }
}

static void bad_passthrough_tree(void **state)
{
    (void)state;
    assert_true(build("app", "&app { dt { compatible = \"multiboot,device-tree\"; "
                             "reg = <0 0x49020000 0 0x1000>; }; };") < 0);
    assert_string_equal(fake.error,
                        "/chosen/app/dt: reg: not a valid device tree; the domain is left out");
    assert_int_equal(fake.created, fake.discarded);
    assert_int_equal(fake.pages_held, 0);
}

#define PASSTHROUGH(domain)                                                                        \
    "&" domain                                                                                     \
    " { dt { compatible = \"multiboot,device-tree\"; reg = <0 0x49020000 0 0x1000>; }; "           \
    "};\n"

static void load_passthrough_tree(void)
{
    void *tree = launch_tree("passthrough.dts", NULL);

    assert_in_range(fdt_totalsize(tree), 1, 0x1000);
    memcpy(fake_modules + 0x20000, tree, fdt_totalsize(tree));
    free(tree);
}

static void devices_by_a_passthrough_tree(void **state)
{
    (void)state;
    load_passthrough_tree();
    assert_int_equal(build("app", "&rtc { xen,passthrough; };\n"
                                  "&app { nr_spis = <1>; };\n" PASSTHROUGH("app")),
                     0);
    assert_int_equal(fake.nr_mmio, 1);
    assert_int_equal(fake.mmio[0].gfn, 0x10000);
    assert_int_equal(fake.mmio[0].mfn, 0x9010);
    assert_int_equal(fake.mmio[0].pages, 1);
    assert_int_equal(fake.nr_irqs, 1);
    assert_int_equal(fake.irqs[0], 34);
    assert_int_equal(built->config.nr_lines, 3);
    assert_true(fdt_path_offset(fake_guest(fake.argument), "/bus@10000000/serial@10000000") > 0);
}

static void device_of_two_domains(void **state)
{
    static const char both[] =
        "&rtc { xen,passthrough; };\n" PASSTHROUGH("control") PASSTHROUGH("app");

    (void)state;
    load_passthrough_tree();
    assert_int_equal(build("control", both), 0);
    assert_true(build("app", both) < 0);
    assert_string_equal(fake.error, "/chosen/app/dt: xen,path: a device, or a page with devices, "
                                    "that control has already; the domain is left out");
}

/* Every call that can fail does so once: one line that names the domain, nothing kept, nobody
 * started. */
static void every_failure(void **state)
{
    static const char *const names[] = {"hardware", "control"};

    for (unsigned int i = 0; i < 2; i++) {
        unsigned int calls;

        set_up(state);
        assert_int_equal(build(names[i], CHANNEL), 0);
        calls = fake.fallible_calls;
        assert_in_range(calls, 10, 100);
        for (unsigned int at = 1; at <= calls; at++) {
            set_up(state);
            fake.fail_at = at;
            assert_true(build(names[i], CHANNEL) < 0);
            assert_null(built);
            assert_int_equal(fake.error_lines, 1);
            assert_ptr_equal(strstr(fake.error, names[i]), fake.error);
            assert_int_equal(fake.created, fake.discarded);
            assert_int_equal(fake.pages_held, 0);
            assert_false(fake.started);
        }
    }
}

/* In pieces comes about what comes about at once. */
static void built_in_pieces(void **state)
{
    struct construct_context context;
    struct construction *construction;
    const struct launch_domain *plan;
    unsigned int turns = 0;
    uint64_t covered, pieces;
    int result;

    (void)state;
    assert_int_equal(build("control", "&control { hard-affinity = \"0\"; };"), 0);
    assert_true(fake.cpus == UINT64_MAX);
    context = (struct construct_context){
        .fdt = fdt, .machine = launch_test_machine(fdt), .plan = launch_test_plan(fdt)};
    plan = launch_test_domain(context.plan, "control");
    fake_reset();
    construction = construct_begin(&context, plan, 0x2000, &result);
    assert_non_null(construction);
    while ((result = construct_continue(construction, &built)) == -ERESTART)
        turns++;
    assert_int_equal(result, 0);
    fake_check_nothing_left();
    covered = plan->kernel.range.size + plan->ramdisk.range.size;
    assert_in_range(fake.scrubs, (plan->memory - covered) / 0x2000,
                    (plan->memory - covered) / 0x2000 + 3);
    assert_int_equal(fake.noted, plan->memory - covered / PAGE_SIZE * PAGE_SIZE);
    assert_int_equal(fake.cpus, 1);
    pieces = (plan->memory + covered) / 0x2000;
    assert_in_range(turns, pieces, pieces + 24);
    for (uint64_t at = 0; at < plan->kernel.range.size; at += 0x1000)
        assert_memory_equal(fake_guest(fake.entry + at), fake_modules + at, 0x1000);
    assert_int_equal(fdt_check_header(fake_guest(fake.argument)), 0);
    assert_true(fake.started);
    assert_int_equal(fake.pages_held, 0);
}

/* A kernel whose pieces belong at addresses of their own: at once, in pieces, and again. */
static void built_from_pieces(void **state)
{
    static const struct launch_form form = {.fixed = true,
                                            .start = 0x40100000,
                                            .size = 0x20000,
                                            .entry = 0x40100804,
                                            .pieces = {{0x1000, 0x3001, 0x40110000},
                                                       {0x100, 0, 0x40105000},
                                                       {0x5000, 0x1000, 0x40100800}},
                                            .nr_pieces = 3};
    struct construct_context context;
    struct launch_domain *plan;

    (void)state;
    assert_int_equal(build("control", NULL), 0);
    context = (struct construct_context){
        .fdt = fdt, .machine = launch_test_machine(fdt), .plan = launch_test_plan(fdt)};
    plan = (struct launch_domain *)(uintptr_t)launch_test_domain(context.plan, "control");
    plan->form = form;
    for (unsigned int i = 0; i < 3; i++) {
        const uint64_t piece[] = {UINT64_MAX, 0x1000, 0x2000};
        struct construction *construction;
        int result;

        fake_reset();
        construction = construct_begin(&context, plan, piece[i], &result);
        assert_non_null(construction);
        do
            result = construct_continue(construction, &built);
        while (result == -ERESTART);
        assert_int_equal(result, 0);
        fake_check_nothing_left();
        assert_int_equal(fake.entry, 0x40100804);
        for (uint64_t at = 0; at <= 0x3000; at += 0x1000)
            assert_memory_equal(fake_guest(0x40110000 + at), fake_modules + 0x1000 + at, 1);
        assert_memory_equal(fake_guest(0x40100800), fake_modules + 0x5000, 0x1000);
        assert_false(fake_written(0x40113001) || fake_written(0x40105000) ||
                     fake_written(0x40000000));
    }
}

/* Where no boot loader was, sizes are known and contents are not: only the tree is written. */
static void nothing_loaded(void **state)
{
    (void)state;
    fake.no_modules = true;
    assert_int_equal(build("control", NULL), 0);
    assert_int_equal(fake.entry, 0x40000000);
    assert_int_equal(fdt_check_header(fake_guest(fake.argument)), 0);
    assert_false(fake_written(fake.entry));
    assert_true(fake.started);
    assert_int_equal(fake.pages_held, 0);
    assert_int_equal(fake.error_lines, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_plain_guest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_loaded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pv_interfaces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(static_channels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shared_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shared_memory_without_a_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(backends_by_their_planned_ids, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fewer_pv_interfaces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_hardware_domain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(static_memory_in_two_banks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(affinities, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pools, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shares, set_up, tear_down),
        cmocka_unit_test_setup_teardown(built_in_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(built_from_pieces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_kernels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_passthrough_tree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(devices_by_a_passthrough_tree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(device_of_two_domains, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_loaded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failure, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
