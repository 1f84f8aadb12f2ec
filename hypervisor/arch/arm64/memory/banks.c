/* SPDX-License-Identifier: MIT */
#include "banks.h"

struct paddr_range machine_first_bank;

static const struct machine *machine;

void banks_are(const struct machine *of)
{
    machine = of;
    machine_first_bank = of->banks[0];
}

bool machine_other_bank_has(paddr_t paddr)
{
    for (unsigned int i = 1; i < machine->nr_banks; i++) {
        if (paddr - machine->banks[i].start < machine->banks[i].size)
            return true;
    }
    return false;
}
