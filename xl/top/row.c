/* SPDX-License-Identifier: MIT */
#include "row.h"

#include <stdio.h>
#include <stdlib.h>

#include "../data.h"

#define COUNT(which, name_)                                                                        \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_TOLD,                                                  \
        .offset = offsetof(struct libxl_statistics, count) + (which) * sizeof(uint64_t),           \
        .size = sizeof(uint64_t)                                                                   \
    }

static const struct libxl_field disk_fields[] = {
    XL_FIELD(libxl_statistics, devid, NUMBER, "devid"),
    COUNT(LIBXL_DISK_READS, "reads"),
    COUNT(LIBXL_DISK_WRITES, "writes"),
    COUNT(LIBXL_DISK_WAITS, "waits"),
    COUNT(LIBXL_DISK_READ_SECTORS, "read_sectors"),
    COUNT(LIBXL_DISK_WRITTEN_SECTORS, "written_sectors"),
    COUNT(LIBXL_DISK_FLUSHES, "flushes"),
    COUNT(LIBXL_DISK_DISCARDS, "discards"),
    {.name = NULL},
};

static const struct libxl_field nic_fields[] = {
    XL_FIELD(libxl_statistics, devid, NUMBER, "devid"),
    COUNT(LIBXL_NIC_SENT_BYTES, "sent_bytes"),
    COUNT(LIBXL_NIC_SENT_PACKETS, "sent_packets"),
    COUNT(LIBXL_NIC_SENT_ERRORS, "sent_errors"),
    COUNT(LIBXL_NIC_SENT_DROPPED, "sent_dropped"),
    COUNT(LIBXL_NIC_RECEIVED_BYTES, "received_bytes"),
    COUNT(LIBXL_NIC_RECEIVED_PACKETS, "received_packets"),
    COUNT(LIBXL_NIC_RECEIVED_ERRORS, "received_errors"),
    COUNT(LIBXL_NIC_RECEIVED_DROPPED, "received_dropped"),
    {.name = NULL},
};

#define LIST(member, name_, of, one)                                                               \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_LIST, .offset = offsetof(struct top_row, member),      \
        .size = sizeof(struct top_device), .children = (of), .constant = (one)                     \
    }

const struct libxl_field top_row_fields[] = {
    XL_FIELD(top_row, domid, NUMBER, "domid"),
    XL_FIELD(top_row, name, STRING, "name"),
    XL_FIELD(top_row, roles, ROLES, "roles"),
    XL_FIELD(top_row, life, NUMBER, "life"),
    XL_FIELD(top_row, running, BOOL, "running"),
    XL_FIELD(top_row, blocked, BOOL, "blocked"),
    XL_FIELD(top_row, paused, BOOL, "paused"),
    XL_FIELD(top_row, shutdown, BOOL, "shutdown"),
    XL_FIELD(top_row, shutdown_reason, REASON, "shutdown_reason"),
    XL_FIELD(top_row, dying, BOOL, "dying"),
    XL_FIELD(top_row, cpu_time_ns, NUMBER, "cpu_time_ns"),
    XL_FIELD(top_row, cpu, KHZ, "cpu_percent"),
    XL_FIELD(top_row, vcpus_online, NUMBER, "vcpus_online"),
    XL_FIELD(top_row, memory_kib, NUMBER, "memory_kib"),
    XL_FIELD(top_row, max_memory_kib, NUMBER, "max_memory_kib"),
    LIST(disks, "disks", disk_fields, "disk"),
    LIST(nics, "nics", nic_fields, "nic"),
    {.name = NULL},
};

/* A domain's devices of one kind lie side by side. */
static struct libxl_items items_of(const struct top_domain *domain, enum libxl_device_kind kind)
{
    struct libxl_items items = {NULL, 0};
    for (size_t i = 0; i < domain->nr_devices; i++) {
        if (domain->devices[i].info.kind != kind)
            continue;
        if (!items.count++)
            items.items = &domain->devices[i];
    }
    return items;
}

/* As the field's kind has it, three decimals. */
static uint32_t thousandths(double value)
{
    return value < 0 ? LIBXL_NOT_TOLD : (uint32_t)(value * 1000 + 0.5);
}

static void fill(const struct top_domain *domain, struct top_row *row)
{
    const struct libxl_domain *info = &domain->info;
    *row = (struct top_row){
        .domid = info->domid,
        .roles = info->roles,
        .life = info->life,
        .running = info->running,
        .blocked = info->blocked,
        .paused = info->paused,
        .shutdown = info->shutdown,
        .dying = info->dying,
        .shutdown_reason = info->shutdown_reason,
        .cpu_time_ns = info->cpu_time_ns,
        .cpu = thousandths(domain->cpu),
        .vcpus_online = info->vcpus_online,
        .memory_kib = info->memory_kib,
        .max_memory_kib = info->max_memory_kib,
        .disks = items_of(domain, LIBXL_DISK),
        .nics = items_of(domain, LIBXL_NIC),
    };
    snprintf(row->name, sizeof(row->name), "%s", info->name);
}

struct top_row *top_rows(const struct top_sample *sample)
{
    struct top_row *rows = calloc(sample->count ? sample->count : 1, sizeof(*rows));
    for (size_t i = 0; rows && i < sample->count; i++)
        fill(&sample->domains[i], &rows[i]);
    return rows;
}
