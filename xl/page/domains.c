/* SPDX-License-Identifier: MIT */
/* The domains: who they are and how they are doing. */
#include "page.h"

#include <libxl/fields.h>

#define LIVES_MANY 3 /* of one that does not stay up */

struct state {
    const char *class, *text, *why;
};

static struct state state_of(const struct libxl_domain *domain)
{
    const char *reason = domain->shutdown ? libxl_reason_name(domain->shutdown_reason) : NULL;
    if (top_has_crashed(domain))
        return (struct state){"bad", "crashed", ""};
    if (domain->shutdown)
        return (struct state){"warn", "shut down: ", reason ? reason : "unknown"};
    if (domain->dying)
        return (struct state){"warn", "dying", ""};
    if (domain->paused)
        return (struct state){"warn", "paused", ""};
    return (struct state){"good", domain->running ? "running" : "waiting", ""};
}

static void put_roles(const struct page *page, uint32_t roles)
{
    const char *name;
    html(page->out, "<td data-of=\"Roles\"><span>");
    for (unsigned int i = 0; (name = libxl_role_name(i)); i++) {
        if (roles & 1u << i)
            html(page->out, "<span class=\"chip\">%s</span>", name);
    }
    html(page->out, "%s</span></td>", roles ? "" : "none");
}

/* "3 d 4 h", "5 min", "6 s": two units at most. */
static void put_time(const struct page *page, uint64_t seconds)
{
    static const struct {
        unsigned int seconds;
        const char *name;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    unsigned int first = 0;
    while (first < 3 && seconds < units[first].seconds)
        first++;
    html(page->out, "%llu %s", (unsigned long long)(seconds / units[first].seconds),
         units[first].name);
    seconds %= units[first].seconds;
    if (first < 3 && seconds / units[first + 1].seconds)
        html(page->out, " %llu %s", (unsigned long long)(seconds / units[first + 1].seconds),
             units[first + 1].name);
}

static void put_life(const struct page *page, const struct libxl_domain *domain)
{
    html(page->out, "<td data-of=\"Life\"><span class=\"%s\">",
         domain->life >= LIVES_MANY ? "warn" : "plain");
    if (domain->life)
        html(page->out, "%u", domain->life);
    else
        html(page->out, "not known");
    if (*domain->last_end)
        html(page->out, ", the one before ended by %s", domain->last_end);
    html(page->out, "</span></td>");
}

static void put_domain(const struct page *page, const struct top_domain *domain)
{
    const struct libxl_domain *info = &domain->info;
    const struct state state = state_of(info);
    char size[PAGE_SIZE_MAX];
    uint64_t up;
    html(page->out,
         "<tr><th scope=\"row\"><span class=\"dot c%u\"></span>%s <span class=\"quiet\">%u</span>"
         "</th>",
         page_hue(info->domid), info->name, info->domid);
    put_roles(page, info->roles);
    html(page->out, "<td data-of=\"State\"><span class=\"%s\">%s%s</span></td>", state.class,
         state.text, state.why);
    html(page->out, "<td data-of=\"vcpus\">%u of %u</td>", info->vcpus_online, info->vcpus);
    html(page->out, "<td data-of=\"Memory\">%s</td>", page_size(info->memory_kib, size));
    html(page->out, "<td data-of=\"CPU time\">%.1f s</td>", (double)info->cpu_time_ns / 1e9);
    html(page->out, "<td data-of=\"Up\">");
    if (libxl_domain_uptime(page->ctx, info->domid, &up) == LIBXL_OK)
        put_time(page, up);
    else
        html(page->out, "not known");
    html(page->out, "</td>");
    put_life(page, info);
    html(page->out, "</tr>\n");
}

void page_domains(const struct page *page)
{
    static const char *const headings[] = {"Domain",   "Roles", "State", "vcpus", "Memory",
                                           "CPU time", "Up",    "Life",  NULL};
    html(page->out, "<section><h2>Domains</h2>\n");
    page_open_table(page, "cards", headings);
    for (size_t i = 0; i < page->sample.count; i++)
        put_domain(page, &page->sample.domains[i]);
    page_close_table(page);
    html(page->out, "</section>\n");
}
