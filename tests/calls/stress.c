/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls with arguments by chance, from a domain's user space. Whatever is asked, the
 * hypervisor and the other domains go on; the domain itself should, for what would end it or take
 * its own event channels is left out.
 *
 *     stress SEED COUNT
 *
 * The same seed makes the same calls. Prints how often each error came.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#include <xenctl/xenctl.h>

#define WORDS      64
#define ERRORS     4096
#define MULTICALLS 8
/* Around the arguments, for answers that are long or go astray. */
#define MARGIN (1u << 20)

static uint64_t random_state;

static uint64_t random_number(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static unsigned int below(unsigned int limit)
{
    return (unsigned int)(random_number() >> 20) % limit;
}

/* Numbers on which code stumbles. None is a frame of this domain's RAM. */
static const uint64_t odd_numbers[] = {
    0,           1,          2,
    3,           4,          0x20,
    0x3f,        0x40,       0xff,
    0x100,       0x3ff,      0x400,
    0xfff,       0x1000,     0x7fef,
    0x7ff0,      0x7ff1,     0x7ff4,
    0x7fff,      0x8000,     0xffff,
    0x10000,     0x1ffff,    0x7fffffff,
    0x80000000,  0xfffffff0, 0xffffffff,
    0x100000000, 0x39000000, 0x38000000,
    0xffffffff0, 1ull << 40, 1ull << 47,
    1ull << 48,  1ull << 52, 1ull << 63,
    ~0ull,       ~0xfffull,  0x2000020000,
    0x100000001,
};

static uint64_t odd_number(const void *buffer)
{
    switch (below(8)) {
    case 0: return random_number();
    case 1: return below(8);
    case 2: return (uintptr_t)buffer + 8 * below(WORDS); /* a pointer that is good */
    case 3: return (uintptr_t)buffer + 4096 - below(64); /* one that leaves the page */
    case 4: return odd_numbers[below(40)] << 32 | odd_numbers[below(40)];
    default: return odd_numbers[below(40)];
    }
}

/* Hypercall, sub-operations from 0 to `most`, and those left out as bits. */
static const struct kind {
    unsigned int number, most;
    uint64_t left_out;
} kinds[] = {
    {__HYPERVISOR_memory_op, 30, 0},
    {__HYPERVISOR_xen_version, 16, 0},
    {__HYPERVISOR_console_io, 3, 1u << CONSOLEIO_write | 1u << CONSOLEIO_read},
    {__HYPERVISOR_grant_table_op, 14, 1u << GNTTABOP_unmap_grant_ref},
    {__HYPERVISOR_vm_assist, 4, 0},
    {__HYPERVISOR_vcpu_op, 14, 1u << VCPUOP_register_vcpu_info},
    {__HYPERVISOR_sched_op, 8,
     1u << SCHEDOP_block | 1u << SCHEDOP_shutdown | 1u << SCHEDOP_poll | 1u << SCHEDOP_watchdog},
    {__HYPERVISOR_event_channel_op, 14, 1u << EVTCHNOP_close | 1u << EVTCHNOP_reset},
    {__HYPERVISOR_physdev_op, 34, 0},
    {__HYPERVISOR_hvm_op, 26, 1u << HVMOP_set_param},
    {__HYPERVISOR_sysctl, 32, 0},
    {__HYPERVISOR_domctl, 92, 0},
    {__HYPERVISOR_platform_op, 66, 0},
    {__HYPERVISOR_multicall, MULTICALLS, 0},
};

/* domctl, sysctl and platform_op have their sub-operation, and a version, in the struct. */
static bool in_struct(unsigned int number)
{
    return number == __HYPERVISOR_domctl || number == __HYPERVISOR_sysctl ||
           number == __HYPERVISOR_platform_op;
}

static uint32_t likely_version(unsigned int number, uint32_t operation)
{
    if (number == __HYPERVISOR_domctl)
        return operation == XEN_DOMCTL_get_domain_state || operation == 2000 ? 0 : 0x15 + below(4);
    return number == __HYPERVISOR_sysctl ? 0x15 + below(2) : 0x03000001;
}

static const uint16_t likely_domctls[] = {2,  3,  4,  5,  6,  9,  11, 14, 15,
                                          16, 17, 24, 25, 48, 66, 86, 90, 2000};

static unsigned int operation_of(const struct kind *kind)
{
    unsigned int operation = below(16) ? below(kind->most + 1) : (unsigned int)random_number();
    if (kind->number == __HYPERVISOR_domctl && below(4))
        operation = likely_domctls[below(sizeof(likely_domctls) / sizeof(likely_domctls[0]))];
    if (operation < 64 && (kind->left_out & (1ull << operation)))
        return kind->most;
    /* The low bits choose the operation of a memory_op, the others are where it goes on. */
    return operation;
}

static void fill(uint64_t *words)
{
    for (unsigned int i = 0; i < WORDS; i++)
        words[i] = odd_number(words);
}

/* domctl, sysctl and platform_op: the struct begins with the operation and the version. */
static void make_struct(const struct kind *kind, unsigned int operation, uint64_t *words,
                        uint64_t arg[5])
{
    arg[0] = below(32) ? (uintptr_t)words : odd_number(words);
    words[0] = operation | (uint64_t)likely_version(kind->number, operation) << 32;
    if (below(4))
        words[1] = below(2) ? DOMID_SELF : below(4);
}

/* The others: the operation, then mostly a pointer; for vcpu_op that comes third. */
static void make_plain(const struct kind *kind, unsigned int operation, uint64_t *words,
                       uint64_t arg[5])
{
    arg[0] = operation;
    if (below(8))
        arg[1] = (uintptr_t)words;
    if (kind->number == __HYPERVISOR_vcpu_op && below(4))
        arg[2] = (uintptr_t)words;
    /* A long list of grant operations takes long, by right. */
    if (kind->number == __HYPERVISOR_grant_table_op)
        arg[2] = below(8);
}

/* The arguments of one hypercall, with structs and pointers into words[]. Returns its number. */
static unsigned int make_call(uint64_t *words, uint64_t arg[5])
{
    const struct kind *kind = &kinds[below(sizeof(kinds) / sizeof(kinds[0]))];
    unsigned int operation = operation_of(kind);
    for (unsigned int i = 0; i < 5; i++)
        arg[i] = odd_number(words);
    if (in_struct(kind->number))
        make_struct(kind, operation, words, arg);
    else
        make_plain(kind, operation, words, arg);
    return kind->number;
}

/* Entries of a multicall are made like other calls. */
static unsigned int make_multicall(uint64_t *words, uint64_t arg[5])
{
    struct multicall_entry *entries = (struct multicall_entry *)words;
    unsigned int count = below(MULTICALLS);
    for (unsigned int i = 0; i < count; i++) {
        uint64_t inner[5];
        entries[i].op = make_call(words + WORDS, inner);
        for (unsigned int j = 0; j < 5; j++)
            entries[i].args[j] = inner[j];
    }
    arg[0] = (uintptr_t)words;
    arg[1] = count;
    return __HYPERVISOR_multicall;
}

static void run(struct xc_interface *xc, uint64_t *words, unsigned int count)
{
    static unsigned int errors[ERRORS];
    for (unsigned int i = 0; i < count; i++) {
        uint64_t arg[5];
        fill(words);
        fill(words + WORDS);
        unsigned int number = below(10) ? make_call(words, arg) : make_multicall(words, arg);
        if (number == __HYPERVISOR_multicall && arg[0] != (uintptr_t)words)
            arg[1] = below(4);
        int64_t rc = xc_hypercall(xc, number, arg);
        errors[rc < 0 && rc > -ERRORS ? -rc : 0]++;
    }
    for (unsigned int i = 0; i < ERRORS; i++) {
        if (errors[i])
            printf("%8u %s\n", errors[i], i ? strerror((int)i) : "no error");
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: stress SEED COUNT\n");
        return 2;
    }
    random_state = strtoull(argv[1], NULL, 0) * 0x9e3779b97f4a7c15ull | 1;
    struct xc_interface *xc = xc_open();
    char *buffer = xc ? xc_alloc_hypercall_buffer(xc, 2 * MARGIN) : NULL;
    if (!buffer) {
        fprintf(stderr, "stress: %s\n", strerror(errno));
        return 2;
    }
    run(xc, (uint64_t *)(buffer + MARGIN), (unsigned int)strtoul(argv[2], NULL, 0));
    xc_free_hypercall_buffer(xc, buffer, 2 * MARGIN);
    xc_close(xc);
    return 0;
}
