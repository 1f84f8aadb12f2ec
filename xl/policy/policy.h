/* SPDX-License-Identifier: MIT */
#ifndef XL_POLICY_H
#define XL_POLICY_H

#include <trefoil/policy.h>

#include "../../hypervisor/policy/describe.h"
#include "xl.h"

/* xl policy --why: XL_OK if allowed, XL_DENIED, or another status after a message. */
int xl_policy_explain(const struct xl_call *call, enum policy_id policy);

#endif
