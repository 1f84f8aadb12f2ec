/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctl/xenctl.h>

#include "data.h"
#include "print.h"

struct row {
    char name[32];
    uint32_t id;
    uint8_t cpus[LIBXL_MAP_BYTES];
    const char *scheduler;
    uint32_t domains;
};

static const struct libxl_field fields[] = {
    XL_FIELD(row, name, STRING, "name"),       XL_FIELD(row, id, NUMBER, "id"),
    XL_FIELD(row, cpus, CPUMAP, "cpus"),       XL_FIELD(row, scheduler, POINTER, "scheduler"),
    XL_FIELD(row, domains, NUMBER, "domains"), {.name = NULL},
};

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

static void print_pool(const struct xl_call *call, const struct row *pool)
{
    if (xl_given(call, 'c')) {
        printf("%-19s", pool->name);
        print_cpus(pool->cpus, true);
        printf("\n");
        return;
    }
    printf("%-19s%3u %9s       y       %4u\n", pool->name, print_cpus(pool->cpus, false),
           pool->scheduler, pool->domains);
}

static int print_pools(const struct xl_call *call, const struct row *rows, size_t count)
{
    const struct libxl_data data = {"cpupools", "cpupool", fields, rows, count, sizeof(*rows)};
    if (xl_wants_data(call, 'j'))
        return xl_print_data(call, &data);
    printf("%-19s%s\n", "Name",
           xl_given(call, 'c') ? "CPU list" : "CPUs   Sched     Active   Domain count");
    for (size_t i = 0; i < count; i++)
        print_pool(call, &rows[i]);
    return XL_OK;
}

static void fill(struct row *row, const struct xen_sysctl_cpupool_op *pool, const uint8_t *map)
{
    *row = (struct row){.id = pool->cpupool_id,
                        .scheduler = libxl_scheduler_name(pool->sched_id),
                        .domains = pool->n_dom};
    xl_format_pool(pool->cpupool_id, row->name, sizeof(row->name));
    memcpy(row->cpus, map, sizeof(row->cpus));
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
    struct row *rows = NULL;
    size_t count = 0;
    for (uint32_t next = 0; rc >= 0 && pool.cpupool_id >= next && pool.cpupool_id < UINT32_MAX;
         rc = xc_cpupool_info(xc, next, &pool, map, sizeof(map))) {
        struct row *more = realloc(rows, (count + 1) * sizeof(*more));
        if (!more) {
            free(rows);
            return xl_fail_with("Out of memory.");
        }
        rows = more;
        fill(&rows[count++], &pool, map);
        next = pool.cpupool_id + 1;
    }
    int status = print_pools(call, rows, count);
    free(rows);
    return status;
}

static const struct xl_option options[] = {
    {'c', "cpus", NULL, "list the pcpus of each pool"},
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_cpupool_list = {
    .name = "cpupool-list",
    .arguments = "[-c]",
    .summary = "List the cpupools of the machine",
    .options = options,
    .run = run,
};
