/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl/counters.h>
#include <xen/vcpu.h>

#include "data.h"

/* The domains whose rows are wanted; none: all. */
struct wanted {
    uint32_t domids[XL_VALUES_MAX];
    int count;
};

static bool is_wanted(const struct wanted *wanted, uint32_t domid)
{
    for (int i = 0; i < wanted->count; i++) {
        if (wanted->domids[i] == domid)
            return true;
    }
    return wanted->count == 0;
}

static int find_wanted(const struct xl_call *call, struct wanted *wanted)
{
    wanted->count = 0;
    if (call->argc > XL_VALUES_MAX)
        return xl_fail_with("At most %d domains can be named.", XL_VALUES_MAX);
    for (int i = 0; i < call->argc; i++) {
        if (libxl_domain_find(xl_context(), call->argv[i], &wanted->domids[i]) != LIBXL_OK)
            return xl_fail();
        wanted->count++;
    }
    return XL_OK;
}

/* One that has gone meanwhile has no name any more. */
static const char *name_of(uint32_t domid, char name[LIBXL_NAME_MAX])
{
    if (libxl_domain_name(xl_context(), domid, name) != LIBXL_OK)
        snprintf(name, LIBXL_NAME_MAX, "domain-%u", domid);
    return name;
}

static double seconds(uint64_t ns)
{
    return (double)ns / 1e9;
}

/* A sum of counters, of which an older hypervisor may not have all. */
static uint64_t add_counters(uint64_t sum, uint64_t counter)
{
    return counter == LIBXL_NOT_COUNTED ? sum : sum + counter;
}

static uint64_t traps_of(const struct libxl_vcpu_counters *vcpu)
{
    static const enum xen_vcpu_counter traps[] = {
        XEN_VCPU_COUNTER_hypercalls,        XEN_VCPU_COUNTER_device_accesses,
        XEN_VCPU_COUNTER_register_accesses, XEN_VCPU_COUNTER_waits,
        XEN_VCPU_COUNTER_firmware_calls,    XEN_VCPU_COUNTER_other_traps,
        XEN_VCPU_COUNTER_interrupts,
    };
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
        sum = add_counters(sum, vcpu->counters[traps[i]]);
    return sum;
}

/* What a wake-up took at the mean, in us. */
static double wake_time(const struct libxl_vcpu_counters *vcpu)
{
    uint64_t wakes = 0;
    for (unsigned int i = 0; i < XEN_WAKE_BUCKETS; i++)
        wakes += vcpu->wakes[i];
    return wakes ? (double)vcpu->wake_ns / (double)wakes / 1e3 : 0;
}

static void print_vcpu(const struct libxl_vcpu_counters *vcpu)
{
    static const char states[] = {[RUNSTATE_running] = 'r',
                                  [RUNSTATE_runnable] = 'w',
                                  [RUNSTATE_blocked] = 'b',
                                  [RUNSTATE_offline] = 'p'};
    const uint64_t *counters = vcpu->counters;
    char name[LIBXL_NAME_MAX];
    printf("%-24s %5u %5u %4u %c %10.1f %9.1f %10.1f %11llu %11llu %10llu %10llu %10llu\n",
           name_of(vcpu->domid, name), vcpu->domid, vcpu->vcpu, vcpu->cpu,
           vcpu->state < sizeof(states) ? states[vcpu->state] : '?', seconds(vcpu->running_ns),
           seconds(vcpu->runnable_ns), wake_time(vcpu),
           (unsigned long long)add_counters(0, counters[XEN_VCPU_COUNTER_hypercalls]),
           (unsigned long long)traps_of(vcpu),
           (unsigned long long)add_counters(0, counters[XEN_VCPU_COUNTER_events_sent]),
           (unsigned long long)add_counters(0, counters[XEN_VCPU_COUNTER_upcalls]),
           (unsigned long long)add_counters(add_counters(0, counters[XEN_VCPU_COUNTER_grant_maps]),
                                            counters[XEN_VCPU_COUNTER_grant_copies]));
}

static int list_vcpus(const struct xl_call *call, const struct wanted *wanted)
{
    struct libxl_data data = {"vcpus", "vcpu", libxl_vcpu_counters_fields,
                              NULL,    0,      sizeof(struct libxl_vcpu_counters)};
    struct libxl_vcpu_counters *list;
    size_t count, kept = 0;
    if (libxl_vcpu_counters_list(xl_context(), &list, &count, NULL) != LIBXL_OK)
        return xl_fail();
    for (size_t i = 0; i < count; i++) {
        if (is_wanted(wanted, list[i].domid))
            list[kept++] = list[i];
    }
    int status = XL_OK;
    data.items = list;
    data.count = kept;
    if (xl_wants_data(call, 'j')) {
        status = xl_print_data(call, &data);
    } else {
        printf("Name                        ID  VCPU  CPU      Run(s)  Steal(s)   Wake(us)  "
               "Hypercalls       Traps       Sent    Upcalls     Grants\n");
        for (size_t i = 0; i < kept; i++)
            print_vcpu(&list[i]);
    }
    free(list);
    return status;
}

static int list_domains(const struct xl_call *call, const struct wanted *wanted)
{
    struct libxl_data data = {"domains", "domain", libxl_domain_counters_fields,
                              NULL,      0,        sizeof(struct libxl_domain_counters)};
    struct libxl_domain_counters *list;
    size_t count, kept = 0;
    if (libxl_domain_counters_list(xl_context(), &list, &count, NULL) != LIBXL_OK)
        return xl_fail();
    for (size_t i = 0; i < count; i++) {
        if (is_wanted(wanted, list[i].domid))
            list[kept++] = list[i];
    }
    int status = XL_OK;
    data.items = list;
    data.count = kept;
    if (xl_wants_data(call, 'j')) {
        status = xl_print_data(call, &data);
    } else {
        printf(
            "Name                        ID VCPUs     Age(s)    Denials  Log lines   Left out\n");
        for (size_t i = 0; i < kept; i++) {
            const uint64_t *counters = list[i].counters;
            char name[LIBXL_NAME_MAX];
            printf("%-24s %5u %5u %10.1f %10llu %10llu %10llu\n", name_of(list[i].domid, name),
                   list[i].domid, list[i].vcpus, seconds(list[i].age_ns),
                   (unsigned long long)add_counters(0, counters[XEN_DOMAIN_COUNTER_denials]),
                   (unsigned long long)add_counters(0, counters[XEN_DOMAIN_COUNTER_log_lines]),
                   (unsigned long long)add_counters(
                       0, counters[XEN_DOMAIN_COUNTER_log_lines_left_out]));
        }
    }
    free(list);
    return status;
}

static int list_cpus(const struct xl_call *call)
{
    struct libxl_data data = {"cpus", "cpu", libxl_cpu_counters_fields,
                              NULL,   0,     sizeof(struct libxl_cpu_counters)};
    struct libxl_cpu_counters *list;
    uint64_t now;
    int status = XL_OK;
    if (libxl_cpu_counters_list(xl_context(), &list, &data.count, &now) != LIBXL_OK)
        return xl_fail();
    data.items = list;
    if (xl_wants_data(call, 'j')) {
        status = xl_print_data(call, &data);
    } else {
        printf(" CPU    Idle(s)  Idle(%%)   Switches      Idles\n");
        for (size_t i = 0; i < data.count; i++)
            printf("%4u %10.1f %8.1f %10llu %10llu\n", list[i].cpu, seconds(list[i].idle_ns),
                   now ? 100.0 * (double)list[i].idle_ns / (double)now : 0,
                   (unsigned long long)add_counters(0, list[i].counters[XEN_PCPU_COUNTER_switches]),
                   (unsigned long long)add_counters(0, list[i].counters[XEN_PCPU_COUNTER_idles]));
    }
    free(list);
    return status;
}

static int run(const struct xl_call *call)
{
    struct wanted wanted;
    bool domains = xl_given(call, 'd'), cpus = xl_given(call, 'c');
    if (cpus && (domains || call->argc))
        return xl_fail_with("The CPUs are not of a domain.");
    if (find_wanted(call, &wanted) != XL_OK)
        return XL_FAILED;
    if (cpus)
        return list_cpus(call);
    return domains ? list_domains(call, &wanted) : list_vcpus(call, &wanted);
}

static const struct xl_option options[] = {
    {'d', "domains", NULL, "what is counted of domains: what was denied, lines of the log"},
    {'c', "cpus", NULL, "what is counted of the machine's CPUs"},
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

static const struct xl_form forms[] = {
    {.name = "default", .list = true, .fields = libxl_vcpu_counters_fields},
    {.name = "domains", .list = true, .fields = libxl_domain_counters_fields},
    {.name = "cpus", .list = true, .fields = libxl_cpu_counters_fields},
    {0},
};

const struct xl_command xl_command_counters = {
    .name = "counters",
    .arguments = "[options] [Domain...]",
    .summary = "Show what the hypervisor counts of all or some domains' vcpus",
    .details = "Since the domain was started, each of its lives anew. The state is a letter: "
               "running, waiting for its turn, "
               "blocked, or p for a vcpu that is not online. Steal is how long it waited for its "
               "turn, Wake how long that was "
               "after waking, at the mean. Traps are hypercalls and all else that came from it to "
               "the hypervisor. "
               "JSON and XML have each counter, and the wake-ups by how long they took.",
    .forms = forms,
    .options = options,
    .most = -1,
    .run = run,
};
