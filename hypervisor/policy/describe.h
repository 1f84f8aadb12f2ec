/* SPDX-License-Identifier: MIT */
/* The rows of the policy as text, for documents and tools; not part of the hypervisor. */
#ifndef TREFOIL_POLICY_DESCRIBE_H
#define TREFOIL_POLICY_DESCRIBE_H

#include <stddef.h>

#include <trefoil/policy.h>

enum policy_column {
    COLUMN_SELF, /* in a row that joins two domains: a plain guest */
    COLUMN_CONTROL,
    COLUMN_HARDWARE,
    COLUMN_XENSTORE,
    COLUMN_DEVICE_MODEL,
    COLUMN_COUNT
};

struct policy_row {
    const char *name; /* as policy_operation_name() */
    const char *abi;  /* the operation in the public ABI */
    const char *why;  /* why the split is so */
    bool pair;        /* joins two domains: cells are partners */
};

/* The table from top to bottom: a heading (operation is OP_COUNT then) or a row (heading is NULL).
 */
struct policy_item {
    const char *heading;
    enum policy_operation operation;
};

/* Static; *count items. */
const struct policy_item *policy_items(size_t *count);

/* Static. */
const struct policy_row *policy_row(enum policy_operation operation);
const char *policy_column_name(enum policy_column column);
const char *policy_kind_name(enum policy_kind kind);
const char *policy_target_name(enum policy_target target);
const char *policy_relation_name(enum policy_relation relation);

/*
 * The cell in words, into text[size], cut if it must be: "no", "any", "own targets" and so on, for
 * a pair with whom: "hardware, xenstore". Returns text.
 */
const char *policy_cell_text(enum policy_id policy, enum policy_operation operation,
                             enum policy_column column, char *text, size_t size);

/* The operation of that name, or of that name in the ABI; OP_COUNT if there is none. */
enum policy_operation policy_operation_from_name(const char *name);

#endif
