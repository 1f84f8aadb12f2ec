/* SPDX-License-Identifier: MIT */
#include "errata.h"

#define ALL REVISION(0, 0), REVISION_LAST
#define ROW(core, first, last, number, answer, subject, how)                                       \
    {number, CORE_##core, first, last, ERRATUM_##answer, how},
/* One more expansion: ALL stands for two arguments. */
#define ERRATUM(...) ROW(__VA_ARGS__)

const struct erratum errata[] = {
#include "errata.def"
};
const unsigned int nr_errata = ARRAY_SIZE(errata);

const char *core_name(uint64_t midr)
{
    switch (MIDR_MODEL(midr)) {
#define CORE(identifier, implementer, part, name, document, speculates)                            \
    case CORE_##identifier:                                                                        \
        return name;
#include "cores.def"
#undef CORE
    default: return NULL;
    }
}
