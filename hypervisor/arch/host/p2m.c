/* SPDX-License-Identifier: MIT */
/* What lies where in a domain's guest physical space: sorted runs. */
#include <stdlib.h>
#include <string.h>

#include <trefoil/arch.h>
#include <trefoil/errno.h>

/* As at EL2: 40 bits of guest physical address. */
#define MAX_GFN (UINT64_C(1) << 28)

/* The first run that ends after gfn; nr_runs when there is none. */
static unsigned int find(const struct arch_domain *arch, uint64_t gfn)
{
    unsigned int low = 0, high = arch->p2m.nr_runs;

    while (low < high) {
        unsigned int middle = (low + high) / 2;

        if (arch->p2m.runs[middle].gfn + arch->p2m.runs[middle].pages <= gfn)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Any change makes at most two more runs. */
static bool make_room(struct arch_domain *arch)
{
    unsigned int room = arch->p2m.room ? 2 * arch->p2m.room : 8;
    struct p2m_run *runs;

    if (arch->p2m.nr_runs + 2 <= arch->p2m.room)
        return true;
    runs = realloc(arch->p2m.runs, room * sizeof(*runs));
    if (!runs)
        return false;
    arch->p2m.runs = runs;
    arch->p2m.room = room;
    return true;
}

static void insert(struct arch_domain *arch, unsigned int at, struct p2m_run run)
{
    struct p2m_run *there = &arch->p2m.runs[at];

    memmove(there + 1, there, (arch->p2m.nr_runs - at) * sizeof(*there));
    *there = run;
    arch->p2m.nr_runs++;
}

static void remove_run(struct arch_domain *arch, unsigned int at)
{
    struct p2m_run *there = &arch->p2m.runs[at];

    arch->p2m.nr_runs--;
    memmove(there, there + 1, (arch->p2m.nr_runs - at) * sizeof(*there));
}

/* Cuts [gfn, gfn + pages) out of all runs; where a new run would go. There is room for one more
 * run. */
static unsigned int cut(struct arch_domain *arch, uint64_t gfn, uint64_t pages)
{
    unsigned int at = find(arch, gfn);
    uint64_t end = gfn + pages;

    while (at < arch->p2m.nr_runs && arch->p2m.runs[at].gfn < end) {
        struct p2m_run *run = &arch->p2m.runs[at];
        uint64_t head = run->gfn < gfn ? gfn - run->gfn : 0;
        uint64_t run_end = run->gfn + run->pages;
        struct p2m_run tail = {end, run->mfn + (end - run->gfn), run_end - end, run->type};

        if (head)
            run->pages = head;
        else
            remove_run(arch, at);
        at += head != 0;
        if (run_end > end)
            insert(arch, at, tail);
        if (run_end >= end)
            break;
    }
    return at;
}

int arch_p2m_map(struct domain *domain, gfn_t gfn, mfn_t mfn, uint64_t pages, enum p2m_type type)
{
    struct arch_domain *arch = &domain->arch;

    if (!pages || gfn.n >= MAX_GFN || pages > MAX_GFN - gfn.n)
        return -EINVAL;
    if (!make_room(arch))
        return -ENOMEM;
    insert(arch, cut(arch, gfn.n, pages), (struct p2m_run){gfn.n, mfn.n, pages, (int)type});
    if (gfn.n + pages - 1 > arch->p2m.max_gfn)
        arch->p2m.max_gfn = gfn.n + pages - 1;
    return 0;
}

int arch_p2m_unmap(struct domain *domain, gfn_t gfn, uint64_t pages)
{
    if (!make_room(&domain->arch))
        return -ENOMEM;
    cut(&domain->arch, gfn.n, pages);
    return 0;
}

/* Nobody's TLB holds anything here. */
int arch_p2m_unmap_unflushed(struct domain *domain, gfn_t gfn, uint64_t pages)
{
    return arch_p2m_unmap(domain, gfn, pages);
}

void arch_p2m_flush(struct domain *domain)
{
    (void)domain;
}

bool arch_p2m_lookup(struct domain *domain, gfn_t gfn, mfn_t *mfn, enum p2m_type *type)
{
    const struct arch_domain *arch = &domain->arch;
    unsigned int at = find(arch, gfn.n);

    if (at == arch->p2m.nr_runs || arch->p2m.runs[at].gfn > gfn.n)
        return false;
    *mfn = (mfn_t){arch->p2m.runs[at].mfn + (gfn.n - arch->p2m.runs[at].gfn)};
    if (type)
        *type = (enum p2m_type)arch->p2m.runs[at].type;
    return true;
}

uint64_t arch_p2m_max_gfn(const struct domain *domain)
{
    return domain->arch.p2m.max_gfn;
}
