/* SPDX-License-Identifier: MIT */
/* The calls by which calls.c tries the policy, one function each: they return what the hypervisor
 * answered, the status of a grant operation as an error number. */
#ifndef CALLS_H
#define CALLS_H

#include "bare.h"
#include <xen/xen.h>

/* The domains of tests/system/policy.dts, by id. */
enum party { HARDWARE, CONTROL, STORE, MODEL, APP, PEER, FRIEND, SAFE, VICTIM, NR_PARTIES };
#define NOBODY 100 /* no domain has this id */

extern domid_t self;

/* What every domain prepares for every other: a grant, and a port if it may. */
#define GRANT_FOR(domain) (8U + (domain))
#define PORTS             40U /* all that a domain has are below */
#define MARK(domain)      (0x7ef011ad00000000UL + (domain))
extern uint64_t granted_page[4096 / sizeof(uint64_t)];
/* Frames of the caller's where nothing is. */
enum scratch { SCRATCH_GRANT_TABLE, SCRATCH_MAP, SCRATCH_FREE };
uint64_t scratch_gfn(enum scratch which);
/* A frame where a domain of the board has RAM. */
uint64_t gfn_of_party(domid_t domain);

typedef int64_t call_function(domid_t target);

#define CALL(name, on, slot) call_function call_##name;
#include "calls.def"
#undef CALL

#endif
