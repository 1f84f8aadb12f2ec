/* SPDX-License-Identifier: MIT */
/* The errata of the CPUs that are there: noted as each starts, and told in the log. */
#include "errata.h"
#include <trefoil/arch.h>
#include <trefoil/printk.h>
#include <trefoil/string.h>

#define LIST_LENGTH (MACHINE_MAX_CPUS * 3U)

uint32_t errata_needs;
static uint32_t midrs[MACHINE_MAX_CPUS]; /* 0: not there */

void errata_cpu_setup(unsigned int pcpu)
{
    uint64_t midr = READ_SYSREG(midr_el1);

    midrs[pcpu] = (uint32_t)midr;
    for (unsigned int i = 0; i < nr_errata; i++) {
        if (erratum_applies(&errata[i], midr))
            errata_needs |= ERRATUM_NEED(errata[i].answer);
    }
}

static bool has(const struct erratum *row, unsigned int pcpu)
{
    return pcpu < MACHINE_MAX_CPUS && erratum_applies(row, midrs[pcpu]);
}

/* The CPUs that have it, as "0-3,6"; the first of them, or MACHINE_MAX_CPUS when none has. */
static unsigned int list_cpus(const struct erratum *row, char *list)
{
    unsigned int found = MACHINE_MAX_CPUS, length = 0;

    list[0] = '\0';
    for (unsigned int id = 0; id < MACHINE_MAX_CPUS; id++) {
        unsigned int first = id;

        if (!has(row, id))
            continue;
        while (has(row, id + 1))
            id++;
        if (found == MACHINE_MAX_CPUS)
            found = first;
        length += (unsigned int)snprintf(list + length, LIST_LENGTH - length,
                                         first == id ? "%s%u" : "%s%u-%u", length == 0 ? "" : ",",
                                         first, id);
    }
    return found;
}

void errata_log(void)
{
    char list[LIST_LENGTH];

    for (unsigned int i = 0; i < nr_errata; i++) {
        const struct erratum *row = &errata[i];
        unsigned int first;

        if (row->answer == ERRATUM_AVOIDED || row->answer == ERRATUM_GUEST)
            continue;
        first = list_cpus(row, list);
        if (first < MACHINE_MAX_CPUS)
            log_message(row->answer == ERRATUM_OPEN ? LOG_WARNING : LOG_INFO,
                        "CPU %s: %s erratum %u: %s", list, core_name(midrs[first]), row->number,
                        row->how);
    }
}
