/* SPDX-License-Identifier: MIT */
#include "document.h"

#include "describe.h"

static const char *const introduction =
    "<!-- Made by hypervisor/policy/document.c; do not edit. `make policy-document` writes it "
    "anew. "
    "-->\n"
    "# Who may do what\n"
    "\n"
    "Each operation that a domain can ask of the hypervisor is one row, and nothing is allowed "
    "that a "
    "row does not\n"
    "say. The option `xsm=dummy|silo|split` of the hypervisor's command line chooses the policy; "
    "`split` is the default.\n"
    "`xl policy` prints the one in force, `xl policy --why SUBJECT OPERATION [TARGET]` explains a "
    "decision,\n"
    "`xl policy --can SUBJECT VERB TARGET` answers in plain words, such as `--can hardware read "
    "app`.\n"
    "\n"
    "- **dummy**: the default policy as the public series of June 2025 for split control and "
    "hardware "
    "domains changes it.\n"
    "  Its device model reaches every domain.\n"
    "- **silo**: the same, but two domains can only communicate if one of them is control, "
    "hardware or "
    "xenstore.\n"
    "- **split**: each role does its own work and no other. Looking is apart from changing, "
    "hardware "
    "and control\n"
    "  have no operation that changes something in common, a device model reaches its own targets, "
    "and "
    "domains communicate in\n"
    "  the pairs that the rows name or the device tree declares.\n"
    "\n"
    "Roles come from the device tree's `capabilities` and cannot be gained later: 1 control, 2 "
    "hardware, 4 xenstore,\n"
    "8 device model. A domain with several roles may do what one of them may do. Bit 16 makes a "
    "domain "
    "untargetable: nobody\n"
    "changes it, under no policy, and under split others can look at it and do nothing else, "
    "whatever "
    "pairs are declared.\n"
    "\n"
    "Cells: *itself*, on itself; *own targets*, on the domains for which it is the device model by "
    "the "
    "device tree or\n"
    "set_target; *any*, on every domain but untargetable ones; *yes*, on the machine; *no*. The "
    "column "
    "*self* is what every\n"
    "domain may do, whatever its roles. Where a row joins two domains its cells say with whom, "
    "and the column *self* is a plain\n"
    "guest; with itself every domain may communicate.\n"
    "\n"
    "A denied call returns -EPERM. A domain that does not exist is told (-ESRCH) to those who may "
    "do "
    "XEN_DOMCTL_getdomaininfo\n"
    "of any domain; to others it is -EPERM too.\n";

static void write_row(FILE *out, enum policy_id policy, enum policy_operation operation)
{
    const struct policy_row *row = policy_row(operation);
    char text[128];

    fprintf(out, "| `%s` | %s | %s |", row->name,
            policy_kind_name(policy_operation_kind(operation)),
            policy_target_name(policy_operation_target(operation)));
    for (enum policy_column column = 0; column < COLUMN_COUNT; column++)
        fprintf(out, " %s |", policy_cell_text(policy, operation, column, text, sizeof(text)));
    fputc('\n', out);
}

static void write_heading(FILE *out, const char *heading)
{
    fprintf(out, "\n%s\n\n| operation | kind | target |", heading);
    for (enum policy_column column = 0; column < COLUMN_COUNT; column++)
        fprintf(out, " %s |", policy_column_name(column));
    fputs("\n|---|---|---|---|---|---|---|---|\n", out);
}

static void write_policy(FILE *out, enum policy_id policy)
{
    size_t count;
    const struct policy_item *items = policy_items(&count);

    fprintf(out, "\n## %s\n", policy_name(policy));
    for (size_t i = 0; i < count; i++) {
        if (items[i].heading != NULL)
            write_heading(out, items[i].heading);
        else
            write_row(out, policy, items[i].operation);
    }
}

static void write_reasons(FILE *out)
{
    size_t count;
    const struct policy_item *items = policy_items(&count);

    fputs("\n## The operations, and why split decides as it does\n\n"
          "| operation | in the ABI | why |\n|---|---|---|\n",
          out);
    for (size_t i = 0; i < count; i++) {
        const struct policy_row *row;

        if (items[i].heading != NULL)
            continue;
        row = policy_row(items[i].operation);
        fprintf(out, "| `%s` | %s | %s |\n", row->name, row->abi, row->why);
    }
}

void policy_write_document(FILE *out)
{
    fputs(introduction, out);
    for (enum policy_id policy = POLICY_COUNT; policy-- > 0;)
        write_policy(out, policy);
    write_reasons(out);
}
