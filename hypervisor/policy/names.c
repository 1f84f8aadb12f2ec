/* SPDX-License-Identifier: MIT */
/* Names of policies, operations and roles, and what kind of operation a row is. */
#include <trefoil/policy.h>

static const char *const policy_names[] = {
    [POLICY_DUMMY] = "dummy", [POLICY_SILO] = "silo", [POLICY_SPLIT] = "split"};

static const struct {
    const char *name;
    uint8_t kind;
    uint8_t target;
} operations[] = {
#define OPERATION(name, kind, target, dummy, silo, split, abi, why)                                \
    [OP_##name] = {#name, KIND_##kind, TARGET_##target},
#define PAIR(name, dummy, silo, split, abi, why)                                                   \
    [OP_##name] = {#name, KIND_communicate, TARGET_domain},
#include "operations.def"
#undef OPERATION
#undef PAIR
};

enum policy_kind policy_operation_kind(enum policy_operation operation)
{
    return operations[operation].kind;
}

enum policy_target policy_operation_target(enum policy_operation operation)
{
    return operations[operation].target;
}

const char *policy_operation_name(enum policy_operation operation)
{
    return operations[operation].name;
}

const char *policy_name(enum policy_id policy)
{
    return policy_names[policy];
}

static bool same_text(const char *left, const char *right)
{
    while (*left != '\0' && *left == *right) {
        left++;
        right++;
    }
    return *left == *right;
}

bool policy_from_name(const char *name, enum policy_id *policy)
{
    for (enum policy_id id = POLICY_DUMMY; id < POLICY_COUNT; id++) {
        if (same_text(name, policy_names[id])) {
            *policy = id;
            return true;
        }
    }
    return false;
}

const char *policy_role_name(uint32_t role)
{
    switch (role) {
    case ROLE_CONTROL: return "control";
    case ROLE_HARDWARE: return "hardware";
    case ROLE_XENSTORE: return "xenstore";
    case ROLE_DEVICE_MODEL: return "device model";
    case ROLE_UNTARGETABLE: return "untargetable";
    default: return "?";
    }
}
