/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "print.h"

/* Whether there is something to tell: what this domain may not know is empty. */
static bool is_empty(const struct libxl_field *field, const struct libxl_info *info)
{
    if (field->kind == LIBXL_KIND_STRING || field->kind == LIBXL_KIND_TEXT)
        return !((const char *)info)[field->offset];
    return !libxl_field_number(field, info);
}

static void print_field(const struct libxl_field *field, const struct libxl_info *info)
{
    const char *text = (const char *)info + field->offset;
    unsigned long long number;
    switch (field->kind) {
    case LIBXL_KIND_STRING:
    case LIBXL_KIND_TEXT: printf("%-22s : %.*s\n", field->name, (int)field->size, text); break;
    case LIBXL_KIND_KHZ:
        number = libxl_field_number(field, info);
        printf("%-22s : %llu.%03llu\n", field->name, number / 1000, number % 1000);
        break;
    default: printf("%-22s : %llu\n", field->name, libxl_field_number(field, info)); break;
    }
}

static int print_cpus(void)
{
    struct libxl_cpu_topology *list;
    size_t count;
    if (libxl_cpu_topology(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    printf("cpu_topology           :\ncpu:    core    socket     node\n");
    for (size_t i = 0; i < count; i++)
        printf("%3u:    %4u     %4u     %4u\n", list[i].cpu, list[i].core, list[i].socket,
               list[i].node);
    free(list);
    return XL_OK;
}

static int print_nodes(void)
{
    struct libxl_node *list;
    size_t count;
    if (libxl_node_list(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    printf("numa_info              :\nnode:    memsize    memfree    distances\n");
    for (size_t i = 0; i < count; i++) {
        printf("%4u:    %6llu     %6llu      ", list[i].node, (unsigned long long)list[i].total_mib,
               (unsigned long long)list[i].free_mib);
        for (size_t j = 0; j < count; j++)
            printf("%s%u", j ? "," : "", list[i].distance[j]);
        printf("\n");
    }
    free(list);
    return XL_OK;
}

static void print_notes(const struct libxl_info *info)
{
    char cpus[LIBXL_MAP_BYTES * 8 * 4];
    for (size_t i = 0; i < info->notes.count; i++) {
        xl_format_cpumap(info->note[i].cpus, LIBXL_MAP_BYTES * 8, cpus, sizeof(cpus));
        printf("%-22s : CPU %s: %s%s\n", "cpu_note", cpus, info->note[i].text,
               info->note[i].open ? " (open)" : "");
    }
}

/* What could be learnt is printed even if the rest is not told to this domain. */
static int run(const struct xl_call *call)
{
    struct libxl_info info;
    int status = libxl_info(xl_context(), &info) == LIBXL_OK ? XL_OK : xl_fail();
    const struct xl_data data = {.item = "info", .fields = libxl_info_fields, .items = &info};
    if (xl_wants_data(call, 'j'))
        return xl_print_data(call, &data) == XL_OK ? status : XL_FAILED;
    for (const struct libxl_field *field = libxl_info_fields; field->name; field++) {
        if (field->kind == LIBXL_KIND_LIST)
            print_notes(&info);
        else if (!is_empty(field, &info) || (status == XL_OK && field->kind != LIBXL_KIND_TEXT))
            print_field(field, &info);
        if (!strcmp(field->name, "free_cpus") && xl_given(call, 'n') && status == XL_OK)
            status = print_cpus() == XL_OK ? print_nodes() : XL_FAILED;
    }
    return status;
}

static const struct xl_option options[] = {
    {'n', "numa", NULL, "list the pcpus and the memory of each node too"},
    {'j', "json", NULL, "print it as JSON"},
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_info = {
    .name = "info",
    .arguments = "[options]",
    .summary = "Get information about the machine and the hypervisor",
    .options = options,
    .run = run,
};
