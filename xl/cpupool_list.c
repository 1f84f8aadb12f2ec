/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <xenctl/xenctl.h>

#include "print.h"
#include "xl.h"

static unsigned int print_cpus(const uint8_t *map, bool print)
{
    unsigned int count = 0;
    for (unsigned int i = 0; i < LIBXL_PCPUS_MAX; i++) {
        if (!(map[i / 8] & (1u << i % 8)))
            continue;
        if (print)
            printf("%s%u", count ? "," : "", i);
        count++;
    }
    return count;
}

static void print_pool(const struct xl_call *call, const struct xen_sysctl_cpupool_op *pool,
                       const uint8_t *map)
{
    char name[32];
    xl_format_pool(pool->cpupool_id, name, sizeof(name));
    if (xl_given(call, 'c')) {
        printf("%-19s", name);
        print_cpus(map, true);
        printf("\n");
        return;
    }
    printf("%-19s%3u %9s       y       %4u\n", name, print_cpus(map, false),
           libxl_scheduler_name(pool->sched_id), pool->n_dom);
}

static int run(const struct xl_call *call)
{
    struct xc_interface *xc = libxl_xc(xl_context());
    uint8_t map[LIBXL_MAP_BYTES];
    struct xen_sysctl_cpupool_op pool;
    if (!xc)
        return xl_fail();
    int rc = xc_cpupool_info(xc, 0, &pool, map, sizeof(map));
    if (rc < 0)
        return xl_fail_with("Listing cpupools failed: %s.", xc_error(xc));
    printf("%-19s%s\n", "Name",
           xl_given(call, 'c') ? "CPU list" : "CPUs   Sched     Active   Domain count");
    for (uint32_t next = 0; rc >= 0 && pool.cpupool_id >= next && pool.cpupool_id < UINT32_MAX;
         rc = xc_cpupool_info(xc, next, &pool, map, sizeof(map))) {
        print_pool(call, &pool, map);
        next = pool.cpupool_id + 1;
    }
    return XL_OK;
}

static const struct xl_option options[] = {
    {'c', "cpus", NULL, "list the pcpus of each pool"},
    {0},
};

const struct xl_command xl_command_cpupool_list = {
    .name = "cpupool-list",
    .arguments = "[-c]",
    .summary = "List the cpupools of the machine",
    .options = options,
    .run = run,
};
