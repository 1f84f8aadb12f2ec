/* SPDX-License-Identifier: MIT */
#ifndef BANKS_H
#define BANKS_H

#include <trefoil/machine.h>

/* Before anything is asked below; `machine` stays the caller's and stays there. */
void banks_are(const struct machine *machine);

/* Is the address in one of the machine's banks of RAM? Most machines have one. */
extern struct paddr_range machine_first_bank;
bool machine_other_bank_has(paddr_t paddr);

static inline bool machine_has_ram(paddr_t paddr)
{
    return likely(paddr - machine_first_bank.start < machine_first_bank.size) ||
           machine_other_bank_has(paddr);
}

#endif
