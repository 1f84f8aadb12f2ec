/* SPDX-License-Identifier: MIT */
/* The policy's table. What it says is compiled in from the rows that the hypervisor is made of. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "policy.h"

#define TEXT_MAX 128

/* A row in words, as it is printed. */
struct row_text {
    const char *name, *abi, *kind, *target, *why;
    bool pair;
    char cells[COLUMN_COUNT][TEXT_MAX];
};

#define ROW(member, kind_, name_)                                                                  \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_##kind_, .offset = offsetof(struct row_text, member),  \
        .size = sizeof(((struct row_text *)0)->member)                                             \
    }

static const struct libxl_field row_fields[] = {
    ROW(name, POINTER, "operation"),
    ROW(abi, POINTER, "abi"),
    ROW(kind, POINTER, "kind"),
    ROW(target, POINTER, "target"),
    ROW(pair, BOOL, "pair"),
    ROW(cells[COLUMN_SELF], STRING, "self"),
    ROW(cells[COLUMN_CONTROL], STRING, "control"),
    ROW(cells[COLUMN_HARDWARE], STRING, "hardware"),
    ROW(cells[COLUMN_XENSTORE], STRING, "xenstore"),
    ROW(cells[COLUMN_DEVICE_MODEL], STRING, "device_model"),
    ROW(why, POINTER, "why"),
    {.name = NULL},
};

static void fill(enum policy_id policy, enum policy_operation operation, struct row_text *out)
{
    const struct policy_row *row = policy_row(operation);
    out->name = row->name;
    out->abi = row->abi;
    out->why = row->why;
    out->pair = row->pair;
    out->kind = policy_kind_name(policy_operation_kind(operation));
    out->target = policy_target_name(policy_operation_target(operation));
    for (enum policy_column column = 0; column < COLUMN_COUNT; column++)
        policy_cell_text(policy, operation, column, out->cells[column], TEXT_MAX);
}

/* Marks what the arguments name; none of them: all. False after a message: one names nothing. */
static bool choose_rows(const struct xl_call *call, bool wanted[OP_COUNT])
{
    bool found[OP_COUNT];
    memset(wanted, !call->argc, OP_COUNT * sizeof(wanted[0]));
    for (int i = 0; i < call->argc; i++) {
        if (!policy_match(call->argv[i], found))
            return policy_no_operation(call->argv[i]) == XL_OK;
        for (enum policy_operation operation = 0; operation < OP_COUNT; operation++)
            wanted[operation] |= found[operation];
    }
    return true;
}

#define LINE "%-38s %-11s %-7s %-8s %-21s %-21s %-21s %s\n"

static void print_heading(void)
{
    printf(LINE, "Operation", "Kind", "Target", "Self", "Control", "Hardware", "Xenstore",
           "Device model");
}

/* Who may join with whom does not fit in columns. */
static void print_pair(const struct row_text *row)
{
    printf("%-38s %-11s %-7s\n", row->name, row->kind, row->target);
    for (enum policy_column column = 0; column < COLUMN_COUNT; column++)
        printf("    %-13s with: %s\n",
               column == COLUMN_SELF ? "plain guest" : policy_column_name(column),
               row->cells[column]);
}

static void print_row(const struct row_text *row)
{
    if (row->pair)
        print_pair(row);
    else
        printf(LINE, row->name, row->kind, row->target, row->cells[COLUMN_SELF],
               row->cells[COLUMN_CONTROL], row->cells[COLUMN_HARDWARE], row->cells[COLUMN_XENSTORE],
               row->cells[COLUMN_DEVICE_MODEL]);
}

/* Fills rows[] with what was asked for, in the table's order; returns how many. */
static size_t collect(const bool wanted[OP_COUNT], enum policy_id policy, struct row_text *rows)
{
    size_t items, count = 0;
    const struct policy_item *item = policy_items(&items);
    for (size_t i = 0; i < items; i++) {
        if (!item[i].heading && wanted[item[i].operation])
            fill(policy, item[i].operation, &rows[count++]);
    }
    return count;
}

static int print_table(const struct xl_call *call, enum policy_id policy)
{
    bool wanted[OP_COUNT];
    if (!choose_rows(call, wanted))
        return XL_FAILED;
    struct row_text *rows = calloc(OP_COUNT, sizeof(*rows));
    if (!rows)
        return xl_fail_with("Out of memory.");
    size_t count = collect(wanted, policy, rows);
    int status = XL_OK;
    if (xl_wants_data(call, 'j')) {
        const struct libxl_data data = {"policy", "row", row_fields, rows, count, sizeof(*rows)};
        status = xl_print_data(call, &data);
    } else {
        printf("Policy: %s\n", policy_name(policy));
        print_heading();
        for (size_t i = 0; i < count; i++)
            print_row(&rows[i]);
    }
    free(rows);
    return status;
}

/* The policy that -p names, or the one in force. */
static bool choose_policy(const struct xl_call *call, enum policy_id *policy)
{
    const char *name = xl_value(call, 'p');
    struct libxl_info info;
    if (!name) {
        libxl_info(xl_context(), &info);
        name = info.policy;
    }
    if (*name && policy_from_name(name, policy))
        return true;
    if (*name)
        xl_fail_with("There is no policy '%s': dummy, silo and split are those known.", name);
    else
        xl_fail_with("The hypervisor does not say which policy is in force; name one with -p.");
    return false;
}

static int run(const struct xl_call *call)
{
    enum policy_id policy;
    if (!choose_policy(call, &policy))
        return XL_FAILED;
    if (xl_given(call, 'c'))
        return xl_policy_can(call, policy);
    return xl_given(call, 'w') ? xl_policy_explain(call, policy) : print_table(call, policy);
}

static const struct xl_option options[] = {
    {'w', "why", NULL, "explain one decision, or list those that a wildcard names"},
    {'c', "can", NULL, "answer a question in plain words: --can hardware read app"},
    {'p', "policy", "POLICY", "dummy, silo or split; default: the one in force"},
    {'j', "json", NULL, "print it as JSON"},
    XL_OPTION_XML,
    {0},
};

static const struct xl_status statuses[] = {
    {XL_DENIED, "with --why or --can: some of it is denied"},
    {0},
};

static const struct xl_form forms[] = {
    {.name = "default", .list = true, .fields = row_fields},
    {.name = "why", .fields = xl_policy_decision_fields},
    {.name = "why-of-several", .list = true, .fields = xl_policy_decision_fields},
    {.name = "can", .list = true, .fields = xl_policy_answer_fields},
    {0},
};

const struct xl_command xl_command_policy = {
    .name = "policy",
    .arguments =
        "[options] [Operation...] | -w [options] <Subject> <Operation> [Target] | -c [options] "
        "<Subject> <Verb> <Target>",
    .summary = "Print the policy's table, or explain one of its decisions",
    .details =
        "Operations are named as in the table or as in the ABI, or by the last part of the name "
        "(pausedomain),\n"
        "and may have wildcards (domctl_*). Subject and Target are domains, or sets of roles: "
        "guest, control,\n"
        "hardware+xenstore, and so on; Target may be 'self'. Of two domains, what the device tree "
        "or set_target\n"
        "declares (a device model's targets, peers) counts, and so do event channels that join "
        "them, for\n"
        "evtchn_send. Verbs are " POLICY_VERBS ".\n"
        "With -w and -c the exit status says whether it is denied.",
    .forms = forms,
    .options = options,
    .statuses = statuses,
    .most = -1,
    .run = run,
};
