/* SPDX-License-Identifier: MIT */
#include "batch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define VCPUS_A_LINE 5
#define VALUE_MAX    (LIBXL_NAME_MAX + 1)

/* The domain's pages are not limited: all the bits of their 32 are set. */
#define NO_LIMIT_KIB ((uint64_t)UINT32_MAX * 4)

struct row {
    const struct top_sample *sample;
    const struct top_domain *domain;
};

/* What is a sum over a domain's devices. */
struct sum {
    enum libxl_device_kind kind;
    unsigned int which;
    uint64_t unit; /* that it is shown in */
};

typedef void format_value(const struct row *row, char *out, size_t size);

static void format_name(const struct row *row, char *out, size_t size)
{
    snprintf(out, size, "%s", row->domain->info.name);
}

static void format_state(const struct row *row, char *out, size_t size)
{
    const struct libxl_domain *info = &row->domain->info;
    snprintf(out, size, "%c%c%c%c%c%c", info->dying ? 'd' : '-',
             top_has_shut_down(info) ? 's' : '-', info->blocked ? 'b' : '-',
             top_has_crashed(info) ? 'c' : '-', info->paused ? 'p' : '-',
             info->running ? 'r' : '-');
}

static void format_seconds(const struct row *row, char *out, size_t size)
{
    snprintf(out, size, "%" PRIu64, row->domain->info.cpu_time_ns / 1000000000);
}

/* What is not known yet counts as none, so that the column is always a number. */
static void format_cpu(const struct row *row, char *out, size_t size)
{
    snprintf(out, size, "%.1f", row->domain->cpu < 0 ? 0.0 : row->domain->cpu);
}

static void format_share(const struct row *row, uint64_t kib, char *out, size_t size)
{
    double total = (double)row->sample->total_kib;
    snprintf(out, size, "%.1f", total > 0 ? (double)kib / total * 100 : 0.0);
}

static void format_memory(const struct row *row, char *out, size_t size)
{
    snprintf(out, size, "%" PRIu64, row->domain->info.memory_kib);
}

static void format_memory_share(const struct row *row, char *out, size_t size)
{
    format_share(row, row->domain->info.memory_kib, out, size);
}

static void format_maximum(const struct row *row, char *out, size_t size)
{
    if (row->domain->info.max_memory_kib >= NO_LIMIT_KIB)
        snprintf(out, size, "no limit");
    else
        snprintf(out, size, "%" PRIu64, row->domain->info.max_memory_kib);
}

static void format_maximum_share(const struct row *row, char *out, size_t size)
{
    if (row->domain->info.max_memory_kib >= NO_LIMIT_KIB)
        snprintf(out, size, "n/a");
    else
        format_share(row, row->domain->info.max_memory_kib, out, size);
}

static void format_vcpus(const struct row *row, char *out, size_t size)
{
    snprintf(out, size, "%" PRIu32, row->domain->info.vcpus_online);
}

static void format_count(const struct row *row, enum libxl_device_kind kind, char *out, size_t size)
{
    snprintf(out, size, "%zu", top_devices_of(row->domain, kind));
}

static void format_nics(const struct row *row, char *out, size_t size)
{
    format_count(row, LIBXL_NIC, out, size);
}

static void format_disks(const struct row *row, char *out, size_t size)
{
    format_count(row, LIBXL_DISK, out, size);
}

static void format_sum(const struct row *row, const struct sum *sum, char *out, size_t size)
{
    uint64_t value;
    if (top_sum(row->domain, sum->kind, sum->which, &value))
        snprintf(out, size, "%" PRIu64, value / sum->unit);
    else
        snprintf(out, size, "-");
}

static void format_label(const struct row *row, char *out, size_t size)
{
    snprintf(out, size, "%" PRIu32, row->domain->info.ssid);
}

/* xentop's, in its order; what is sent is the backend's, as there: what reads its output goes by
 * place, or by these names. */
static const struct column {
    const char *header;
    int width;            /* at least */
    format_value *format; /* NULL: `sum` */
    struct sum sum;
} columns[] = {
    {"NAME", 10, format_name, {0}},
    {"STATE", 6, format_state, {0}},
    {"CPU(sec)", 10, format_seconds, {0}},
    {"CPU(%)", 6, format_cpu, {0}},
    {"MEM(k)", 10, format_memory, {0}},
    {"MEM(%)", 6, format_memory_share, {0}},
    {"MAXMEM(k)", 10, format_maximum, {0}},
    {"MAXMEM(%)", 9, format_maximum_share, {0}},
    {"VCPUS", 5, format_vcpus, {0}},
    {"NETS", 4, format_nics, {0}},
    {"NETTX(k)", 8, NULL, {LIBXL_NIC, LIBXL_NIC_RECEIVED_BYTES, 1024}},
    {"NETRX(k)", 8, NULL, {LIBXL_NIC, LIBXL_NIC_SENT_BYTES, 1024}},
    {"VBDS", 4, format_disks, {0}},
    {"VBD_OO", 8, NULL, {LIBXL_DISK, LIBXL_DISK_WAITS, 1}},
    {"VBD_RD", 8, NULL, {LIBXL_DISK, LIBXL_DISK_READS, 1}},
    {"VBD_WR", 8, NULL, {LIBXL_DISK, LIBXL_DISK_WRITES, 1}},
    {"VBD_RSECT", 10, NULL, {LIBXL_DISK, LIBXL_DISK_READ_SECTORS, 1}},
    {"VBD_WSECT", 10, NULL, {LIBXL_DISK, LIBXL_DISK_WRITTEN_SECTORS, 1}},
    {"SSID", 4, format_label, {0}},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))
#define NAME    0

/* A name that is not asked for in full is cut to its column. */
static void get_value(const struct top_batch *batch, const struct row *row, size_t column,
                      char out[VALUE_MAX])
{
    if (columns[column].format)
        columns[column].format(row, out, VALUE_MAX);
    else
        format_sum(row, &columns[column].sum, out, VALUE_MAX);
    if (column == NAME && !batch->full_names)
        out[columns[NAME].width] = '\0';
}

/* All columns are as wide as the widest of their values. */
static void measure(const struct top_batch *batch, const struct top_sample *sample,
                    int widths[COLUMNS])
{
    for (size_t column = 0; column < COLUMNS; column++) {
        widths[column] = columns[column].width;
        for (size_t i = 0; i < sample->count; i++) {
            const struct row row = {sample, &sample->domains[i]};
            char value[VALUE_MAX];
            get_value(batch, &row, column, value);
            int length = (int)strlen(value);
            if (length > widths[column])
                widths[column] = length;
        }
    }
}

static void print_header(const int widths[COLUMNS])
{
    for (size_t column = 0; column < COLUMNS; column++)
        printf("%s%*s", column ? " " : "", widths[column], columns[column].header);
    printf("\n");
}

static void print_domain(const struct top_batch *batch, const struct row *row,
                         const int widths[COLUMNS])
{
    for (size_t column = 0; column < COLUMNS; column++) {
        char value[VALUE_MAX];
        get_value(batch, row, column, value);
        printf("%s%*s", column ? " " : "", widths[column], value);
    }
    printf("\n");
}

static void print_vcpus(const struct top_domain *domain)
{
    printf("VCPUs(sec): ");
    for (size_t i = 0; i < domain->nr_vcpus; i++) {
        const struct libxl_vcpu *vcpu = &domain->vcpus[i].info;
        if (!vcpu->online)
            continue;
        if (i && i % VCPUS_A_LINE == 0)
            printf("\n        ");
        printf(" %2" PRIu32 ": %10" PRIu64 "s", vcpu->vcpu, vcpu->cpu_time_ns / 1000000000);
    }
    printf("\n");
}

/* What is not known counts as none, as its places are numbers. */
static void print_traffic(const struct libxl_statistics *info, unsigned int bytes)
{
    static const char *const units[] = {"bytes", "pkts", "err", "drop"};
    for (unsigned int i = 0; i < 4; i++) {
        if (info->counted)
            printf(" %8" PRIu64 "%s", info->count[bytes + i], units[i]);
        else
            printf(" %8c%s", '-', units[i]);
    }
}

/* By their places among the domain's networks. */
static void print_nics(const struct top_domain *domain)
{
    unsigned int place = 0;
    for (size_t i = 0; i < domain->nr_devices; i++) {
        const struct libxl_statistics *info = &domain->devices[i].info;
        if (info->kind != LIBXL_NIC)
            continue;
        printf("Net%u RX:", place++);
        print_traffic(info, LIBXL_NIC_SENT_BYTES);
        printf("  TX:");
        print_traffic(info, LIBXL_NIC_RECEIVED_BYTES);
        printf("\n");
    }
}

static void print_count(const struct libxl_statistics *info, const char *header, int width,
                        unsigned int which)
{
    if (info->counted)
        printf("%s: %*" PRIu64, header, width, info->count[which]);
    else
        printf("%s: %*c", header, width, '-');
}

static void print_disks(const struct top_domain *domain)
{
    for (size_t i = 0; i < domain->nr_devices; i++) {
        const struct libxl_statistics *info = &domain->devices[i].info;
        if (info->kind != LIBXL_DISK)
            continue;
        printf("VBD BlkBack %4" PRIu32 " [%2x:%2x]  ", info->devid, info->devid >> 8 & 0xfff,
               info->devid & 0xff);
        print_count(info, "OO", 8, LIBXL_DISK_WAITS);
        print_count(info, "   RD", 8, LIBXL_DISK_READS);
        print_count(info, "   WR", 8, LIBXL_DISK_WRITES);
        print_count(info, "   RSECT", 10, LIBXL_DISK_READ_SECTORS);
        print_count(info, "   WSECT", 10, LIBXL_DISK_WRITTEN_SECTORS);
        printf("\n");
    }
}

void top_batch_print(const struct top_batch *batch, const struct top_sample *sample)
{
    int widths[COLUMNS];
    measure(batch, sample, widths);
    for (size_t i = 0; i < sample->count; i++) {
        const struct row row = {sample, &sample->domains[i]};
        if (i == 0 || batch->repeat_header)
            print_header(widths);
        print_domain(batch, &row, widths);
        if (batch->vcpus)
            print_vcpus(row.domain);
        if (batch->nics)
            print_nics(row.domain);
        if (batch->disks)
            print_disks(row.domain);
    }
    fflush(stdout);
}
