/* SPDX-License-Identifier: MIT */
/*
 * Who may do what. Pure: constant tables made of hypervisor/policy/operations.def, no state, no
 * I/O; the same code runs in the hypervisor, in the unit tests and in `xl policy`. Nothing here can
 * fail and no function takes a lock.
 */
#ifndef TREFOIL_POLICY_H
#define TREFOIL_POLICY_H

#include <stdbool.h>
#include <stdint.h>

/* Chosen by xsm= on the hypervisor's command line; the numbers are those of
 * XEN_DOMCTL_TREFOIL_POLICY_*. */
enum policy_id { POLICY_DUMMY, POLICY_SILO, POLICY_SPLIT, POLICY_COUNT };

#define POLICY_DEFAULT POLICY_SPLIT

/* OP_domctl_pausedomain and so on, one for each row. */
enum policy_operation {
#define OPERATION(name, kind, target, dummy, silo, split, abi, why) OP_##name,
#define PAIR(name, dummy, silo, split, abi, why)                    OP_##name,
#include "../../policy/operations.def"
#undef OPERATION
#undef PAIR
    OP_COUNT
};

/* Roles, as bits of the device tree's `capabilities`. A domain without any of the first four is a
 * plain guest. */
enum policy_role {
    ROLE_CONTROL = 1,
    ROLE_HARDWARE = 2,
    ROLE_XENSTORE = 4,
    ROLE_DEVICE_MODEL = 8,
    /* Takes authority over the domain from others; gives it none. */
    ROLE_UNTARGETABLE = 16
};
#define ROLE_MASK 15U

/* What the target is to the subject. Where several hold, the first in the order of policy_relate().
 */
enum policy_relation {
    RELATION_SYSTEM,     /* the machine: no domain is named */
    RELATION_SELF,       /* the subject, or what it owns: its port, its mapping, its page */
    RELATION_OWN_TARGET, /* the subject is its device model, by the device tree or set_target */
    RELATION_PEER, /* the tree declares the pair, or the target is the subject's device model */
    RELATION_OTHER,
    RELATION_UNTARGETABLE, /* another domain that has ROLE_UNTARGETABLE, whatever else holds */
    RELATION_UNKNOWN, /* no such domain: allowed means that the subject may be told so (-ESRCH) */
    RELATION_COUNT
};

enum policy_kind { KIND_read, KIND_change, KIND_communicate };

/* What a row's target can be: itself has RELATION_SELF only, system RELATION_SYSTEM only, domain
 * all others. */
enum policy_target { TARGET_itself, TARGET_domain, TARGET_system };

/* Facts about a named domain, from which its relation to the subject follows. */
struct policy_facts {
    bool exists;
    bool is_subject;
    bool untargetable;
    bool own_target;
    bool peer;
};

enum policy_relation policy_relate(struct policy_facts facts);

/*
 * May a domain with subject_roles do the operation? The arguments must be in range: they come from
 * the hypervisor's own tables. target_roles count for operations that communicate and are ignored
 * otherwise. A relation that the row's target cannot have is denied. For an operation on two other
 * domains each side is decided.
 */
bool policy_decide(enum policy_id policy, enum policy_operation operation, uint32_t subject_roles,
                   uint32_t target_roles, enum policy_relation relation);

/* What ties another domain to the subject, as a set; none is 0. */
enum policy_tie {
    TIE_PEER = 1,   /* own_target and peer of struct policy_facts */
    TIE_TARGET = 2, /* goes before TIE_PEER */
    TIE_SETS = 4
};

/* What a domain may do: policy_decide() worked out for all that its roles leave open. */
struct policy_rights {
    uint8_t alone[OP_COUNT]; /* set of enum policy_right */
    /* On other domains, by what ties them: bit n stands for targets with the set of roles n. */
    uint32_t others[OP_COUNT][TIE_SETS];
};

enum policy_right { RIGHT_ON_ITSELF = 1, RIGHT_ON_SYSTEM = 2, RIGHT_ON_UNKNOWN = 4 };

/* What a domain with these roles may do. */
void policy_work_out(enum policy_id policy, uint32_t subject_roles, struct policy_rights *rights);

/* May it do the operation to another domain with these roles? Inline, as every hypercall asks. */
static inline bool policy_reaches(const struct policy_rights *rights,
                                  enum policy_operation operation, unsigned int ties,
                                  uint32_t target_roles)
{
    return (rights->others[operation][ties] >> (target_roles & (ROLE_UNTARGETABLE | ROLE_MASK)) &
            1) != 0;
}

/* The roles of which each alone would be allowed; 0 if none would. For messages about denials. */
uint32_t policy_sufficient_roles(enum policy_id policy, enum policy_operation operation,
                                 uint32_t target_roles, enum policy_relation relation);

enum policy_kind policy_operation_kind(enum policy_operation operation);
enum policy_target policy_operation_target(enum policy_operation operation);

/* "dummy", "silo", "split"; static. */
const char *policy_name(enum policy_id policy);
/* False, and *policy left alone, for any other name. */
bool policy_from_name(const char *name, enum policy_id *policy);
/* The row's name, "domctl_pausedomain"; static. */
const char *policy_operation_name(enum policy_operation operation);
/* "control", ...; static. For one bit of enum policy_role, "?" for anything else. */
const char *policy_role_name(uint32_t role);

#endif
