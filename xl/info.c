/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "print.h"

/* Which lines are asked for: those whose names begin so, and of them the values alone. */
struct printing {
    const char *only; /* NULL: all */
    unsigned int found;
};

/* A char array may lack its end. */
static void print_line(struct printing *printing, const char *name, const char *text, size_t size)
{
    if (!printing->only) {
        printf("%-22s : %.*s\n", name, (int)size, text);
        return;
    }
    if (strncmp(name, printing->only, strlen(printing->only)) != 0)
        return;
    printf("%.*s\n", (int)size, text);
    printing->found++;
}

/* What this domain may not know is not told, or empty. */
static bool is_known(const struct libxl_field *field, const struct libxl_info *info, bool all)
{
    const char *text = (const char *)info + field->offset;
    if (field->kind == LIBXL_KIND_STRING || field->kind == LIBXL_KIND_TEXT)
        return *text || (all && field->kind == LIBXL_KIND_STRING);
    return libxl_field_told(field, info);
}

static void print_field(struct printing *printing, const struct libxl_field *field,
                        const struct libxl_info *info)
{
    char text[32];
    unsigned long long number;
    switch (field->kind) {
    case LIBXL_KIND_STRING:
    case LIBXL_KIND_TEXT:
        print_line(printing, field->name, (const char *)info + field->offset, field->size);
        return;
    case LIBXL_KIND_KHZ:
        number = libxl_field_number(field, info);
        snprintf(text, sizeof(text), "%llu.%03llu", number / 1000, number % 1000);
        break;
    default: snprintf(text, sizeof(text), "%llu", libxl_field_number(field, info)); break;
    }
    print_line(printing, field->name, text, sizeof(text));
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
    /* The hypervisor knows of no devices' places. */
    printf("device topology        :\ndevice           node\nNo device topology data available\n");
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

static void print_notes(struct printing *printing, const struct libxl_info *info)
{
    char cpus[LIBXL_MAP_BYTES * 8 * 4], text[sizeof(cpus) + sizeof(info->note[0].text) + 32];
    for (size_t i = 0; i < info->notes.count; i++) {
        xl_format_cpumap(info->note[i].cpus, LIBXL_MAP_BYTES * 8, cpus, sizeof(cpus));
        snprintf(text, sizeof(text), "CPU %s: %s%s", cpus, info->note[i].text,
                 info->note[i].open ? " (open)" : "");
        print_line(printing, "cpu_note", text, sizeof(text));
    }
}

/* What could be learnt is printed even if the rest is not told to this domain. */
static int print_all(const struct xl_call *call, const struct libxl_info *info, int status)
{
    struct printing printing = {.only = call->argc ? call->argv[0] : NULL};
    bool all = status == XL_OK;
    for (const struct libxl_field *field = libxl_info_fields; field->name; field++) {
        if (field->kind == LIBXL_KIND_LIST)
            print_notes(&printing, info);
        else if (is_known(field, info, all))
            print_field(&printing, field, info);
        if (!strcmp(field->name, "free_cpus") && xl_given(call, 'n') && status == XL_OK)
            status = print_cpus() == XL_OK ? print_nodes() : XL_FAILED;
    }
    if (status == XL_OK && printing.only && !printing.found)
        return xl_fail_with("'xl info' has no line '%s'.", printing.only);
    return status;
}

static int run(const struct xl_call *call)
{
    struct libxl_info info;
    const struct libxl_data data = {.item = "info", .fields = libxl_info_fields, .items = &info};
    if (call->argc && (xl_given(call, 'n') || xl_wants_data(call, 'j'))) {
        xl_fail_with("One line alone goes with no option.");
        return XL_USAGE;
    }
    int status = libxl_info(xl_context(), &info) == LIBXL_OK ? XL_OK : xl_fail();
    if (xl_wants_data(call, 'j'))
        return xl_print_data(call, &data) == XL_OK ? status : XL_FAILED;
    return print_all(call, &info, status);
}

static const struct xl_option options[] = {
    {'n', "numa", NULL, "list the pcpus and the memory of each node too"},
    {'j', "json", NULL, "print it as JSON"},
    XL_OPTION_XML,
    {0},
};

static const struct xl_status statuses[] = {
    {XL_FAILED, "this domain is not told all of it"},
    {0},
};

const struct xl_command xl_command_info = {
    .name = "info",
    .arguments = "[options] [Field]",
    .summary = "Get information about the machine and the hypervisor",
    .details = "With Field, the values of those lines alone whose names begin so. What this domain "
               "is not told is\n"
               "left out, and null in JSON.",
    .forms = XL_FORM_OBJECT(libxl_info_fields),
    .options = options,
    .statuses = statuses,
    .most = 1,
    .run = run,
};
