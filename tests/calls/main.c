/* SPDX-License-Identifier: MIT */
/*
 * Makes each call of calls.def from the domain in which it runs, on each domain named, and compares
 * what the hypervisor answers with what the policy in force says.
 *
 *     calls [-v] [-o OPERATION] SELF DOMID:CAPABILITIES...
 *
 * SELF is this domain's id; CAPABILITIES as in the device tree, or x for a domain that does not
 * exist. Prints what is wrong (with -v all there is) and a count. Status 0: all as it should be, 1:
 * not, 2: not started.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <trefoil/policy.h>

#include "calls.h"

/* As bits. */
enum effect { harmless = 0, harmful = 1, others = 2, harmful_others = 3 };

static const struct row {
    enum policy_operation operation;
    enum effect effect;
    call_function *make;
} rows[] = {
#define CALL(operation, effect, function) {OP_##operation, effect, call_##function},
#include "calls.def"
#undef CALL
};

struct domain {
    domid_t domid;
    bool exists;
    uint32_t roles;
};

static struct {
    struct xc_interface *xc;
    enum policy_id policy;
    uint32_t roles;
    domid_t self;
    bool verbose;
    const char *only;
    unsigned int made, skipped, wrong;
} program;

static void print(const char *verdict, const struct row *row, const struct domain *target,
                  const char *expected, int64_t result)
{
    printf("%-7s %-34s", verdict, policy_operation_name(row->operation));
    if (policy_operation_target(row->operation) == TARGET_domain)
        printf(" of %u", target->domid);
    printf(": %s, answer %s\n", expected, result < 0 ? strerrorname_np((int)-result) : "no error");
}

/* Whether the answer is what is due. A call that may be made can fail for its arguments, but not
 * for permission. */
static bool as_due(bool allowed, bool exists, int64_t result)
{
    if (!allowed)
        return result == -EPERM;
    return exists ? result != -EPERM && result != -ENOSYS : result == -ESRCH;
}

static void try(const struct row *row, const struct domain *target)
{
    bool is_subject = target->domid == program.self;
    enum policy_relation relation = policy_operation_target(row->operation) == TARGET_system
                                        ? RELATION_SYSTEM
                                        : policy_relate((struct policy_facts){
                                              .exists = target->exists,
                                              .is_subject = is_subject,
                                              .untargetable = target->roles & ROLE_UNTARGETABLE,
                                          });
    bool allowed =
        policy_decide(program.policy, row->operation, program.roles, target->roles, relation);
    if (((row->effect & harmful) && allowed) || ((row->effect & others) && is_subject)) {
        program.skipped++;
        return;
    }
    int64_t result = row->make(program.xc, target->domid);
    bool fine = as_due(allowed, target->exists, result);
    program.made++;
    program.wrong += !fine;
    if (!fine || program.verbose)
        print(fine ? "ok" : "WRONG", row, target, allowed ? "allowed" : "denied", result);
}

/* Operations on the machine or on oneself are tried once, the others on each domain. */
static void try_all(const struct domain *domains, size_t count)
{
    const struct domain self = {.domid = program.self, .exists = true, .roles = program.roles};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (fnmatch(program.only, policy_operation_name(rows[i].operation), 0))
            continue;
        if (policy_operation_target(rows[i].operation) != TARGET_domain) {
            try(&rows[i], &self);
            continue;
        }
        for (size_t j = 0; j < count; j++)
            try(&rows[i], &domains[j]);
    }
}

static bool parse_domain(const char *text, struct domain *out)
{
    char *end;
    unsigned long domid = strtoul(text, &end, 10);
    if (end == text || *end != ':' || domid >= DOMID_FIRST_RESERVED)
        return false;
    out->domid = (domid_t)domid;
    out->exists = strcmp(end + 1, "x") != 0;
    out->roles = (uint32_t)strtoul(end + 1, NULL, 0);
    return true;
}

static bool learn_about_self(const char *text)
{
    struct xen_domctl_trefoil_launch_info info;
    program.self = (domid_t)strtoul(text, NULL, 10);
    program.xc = xc_open();
    if (!program.xc || xc_domain_launch_info(program.xc, DOMID_SELF, &info) < 0) {
        fprintf(stderr, "calls: %s\n", program.xc ? xc_error(program.xc) : strerror(errno));
        return false;
    }
    program.roles = info.capabilities;
    program.policy = (enum policy_id)info.policy;
    return info.policy < POLICY_COUNT;
}

/* Returns where the other arguments begin. */
static int read_options(int argc, char **argv)
{
    int letter;
    program.only = "*";
    while ((letter = getopt(argc, argv, "vo:")) != -1) {
        if (letter == 'v')
            program.verbose = true;
        else if (letter == 'o')
            program.only = optarg;
    }
    return optind;
}

int main(int argc, char **argv)
{
    struct domain domains[16];
    size_t count = 0;
    int first = read_options(argc, argv);
    for (int i = first + 1; i < argc && count < sizeof(domains) / sizeof(domains[0]); i++) {
        if (!parse_domain(argv[i], &domains[count++]))
            count = 0;
    }
    if (!count || !learn_about_self(argv[first])) {
        fprintf(stderr, "usage: calls [-v] [-o OPERATION] SELF DOMID:CAPABILITIES...\n");
        return 2;
    }
    try_all(domains, count);
    printf("policy %s, roles %u: %u calls, %u wrong, %u left out\n", policy_name(program.policy),
           program.roles, program.made, program.wrong, program.skipped);
    xc_close(program.xc);
    return program.wrong != 0;
}
