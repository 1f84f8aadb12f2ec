/* SPDX-License-Identifier: MIT */
/* What is wrong with the CPUs at hand, and what is done about it: rows of errata.def by MIDR_EL1.
 */
#ifndef ERRATA_H
#define ERRATA_H

#include <trefoil/types.h>

struct xen_sysctl_trefoil_cpu_note;

/* What a row says is done. */
enum erratum_answer {
    ERRATUM_ALWAYS,
    ERRATUM_AVOIDED,
    ERRATUM_GUEST,
    ERRATUM_OPEN,
    /* From here on: what one CPU of the machine makes all do, bits of errata_needs. */
    ERRATUM_REPEAT_TLBI,
    ERRATUM_COUNTER_TWICE,
    ERRATUM_ASK_STAGE1,
    ERRATUM_UNRECOVERABLE,
};

#define ERRATUM_NEED(answer) (1U << (answer))

/* MIDR_EL1 (Arm ARM D19.2): Implementer and PartNum are the model; Variant and Revision in one
 * number, which is in order. */
#define MIDR_MODEL(midr)            ((uint32_t)(midr)&0xff00fff0U)
#define MIDR_REVISION(midr)         ((uint32_t)((midr) >> 16 & 0xf0) | (uint32_t)((midr)&0xf))
#define REVISION(variant, revision) ((variant) << 4 | (revision))
#define REVISION_LAST               REVISION(15, 15)

enum core_model {
#define CORE(identifier, implementer, part, name, document, speculates)                            \
    CORE_##identifier = (uint32_t)(implementer) << 24 | (part) << 4,
#include "cores.def"
#undef CORE
};

struct erratum {
    uint32_t number; /* Arm's */
    uint32_t model;  /* enum core_model */
    uint8_t first, last;
    uint8_t answer;
    const char *how;
};

extern const struct erratum errata[];
extern const unsigned int nr_errata;

/* Does the row apply to the CPU with this MIDR_EL1? */
static inline bool erratum_applies(const struct erratum *row, uint64_t midr)
{
    return row->model == MIDR_MODEL(midr) && MIDR_REVISION(midr) >= row->first &&
           MIDR_REVISION(midr) <= row->last;
}

/* The name of a core by its MIDR_EL1; NULL when cores.def has it not. */
const char *core_name(uint64_t midr);

/*
 * ERRATUM_NEED() bits of all CPUs, written while they start. A CPU does what another one needs,
 * too: TLB maintenance is broadcast, and vcpus move.
 */
extern uint32_t errata_needs;

#define CPU_LIST_LENGTH 128U /* of 32 CPUs */
/* A mask of CPUs as "0-3,6". */
void cpu_list(uint32_t mask, char list[CPU_LIST_LENGTH]);

/* Each CPU, before it runs guests: what it needs is added. */
void errata_cpu_setup(unsigned int pcpu);
/* The row at this place of errata, if a CPU has it. */
bool errata_note(unsigned int place, struct xen_sysctl_trefoil_cpu_note *note);

#endif
