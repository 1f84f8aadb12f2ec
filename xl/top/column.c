/* SPDX-License-Identifier: MIT */
#include "column.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *top_state(const struct libxl_domain *domain, bool *is_trouble)
{
    *is_trouble = top_has_crashed(domain);
    if (domain->dying)
        return "dying";
    if (top_has_crashed(domain))
        return "crashed";
    if (domain->shutdown)
        return "shutdown";
    if (domain->paused)
        return "paused";
    if (domain->running)
        return "running";
    return domain->blocked ? "blocked" : "ready";
}

static void text_name(const struct top_domain *domain, char *out, size_t size)
{
    snprintf(out, size, "%s", domain->info.name);
}

static void text_state(const struct top_domain *domain, char *out, size_t size)
{
    bool is_trouble;
    snprintf(out, size, "%s", top_state(&domain->info, &is_trouble));
}

/* A letter each. */
static void text_roles(const struct top_domain *domain, char *out, size_t size)
{
    static const struct {
        uint32_t role;
        char letter;
    } letters[] = {
        {LIBXL_ROLE_CONTROL, 'c'},
        {LIBXL_ROLE_HARDWARE, 'h'},
        {LIBXL_ROLE_XENSTORE, 'x'},
        {LIBXL_ROLE_DEVICE_MODEL, 'd'},
    };
    size_t length = 0;
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]) && length + 1 < size; i++) {
        if (domain->info.roles & letters[i].role)
            out[length++] = letters[i].letter;
    }
    if (!length)
        out[length++] = '-';
    out[length] = '\0';
}

static double number_id(const struct top_domain *domain)
{
    return domain->info.domid;
}

static double number_cpu(const struct top_domain *domain)
{
    return domain->cpu;
}

static double number_steal(const struct top_domain *domain)
{
    return domain->steal;
}

static double number_memory(const struct top_domain *domain)
{
    return (double)domain->info.memory_kib / 1024;
}

static double number_vcpus(const struct top_domain *domain)
{
    return domain->info.vcpus_online;
}

static double number_seconds(const struct top_domain *domain)
{
    return (double)domain->info.cpu_time_ns / 1e9;
}

static double number_hypercalls(const struct top_domain *domain)
{
    return domain->vcpu_rate[XEN_VCPU_COUNTER_hypercalls];
}

static double number_events(const struct top_domain *domain)
{
    return domain->vcpu_rate[XEN_VCPU_COUNTER_events_sent];
}

static double number_upcalls(const struct top_domain *domain)
{
    return domain->vcpu_rate[XEN_VCPU_COUNTER_upcalls];
}

static double number_denials(const struct top_domain *domain)
{
    return domain->domain_rate[XEN_DOMAIN_COUNTER_denials];
}

static double kilobytes(double rate)
{
    return rate < 0 ? rate : rate / 1024;
}

static double number_sent(const struct top_domain *domain)
{
    return kilobytes(top_rate(domain, LIBXL_NIC, LIBXL_NIC_SENT_BYTES));
}

static double number_received(const struct top_domain *domain)
{
    return kilobytes(top_rate(domain, LIBXL_NIC, LIBXL_NIC_RECEIVED_BYTES));
}

static double sectors(const struct top_domain *domain, enum libxl_disk_count which)
{
    double rate = top_rate(domain, LIBXL_DISK, which);
    return rate < 0 ? rate : rate / 2;
}

static double number_read(const struct top_domain *domain)
{
    return sectors(domain, LIBXL_DISK_READ_SECTORS);
}

static double number_written(const struct top_domain *domain)
{
    return sectors(domain, LIBXL_DISK_WRITTEN_SECTORS);
}

static double number_life(const struct top_domain *domain)
{
    return domain->info.life ? (double)domain->info.life : TOP_NOT_KNOWN;
}

const struct top_column top_columns[] = {
    {"NAME", 14, true, text_name, NULL, 0},          {"ID", 4, false, NULL, number_id, 0},
    {"STATE", 8, true, text_state, NULL, 0},         {"ROLE", 4, true, text_roles, NULL, 0},
    {"CPU%", 6, false, NULL, number_cpu, 1},         {"STEAL%", 6, false, NULL, number_steal, 1},
    {"MEM-M", 6, false, NULL, number_memory, 0},     {"VCPU", 4, false, NULL, number_vcpus, 0},
    {"HYP/s", 7, false, NULL, number_hypercalls, 0}, {"EVT/s", 7, false, NULL, number_events, 0},
    {"UPC/s", 7, false, NULL, number_upcalls, 0},    {"DENY/s", 6, false, NULL, number_denials, 1},
    {"TXk/s", 7, false, NULL, number_sent, 1},       {"RXk/s", 7, false, NULL, number_received, 1},
    {"RDk/s", 7, false, NULL, number_read, 1},       {"WRk/s", 7, false, NULL, number_written, 1},
    {"CPU-s", 8, false, NULL, number_seconds, 1},    {"LIFE", 4, false, NULL, number_life, 0},
};
const size_t top_nr_columns = sizeof(top_columns) / sizeof(top_columns[0]);

size_t top_column_find(const char *header)
{
    size_t column = 0;
    while (column + 1 < top_nr_columns && strcmp(top_columns[column].header, header) != 0)
        column++;
    return column;
}

void top_column_value(const struct top_column *column, const struct top_domain *domain,
                      char out[TOP_VALUE_MAX])
{
    if (column->text) {
        column->text(domain, out, TOP_VALUE_MAX);
        return;
    }
    double number = column->number(domain);
    if (number < 0)
        snprintf(out, TOP_VALUE_MAX, "-");
    else
        snprintf(out, TOP_VALUE_MAX, "%.*f", column->decimals, number);
}

/* qsort() takes no more. */
static struct {
    const struct top_column *column;
    int sign;
} order;

static int compare_values(const struct top_domain *left, const struct top_domain *right)
{
    char a[TOP_VALUE_MAX], b[TOP_VALUE_MAX];
    if (order.column->text) {
        order.column->text(left, a, sizeof(a));
        order.column->text(right, b, sizeof(b));
        return strcmp(a, b);
    }
    double x = order.column->number(left), y = order.column->number(right);
    return x > y ? -1 : x < y;
}

static int compare(const void *a, const void *b)
{
    const struct top_domain *left = a, *right = b;
    int value = compare_values(left, right) * order.sign;
    return value ? value : left->info.domid < right->info.domid ? -1 : 1;
}

void top_sort(struct top_domain *domains, size_t count, size_t column, bool reversed)
{
    order.column = &top_columns[column];
    order.sign = reversed ? -1 : 1;
    if (count)
        qsort(domains, count, sizeof(*domains), compare);
}
