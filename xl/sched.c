/* SPDX-License-Identifier: MIT */
/* The schedulers that weigh domains: their listings, and what can be changed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctl/xenctl.h>

#include "data.h"
#include "print.h"
#include "xl.h"

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
    char pool[24];
    xl_format_pool(op->cpupool_id, pool, sizeof(pool));
    if (op->sched_id == XEN_SCHEDULER_CREDIT)
        printf("Cpupool %s: tslice=%ums ratelimit=%uus migration-delay=%uus\n", pool,
               op->u.sched_credit.tslice_ms, op->u.sched_credit.ratelimit_us,
               op->u.sched_credit.vcpu_migr_delay_us);
    else
        printf("Cpupool %s: ratelimit=%uus\n", pool, op->u.sched_credit2.ratelimit_us);
}

/* What a scheduler does not have is LIBXL_NOT_TOLD. */
struct parameters {
    char pool[24];
    uint32_t ratelimit_us, tslice_ms, migration_delay_us;
};

static const struct libxl_field parameter_fields[] = {
    XL_FIELD(parameters, pool, STRING, "cpupool"),
    XL_FIELD(parameters, ratelimit_us, NUMBER, "ratelimit_us"),
    XL_FIELD(parameters, tslice_ms, TOLD, "tslice_ms"),
    XL_FIELD(parameters, migration_delay_us, TOLD, "migration_delay_us"),
    {.name = NULL},
};

static int print_parameters_data(const struct xl_call *call,
                                 const struct xen_sysctl_scheduler_op *op)
{
    struct parameters parameters = {
        .ratelimit_us = op->u.sched_credit2.ratelimit_us, LIBXL_NOT_TOLD, LIBXL_NOT_TOLD};
    if (op->sched_id == XEN_SCHEDULER_CREDIT)
        parameters = (struct parameters){.ratelimit_us = op->u.sched_credit.ratelimit_us,
                                         op->u.sched_credit.tslice_ms,
                                         op->u.sched_credit.vcpu_migr_delay_us};
    xl_format_pool(op->cpupool_id, parameters.pool, sizeof(parameters.pool));
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

static bool get_shares(struct libxl_domain *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (libxl_domain_share(xl_context(), &list[i]) != LIBXL_OK)
            return false;
    }
    return true;
}

static int print_domains(const struct xl_call *call, const struct libxl_domain *list, size_t count)
{
    const struct libxl_data data = {"domains", "domain", libxl_share_fields,
                                    list,      count,    sizeof(*list)};
    if (xl_wants_data(call, 'l'))
        return xl_print_data(call, &data);
    print_header();
    for (size_t i = 0; i < count; i++)
        print_row(&list[i]);
    return XL_OK;
}

static int get_parameters(uint32_t scheduler, uint32_t pool, struct xen_sysctl_scheduler_op *op)
{
    struct xc_interface *xc = libxl_xc(xl_context());
    *op = (struct xen_sysctl_scheduler_op){
        .cpupool_id = pool, .sched_id = scheduler, .cmd = XEN_SYSCTL_SCHEDOP_getinfo};
    if (xc_sched_params(xc, op) < 0)
        return xl_fail_with("Looking at the scheduler's parameters failed: %s.", xc_error(xc));
    return XL_OK;
}

static int compare_pools(const void *a, const void *b)
{
    const struct libxl_domain *one = a, *other = b;
    if (one->cpupool != other->cpupool)
        return one->cpupool < other->cpupool ? -1 : 1;
    return one->domid < other->domid ? -1 : one->domid > other->domid;
}

/* The first of the domains, which are sorted, that is in the pool; how many are. */
static struct libxl_domain *in_pool(struct libxl_domain *list, size_t count, uint32_t pool,
                                    size_t *found)
{
    size_t first = 0;
    while (first < count && list[first].cpupool != pool)
        first++;
    *found = 0;
    while (first + *found < count && list[first + *found].cpupool == pool)
        ++*found;
    return list + first;
}

static int list_pool(const struct xl_call *call, uint32_t scheduler, uint32_t pool,
                     struct libxl_domain *list, size_t count)
{
    struct xen_sysctl_scheduler_op op;
    int status = get_parameters(scheduler, pool, &op);
    if (status != XL_OK)
        return status;
    print_parameters(&op);
    return print_domains(call, list, count);
}

/* Nothing is printed before all is known of the domains. */
static int list_domains(const struct xl_call *call, uint32_t scheduler,
                        const struct libxl_pool *pools, size_t nr_pools)
{
    struct libxl_domain *list, *part;
    size_t count, found;
    int status = XL_OK;
    if (libxl_domain_list(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    qsort(list, count, sizeof(*list), compare_pools);
    part = list;
    found = count;
    if (xl_value(call, 'p'))
        part = in_pool(list, count, pools[0].id, &found);
    if (!get_shares(part, found))
        status = xl_fail();
    else if (xl_wants_data(call, 'l'))
        status = print_domains(call, part, found);
    else
        for (size_t i = 0; i < nr_pools && status == XL_OK; i++) {
            part = in_pool(list, count, pools[i].id, &found);
            status = list_pool(call, scheduler, pools[i].id, part, found);
        }
    free(list);
    return status;
}

static int list_all(const struct xl_call *call, uint32_t scheduler)
{
    struct libxl_pool *pools;
    size_t count;
    int status = xl_get_pools(xl_value(call, 'p'), &pools, &count);
    if (status != XL_OK)
        return status;
    status = list_domains(call, scheduler, pools, count);
    free(pools);
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
    return get_shares(&domain, 1) ? print_domains(call, &domain, 1) : xl_fail();
}

static int run_parameters_of(const struct xl_call *call, uint32_t scheduler, uint32_t pool)
{
    struct xc_interface *xc = libxl_xc(xl_context());
    struct xen_sysctl_scheduler_op op;
    const char *limit = xl_value(call, 'r');
    uint32_t value;
    int status = get_parameters(scheduler, pool, &op);
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

/* Without -p those of the first pool, as with Xen's xl. */
static int run_parameters(const struct xl_call *call, uint32_t scheduler)
{
    struct libxl_pool *pools;
    size_t count;
    int status = xl_get_pools(xl_value(call, 'p'), &pools, &count);
    if (status != XL_OK)
        return status;
    status = run_parameters_of(call, scheduler, count ? pools[0].id : 0);
    free(pools);
    return status;
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

static const struct xl_form forms[] = {
    {.name = "default", .list = true, .fields = libxl_share_fields},
    {.name = "schedparam", .fields = parameter_fields},
    {0},
};

const struct xl_command xl_command_sched_credit = {
    .name = "sched-credit",
    .arguments = "[-d Domain [-w Weight] [-c Cap]] [-s [-r Limit]] [-p Cpupool]",
    .summary = "List or change domains' shares of time by the credit scheduler",
    .details = DETAILS,
    .forms = forms,
    .options = options,
    .run = run_credit,
};

const struct xl_command xl_command_sched_credit2 = {
    .name = "sched-credit2",
    .arguments = "[-d Domain [-w Weight] [-c Cap]] [-s [-r Limit]] [-p Cpupool]",
    .summary = "List or change domains' shares of time by the credit2 scheduler",
    .details = DETAILS,
    .forms = forms,
    .options = options,
    .run = run_credit2,
};
