/* SPDX-License-Identifier: MIT */
/* What machine_read() finds. */
#include "launch_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <libfdt.h>

static void the_board(void **state)
{
    void *fdt = launch_tree(NULL, NULL);
    const struct machine *machine = launch_test_machine(fdt);

    (void)state;
    assert_int_equal(machine->nr_banks, 1);
    assert_int_equal(machine->banks[0].start, 0x40000000);
    assert_int_equal(machine->banks[0].size, 0x80000000);
    assert_int_equal(machine->nr_cpus, 2);
    assert_int_equal(machine->cpus[1].id, 1);
    assert_true(machine->cpus[0].startable && machine->arch.has_psci && machine->arch.psci_smc);
    assert_int_equal(machine->arch.gicd.start, 0x8000000);
    assert_int_equal(machine->arch.nr_gicr, 1);
    assert_int_equal(machine->arch.gicr[0].start, 0x80a0000);
    assert_int_equal(machine->arch.gicr[0].size, 0xf60000);
    assert_int_equal(machine->arch.gicr_stride, 0);
    assert_int_equal(machine->arch.gic_maintenance_irq, 25);
    assert_string_equal(machine->controller.path, "/intc@8000000");
    assert_int_equal(machine->arch.timer_irq_phys, 30);
    assert_int_equal(machine->arch.timer_irq_virt, 27);
    assert_int_equal(machine->arch.timer_irq_hyp, 26);
    assert_int_equal(machine->arch.timer_frequency, 0);
    assert_string_equal(machine->command_line, "console-focus=control");
    free(fdt);
}

static void the_console(void **state)
{
    void *fdt = launch_tree(NULL, NULL);
    const struct machine *machine = launch_test_machine(fdt);
    const struct machine_uart *uart = &machine->uart;

    (void)state;
    assert_true(machine->has_uart);
    assert_string_equal(uart->path, "/pl011@9000000");
    assert_string_equal(uart->compatible, "arm,pl011");
    assert_true(machine_uart_compatible(uart, "arm,primecell"));
    assert_false(machine_uart_compatible(uart, "arm"));
    assert_false(machine_uart_compatible(uart, ""));
    assert_int_equal(uart->reg.start, 0x9000000);
    assert_int_equal(uart->irq, 33);
    assert_int_equal(uart->clock_hz, 24000000);
    assert_int_equal(uart->baud, 115200);
    free(fdt);
}

/* Behind a bus with ranges, by a path below an alias, with interrupts-extended and 8250's extras.
 */
static void a_console_on_a_bus(void **state)
{
    void *fdt = launch_tree(
        NULL, "&soc { serial@100400 { compatible = \"ns16550a\"; reg = <0x100400 0x100>;\n"
              "interrupts-extended = <&its 5>, <&gic 0 9 4>; clock-frequency = <1000>;\n"
              "reg-shift = <2>; reg-io-width = <4>; current-speed = <9600>; }; };\n"
              "/ { aliases { bus = &soc; }; };\n"
              "&its { #interrupt-cells = <1>; };\n"
              "&chosen { stdout-path = \"bus/serial@100400\"; };");
    const struct machine *machine = launch_test_machine(fdt);

    (void)state;
    assert_true(machine->has_uart);
    assert_string_equal(machine->uart.path, "/soc@c000000/serial@100400");
    assert_int_equal(machine->uart.reg.start, 0xd000400);
    assert_int_equal(machine->uart.irq, 0);
    assert_int_equal(machine->uart.clock_hz, 1000);
    assert_int_equal(machine->uart.baud, 9600);
    assert_int_equal(machine->uart.reg_shift, 2);
    assert_int_equal(machine->uart.reg_io_width, 4);
    free(fdt);
}

/* Xen's option goes before stdout-path, if it names a node. */
static void a_console_by_option(void **state)
{
    static const struct {
        const char *options, *path;
        unsigned int baud;
    } cases[] = {
        {"console=dtuart dtuart=serial9:9600 sched=null", "/pl031@9010000", 9600},
        {"dtuart=/pl031@9010000", "/pl031@9010000", 0},
        {"dtuart=/nothing", "/pl011@9000000", 115200},
        {"dtuart=", "/pl011@9000000", 115200},
        {"nodtuart=/pl031@9010000", "/pl011@9000000", 115200},
    };

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
        char text[256];

        snprintf(text, sizeof(text),
                 "/ { aliases { serial9 = \"/pl031@9010000\"; }; };"
                 "&chosen { xen,xen-bootargs = \"%s\"; };",
                 cases[i].options);
        void *fdt = launch_tree(NULL, text);
        const struct machine *machine = launch_test_machine(fdt);

        assert_true(machine->has_uart);
        assert_string_equal(machine->uart.path, cases[i].path);
        assert_int_equal(machine->uart.baud, cases[i].baud);
        free(fdt);
    }
}

static void no_console(void **state)
{
    void *fdt = launch_tree(
        NULL, "/ { aliases { loop = \"loop\"; }; }; &chosen { stdout-path = \"loop\"; };");

    (void)state;
    assert_false(launch_test_machine(fdt)->has_uart);
    free(fdt);
}

/* A range that wraps around is none, and nothing of it stays. */
static void console_nowhere(void **state)
{
    void *fdt = launch_tree(NULL, "&{/pl011@9000000} { reg = <0 0xffffffff 0xffffffff 0x1000>; };");
    const struct machine *machine = launch_test_machine(fdt);

    (void)state;
    assert_false(machine->has_uart);
    assert_int_equal(machine->uart.reg.start, 0);
    assert_int_equal(machine->uart.reg.size, 0);
    free(fdt);
}

static void several_banks_and_reservations(void **state)
{
    void *fdt =
        launch_tree(NULL, "/ { more@200000000 { device_type = \"memory\";\n"
                          "reg = <2 0 0 0x40000800 0 0x30000800 0 0x1000>; };\n"
                          "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;\n"
                          "a { reg = <0 0x4f000800 0 0x1000>; }; b { status = \"disabled\"; reg = "
                          "<0 0x5f000000 0 0x1000>; }; }; };");
    const struct machine *machine;

    (void)state;
    assert_int_equal(fdt_open_into(fdt, fdt, (int)fdt_totalsize(fdt) + 64), 0);
    assert_int_equal(fdt_add_mem_rsv(fdt, 0x48000000, 0x1234), 0);
    machine = launch_test_machine(fdt);
    assert_int_equal(machine->nr_banks, 2);
    assert_int_equal(machine->banks[0].start, 0x40000000);
    assert_true(machine->banks[1].start == 0x200000000);
    assert_int_equal(machine->banks[1].size, 0x40000000);
    assert_int_equal(machine->nr_reserved, 2);
    assert_int_equal(machine->reserved[0].start, 0x48000000);
    assert_int_equal(machine->reserved[0].size, 0x2000);
    assert_int_equal(machine->reserved[1].start, 0x4f000000);
    assert_int_equal(machine->reserved[1].size, 0x2000);
    free(fdt);
}

/* RAM that must not be mapped is none: at a bank's ends, inside one, all of one. */
static void no_map(void **state)
{
    static const struct paddr_range left[] = {{0x40002000, 0x0fffe000},
                                              {0x50001000, 0x0ffff000},
                                              {0x60200000, 0x1fdff000},
                                              {0x80001000, 0x3fffe000}};
    void *fdt = launch_tree(
        NULL,
        "&memory { reg = <0 0x40000000 0 0x80000000>; };\n"
        "/ { more@200000000 { device_type = \"memory\"; reg = <2 0 0 0x1000>; };\n"
        "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;\n"
        "a { reg = <0 0x3ffff000 0 0x2800>; no-map; };\n"
        "b { reg = <0 0x50000800 0 0x800 0 0x60000000 0 0x200000>; no-map; };\n"
        "c { reg = <0 0x7ffff000 0 0x1000>; no-map; }; d { reg = <0 0x80000000 0 0x1>; no-map; };\n"
        "e { reg = <0 0xbffff000 1 0x40002000>; no-map; };\n"
        "f { reg = <0 0x90000000 0 0x1000>; };\n"
        "g { reg = <0 0xa0000000 0 0x1000>; no-map; status = \"disabled\"; }; }; };");
    const struct machine *machine = launch_test_machine(fdt);

    (void)state;
    assert_int_equal(machine->nr_banks, ARRAY_SIZE(left));
    for (unsigned int i = 0; i < ARRAY_SIZE(left); i++) {
        assert_true(machine->banks[i].start == left[i].start);
        assert_true(machine->banks[i].size == left[i].size);
    }
    free(fdt);
}

static void cpus_of_clusters(void **state)
{
    void *fdt = launch_tree(
        NULL, "&cpus { #address-cells = <2>; };\n&cpu0 { reg = <0 0x100>; };\n"
              "&cpu1 { reg = <1 0x103>; enable-method = \"spin-table\"; };\n"
              "&cpus { cpu@2 { device_type = \"cpu\"; reg = <0 2>; status = \"disabled\"; }; };");
    const struct machine *machine = launch_test_machine(fdt);

    (void)state;
    assert_int_equal(machine->nr_cpus, 2);
    assert_int_equal(machine->cpus[0].id, 0x100);
    assert_true(machine->cpus[1].id == 0x100000103);
    assert_false(machine->cpus[1].startable);
    free(fdt);
}

static void names_and_hvc(void **state)
{
    void *fdt = launch_tree(
        NULL, "&timer { interrupts = <1 10 4 1 11 4 1 14 4>; clock-frequency = <62500000>;\n"
              "interrupt-names = \"hyp-phys\", \"virt\", \"phys\"; };\n"
              "&psci { method = \"hvc\"; };\n"
              "&gic { #interrupt-cells = <4>; interrupts = <1 9 4 0>; };\n"
              "&timer { interrupts = <1 10 4 0 1 11 4 0 1 14 4 0>; };\n"
              "&chosen { /delete-property/ xen,xen-bootargs; bootargs = \"log=debug\"; };");
    const struct machine *machine = launch_test_machine(fdt);

    (void)state;
    assert_int_equal(machine->arch.timer_irq_hyp, 26);
    assert_int_equal(machine->arch.timer_irq_virt, 27);
    assert_int_equal(machine->arch.timer_irq_phys, 30);
    assert_int_equal(machine->arch.timer_frequency, 62500000);
    assert_int_equal(machine->controller.cells, 4);
    assert_false(machine->arch.psci_smc);
    assert_string_equal(machine->command_line, "log=debug");
    free(fdt);
}

/* What does not fit as a whole is left out, and noted. */
static void a_long_command_line_is_cut_at_a_word(void **state)
{
    char text[700] = "&chosen { xen,xen-bootargs = \"";
    char *end = text + strlen(text), *start = end;
    const struct machine *machine;
    void *fdt;

    (void)state;
    while (end - start < MACHINE_COMMAND_LINE - 12)
        end += sprintf(end, "log=debug ");
    strcpy(end, "watchdog=30\"; };");
    fdt = launch_tree(NULL, text);
    machine = launch_test_machine(fdt);
    assert_false(machine->command_line_cut);
    assert_int_equal(strlen(machine->command_line), end - start + 11);
    free(fdt);
    strcpy(end, "watchdog=3000\"; };");
    fdt = launch_tree(NULL, text);
    machine = launch_test_machine(fdt);
    assert_true(machine->command_line_cut);
    assert_int_equal(strlen(machine->command_line), end - start);
    free(fdt);
}

/* Else nobody could be told. */
static void an_error_leaves_the_console(void **state)
{
    void *fdt = launch_tree(NULL, "&psci { method = \"smoke\"; };");
    struct machine machine;
    char error[128];

    (void)state;
    assert_false(machine_read(fdt, &machine, error, sizeof(error)));
    assert_string_equal(error, "/psci: method: must be \"smc\" or \"hvc\"");
    assert_true(machine.has_uart);
    assert_true(machine_uart_compatible(&machine.uart, "arm,pl011"));
    free(fdt);
}

/* The CPU that boots is CPU 0, wherever its node is; the others follow in the tree's order. */
static void pools_by_the_cpu_that_boots(void **state)
{
    static const struct {
        uint64_t boots;
        const char *cpus;
        uint64_t pool;
        unsigned int number;
    } rows[] = {
        {0, "<&cpu0>", 1, 0}, {0, "<&cpu2>", 4, 1},       {2, "<&cpu2>", 1, 0},
        {2, "<&cpu0>", 2, 1}, {2, "<&cpu1 &cpu2>", 5, 0}, {1, "<&cpu0>", 2, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        static struct launch_plan plan;
        struct machine machine;
        char text[1024];
        void *fdt;

        snprintf(text, sizeof(text),
                 "&cpus { cpu2: cpu@2 { device_type = \"cpu\"; compatible = \"arm,cortex-a57\";\n"
                 "reg = <2>; enable-method = \"psci\"; }; };\n"
                 "&chosen { a: a { compatible = \"xen,cpupool\"; cpupool-cpus = %s; }; };\n"
                 "&app { domain-cpupool = <&a>; };\n",
                 rows[i].cpus);
        fdt = launch_tree(NULL, text);
        machine = *launch_test_machine(fdt);
        machine_boot_cpu(&machine, rows[i].boots);
        assert_int_equal(machine.nr_cpus, 3);
        assert_int_equal(machine.cpus[0].id, rows[i].boots);
        assert_true(launch_plan(fdt, &machine, launch_kept, 2, &plan));
        assert_int_equal(plan.nr_messages, 0);
        assert_int_equal(launch_test_domain(&plan, "app")->affinity[1], rows[i].pool);
        assert_int_equal(launch_test_domain(&plan, "app")->pool, rows[i].number);
        assert_int_equal(launch_test_domain(&plan, "control")->pool, 0);
        free(fdt);
    }
}

/* Which is not in the tree is a CPU all the same. */
static void the_cpu_that_boots(void **state)
{
    struct machine machine = {.nr_cpus = 2, .cpus = {{.id = 1, .node = 8}, {.id = 2, .node = 9}}};

    (void)state;
    machine_boot_cpu(&machine, 7);
    assert_int_equal(machine.nr_cpus, 3);
    assert_int_equal(machine.cpus[0].id, 7);
    assert_int_equal(machine.cpus[0].node, 0);
    assert_int_equal(machine.cpus[2].node, 9);
    machine.nr_cpus = MACHINE_MAX_CPUS;
    machine_boot_cpu(&machine, 99);
    assert_int_equal(machine.nr_cpus, MACHINE_MAX_CPUS);
    assert_int_equal(machine.cpus[0].id, 99);
    assert_int_equal(machine.cpus[1].id, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_board),
        cmocka_unit_test(the_console),
        cmocka_unit_test(a_console_on_a_bus),
        cmocka_unit_test(a_console_by_option),
        cmocka_unit_test(no_console),
        cmocka_unit_test(console_nowhere),
        cmocka_unit_test(several_banks_and_reservations),
        cmocka_unit_test(no_map),
        cmocka_unit_test(cpus_of_clusters),
        cmocka_unit_test(names_and_hvc),
        cmocka_unit_test(a_long_command_line_is_cut_at_a_word),
        cmocka_unit_test(an_error_leaves_the_console),
        cmocka_unit_test(pools_by_the_cpu_that_boots),
        cmocka_unit_test(the_cpu_that_boots),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
