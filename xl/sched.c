/* SPDX-License-Identifier: MIT */
/* The schedulers that weigh domains: their listings, and what can be changed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctl/xenctl.h>

#include "data.h"
#include "xl.h"

#define POOL "Pool-0" /* there is no other */

static void print_header(void)
{
    printf("Name                                ID Weight  Cap\n");
}

static void print_row(const struct libxl_domain *domain)
{
    printf("%-33s %4u %6u %4u\n", domain->name, domain->domid, domain->scheduler_weight,
           domain->scheduler_cap);
}

static void print_parameters(const struct xen_sysctl_scheduler_op *op)
{
    if (op->sched_id == XEN_SCHEDULER_CREDIT)
        printf("Cpupool " POOL ": tslice=%ums ratelimit=%uus migration-delay=%uus\n",
               op->u.sched_credit.tslice_ms, op->u.sched_credit.ratelimit_us,
               op->u.sched_credit.vcpu_migr_delay_us);
    else
        printf("Cpupool " POOL ": ratelimit=%uus\n", op->u.sched_credit2.ratelimit_us);
}

/* What a scheduler does not have is LIBXL_NOT_TOLD. */
struct parameters {
    uint32_t ratelimit_us, tslice_ms, migration_delay_us;
};

static const struct libxl_field parameter_fields[] = {
    {.name = "cpupool", .kind = LIBXL_KIND_CONST, .constant = POOL},
    XL_FIELD(parameters, ratelimit_us, NUMBER, "ratelimit_us"),
    XL_FIELD(parameters, tslice_ms, TOLD, "tslice_ms"),
    XL_FIELD(parameters, migration_delay_us, TOLD, "migration_delay_us"),
    {.name = NULL},
};

static int print_parameters_data(const struct xl_call *call,
                                 const struct xen_sysctl_scheduler_op *op)
{
    struct parameters parameters = {op->u.sched_credit2.ratelimit_us, LIBXL_NOT_TOLD,
                                    LIBXL_NOT_TOLD};
    if (op->sched_id == XEN_SCHEDULER_CREDIT)
        parameters =
            (struct parameters){op->u.sched_credit.ratelimit_us, op->u.sched_credit.tslice_ms,
                                op->u.sched_credit.vcpu_migr_delay_us};
    const struct libxl_data data = {
        .item = "parameters", .fields = parameter_fields, .items = &parameters};
    return xl_print_data(call, &data);
}

/* A number without anything after it; false, with the message printed, if it is none. */
static bool parse_number(const char *text, const char *what, uint32_t *value)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || number > UINT32_MAX) {
        xl_fail_with("'%s' is no %s: it must be a number.", text, what);
        return false;
    }
    *value = (uint32_t)number;
    return true;
}

/* All or nothing is printed. */
static int list_domains(const struct xl_call *call, struct libxl_domain *list, size_t count,
                        const struct xen_sysctl_scheduler_op *parameters)
{
    const struct libxl_data data = {"domains", "domain", libxl_share_fields,
                                    list,      count,    sizeof(*list)};
    for (size_t i = 0; i < count; i++) {
        if (libxl_domain_share(xl_context(), &list[i]) != LIBXL_OK)
            return xl_fail();
    }
    if (xl_wants_data(call, 'l'))
        return xl_print_data(call, &data);
    if (parameters)
        print_parameters(parameters);
    print_header();
    for (size_t i = 0; i < count; i++)
        print_row(&list[i]);
    return XL_OK;
}

static int get_parameters(uint32_t scheduler, struct xen_sysctl_scheduler_op *op)
{
    struct xc_interface *xc = libxl_xc(xl_context());
    *op =
        (struct xen_sysctl_scheduler_op){.sched_id = scheduler, .cmd = XEN_SYSCTL_SCHEDOP_getinfo};
    if (xc_sched_params(xc, op) < 0)
        return xl_fail_with("Looking at the scheduler's parameters failed: %s.", xc_error(xc));
    return XL_OK;
}

static int list_all(const struct xl_call *call, uint32_t scheduler)
{
    struct xen_sysctl_scheduler_op op;
    struct libxl_domain *list;
    size_t count;
    int status = get_parameters(scheduler, &op);
    if (status != XL_OK)
        return status;
    if (libxl_domain_list(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    status = list_domains(call, list, count, &op);
    free(list);
    return status;
}

static int set_share(const struct xl_call *call, struct libxl_domain *domain)
{
    const char *weight = xl_value(call, 'w'), *cap = xl_value(call, 'c');
    if (libxl_domain_share(xl_context(), domain) != LIBXL_OK)
        return xl_fail();
    if ((weight && !parse_number(weight, "weight", &domain->scheduler_weight)) ||
        (cap && !parse_number(cap, "cap", &domain->scheduler_cap)))
        return XL_FAILED;
    return libxl_domain_set_share(xl_context(), domain) == LIBXL_OK ? XL_OK : xl_fail();
}

static int run_domain(const struct xl_call *call, const char *name)
{
    struct libxl_domain domain;
    uint32_t domid;
    if (libxl_domain_find(xl_context(), name, &domid) != LIBXL_OK ||
        libxl_domain_get(xl_context(), domid, &domain) != LIBXL_OK)
        return xl_fail();
    if (xl_value(call, 'w') || xl_value(call, 'c'))
        return set_share(call, &domain);
    return list_domains(call, &domain, 1, NULL);
}

static int run_parameters(const struct xl_call *call, uint32_t scheduler)
{
    struct xc_interface *xc = libxl_xc(xl_context());
    struct xen_sysctl_scheduler_op op;
    const char *limit = xl_value(call, 'r');
    uint32_t value;
    int status = get_parameters(scheduler, &op);
    if (status != XL_OK)
        return status;
    if (!limit && xl_wants_data(call, 'l'))
        return print_parameters_data(call, &op);
    if (!limit) {
        print_parameters(&op);
        return XL_OK;
    }
    if (!parse_number(limit, "rate limit", &value))
        return XL_FAILED;
    op.cmd = XEN_SYSCTL_SCHEDOP_putinfo;
    if (scheduler == XEN_SCHEDULER_CREDIT)
        op.u.sched_credit.ratelimit_us = value;
    else
        op.u.sched_credit2.ratelimit_us = value;
    if (xc_sched_params(xc, &op) < 0)
        return xl_fail_with("Changing the scheduler's parameters failed: %s.", xc_error(xc));
    return XL_OK;
}

/* What goes together, as with Xen's xl. */
static int check_options(const struct xl_call *call)
{
    bool share = xl_value(call, 'w') || xl_value(call, 'c');
    const char *pool = xl_value(call, 'p');
    if ((pool || xl_given(call, 's')) && (xl_value(call, 'd') || share))
        return xl_fail_with("-p and -s are about the scheduler, -d, -w and -c about a domain: not "
                            "both at once.");
    if (share && !xl_value(call, 'd'))
        return xl_fail_with("Whose? -w and -c take a domain by -d.");
    if (xl_value(call, 'r') && !xl_given(call, 's'))
        return xl_fail_with("-r is a parameter of the scheduler: it takes -s.");
    if (pool && strcmp(pool, POOL) != 0 && strcmp(pool, "0") != 0)
        return xl_fail_with("There is no cpupool '%s'.", pool);
    return XL_OK;
}

static int run_scheduler(const struct xl_call *call, uint32_t scheduler)
{
    uint32_t in_use;
    if (check_options(call) != XL_OK)
        return XL_FAILED;
    if (libxl_scheduler(xl_context(), &in_use) != LIBXL_OK)
        return xl_fail();
    if (in_use != scheduler)
        return xl_fail_with("This machine's scheduler is %s, not %s.", libxl_scheduler_name(in_use),
                            libxl_scheduler_name(scheduler));
    if (xl_given(call, 's'))
        return run_parameters(call, scheduler);
    if (xl_value(call, 'd'))
        return run_domain(call, xl_value(call, 'd'));
    return list_all(call, scheduler);
}

static int run_credit(const struct xl_call *call)
{
    return run_scheduler(call, XEN_SCHEDULER_CREDIT);
}

static int run_credit2(const struct xl_call *call)
{
    return run_scheduler(call, XEN_SCHEDULER_CREDIT2);
}

static const struct xl_option options[] = {
    {'d', "domain", "DOMAIN", "this domain only"},
    {'w', "weight", "WEIGHT", "give its vcpus this weight, 1 to 65535"},
    {'c', "cap", "CAP", "let it use at most that many percent of a CPU; 0: no limit"},
    {'p', "cpupool", "CPUPOOL", "the domains of this cpupool only"},
    {'s', "schedparam", NULL, "the scheduler's own parameters"},
    {'r', "ratelimit_us", "RLIMIT", "with -s: set how long a turn takes at least, in us"},
    {'l', "long", NULL, "print it as JSON"},
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

#define DETAILS                                                                                    \
    "Where CPUs are wanted by several, a vcpu of weight 512 gets twice the time of one of weight " \
    "256. The cap holds\nall vcpus of a domain together, on idle CPUs, too."

const struct xl_command xl_command_sched_credit = {
    .name = "sched-credit",
    .arguments = "[-d Domain [-w Weight] [-c Cap]] [-s [-r Limit]] [-p Cpupool]",
    .summary = "List or change domains' shares of time by the credit scheduler",
    .details = DETAILS,
    .options = options,
    .run = run_credit,
};

const struct xl_command xl_command_sched_credit2 = {
    .name = "sched-credit2",
    .arguments = "[-d Domain [-w Weight] [-c Cap]] [-s [-r Limit]] [-p Cpupool]",
    .summary = "List or change domains' shares of time by the credit2 scheduler",
    .details = DETAILS,
    .options = options,
    .run = run_credit2,
};
