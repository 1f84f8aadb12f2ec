/* SPDX-License-Identifier: MIT */
/* Memory: whose it is, what is shared, and by the board's tree what lies where. */
#include "page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BAR_WIDTH 1000.0
#define MAPS_MAX  64 /* domains whose map is shown */
#define ADDRESS   24 /* "0x0000000000000000" */

static const char *address_text(uint64_t address, char out[ADDRESS])
{
    snprintf(out, ADDRESS, "%#" PRIx64, address);
    return out;
}

static double put_part(const struct page *page, double at, uint64_t kib, const char *class,
                       const char *name)
{
    double width =
        page->sample.total_kib ? BAR_WIDTH * (double)kib / (double)page->sample.total_kib : 0;
    char size[PAGE_SIZE_MAX];
    html(page->out,
         "<rect class=\"%s\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"20\"><title>%s: "
         "%s</title></rect>",
         class, at, width, name, page_size(kib, size));
    return at + width;
}

static void put_key(const struct page *page, const char *class, const char *name, uint64_t kib)
{
    char size[PAGE_SIZE_MAX];
    html(page->out, "<li><span class=\"dot %s\"></span>%s: %s</li>", class, name,
         page_size(kib, size));
}

static const char *class_of(uint32_t domid, char out[8])
{
    snprintf(out, 8, "c%u", page_hue(domid) % 10);
    return out;
}

/* All of the machine's memory; what neither a domain has nor is free is the hypervisor's. */
static void put_bar(const struct page *page)
{
    const struct top_sample *sample = &page->sample;
    uint64_t used = sample->free_kib;
    double at = 0;
    char class[8], size[PAGE_SIZE_MAX];
    for (size_t i = 0; i < sample->count; i++)
        used += sample->domains[i].info.memory_kib;
    uint64_t rest = sample->total_kib > used ? sample->total_kib - used : 0;
    html(page->out, "<p>The machine has %s.</p>\n", page_size(sample->total_kib, size));
    html(page->out, "<svg class=\"bar\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" "
                    "role=\"img\" aria-label=\"Whose the machine's memory is\">");
    for (size_t i = 0; i < sample->count; i++) {
        const struct libxl_domain *info = &sample->domains[i].info;
        at = put_part(page, at, info->memory_kib, class_of(info->domid, class), info->name);
    }
    at = put_part(page, at, rest, "rest", "hypervisor");
    put_part(page, at, sample->free_kib, "free", "free");
    html(page->out, "</svg>\n<ul class=\"legend\">");
    for (size_t i = 0; i < sample->count; i++) {
        const struct libxl_domain *info = &sample->domains[i].info;
        put_key(page, class_of(info->domid, class), info->name, info->memory_kib);
    }
    put_key(page, "rest", "the hypervisor, and what is set aside", rest);
    put_key(page, "free", "free", sample->free_kib);
    html(page->out, "</ul>\n");
}

/* Each share is told of with its owner's domain: that of others comes again there. */
static unsigned int put_shares(const struct page *page, const struct libxl_domain *info, bool any)
{
    static const char *const headings[] = {"Region", "Domain", "Role", "Address", "Size", NULL};
    struct libxl_share *list;
    size_t count;
    if (libxl_domain_shares(page->ctx, info->domid, &list, &count) != LIBXL_OK)
        return any;
    for (size_t i = 0; i < count; i++) {
        char address[ADDRESS], size[PAGE_SIZE_MAX];
        if (list[i].domid != info->domid)
            continue;
        if (!any) {
            html(page->out, "<h3>Shared memory</h3>\n");
            page_open_table(page, "cards", headings);
            any = true;
        }
        html(page->out,
             "<tr><th scope=\"row\">%s</th><td data-of=\"Domain\">%s</td><td "
             "data-of=\"Role\">%s</td><td data-of=\"Address\" class=\"code\">%s</td><td "
             "data-of=\"Size\">%s</td></tr>\n",
             list[i].id, info->name, list[i].owner ? "owner" : "borrower",
             list[i].address == UINT64_MAX ? "not told" : address_text(list[i].address, address),
             page_size(list[i].size / 1024, size));
    }
    free(list);
    return any;
}

static void put_all_shares(const struct page *page)
{
    bool any = false;
    for (size_t i = 0; i < page->sample.count; i++)
        any = put_shares(page, &page->sample.domains[i].info, any);
    if (any)
        page_close_table(page);
}

/* Sizes lie so far apart that a region is as wide as its size has digits. */
static unsigned int width_of(uint64_t size)
{
    unsigned int width = 1;
    for (; size > 0x1000; size >>= 1)
        width++;
    return width;
}

static int compare_regions(const void *a, const void *b)
{
    const struct launch_region_row *one = *(const struct launch_region_row *const *)a,
                                   *other = *(const struct launch_region_row *const *)b;
    if (one->address != other->address)
        return one->address < other->address ? -1 : 1;
    return one->size < other->size;
}

static void put_map(const struct page *page, const struct launch_domain_row *domain,
                    const struct launch_region_row **regions, size_t count)
{
    static const char *const headings[] = {"What", "Address", "Size", "From", NULL};
    char address[ADDRESS], source[ADDRESS], size[PAGE_SIZE_MAX];
    html(page->out, "<h3><span class=\"dot c%u\"></span>%s</h3>\n<div class=\"map c%u\">",
         page_hue(domain->domid), domain->name, page_hue(domain->domid));
    for (size_t i = 0; i < count; i++)
        html(page->out, "<i class=\"%s\" style=\"flex:%u\" title=\"%s: %s from %s\">%s</i>",
             strcmp(regions[i]->what, "ram") != 0 ? "other" : "ram", width_of(regions[i]->size),
             regions[i]->what, page_size(regions[i]->size / 1024, size),
             address_text(regions[i]->address, address), regions[i]->what);
    html(page->out, "</div>\n<details><summary>%u regions</summary>", (unsigned int)count);
    page_open_table(page, "cards", headings);
    for (size_t i = 0; i < count; i++)
        html(page->out,
             "<tr><th scope=\"row\">%s</th><td data-of=\"Address\" class=\"code\">%s</td><td "
             "data-of=\"Size\">%s</td><td data-of=\"From\" class=\"code\">%s</td></tr>\n",
             regions[i]->what, address_text(regions[i]->address, address),
             page_size(regions[i]->size / 1024, size),
             regions[i]->loaded ? address_text(regions[i]->source, source) : "");
    page_close_table(page);
    html(page->out, "</details>\n");
}

static void put_maps(const struct page *page)
{
    const struct launch_report *plan = page->plan;
    const struct launch_region_row **regions = calloc(plan->nr_regions + 1, sizeof(*regions));
    if (!regions)
        return;
    html(page->out,
         "<h3>Address spaces</h3>\n<p>By the device tree, in the order of addresses. A "
         "region is wider by as much for each time that its size doubles; what is filled "
         "is RAM.</p>\n");
    for (size_t i = 0; i < plan->nr_domains && i < MAPS_MAX; i++) {
        size_t count = 0;
        for (size_t j = 0; j < plan->nr_regions; j++) {
            if (plan->regions[j].domid == plan->domains[i].domid)
                regions[count++] = &plan->regions[j];
        }
        qsort(regions, count, sizeof(regions[0]), compare_regions);
        put_map(page, &plan->domains[i], regions, count);
    }
    free(regions);
}

void page_memory(const struct page *page)
{
    html(page->out, "<section><h2>Memory</h2>\n");
    put_bar(page);
    put_all_shares(page);
    if (page->plan)
        put_maps(page);
    html(page->out, "</section>\n");
}
