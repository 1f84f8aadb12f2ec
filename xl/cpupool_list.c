/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "print.h"

int xl_get_pools(const char *wanted, struct libxl_pool **pools, size_t *count)
{
    if (libxl_pool_list(xl_context(), pools, count) != LIBXL_OK)
        return xl_fail();
    for (size_t i = 0; wanted && i < *count; i++) {
        char number[12];
        snprintf(number, sizeof(number), "%u", (*pools)[i].id);
        if (strcmp(wanted, (*pools)[i].name) != 0 && strcmp(wanted, number) != 0)
            continue;
        (*pools)[0] = (*pools)[i];
        *count = 1;
        return XL_OK;
    }
    if (!wanted)
        return XL_OK;
    free(*pools);
    return xl_fail_with("There is no cpupool '%s'.", wanted);
}

static const struct libxl_field fields[] = {
    XL_FIELD(libxl_pool, name, STRING, "name"),
    XL_FIELD(libxl_pool, id, NUMBER, "id"),
    XL_FIELD(libxl_pool, cpus, CPUMAP, "cpus"),
    XL_FIELD(libxl_pool, scheduler, POINTER, "scheduler"),
    XL_FIELD(libxl_pool, domains, NUMBER, "domains"),
    {.name = NULL},
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

static void print_pool(const struct xl_call *call, const struct libxl_pool *pool)
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

static int print_pools(const struct xl_call *call, const struct libxl_pool *rows, size_t count)
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

static int run(const struct xl_call *call)
{
    struct libxl_pool *pools;
    size_t count;
    int status = xl_get_pools(call->argc ? call->argv[0] : NULL, &pools, &count);
    if (status != XL_OK)
        return status;
    status = print_pools(call, pools, count);
    free(pools);
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
    .arguments = "[-c] [Cpupool]",
    .summary = "List the cpupools of the machine",
    .details = "With Cpupool, its name or its number, that one only.",
    .forms = XL_FORM_LIST(fields),
    .options = options,
    .most = 1,
    .run = run,
};
