/* SPDX-License-Identifier: MIT */
/* Who a question about the policy is about, and what the two are to each other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl/fields.h>

#include "policy.h"

/* One word of a set of roles. */
static bool parse_role(const char *word, size_t length, uint32_t *roles)
{
    if (length == strlen("guest") && !memcmp(word, "guest", length))
        return true;
    for (unsigned int i = 0; libxl_role_name(i); i++) {
        if (strlen(libxl_role_name(i)) == length && !memcmp(libxl_role_name(i), word, length)) {
            *roles |= 1u << i;
            return true;
        }
    }
    return false;
}

/* "control", "hardware+xenstore", "guest". */
static bool parse_roles(const char *text, uint32_t *roles)
{
    *roles = 0;
    for (;;) {
        size_t length = strcspn(text, "+,");
        if (!parse_role(text, length, roles))
            return false;
        if (!text[length])
            return true;
        text += length + 1;
    }
}

/* Fills in a domain of this name or id, if there is one. */
static enum libxl_code find_domain(struct party *party)
{
    struct libxl_domain domain;
    enum libxl_code code = libxl_domain_find(xl_context(), party->given, &party->domid);
    if (code == LIBXL_OK)
        code = libxl_domain_get(xl_context(), party->domid, &domain);
    if (code != LIBXL_OK)
        return code;
    party->is_domain = true;
    party->roles = domain.roles;
    snprintf(party->name, sizeof(party->name), "%s", domain.name);
    return LIBXL_OK;
}

bool policy_find_party(const char *given, struct party *out)
{
    *out = (struct party){.given = given, .exists = true};
    enum libxl_code code = find_domain(out);
    if (code == LIBXL_OK)
        return true;
    snprintf(out->name, sizeof(out->name), "%s", given);
    if (parse_roles(given, &out->roles))
        return true;
    out->exists = false;
    if (given[strspn(given, "0123456789")] == '\0')
        return code == LIBXL_NO_DOMAIN || xl_fail() == XL_OK;
    xl_fail_with("'%s' is neither a domain that can be seen nor a set of roles (control, "
                 "hardware+xenstore, guest).",
                 given);
    return false;
}

void policy_describe_party(const struct party *party, char *out)
{
    if (!party->exists)
        snprintf(out, PARTY_TEXT_MAX, "domain %s, which does not exist", party->given);
    else if (party->is_domain)
        snprintf(out, PARTY_TEXT_MAX, "%s (domain %u)", party->name, party->domid);
    else
        snprintf(out, PARTY_TEXT_MAX, "a domain that is %s", party->name);
}

/* Who may not look at event channels gets an answer without them. */
static uint32_t count_channels(const struct party *subject, const struct party *target)
{
    struct libxl_channel *list;
    size_t count;
    if (libxl_domain_channels(xl_context(), subject->domid, target->domid, &list, &count) !=
        LIBXL_OK)
        return 0;
    free(list);
    return (uint32_t)count;
}

static void add_region(char *text, const char *id)
{
    size_t length = strlen(text);
    snprintf(text + length, REGIONS_TEXT_MAX - length, "%s%s", length ? ", " : "", id);
}

/* Likewise, without what the two share. */
static void find_regions(const struct party *subject, const struct party *target, char *text)
{
    struct libxl_share *list;
    size_t count;
    if (libxl_domain_shares(xl_context(), subject->domid, &list, &count) != LIBXL_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        if (list[i].domid == target->domid)
            add_region(text, list[i].id);
    }
    free(list);
}

bool policy_find_bond(const struct party *subject, const struct party *target, struct bond *bond)
{
    *bond = (struct bond){0};
    if (!subject->is_domain || !target->is_domain)
        return true;
    bond->is_subject = subject->domid == target->domid;
    if (bond->is_subject)
        return true;
    if (libxl_domain_ties(xl_context(), subject->domid, target->domid, &bond->ties) != LIBXL_OK)
        return xl_fail() == XL_OK;
    bond->channels = count_channels(subject, target);
    find_regions(subject, target, bond->regions);
    return true;
}

enum policy_relation policy_relation_of(enum policy_operation operation, const struct party *target,
                                        const struct bond *bond)
{
    if (policy_operation_target(operation) == TARGET_system)
        return RELATION_SYSTEM;
    if (policy_operation_target(operation) == TARGET_itself)
        return RELATION_SELF;
    return policy_relate((struct policy_facts){
        .exists = target->exists,
        .is_subject = bond->is_subject,
        .untargetable = target->roles & ROLE_UNTARGETABLE,
        .own_target = bond->ties & LIBXL_TIE_TARGET,
        .peer = bond->ties & LIBXL_TIE_PEER,
    });
}
