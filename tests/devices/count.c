/* SPDX-License-Identifier: MIT */
/*
 * A plugin of QEMU's that counts the instructions of the machine while a program of a guest works:
 * from the one that the program marks with HINT #96 to the one it marks with HINT #97, both of
 * which do nothing. For each stretch it prints a line "stretch NUMBER: ALL instructions, INSIDE of
 * them in START..END" to standard error; with profile=yes also, at the end, how many were executed
 * at each address in there. Arguments: start=ADDRESS,end=ADDRESS[,profile=yes]. For one CPU.
 *
 * The declarations are those of version 1 of QEMU's interface for plugins
 * (docs/devel/tcg-plugins.rst), which no package of Debian's has as a file.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLUGIN_API 1
#define MARK_BEGIN 0xd5032c1fU /* HINT #96 */
#define MARK_END   0xd5032c3fU /* HINT #97 */
#define RANGE_MAX  (4U << 20)

enum registers { REGISTERS_UNUSED };
enum operation { ADD_U64 };

struct block;
struct instruction;

typedef void (*translated_function)(uint64_t id, struct block *block);
typedef void (*executed_function)(unsigned int cpu, void *data);
typedef void (*exit_function)(uint64_t id, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, translated_function function);
void qemu_plugin_register_vcpu_tb_exec_inline(struct block *block, enum operation operation,
                                              void *counter, uint64_t value);
void qemu_plugin_register_vcpu_insn_exec_cb(struct instruction *instruction,
                                            executed_function function, enum registers registers,
                                            void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct instruction *instruction,
                                                enum operation operation, void *counter,
                                                uint64_t value);
void qemu_plugin_register_atexit_cb(uint64_t id, exit_function function, void *data);
size_t qemu_plugin_tb_n_insns(const struct block *block);
struct instruction *qemu_plugin_tb_get_insn(const struct block *block, size_t index);
const void *qemu_plugin_insn_data(const struct instruction *instruction);
uint64_t qemu_plugin_insn_vaddr(const struct instruction *instruction);

__attribute__((visibility("default"))) int qemu_plugin_version = PLUGIN_API;

static uint64_t range_start, range_end;
static bool profile;
static uint64_t all, inside;
static uint64_t all_at_begin, inside_at_begin;
static uint64_t *at_address; /* of each instruction in the range, all that was executed */
static uint64_t
    *at_address_marked; /* the same as it was at the last begin; then what stretches had */
static uint64_t *in_stretches;
static unsigned int stretches;

static size_t range_count(void)
{
    return (size_t)((range_end - range_start) / 4);
}

static void begin(unsigned int cpu, void *data)
{
    (void)cpu;
    (void)data;
    all_at_begin = all;
    inside_at_begin = inside;
    if (profile)
        memcpy(at_address_marked, at_address, range_count() * sizeof(*at_address));
}

static void end(unsigned int cpu, void *data)
{
    (void)cpu;
    (void)data;
    fprintf(stderr,
            "stretch %u: %" PRIu64 " instructions, %" PRIu64 " of them in %#" PRIx64 "..%#" PRIx64
            "\n",
            ++stretches, all - all_at_begin, inside - inside_at_begin, range_start, range_end);
    for (size_t i = 0; profile && i < range_count(); i++)
        in_stretches[i] += at_address[i] - at_address_marked[i];
}

static void count_address(struct instruction *instruction, uint64_t address)
{
    if (profile)
        qemu_plugin_register_vcpu_insn_exec_inline(instruction, ADD_U64,
                                                   &at_address[(address - range_start) / 4], 1);
}

static void translated(uint64_t id, struct block *block)
{
    size_t count = qemu_plugin_tb_n_insns(block);
    uint64_t within = 0;

    (void)id;
    for (size_t i = 0; i < count; i++) {
        struct instruction *instruction = qemu_plugin_tb_get_insn(block, i);
        uint64_t address = qemu_plugin_insn_vaddr(instruction);
        uint32_t word;

        memcpy(&word, qemu_plugin_insn_data(instruction), sizeof(word));
        if (address >= range_start && address < range_end) {
            within++;
            count_address(instruction, address);
        }
        if (word == MARK_BEGIN || word == MARK_END)
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, word == MARK_BEGIN ? begin : end,
                                                   REGISTERS_UNUSED, NULL);
    }
    qemu_plugin_register_vcpu_tb_exec_inline(block, ADD_U64, &all, count);
    if (within > 0)
        qemu_plugin_register_vcpu_tb_exec_inline(block, ADD_U64, &inside, within);
}

static void print_profile(uint64_t id, void *data)
{
    (void)id;
    (void)data;
    for (size_t i = 0; profile && i < range_count(); i++) {
        if (in_stretches[i] > 0)
            fprintf(stderr, "at %#" PRIx64 " %" PRIu64 "\n", range_start + i * 4, in_stretches[i]);
    }
}

/* The information about QEMU that is its second argument is of no interest. */
__attribute__((visibility("default"))) int qemu_plugin_install(uint64_t id, const void *information,
                                                               int count, char **arguments);

int qemu_plugin_install(uint64_t id, const void *information, int count, char **arguments)
{
    (void)information;
    for (int i = 0; i < count; i++) {
        if (strncmp(arguments[i], "start=", 6) == 0)
            range_start = strtoull(arguments[i] + 6, NULL, 0);
        else if (strncmp(arguments[i], "end=", 4) == 0)
            range_end = strtoull(arguments[i] + 4, NULL, 0);
        else if (strcmp(arguments[i], "profile=yes") == 0)
            profile = true;
        else {
            fprintf(stderr, "count: there is no argument %s\n", arguments[i]);
            return -1;
        }
    }
    if (range_end <= range_start || range_end - range_start > RANGE_MAX) {
        fprintf(stderr, "count: start and end do not name a range\n");
        return -1;
    }
    at_address = calloc(range_count(), sizeof(*at_address));
    at_address_marked = calloc(range_count(), sizeof(*at_address_marked));
    in_stretches = calloc(range_count(), sizeof(*in_stretches));
    if (at_address == NULL || at_address_marked == NULL || in_stretches == NULL)
        return -1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, print_profile, NULL);
    return 0;
}
