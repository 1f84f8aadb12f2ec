/* SPDX-License-Identifier: MIT */
#include "launch_fake_core.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include "memory/scrub.h"
#include "sched/shared_work.h"
#include <trefoil/access.h>
#include <trefoil/arch.h>
#include <trefoil/console.h>
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/grant_table.h>
#include <trefoil/printk.h>
#include <trefoil/sched.h>

struct fake_core fake;
uint8_t fake_modules[FAKE_MODULES_SIZE];

static struct domain domain;
static struct vcpu vcpus[32];
static struct vcpu *vcpu_pointers[32];

static struct {
    uint64_t address, size;
    uint8_t *data;
} writes[FAKE_MAX];
static unsigned int nr_writes;

void fake_reset(void)
{
    for (unsigned int i = 0; i < nr_writes; i++)
        free(writes[i].data);
    nr_writes = 0;
    memset(&fake, 0, sizeof(fake));
}

void policy_declare(struct domain *declared, const uint64_t *peers, const uint64_t *targets)
{
    assert_ptr_equal(declared, &domain);
    fake.peers = peers[0];
    fake.targets = targets[0];
}

static bool fails(void)
{
    return ++fake.fallible_calls == fake.fail_at;
}

const uint8_t *fake_guest(uint64_t address)
{
    for (unsigned int i = nr_writes; i > 0; i--)
        if (address - writes[i - 1].address < writes[i - 1].size)
            return writes[i - 1].data + (address - writes[i - 1].address);
    fail_msg("nothing was written at 0x%llx", (unsigned long long)address);
    return NULL;
}

bool fake_written(uint64_t address)
{
    for (unsigned int i = 0; i < nr_writes; i++)
        if (address - writes[i].address < writes[i].size)
            return true;
    return false;
}

static bool is_ram(uint64_t address, uint64_t size)
{
    for (unsigned int i = 0; i < fake.nr_ram; i++) {
        uint64_t start = fake.ram[i].gfn << PAGE_SHIFT, length = fake.ram[i].pages << PAGE_SHIFT;

        if (address >= start && address - start < length && size <= length - (address - start))
            return true;
    }
    return false;
}

int domain_write(struct domain *to, uint64_t guest_paddr, const void *from, size_t size)
{
    assert_ptr_equal(to, &domain);
    assert_in_range(nr_writes, 0, FAKE_MAX - 1);
    assert_int_equal(fake.invalidations, 0);
    if (fails() || !is_ram(guest_paddr, size))
        return -EFAULT;
    writes[nr_writes].address = guest_paddr;
    writes[nr_writes].size = size;
    writes[nr_writes].data = malloc(size);
    assert_non_null(writes[nr_writes].data);
    memcpy(writes[nr_writes++].data, from, size);
    return 0;
}

/* At a restart, piece by piece. */
int domain_renew(struct domain *to, uint64_t guest_paddr, const void *from, size_t size)
{
    return domain_write(to, guest_paddr, from, size);
}

void arch_invalidate_code(void)
{
    fake.invalidations++;
}

const void *arch_module(const struct paddr_range *range)
{
    assert_in_range(range->start, FAKE_MODULES, FAKE_MODULES + FAKE_MODULES_SIZE - 1);
    return fake.no_modules ? NULL : fake_modules + (range->start - FAKE_MODULES);
}

unsigned int order_of_size(size_t size)
{
    unsigned int order = 0;

    while (PAGE_SIZE << order < size)
        order++;
    return order;
}

void *pages_alloc(struct domain *owner, unsigned int order)
{
    void *pages = fails() ? NULL : aligned_alloc(PAGE_SIZE, PAGE_SIZE << order);

    assert_null(owner);
    if (pages) {
        memset(pages, 0, PAGE_SIZE << order);
        fake.pages_held += 1 << order;
    }
    return pages;
}

void pages_free(struct domain *owner, void *pages, unsigned int order)
{
    assert_null(owner);
    fake.pages_held -= 1 << order;
    free(pages);
}

int domain_create(domid_t id, const char *name, uint32_t roles, unsigned int max_vcpus,
                  const struct domain_config *config, struct domain **created)
{
    if (fails())
        return -ENOMEM;
    memset(&domain, 0, sizeof(domain));
    domain.id = id;
    domain.roles = roles;
    domain.unique_id = 17;
    snprintf(domain.name, sizeof(domain.name), "%s", name);
    domain.config = *config;
    domain.max_vcpus = max_vcpus;
    domain.vcpus = vcpu_pointers;
    for (unsigned int i = 0; i < 32; i++) {
        vcpus[i].id = i;
        vcpu_pointers[i] = &vcpus[i];
    }
    fake.created++;
    *created = &domain;
    return 0;
}

/* In two pieces. */
int domain_destroy(struct domain *one)
{
    static bool begun;

    assert_ptr_equal(one, &domain);
    begun = !begun;
    if (begun)
        return -ERESTART;
    fake.discarded++;
    return 0;
}

static int add_ram(struct domain *to, uint64_t gfn, uint64_t pages, uint64_t mfn)
{
    assert_ptr_equal(to, &domain);
    assert_in_range(fake.nr_ram, 0, FAKE_MAX - 1);
    if (fails())
        return -ENOMEM;
    fake.ram[fake.nr_ram++] = (struct fake_ram){gfn, pages, mfn};
    return 0;
}

int domain_ram_take(struct domain *to, gfn_t gfn, uint64_t pages)
{
    fake.taken += pages << PAGE_SHIFT;
    return add_ram(to, gfn.n, pages, 0);
}

int domain_ram_add(struct domain *to, gfn_t gfn, uint64_t pages)
{
    return add_ram(to, gfn.n, pages, 0);
}

void domain_ram_scrub(struct domain *to, uint64_t start, uint64_t size)
{
    struct paddr_range *last = &fake.scrubbed[fake.nr_scrubbed];

    assert_ptr_equal(to, &domain);
    assert_int_equal(fake.invalidations, 0);
    assert_in_range(start, 0, fake.taken);
    assert_in_range(size, PAGE_SIZE, fake.taken - start);
    if (fake.nr_scrubbed && last[-1].start + last[-1].size == start) {
        last[-1].size += size;
    } else {
        assert_in_range(fake.nr_scrubbed, 0, FAKE_MAX - 1);
        *last = (struct paddr_range){start, size};
        fake.nr_scrubbed++;
    }
    fake.scrubs++;
}

void scrub_note(uint64_t size, uint64_t time)
{
    fake.noted += size;
    assert_int_equal(time, 0);
}

uint64_t arch_now(void)
{
    return 0;
}

/* Nobody helps. */
int shared_work_continue(struct shared_work *work)
{
    uint64_t start = work->next, left = work->size - start;

    if (left == 0)
        return work->error;
    work->next += left < work->piece_size ? left : work->piece_size;
    work->error = work->piece(work->data, start, work->next - start);
    if (work->error)
        work->next = work->size;
    fake.cpus = work->cpus;
    return -ERESTART;
}

static bool is_scrubbed(uint64_t position)
{
    for (unsigned int i = 0; i < fake.nr_scrubbed; i++)
        if (position - fake.scrubbed[i].start < fake.scrubbed[i].size)
            return true;
    return false;
}

static bool is_overwritten(uint64_t address)
{
    for (uint64_t at = address; at < address + PAGE_SIZE; at++)
        if (!fake_written(at))
            return false;
    return true;
}

void fake_check_nothing_left(void)
{
    uint64_t position = 0;

    for (unsigned int i = 0; i < fake.nr_ram && position < fake.taken; i++)
        for (uint64_t page = 0; page < fake.ram[i].pages; page++, position += PAGE_SIZE)
            if (!is_scrubbed(position) && !is_overwritten((fake.ram[i].gfn + page) << PAGE_SHIFT))
                fail_msg("gfn 0x%llx keeps what it held",
                         (unsigned long long)(fake.ram[i].gfn + page));
    assert_int_equal(position, fake.taken);
}

int domain_ram_claim(struct domain *to, struct paddr_range range, gfn_t gfn)
{
    fake.taken += range.size;
    return add_ram(to, gfn.n, range.size >> PAGE_SHIFT, range.start >> PAGE_SHIFT);
}

int arch_p2m_map(struct domain *to, gfn_t gfn, mfn_t mfn, uint64_t pages, enum p2m_type type)
{
    assert_ptr_equal(to, &domain);
    assert_true(type == P2M_MMIO || type == P2M_SHARED);
    if (fails())
        return -ENOMEM;
    if (type == P2M_SHARED) {
        fake.shared[fake.nr_shared++] = (struct fake_ram){gfn.n, pages, mfn.n};
        return 0;
    }
    fake.mmio[fake.nr_mmio++] = (struct fake_ram){gfn.n, pages, mfn.n};
    return 0;
}

int arch_route_line(struct domain *to, unsigned int intid)
{
    assert_ptr_equal(to, &domain);
    if (fails())
        return -EBUSY;
    fake.irqs[fake.nr_irqs++] = intid;
    return 0;
}

int event_alloc_unbound(struct domain *owner, domid_t remote, evtchn_port_t *port)
{
    assert_ptr_equal(owner, &domain);
    if (fails())
        return -ENOSPC;
    *port = ++fake.nr_ports;
    fake.port_remote[*port] = remote;
    return 0;
}

int event_bind_static(struct domain *owner, evtchn_port_t port, domid_t remote_id,
                      evtchn_port_t remote_port)
{
    assert_ptr_equal(owner, &domain);
    assert_int_equal(fake.nr_ports, 0); /* a port that is given is taken before others are found */
    if (fails())
        return -EEXIST;
    fake.static_port = port;
    fake.static_remote = remote_id;
    fake.static_remote_port = remote_port;
    fake.nr_static++;
    return 0;
}

int grant_table_seed(struct domain *owner, grant_ref_t ref, domid_t peer, gfn_t gfn)
{
    assert_ptr_equal(owner, &domain);
    assert_in_range(ref, 0, 7);
    if (fails())
        return -EINVAL;
    fake.grants[ref].peer = peer;
    fake.grants[ref].gfn = gfn.n;
    return 0;
}

int console_domain_init(struct domain *owner, bool input)
{
    assert_ptr_equal(owner, &domain);
    fake.console_input = input;
    return fails() ? -ENOMEM : 0;
}

void arch_vcpu_reset(struct vcpu *vcpu, uint64_t entry, uint64_t argument)
{
    assert_ptr_equal(vcpu, &vcpus[0]);
    fake.entry = entry;
    fake.argument = argument;
}

void vcpu_start(struct vcpu *vcpu)
{
    assert_ptr_equal(vcpu, &vcpus[0]);
    fake.started = true;
}

uint64_t online_pcpus(void)
{
    return 1 | fake.online;
}

uint64_t cpu_pool_cpus(unsigned int pool)
{
    return UINT64_C(1) << pool;
}

int vcpu_set_affinity(struct vcpu *vcpu, uint64_t mask)
{
    if (!(mask & online_pcpus()))
        return -EINVAL;
    fake.affinity[vcpu->id] = mask;
    return 0;
}

int domain_set_share(struct domain *owner, uint32_t weight, uint32_t cap)
{
    assert_ptr_equal(owner, &domain);
    if (fails())
        return -EINVAL;
    fake.weight = weight;
    fake.cap = cap;
    return 0;
}

struct domain *domain_of_role(uint32_t role)
{
    (void)role;
    return NULL;
}

struct domain *domain_get(domid_t id)
{
    (void)id;
    return NULL;
}

void domain_put(struct domain *domain)
{
    (void)domain;
}

void log_message(enum log_level level, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (level == LOG_ERROR) {
        fake.error_lines++;
        snprintf(fake.error, sizeof(fake.error), "%s", text);
    }
    if (level == LOG_WARNING)
        snprintf(fake.warning, sizeof(fake.warning), "%s", text);
}
