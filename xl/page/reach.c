/* SPDX-License-Identifier: MIT */
/* Who may reach whom: what xl policy --can answers, for all pairs of domains at once. */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "../policy/policy.h"

/* Of more domains there is no table: nobody would read it. */
#define DOMAINS_MAX 24

/* What is worth a colour besides memory that is read or written without consent. */
static const char *const powers[] = {"pause", "destroy", "restart"};

/* What is granted, or shared, is at the other's will. */
static const char *const of_memory[] = {"read", "write"};

static struct party party_of(const struct libxl_domain *info)
{
    struct party party = {.given = info->name,
                          .is_domain = true,
                          .exists = true,
                          .domid = info->domid,
                          .roles = info->roles};
    snprintf(party.name, sizeof(party.name), "%s", info->name);
    return party;
}

static bool is_among(const char *verb, const char *const *verbs, size_t count)
{
    while (count && strcmp(verb, verbs[count - 1]) != 0)
        count--;
    return count;
}

static const char *class_of(const struct reach *reach)
{
    const char *verb;
    if (reach->whole)
        return "strong";
    for (unsigned int bit = 0; (verb = xl_policy_verb(bit)); bit++) {
        if (reach->verbs & 1u << bit && is_among(verb, powers, sizeof(powers) / sizeof(powers[0])))
            return "mild";
    }
    return "none";
}

static void put_cell(const struct page *page, enum policy_id policy, const struct party *subject,
                     const struct party *target)
{
    struct reach reach;
    const char *verb;
    if (subject->domid == target->domid) {
        html(page->out, "<td class=\"self quiet\">itself</td>");
        return;
    }
    if (!xl_policy_reach(policy, subject, target, &reach)) {
        html(page->out, "<td class=\"quiet\">not known</td>");
        return;
    }
    html(page->out, "<td class=\"%s\">", class_of(&reach));
    for (unsigned int bit = 0; (verb = xl_policy_verb(bit)); bit++) {
        bool memory = is_among(verb, of_memory, sizeof(of_memory) / sizeof(of_memory[0]));
        if (reach.whole & 1u << bit)
            html(page->out, "<b>%s all</b> ", verb);
        else if (reach.verbs & 1u << bit)
            html(page->out, "<span>%s%s</span> ", verb, memory ? " granted" : "");
    }
    html(page->out, "%s</td>", reach.verbs ? "" : "nothing");
}

static void put_matrix(const struct page *page, enum policy_id policy)
{
    const struct top_sample *sample = &page->sample;
    const char *headings[DOMAINS_MAX + 2] = {"who, whom"};
    for (size_t i = 0; i < sample->count; i++)
        headings[i + 1] = sample->domains[i].info.name;
    page_open_table(page, "reach", headings);
    for (size_t i = 0; i < sample->count; i++) {
        const struct party subject = party_of(&sample->domains[i].info);
        html(page->out, "<tr><th scope=\"row\"><span class=\"dot c%u\"></span>%s</th>",
             page_hue(subject.domid), subject.name);
        for (size_t j = 0; j < sample->count; j++) {
            const struct party target = party_of(&sample->domains[j].info);
            put_cell(page, policy, &subject, &target);
        }
        html(page->out, "</tr>\n");
    }
    page_close_table(page);
}

static void put_channels(const struct page *page, uint32_t one, uint32_t other,
                         const char *names[2])
{
    struct libxl_channel *list;
    size_t count;
    if (libxl_domain_channels(page->ctx, one, other, &list, &count) != LIBXL_OK)
        return;
    if (count)
        html(page->out, "<li>%s and %s: %u event channel%s</li>\n", names[0], names[1],
             (unsigned int)count, count == 1 ? "" : "s");
    free(list);
}

/* What there is between them now, each pair once. */
static void put_joins(const struct page *page)
{
    const struct top_sample *sample = &page->sample;
    html(page->out, "<h3>Joined at this moment</h3>\n<ul>\n");
    for (size_t i = 0; i < sample->count; i++) {
        for (size_t j = i + 1; j < sample->count; j++) {
            const struct libxl_domain *one = &sample->domains[i].info,
                                      *other = &sample->domains[j].info;
            put_channels(page, one->domid, other->domid, (const char *[2]){one->name, other->name});
        }
    }
    html(page->out, "</ul>\n");
}

void page_reach(const struct page *page)
{
    enum policy_id policy;
    html(page->out, "<section><h2>Who may reach whom</h2>\n");
    if (!policy_from_name(page->info.policy, &policy)) {
        html(page->out, "<p>The hypervisor does not say which policy is in force.</p></section>\n");
        return;
    }
    html(page->out,
         "<p>What the domain of a row may do to that of a column, by the policy %s and by what the "
         "device tree lets the two share, as <span class=\"code\">xl policy --can</span> answers. "
         "<b>All</b> is all memory, without the other's consent, be it by a device's DMA; granted "
         "is what the other grants or both share.</p>\n",
         page->info.policy);
    if (page->sample.count > DOMAINS_MAX) {
        html(page->out, "<p>There is no table of %u domains, but of %u at most.</p></section>\n",
             (unsigned int)page->sample.count, DOMAINS_MAX);
        return;
    }
    put_matrix(page, policy);
    put_joins(page);
    html(page->out, "</section>\n");
}
