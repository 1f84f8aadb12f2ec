/* SPDX-License-Identifier: MIT */
/* What follows from a description once all of it is read, and what is missing in it. */
#include <string.h>
#include <xen/bootfdt.h>

#include "make.h"

static bool has_far_end(const struct make_domain *domain, const struct make_channel *channel)
{
    for (unsigned int i = 0; i < channel->other->nr_channels; i++)
        if (channel->other->channels[i].other == domain &&
            channel->other->channels[i].port == channel->other_port &&
            channel->other->channels[i].other_port == channel->port)
            return true;
    return false;
}

static bool is_second(const struct make_domain *domain, unsigned int index)
{
    for (unsigned int i = 0; i < index; i++)
        if (domain->channels[i].port == domain->channels[index].port)
            return true;
    return false;
}

static void complete_channels(struct make_board *board, struct make_domain *domain)
{
    for (unsigned int i = 0; i < domain->nr_channels; i++)
        if (is_second(domain, i))
            make_say(board, MAKE_ERROR, domain->place, domain->name,
                     "event channel %u is there twice", domain->channels[i].port);
        else if (!has_far_end(domain, &domain->channels[i]))
            make_say(board, MAKE_ERROR, domain->place, domain->name,
                     "event channel %u: %s does not name it as the other end of its %u",
                     domain->channels[i].port, domain->channels[i].other->name,
                     domain->channels[i].other_port);
}

/* Pool-0 is where a domain is that names none. */
static void complete_pool(struct make_board *board, struct make_domain *domain)
{
    struct make_pool *pool = board->pools;

    if (!domain->pool_name)
        return;
    while (pool && !(pool->name && strcmp(pool->name, domain->pool_name) == 0))
        pool = pool->next;
    domain->pool = pool;
    if (!pool && strcmp(domain->pool_name, "Pool-0") != 0)
        make_say(board, MAKE_ERROR, domain->pool_place, "pool",
                 "\"%.40s\": no configuration of a pool (xlcpupool.cfg) has this name",
                 domain->pool_name);
}

static void complete_domain(struct make_board *board, struct make_domain *domain)
{
    const struct make_value *roles = &domain->values[MAKE_ROLES];

    if (!domain->has_module[MAKE_KERNEL])
        make_say(board, MAKE_ERROR, domain->place, domain->name, "has no kernel");
    if ((roles->number & DOMAIN_CAPS_HARDWARE) && !domain->values[MAKE_DIRECT_MAP].given) {
        make_set_number(domain, MAKE_DIRECT_MAP, 1);
        make_say(board, MAKE_NOTE, domain->place, domain->name,
                 "its memory is direct-mapped, as that of a hardware domain has to be");
    }
    complete_pool(board, domain);
    complete_channels(board, domain);
}

static bool has_store(const struct make_board *board)
{
    for (const struct make_domain *domain = board->domains; domain; domain = domain->next)
        if (domain->values[MAKE_ROLES].number & DOMAIN_CAPS_XENSTORE)
            return true;
    return false;
}

static void complete_enhanced(struct make_board *board, struct make_domain *domain)
{
    if (!domain->enhanced_with_store || has_store(board))
        return;
    make_set_text(domain, MAKE_ENHANCED, "no-xenstore");
    make_say(board, MAKE_NOTE, domain->place, domain->name,
             "no domain has the xenstore capability, so there is no store for it");
}

/* `what` with the option that says it besides the description. */
static void need(struct make_board *board, bool said, const char *what)
{
    if (!said)
        make_say(board, MAKE_ERROR, (struct make_place){NULL, 0}, NULL, "%s", what);
}

void make_complete(struct make_board *board)
{
    need(board, board->has_hypervisor, "no hypervisor is named: -x FILE says which");
    need(board, board->has_tree, "no device tree of the machine is named: -t FILE says which");
    if (board->hypervisor)
        board->hypervisor->name = "trefoil";
    if (board->tree) {
        board->tree->name = "board.dtb";
        board->tree->room = MAKE_TREE_ROOM + board->tree->size;
    }
    if (!board->script_name)
        board->script_name = "boot.scr";
    if (!board->source_name)
        board->source_name = "boot.cmd";
    if (!board->domains)
        make_say(board, MAKE_ERROR, (struct make_place){NULL, 0}, NULL, "there is no domain");
    for (struct make_domain *domain = board->domains; domain; domain = domain->next) {
        complete_domain(board, domain);
        complete_enhanced(board, domain);
    }
}
