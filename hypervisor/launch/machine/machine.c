/* SPDX-License-Identifier: MIT */
#include <trefoil/machine.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "launch_arch.h"
#include "machine_parts.h"
#include "ranges.h"
#include "tree/tree.h"

void machine_error(struct machine_reader *reader, int node, const char *format, ...)
{
    char path[MACHINE_PATH];
    char text[128];
    va_list args;

    if (reader->failed)
        return;
    reader->failed = true;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    snprintf(reader->error, reader->error_size, "%s: %s",
             tree_path(reader->walk.fdt, node, path, sizeof(path)), text);
    tree_make_printable(reader->error);
}

bool machine_reg(struct machine_reader *reader, unsigned int index, struct paddr_range *range)
{
    switch (tree_reg(&reader->walk, index, range)) {
    case TREE_OK: return true;
    case TREE_END: return false;
    case TREE_MALFORMED:
        machine_error(reader, reader->walk.node, "reg: malformed (entry %u)", index);
        return false;
    case TREE_UNTRANSLATED:
        machine_error(reader, reader->walk.node, "reg: no ranges lead to the CPU's addresses");
        return false;
    }
    return false;
}

static void read_memory(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;
    struct paddr_range range;

    for (unsigned int i = 0; machine_reg(reader, i, &range); i++) {
        if (!ranges_shrink_to_pages(&range))
            continue;
        if (!ranges_add(machine->banks, &machine->nr_banks, MACHINE_MAX_MEMORY, range)) {
            machine_error(reader, reader->walk.node, "reg: more than %u banks of memory",
                          MACHINE_MAX_MEMORY);
            return;
        }
    }
}

static void read_reserved(struct machine_reader *reader, struct paddr_range range)
{
    struct machine *machine = reader->machine;

    ranges_grow_to_pages(&range);
    if (range.size != 0 &&
        !ranges_add(machine->reserved, &machine->nr_reserved, MACHINE_MAX_RESERVED, range))
        machine_error(reader, reader->walk.node, "more than %u reserved ranges",
                      MACHINE_MAX_RESERVED);
}

static void read_reserved_node(struct machine_reader *reader)
{
    struct paddr_range range;

    int size;
    bool no_map = tree_property(reader->walk.fdt, reader->walk.node, "no-map", &size) != NULL;

    for (unsigned int i = 0; machine_reg(reader, i, &range); i++) {
        read_reserved(reader, range);
        ranges_grow_to_pages(&range);
        if (no_map && !ranges_add(reader->no_map, &reader->nr_no_map, MACHINE_MAX_RESERVED, range))
            machine_error(reader, reader->walk.node, "more than %u reserved ranges",
                          MACHINE_MAX_RESERVED);
    }
}

/* What nobody may map, as even a speculative access is wrong there (the Devicetree Specification's
 * no-map, 3.5.4), is no RAM: the hypervisor does not map it, and no domain, module or argument is
 * there. */
static void take_out_no_map(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;

    for (unsigned int i = 0; i < reader->nr_no_map; i++) {
        if (!ranges_cut(machine->banks, &machine->nr_banks, MACHINE_MAX_BANKS, reader->no_map[i]))
            machine_error(reader, 0, "memory in more than %u pieces between what is no-map",
                          MACHINE_MAX_BANKS);
    }
}

static void read_memreserve(struct machine_reader *reader)
{
    struct paddr_range range;

    for (unsigned int i = 0;
         !reader->failed && tree_reservation(reader->walk.fdt, i, &range) == TREE_OK; i++) {
        if (range.size > UINT64_MAX - range.start)
            machine_error(reader, 0, "memory reservation block: entry %u wraps around", i);
        else
            read_reserved(reader, range);
    }
}

static void read_cpu(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;
    struct machine_cpu cpu = {.id = 0};

    if (!arch_read_cpu(reader, &cpu))
        return;
    cpu.node = reader->walk.node;
    for (unsigned int i = 0; i < machine->nr_cpus; i++) {
        if (machine->cpus[i].id == cpu.id) {
            machine_error(reader, reader->walk.node, "reg: 0x%llx is another CPU's, too",
                          (unsigned long long)cpu.id);
            return;
        }
    }
    /* The machine runs with those that there is room for. */
    if (machine->nr_cpus < MACHINE_MAX_CPUS)
        machine->cpus[machine->nr_cpus++] = cpu;
}

static bool below(const struct tree_walk *walk, const char *parent)
{
    return walk->depth == 2 && strcmp(tree_name(walk->fdt, walk->level[1].node), parent) == 0;
}

static const char *const rtcs[] = {
#define RTC(compatible, seconds) compatible,
#include "../../drivers/rtc/rtc.def"
#undef RTC
};

/* No reason to stop if it cannot be read: the wall clock then starts at 1970. */
static void read_rtc(struct machine_reader *reader)
{
    struct machine_rtc *rtc = &reader->machine->rtc;
    const char *compatible = NULL;

    for (unsigned int i = 0; i < ARRAY_SIZE(rtcs); i++)
        if (tree_walk_compatible(&reader->walk, rtcs[i]))
            compatible = rtcs[i];
    if (compatible && !rtc->compatible && tree_reg(&reader->walk, 0, &rtc->reg) == TREE_OK)
        rtc->compatible = compatible;
}

static const char *const watchdogs[] = {
#define WATCHDOG(compatible, driver) compatible,
#include "../../drivers/watchdog/watchdog.def"
#undef WATCHDOG
};

/* The first one counts. */
static void note_watchdog(struct machine_reader *reader)
{
    struct machine_watchdog *watchdog = &reader->machine->watchdog;
    const char *compatible = NULL;

    for (unsigned int i = 0; i < ARRAY_SIZE(watchdogs); i++)
        if (tree_walk_compatible(&reader->walk, watchdogs[i]))
            compatible = watchdogs[i];
    if (!compatible || watchdog->compatible)
        return;
    for (unsigned int i = 0; i < ARRAY_SIZE(watchdog->reg); i++)
        if (tree_reg(&reader->walk, i, &watchdog->reg[i]) != TREE_OK)
            return;
    watchdog->compatible = compatible;
    watchdog->node = reader->walk.node;
    reader->watchdog = reader->walk;
}

const char *machine_option(const struct machine *machine, const char *start)
{
    const char *text = machine->command_line, *found = strstr(text, start);

    while (found && found != text && found[-1] != ' ')
        found = strstr(found + 1, start);
    return found ? found + strlen(start) : NULL;
}

/* It is the hypervisor's where its command line says so, and a device like any other else. */
static void read_watchdog(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;

    if (!machine_option(machine, "watchdog="))
        machine->watchdog.compatible = NULL;
    if (machine->watchdog.compatible)
        arch_line(&reader->watchdog, machine, 0, &machine->watchdog.irq);
}

static void read_node(struct machine_reader *reader)
{
    const struct tree_walk *walk = &reader->walk;

    if (!walk->level[walk->depth].enabled)
        return;
    if (strcmp(walk->device_type, "memory") == 0) {
        read_memory(reader);
        return;
    }
    if (below(walk, "reserved-memory")) {
        read_reserved_node(reader);
        return;
    }
    if (strcmp(walk->device_type, "cpu") == 0 && below(walk, "cpus")) {
        read_cpu(reader);
        return;
    }
    if (arch_read_node(reader))
        return;
    read_rtc(reader);
    note_watchdog(reader);
}

/* Up to the end even after an error: it is told on the UART that /chosen names. */
static void read_nodes(struct machine_reader *reader)
{
    struct tree_walk *walk = &reader->walk;

    tree_walk_start(walk, walk->fdt);
    while (tree_walk_next(walk)) {
        if (walk->depth == 1 && strcmp(tree_name(walk->fdt, walk->node), "chosen") == 0)
            reader->machine->chosen = walk->node;
        if (!reader->failed)
            read_node(reader);
    }
    take_out_no_map(reader);
    arch_read_rest(reader);
}

/* Half an option would be another one. */
static void drop_last_word(char *text)
{
    size_t length = strlen(text);

    while (length > 0 && text[length - 1] != ' ')
        length--;
    text[length] = '\0';
}

static void read_command_line(struct machine_reader *reader)
{
    struct machine *machine = reader->machine;
    const void *fdt = reader->walk.fdt;
    const char *text = tree_string(fdt, machine->chosen, "xen,xen-bootargs");

    if (!text)
        text = tree_string(fdt, machine->chosen, "bootargs");
    if (!text)
        return;
    snprintf(machine->command_line, MACHINE_COMMAND_LINE, "%s", text);
    machine->command_line_cut = strlen(text) >= MACHINE_COMMAND_LINE;
    if (machine->command_line_cut && text[MACHINE_COMMAND_LINE - 1] != ' ')
        drop_last_word(machine->command_line);
}

static void check_complete(struct machine_reader *reader)
{
    const struct machine *machine = reader->machine;
    const char *lacks = arch_machine_lacks(machine);
    const struct {
        bool there;
        const char *what;
    } needed[] = {
        {machine->nr_banks != 0, "no memory node with usable memory"},
        {machine->nr_cpus != 0, "no CPU below /cpus"},
        {!lacks, lacks},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(needed); i++)
        if (!needed[i].there)
            machine_error(reader, 0, "%s", needed[i].what);
}

bool machine_read(const void *fdt, struct machine *machine, char *error, size_t error_size)
{
    struct machine_reader reader = {
        .machine = machine, .error = error, .error_size = error_size, .walk = {.fdt = fdt}};

    memset(machine, 0, sizeof(*machine));
    if (!tree_valid(fdt)) {
        snprintf(error, error_size, "not a valid device tree");
        return false;
    }
    read_memreserve(&reader);
    machine->chosen = -1;
    read_nodes(&reader);
    read_command_line(&reader);
    machine_read_uart(&reader);
    read_watchdog(&reader);
    check_complete(&reader);
    return !reader.failed;
}

void machine_boot_cpu(struct machine *machine, uint64_t id)
{
    struct machine_cpu boot = {.id = id};
    unsigned int at = 0;

    while (at < machine->nr_cpus && machine->cpus[at].id != id)
        at++;
    if (at < machine->nr_cpus)
        boot = machine->cpus[at];
    else if (machine->nr_cpus < MACHINE_MAX_CPUS)
        machine->nr_cpus++;
    else
        at--;
    for (; at > 0; at--)
        machine->cpus[at] = machine->cpus[at - 1];
    machine->cpus[0] = boot;
}
