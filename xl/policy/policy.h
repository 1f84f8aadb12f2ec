/* SPDX-License-Identifier: MIT */
/* What the commands about the policy share. */
#ifndef XL_POLICY_H
#define XL_POLICY_H

#include <libxl/fields.h>
#include <trefoil/policy.h>

#include "../../hypervisor/policy/describe.h"
#include "xl.h"

/* The verbs of --can, those of can.def; a test holds the two together. */
#define POLICY_VERBS "read, write, talk, see, pause, destroy, restart"

/* A domain, or what stands for one: a set of roles. */
struct party {
    const char *given;
    char name[LIBXL_NAME_MAX];
    bool is_domain; /* domid is valid */
    bool exists;
    uint32_t domid;
    uint32_t roles;
};

#define PARTY_TEXT_MAX (LIBXL_NAME_MAX + 40)

#define REGIONS_TEXT_MAX 320 /* the ids of what a domain may share at most */

/* What a second party is to a first one. */
struct bond {
    bool is_subject;
    uint32_t ties;                  /* LIBXL_TIE_, as the hypervisor says of two domains */
    uint32_t channels;              /* event channels that join the two now */
    char regions[REGIONS_TEXT_MAX]; /* of memory that the tree lets both share: "a, b", or "" */
};

/* A domain's name or id, else a set of roles; an id without a domain is one that is not there.
 * False after a message. */
bool policy_find_party(const char *given, struct party *out);
/* "app (domain 2)", "a domain that is guest", into out[PARTY_TEXT_MAX]. */
void policy_describe_party(const struct party *party, char *out);
/* Asks the hypervisor about two domains; of a set of roles nothing is declared. False after a
 * message. */
bool policy_find_bond(const struct party *subject, const struct party *target, struct bond *bond);
enum policy_relation policy_relation_of(enum policy_operation operation, const struct party *target,
                                        const struct bond *bond);

/*
 * The operations that a pattern names: a row's name, the ABI's or the last part of one
 * ("pausedomain"), with or without wildcards; found[] has one flag for each. Returns how many.
 */
size_t policy_match(const char *pattern, bool found[OP_COUNT]);
/* Says that nothing is called so, and what is nearly; returns XL_FAILED. */
int policy_no_operation(const char *pattern);

extern const struct libxl_field xl_policy_decision_fields[], xl_policy_answer_fields[];

/* The word of a verb of --can, "read"; NULL behind the last. */
const char *xl_policy_verb(unsigned int verb);
/* What a subject may do to a target: bit n is verb n. */
struct reach {
    uint32_t verbs;
    uint32_t
        whole; /* of those about memory, what goes for all of it, without the target's consent */
};
/* False after a message. */
bool xl_policy_reach(enum policy_id policy, const struct party *subject, const struct party *target,
                     struct reach *reach);

/* xl policy --why: XL_OK if allowed, XL_DENIED, or another status after a message. */
int xl_policy_explain(const struct xl_call *call, enum policy_id policy);
/* xl policy --can, likewise. */
int xl_policy_can(const struct xl_call *call, enum policy_id policy);

#endif
