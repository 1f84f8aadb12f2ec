/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "data.h"
#include "print.h"

static void print_vcpu(const char *name, const struct libxl_vcpu *vcpu, uint32_t pcpus)
{
    char hard[1024], soft[1024];
    printf("%-32s %5u %5u", name, vcpu->domid, vcpu->vcpu);
    if (vcpu->online)
        printf("%5u %3c%c- ", vcpu->cpu, vcpu->running ? 'r' : '-', vcpu->blocked ? 'b' : '-');
    else
        printf("%5c %3c%cp ", '-', '-', '-');
    xl_format_cpumap(vcpu->hard, pcpus, hard, sizeof(hard));
    xl_format_cpumap(vcpu->soft, pcpus, soft, sizeof(soft));
    printf("%9.1f  %s / %s\n", (double)vcpu->cpu_time_ns / 1e9, hard, soft);
}

static int print_vcpus(uint32_t domid)
{
    char name[LIBXL_NAME_MAX];
    struct libxl_vcpu *list;
    size_t count;
    if (libxl_domain_name(xl_context(), domid, name) != LIBXL_OK ||
        libxl_vcpu_list(xl_context(), domid, &list, &count) != LIBXL_OK)
        return xl_fail();
    uint32_t pcpus = libxl_pcpus(xl_context());
    for (size_t i = 0; i < count; i++)
        print_vcpu(name, &list[i], pcpus ? pcpus : LIBXL_PCPUS_MAX);
    free(list);
    return XL_OK;
}

static int print_for_scripts(const struct xl_call *call)
{
    struct xl_data data = {"vcpus", "vcpu", libxl_vcpu_fields, NULL, 0, sizeof(struct libxl_vcpu)};
    struct libxl_vcpu *list;
    uint32_t domid;
    if (libxl_domain_find(xl_context(), call->argv[0], &domid) != LIBXL_OK ||
        libxl_vcpu_list(xl_context(), domid, &list, &data.count) != LIBXL_OK)
        return xl_fail();
    data.items = list;
    int status = xl_print_data(call, &data);
    free(list);
    return status;
}

static int print_all(const struct xl_call *call)
{
    printf("Name                                ID  VCPU   CPU State   Time(s) Affinity (Hard / "
           "Soft)\n");
    if (call->argc)
        return xl_for_each(call, print_vcpus);
    struct libxl_domain *list;
    size_t count;
    if (libxl_domain_list(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    int status = XL_OK;
    for (size_t i = 0; i < count; i++) {
        if (print_vcpus(list[i].domid) != XL_OK)
            status = XL_FAILED;
    }
    free(list);
    return status;
}

static int run(const struct xl_call *call)
{
    if (!xl_wants_data(call, 'j'))
        return print_all(call);
    if (call->argc == 1)
        return print_for_scripts(call);
    xl_fail_with("-j and -X take one domain.");
    return XL_USAGE;
}

static const struct xl_option options[] = {
    {'j', "json", NULL, "print the vcpus of one domain as JSON"},
    {'X', "xml", NULL, "print the vcpus of one domain as XML"},
    {0},
};

const struct xl_command xl_command_vcpu_list = {
    .name = "vcpu-list",
    .arguments = "[options] [Domain...]",
    .summary = "List the vcpus of all or some domains",
    .details = "The state is three letters: running, blocked, and p for a vcpu that is not online.",
    .options = options,
    .most = -1,
    .run = run,
};
