/* SPDX-License-Identifier: MIT */
/* The listings of the schedulers that weigh domains. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctl/xenctl.h>

#include "xl.h"

static void print_row(const struct libxl_domain *domain)
{
    printf("%-33s %4u %6u %4u\n", domain->name, domain->domid, domain->scheduler_weight,
           domain->scheduler_cap);
}

static void print_pool(const struct xen_sysctl_scheduler_op *op)
{
    if (op->sched_id == XEN_SCHEDULER_CREDIT)
        printf("Cpupool Pool-0: tslice=%ums ratelimit=%uus migration-delay=%uus\n",
               op->u.sched_credit.tslice_ms, op->u.sched_credit.ratelimit_us,
               op->u.sched_credit.vcpu_migr_delay_us);
    else
        printf("Cpupool Pool-0: ratelimit=%uus\n", op->u.sched_credit2.ratelimit_us);
}

static int print_domains(const char *only)
{
    struct libxl_domain *list, one;
    uint32_t domid;
    size_t count;
    if (only) {
        if (libxl_domain_find(xl_context(), only, &domid) != LIBXL_OK ||
            libxl_domain_get(xl_context(), domid, &one) != LIBXL_OK)
            return xl_fail();
        print_row(&one);
        return XL_OK;
    }
    if (libxl_domain_list(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    for (size_t i = 0; i < count; i++)
        print_row(&list[i]);
    free(list);
    return XL_OK;
}

static int run_listing(const struct xl_call *call, uint32_t scheduler)
{
    struct xc_interface *xc = libxl_xc(xl_context());
    if (!xc)
        return xl_fail();
    int in_use = xc_sched_id(xc);
    if (in_use < 0)
        return xl_fail_with("%s.", xc_error(xc));
    if ((uint32_t)in_use != scheduler)
        return xl_fail_with("This machine's scheduler is %s, not %s.",
                            libxl_scheduler_name((uint32_t)in_use),
                            libxl_scheduler_name(scheduler));
    struct xen_sysctl_scheduler_op op = {.sched_id = scheduler, .cmd = XEN_SYSCTL_SCHEDOP_getinfo};
    if (xc_sched_params(xc, &op) >= 0)
        print_pool(&op);
    printf("Name                                ID Weight  Cap\n");
    return print_domains(xl_value(call, 'd'));
}

static int run_credit(const struct xl_call *call)
{
    return run_listing(call, XEN_SCHEDULER_CREDIT);
}

static int run_credit2(const struct xl_call *call)
{
    return run_listing(call, XEN_SCHEDULER_CREDIT2);
}

static const struct xl_option options[] = {
    {'d', "domain", "DOMAIN", "this domain only"},
    {0},
};

const struct xl_command xl_command_sched_credit = {
    .name = "sched-credit",
    .arguments = "[-d Domain]",
    .summary = "List the credit scheduler's parameters",
    .options = options,
    .run = run_credit,
};

const struct xl_command xl_command_sched_credit2 = {
    .name = "sched-credit2",
    .arguments = "[-d Domain]",
    .summary = "List the credit2 scheduler's parameters",
    .options = options,
    .run = run_credit2,
};
