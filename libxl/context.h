/* SPDX-License-Identifier: MIT */
/* The inside of struct libxl_ctx, and how the files of libxl report failures. */
#ifndef LIBXL_CONTEXT_H
#define LIBXL_CONTEXT_H

#include <libxl/libxl.h>
#include <trefoil/policy.h>
#include <xenctl/xenctl.h>
#include <xenstore.h>

struct libxl_ctx {
    struct xc_interface *xc;
    struct xs_handle *store;
    bool store_tried;
    uint32_t pcpus; /* 0: not asked yet */
    int scheduler;  /* XEN_SCHEDULER_ or an error, valid if scheduler_asked */
    bool scheduler_asked;
    struct libxl_memory *memory; /* the caller's, or NULL */
    char error[512];
};

/* Records the sentence and returns the code. */
enum libxl_code libxl_fail(struct libxl_ctx *ctx, enum libxl_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What was tried, for a sentence about its failure. */
struct attempt {
    const char *what; /* "Pausing" */
    uint32_t domid;   /* DOMID_INVALID: none in particular */
    enum policy_operation operation;
};

/* The roles of which each alone may do the operation, as in "control or hardware", under the policy
 * in force. */
void libxl_roles_for(struct libxl_ctx *ctx, enum policy_operation operation, char *out,
                     size_t size);

/* Turns libxc's result (>= 0: LIBXL_OK) into a code and a sentence. */
enum libxl_code libxl_from_xc(struct libxl_ctx *ctx, int64_t rc, const struct attempt *attempt);

#endif
