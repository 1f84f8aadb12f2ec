/* SPDX-License-Identifier: MIT */
/*
 * Tries the policy from within: each domain of tests/system/policy.dts runs this program, offers
 * ports and grants to all others and, unless it is there to be looked at or changed only, makes
 * every call of calls.def. A line "call NAME TARGET ANSWER" tells what the hypervisor said; what it
 * should say is known to tests/system/policy.table alone.
 */
#include "calls.h"
#include <xen/arch-arm.h>
#include <xen/errno.h>
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/memory.h>
#include <xen/sched.h>

#define DIRECT_MAP_BASE 0x50000000UL /* of the hardware domain */
#define MILLISECOND     1000000UL

domid_t self;
uint64_t granted_page[4096 / sizeof(uint64_t)] __attribute__((aligned(4096)));

enum on { MACHINE, EACH, ENDED, CHANGED };
enum slot { FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH, NR_SLOTS };

static const struct {
    const char *name;
    call_function *make;
    uint8_t on, slot;
} calls[] = {
#define CALL(name, on, slot) {#name, call_##name, on, slot},
#include "calls.def"
#undef CALL
};

static const char *const names[NR_PARTIES] = {"hardware", "control", "store", "model", "app",
                                              "peer",     "friend",  "safe",  "victim"};

static const struct {
    int64_t error;
    const char *name;
} errors[] = {
    {-XEN_EPERM, "EPERM"},   {-XEN_ENOENT, "ENOENT"}, {-XEN_ESRCH, "ESRCH"},
    {-XEN_EINVAL, "EINVAL"}, {-XEN_EBUSY, "EBUSY"},   {-XEN_EEXIST, "EEXIST"},
    {-XEN_ENOSYS, "ENOSYS"}, {-XEN_EFAULT, "EFAULT"}, {-XEN_EOPNOTSUPP, "EOPNOTSUPP"},
};

uint64_t scratch_gfn(enum scratch which)
{
    /* The hardware domain's physical space is the machine's, which has nothing at the end of the
     * guest layout's foreign region. */
    return ((self == HARDWARE ? 0x200000000UL : GUEST_GNTTAB_BASE) >> 12) + which;
}

uint64_t gfn_of_party(domid_t domain)
{
    return (domain == HARDWARE ? DIRECT_MAP_BASE : GUEST_RAM_BASE) >> 12;
}

static const char *error_name(int64_t error)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        if (errors[i].error == error)
            return errors[i].name;
    }
    return "error";
}

static void tell(const char *call, const char *target, int64_t answer)
{
    if (answer > 0)
        print("call %s %s %lu\n", call, target, (uint64_t)answer);
    else
        print("call %s %s %s\n", call, target, answer < 0 ? error_name(answer) : "ok");
}

static const char *name_of(domid_t domain)
{
    if (domain == self)
        return "itself";
    return domain < NR_PARTIES ? names[domain] : "nobody";
}

static void try_on(unsigned int call, domid_t target)
{
    tell(calls[call].name, name_of(target), calls[call].make(target));
}

static void try_call(unsigned int call)
{
    if (calls[call].on == MACHINE) {
        tell(calls[call].name, "machine", calls[call].make(NOBODY));
        return;
    }
    for (domid_t target = 0; calls[call].on == EACH && target < NR_PARTIES; target++)
        try_on(call, target);
    if (calls[call].on == CHANGED && self != CONTROL)
        try_on(call, CONTROL);
    if (calls[call].on != EACH) {
        try_on(call, SAFE);
        try_on(call, VICTIM);
    }
    try_on(call, NOBODY);
}

/* Time is that of the hypervisor, the same for all domains. */
static void sleep_until(uint64_t time)
{
    struct xen_hvm_get_time now = {0};

    while (now.now < time) {
        struct sched_poll poll = {.timeout = time};

        hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, (uint64_t)&poll, 0, 0);
        hypercall(__HYPERVISOR_hvm_op, HVMOP_get_time, (uint64_t)&now, 0, 0);
    }
}

/* Control comes last in each slot, so that what it is allowed does not look like what others did.
 */
static uint64_t time_of(enum slot slot)
{
    return (500 + 400 * (uint64_t)slot + (self == CONTROL ? 200 : 0)) * MILLISECOND;
}

static void offer_grants(void)
{
    struct xen_add_to_physmap map = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_grant_table,
        .gpfn = scratch_gfn(SCRATCH_GRANT_TABLE),
    };
    volatile struct grant_entry_v1 *table = (void *)(map.gpfn << 12);

    granted_page[0] = MARK(self);
    if (hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, (uint64_t)&map, 0, 0) != 0) {
        print("no grant table\n");
        return;
    }
    for (unsigned int domain = 0; domain < NR_PARTIES; domain++) {
        table[GRANT_FOR(domain)].domid = (domid_t)domain;
        table[GRANT_FOR(domain)].frame = (uint32_t)((uint64_t)granted_page >> 12);
        table[GRANT_FOR(domain)].flags = GTF_permit_access;
    }
}

/* The id is in the command line, as "self=N"; the device tree is not parsed for it. */
static domid_t find_self(const char *fdt)
{
    static const char key[] = "self=";
    const uint8_t *header = (const uint8_t *)fdt;
    size_t size = (size_t)header[5] << 16 | (size_t)header[6] << 8 | header[7];

    for (size_t i = 0; i + sizeof(key) < size; i++) {
        size_t matched = 0;

        while (matched < sizeof(key) - 1 && fdt[i + matched] == key[matched])
            matched++;
        if (matched == sizeof(key) - 1)
            return (domid_t)(fdt[i + matched] - '0');
    }
    return NOBODY;
}

void guest_interrupt(void)
{
}

void guest_main(const void *fdt)
{
    bool active;

    self = find_self(fdt);
    active = self < NR_PARTIES && self != PEER && self != SAFE && self != VICTIM;
    offer_grants();
    for (enum slot slot = FIRST; slot < NR_SLOTS; slot++) {
        sleep_until(time_of(slot));
        for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
            if (calls[i].slot == slot && (active || slot == FIRST))
                try_call(i);
        }
    }
    if (self == CONTROL)
        print("calls done\n");
    for (;;)
        sleep_until(UINT64_MAX);
}
