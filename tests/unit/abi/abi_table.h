/* SPDX-License-Identifier: MIT */
/*
 * The tables that the ABI tests compare. abi_table.inc makes one from whatever headers were
 * included before it: ours in abi_table_trefoil.c, Debian's libxen-dev in abi_table_debian.c, the
 * two never in one translation unit.
 */
#ifndef ABI_TABLE_H
#define ABI_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Whether Xen 4.17 has the same, as the rows say it. */
enum abi_in_417 { ABI_same, ABI_new, ABI_changed };

#define ABI_NO_FIELD UINT64_MAX

struct abi_row {
    const char *name;
    enum abi_in_417 in_417;
    /* A structure: its size, ABI_NO_FIELD. A field: size (0 if flexible) and offset. A constant:
     * value, ABI_NO_FIELD. */
    uint64_t fact_value, fact_offset;
    /* What the headers say; the same as the facts where the table leaves the row out. */
    uint64_t value, offset;
};

struct abi_table {
    const struct abi_row *rows;
    size_t count;
};

struct abi_table abi_trefoil_table(void);
/* Only the rows marked same; count is 0 where libxen-dev was not there when this was built. */
struct abi_table abi_debian_table(void);

#endif
