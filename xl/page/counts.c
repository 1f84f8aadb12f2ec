/* SPDX-License-Identifier: MIT */
/* Devices, and what is counted. */
#include "page.h"

#include "../print.h"

/* ---- Devices ---- */

static const char *connection(const struct libxl_device *device)
{
    if (*device->hotplug_error)
        return device->hotplug_error;
    return device->state == LIBXL_XENBUS_CONNECTED &&
                   device->backend_state == LIBXL_XENBUS_CONNECTED
               ? "connected"
               : "not connected";
}

static const struct libxl_statistics *find_counts(const struct top_domain *domain,
                                                  const struct libxl_device *device)
{
    for (size_t i = 0; i < domain->nr_devices; i++) {
        const struct libxl_statistics *info = &domain->devices[i].info;
        if (info->kind == device->kind && info->devid == device->devid && info->counted)
            return info;
    }
    return NULL;
}

static void put_device(const struct page *page, const struct top_domain *domain,
                       const struct libxl_device *device, const char *name, const char *backing)
{
    const struct libxl_statistics *counts = find_counts(domain, device);
    bool disk = device->kind == LIBXL_DISK;
    html(page->out,
         "<tr><th scope=\"row\">%s %s</th><td data-of=\"Domain\">%s</td><td data-of=\"By\">%s</td>"
         "<td data-of=\"State\">%s</td><td data-of=\"Read, received\">",
         libxl_device_kind_noun(device->kind), name, domain->info.name, backing,
         connection(device));
    if (counts)
        html(page->out, "%llu %s</td><td data-of=\"Written, sent\">%llu %s</td></tr>\n",
             (unsigned long long)
                 counts->count[disk ? (int)LIBXL_DISK_READ_SECTORS : (int)LIBXL_NIC_RECEIVED_BYTES],
             disk ? "sectors" : "bytes",
             (unsigned long long)
                 counts->count[disk ? (int)LIBXL_DISK_WRITTEN_SECTORS : (int)LIBXL_NIC_SENT_BYTES],
             disk ? "sectors" : "bytes");
    else
        html(page->out, "not counted</td><td data-of=\"Written, sent\">not counted</td></tr>\n");
}

/* Returns whether there was one. */
static bool put_devices_of(const struct page *page, const struct top_domain *domain, bool any)
{
    static const char *const headings[] = {"Device",         "Domain",        "By", "State",
                                           "Read, received", "Written, sent", NULL};
    struct libxl_domain info = domain->info;
    libxl_domain_devices(page->ctx, &info);
    const struct libxl_disk *disks = info.disks.items;
    const struct libxl_nic *nics = info.nics.items;
    if (!any && info.disks.count + info.nics.count)
        page_open_table(page, "cards", headings);
    any |= info.disks.count + info.nics.count > 0;
    for (size_t i = 0; i < info.disks.count; i++)
        put_device(page, domain, &disks[i].device, disks[i].vdev, disks[i].target);
    for (size_t i = 0; i < info.nics.count; i++) {
        char mac[18];
        libxl_mac_format(nics[i].mac, mac);
        put_device(page, domain, &nics[i].device, mac, nics[i].bridge);
    }
    libxl_domain_dispose(&info);
    return any;
}

void page_devices(const struct page *page)
{
    bool any = false;
    html(page->out, "<section><h2>Disks and networks</h2>\n");
    for (size_t i = 0; i < page->sample.count; i++)
        any = put_devices_of(page, &page->sample.domains[i], any);
    if (any)
        page_close_table(page);
    else
        html(page->out, "<p>No domain has any.</p>\n");
    html(page->out, "</section>\n");
}

/* ---- Counters ---- */

static const enum xen_vcpu_counter shown[] = {
    XEN_VCPU_COUNTER_hypercalls, XEN_VCPU_COUNTER_device_accesses, XEN_VCPU_COUNTER_events_sent,
    XEN_VCPU_COUNTER_upcalls,    XEN_VCPU_COUNTER_grant_maps,      XEN_VCPU_COUNTER_grant_copies,
    XEN_VCPU_COUNTER_interrupts,
};
#define SHOWN (sizeof(shown) / sizeof(shown[0]))

static void put_number(const struct page *page, const char *of, uint64_t number)
{
    if (number == LIBXL_NOT_COUNTED)
        html(page->out, "<td class=\"n quiet\" data-of=\"%s\">-</td>", of);
    else
        html(page->out, "<td class=\"n\" data-of=\"%s\">%llu</td>", of, (unsigned long long)number);
}

static const char *const counted[] = {
    "Domain",       "Hypercalls", "Device accesses", "Events sent", "Upcalls", "Grants mapped",
    "Grant copies", "Interrupts", "Denials",         "Stolen, ms",  NULL};

static void put_counted(const struct page *page, const struct top_domain *domain)
{
    uint64_t steal = domain->steal_ns;
    html(page->out, "<tr><th scope=\"row\"><span class=\"dot c%u\"></span>%s</th>",
         page_hue(domain->info.domid), domain->info.name);
    for (size_t i = 0; i < SHOWN; i++)
        put_number(page, counted[i + 1], domain->vcpu_count[shown[i]]);
    put_number(page, counted[SHOWN + 1], domain->domain_count[XEN_DOMAIN_COUNTER_denials]);
    put_number(page, counted[SHOWN + 2], steal == LIBXL_NOT_COUNTED ? steal : steal / 1000000);
    html(page->out, "</tr>\n");
}

static void put_cpus(const struct page *page)
{
    html(page->out, "<h3>CPUs</h3>\n<ul class=\"legend\">");
    for (size_t i = 0; i < page->sample.nr_cpu_counters; i++)
        html(page->out, "<li>CPU %u: idle for %.1f s</li>", page->sample.cpus[i].cpu,
             (double)page->sample.cpus[i].idle_ns / 1e9);
    html(page->out, "</ul>\n");
}

void page_counters(const struct page *page)
{
    html(page->out, "<section><h2>Counted</h2>\n<p>By the hypervisor, in the life that each domain "
                    "is in.</p>\n");
    page_open_table(page, "cards counts", counted);
    for (size_t i = 0; i < page->sample.count; i++)
        put_counted(page, &page->sample.domains[i]);
    page_close_table(page);
    if (page->sample.nr_cpu_counters)
        put_cpus(page);
    html(page->out, "</section>\n");
}
