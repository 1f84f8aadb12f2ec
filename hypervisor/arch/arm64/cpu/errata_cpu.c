/* SPDX-License-Identifier: MIT */
/* The errata of the CPUs that are there: noted as each starts, and told in the log. */
#include "errata.h"
#include "speculation.h"
#include <trefoil/arch.h>
#include <trefoil/nospec.h>
#include <trefoil/printk.h>
#include <trefoil/string.h>
#include <xen/sysctl.h>

uint32_t errata_needs;
static uint32_t midrs[MACHINE_MAX_CPUS]; /* of the first nr_midrs pcpus; 0: not there */
static unsigned int nr_midrs;

void errata_cpu_setup(unsigned int pcpu)
{
    uint64_t midr = READ_SYSREG(midr_el1);

    midrs[pcpu] = (uint32_t)midr;
    if (pcpu >= nr_midrs)
        nr_midrs = pcpu + 1;
    for (unsigned int i = 0; i < nr_errata; i++) {
        if (erratum_applies(&errata[i], midr))
            errata_needs |= ERRATUM_NEED(errata[i].answer);
    }
}

void cpu_list(uint32_t mask, char list[CPU_LIST_LENGTH])
{
    size_t length = 0;

    list[0] = '\0';
    while (mask != 0) {
        unsigned int first = (unsigned int)__builtin_ctz(mask);
        unsigned int last = first;

        while (last + 1 < MACHINE_MAX_CPUS && (mask >> (last + 1) & 1) != 0)
            last++;
        length += (size_t)snprintf(list + length, CPU_LIST_LENGTH - length,
                                   first == last ? "%s%u" : "%s%u-%u", length == 0 ? "" : ",",
                                   first, last);
        mask = last + 1 < MACHINE_MAX_CPUS ? mask & ~0U << (last + 1) : 0;
    }
}

static uint32_t cpus_with(const struct erratum *row)
{
    uint32_t mask = 0;

    for (unsigned int id = 0; id < nr_midrs; id++) {
        if (erratum_applies(row, midrs[id]))
            mask |= 1U << id;
    }
    return mask;
}

bool errata_note(unsigned int place, struct xen_sysctl_trefoil_cpu_note *note)
{
    const struct erratum *row = &errata[index_nospec(place, nr_errata)];

    note->cpus = cpus_with(row);
    note->open = row->answer == ERRATUM_OPEN;
    if (note->cpus == 0)
        return false;
    snprintf(note->text, sizeof(note->text), "%s erratum %u: %s", core_name(row->model),
             row->number, row->how);
    return true;
}

/* What is not EL2's, or cannot arise there, is not told in the log. */
static bool is_quiet(unsigned int place)
{
    return place < nr_errata &&
           (errata[place].answer == ERRATUM_AVOIDED || errata[place].answer == ERRATUM_GUEST);
}

bool arch_cpu_note(struct xen_sysctl_trefoil_cpu_note *note)
{
    bool found = false;

    while (!found && note->position < nr_errata + SPECULATION_NOTES) {
        unsigned int place = note->position++;

        found = place < nr_errata ? errata_note(place, note)
                                  : speculation_note(place - nr_errata, note);
    }
    return found;
}

void arch_cpus_started(void)
{
    struct xen_sysctl_trefoil_cpu_note note = {0};
    char list[CPU_LIST_LENGTH];

    while (arch_cpu_note(&note)) {
        if (is_quiet(note.position - 1))
            continue;
        cpu_list((uint32_t)note.cpus, list);
        log_message(note.open ? LOG_WARNING : LOG_INFO, "CPU %s: %s%s", list, note.text,
                    note.open ? " (open)" : "");
    }
}
