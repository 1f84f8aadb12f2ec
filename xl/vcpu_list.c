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

/* Of one domain: printed at once, or added to what is for scripts. */
static int list_vcpus(uint32_t domid, struct libxl_data *data)
{
    char name[LIBXL_NAME_MAX];
    struct libxl_vcpu *list;
    size_t count;
    int status = XL_OK;
    if (libxl_domain_name(xl_context(), domid, name) != LIBXL_OK ||
        libxl_vcpu_list(xl_context(), domid, &list, &count) != LIBXL_OK)
        return xl_fail();
    uint32_t pcpus = data ? 0 : libxl_pcpus(xl_context());
    if (data && !xl_add_data(data, list, count))
        status = XL_FAILED;
    for (size_t i = 0; !data && i < count; i++)
        print_vcpu(name, &list[i], pcpus ? pcpus : LIBXL_PCPUS_MAX);
    free(list);
    return status;
}

static int list_named(const struct xl_call *call, struct libxl_data *data)
{
    int status = XL_OK;
    for (int i = 0; i < call->argc; i++) {
        uint32_t domid;
        if (libxl_domain_find(xl_context(), call->argv[i], &domid) != LIBXL_OK)
            status = xl_fail();
        else if (list_vcpus(domid, data) != XL_OK)
            status = XL_FAILED;
    }
    return status;
}

static int list_all(struct libxl_data *data)
{
    struct libxl_domain *list;
    size_t count;
    if (libxl_domain_list(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    int status = XL_OK;
    for (size_t i = 0; i < count; i++) {
        if (list_vcpus(list[i].domid, data) != XL_OK)
            status = XL_FAILED;
    }
    free(list);
    return status;
}

static int run(const struct xl_call *call)
{
    struct libxl_data data = {"vcpus", "vcpu", libxl_vcpu_fields,
                              NULL,    0,      sizeof(struct libxl_vcpu)};
    bool wants_data = xl_wants_data(call, 'j');
    if (!wants_data)
        printf("Name                                ID  VCPU   CPU State   Time(s) Affinity (Hard "
               "/ Soft)\n");
    int status = call->argc ? list_named(call, wants_data ? &data : NULL)
                            : list_all(wants_data ? &data : NULL);
    if (wants_data && xl_print_data(call, &data) != XL_OK)
        status = XL_FAILED;
    free((void *)data.items);
    return status;
}

static const struct xl_option options[] = {
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_vcpu_list = {
    .name = "vcpu-list",
    .arguments = "[options] [Domain...]",
    .summary = "List the vcpus of all or some domains",
    .details = "The state is three letters: running, blocked, and p for a vcpu that is not online.",
    .forms = XL_FORM_LIST(libxl_vcpu_fields),
    .options = options,
    .most = -1,
    .run = run,
};
