/* SPDX-License-Identifier: MIT */
/* One function a row of calls.def: makes the hypercall on a domain and returns >= 0 or a negative
 * errno value. */
#ifndef TESTS_CALLS_CALLS_H
#define TESTS_CALLS_CALLS_H

#include <xenctl/xenctl.h>

/* Rows that name no domain ignore `target`. */
typedef int64_t call_function(struct xc_interface *xc, domid_t target);

#define CALL(operation, effect, function) call_function call_##function;
#include "calls.def"
#undef CALL

#endif
