/* SPDX-License-Identifier: MIT */
/*
 * Static event channels: nodes below a domain's with `compatible = "xen,evtchn-v1"`, one for each
 * end, that name each other: `xen,evtchn = <PORT &OTHER>`.
 */
#include "plan.h"

#include <xen/bootfdt.h>

#define PROPERTY_NAME "xen,evtchn"

static const char *const known_properties[] = {
    "compatible", PROPERTY_NAME, "phandle", "linux,phandle", "name", "status",
};

static void channel_error(struct planner *planner, const struct launch_channel *channel,
                          const char *what, const struct launch_channel *other)
{
    char path[MACHINE_PATH];

    plan_error(planner, &planner->plan->domains[channel->domain], channel->node, PROPERTY_NAME,
               "%s%s", what, other ? tree_path(planner->fdt, other->node, path, sizeof(path)) : "");
}

static void read_value(struct planner *planner, struct launch_channel *channel)
{
    const void *fdt = planner->fdt;
    uint32_t port;
    int size;

    if (!tree_property(fdt, channel->node, PROPERTY_NAME, &size)) {
        channel_error(planner, channel, "missing", NULL);
        return;
    }
    if (size != 2 * (int)sizeof(uint32_t)) {
        plan_error(planner, planner->domain, channel->node, PROPERTY_NAME,
                   "is %d bytes, must be a port and the phandle of the other end's node", size);
        return;
    }
    tree_u32(fdt, channel->node, PROPERTY_NAME, 0, &port);
    tree_u32(fdt, channel->node, PROPERTY_NAME, 1, &channel->link);
    if (port == 0 || port > LAUNCH_MAX_PORT)
        plan_error(planner, planner->domain, channel->node, PROPERTY_NAME,
                   "port %u, must be 1 to %u", port, LAUNCH_MAX_PORT);
    else
        channel->port = (uint16_t)port;
}

/* What is wrong is kept as well, so that the other end finds it and its domain is not blamed. */
void plan_read_channel(struct planner *planner, int node)
{
    struct launch_plan *plan = planner->plan;
    struct launch_channel *channel = &plan->channels[plan->nr_channels];

    if (plan->nr_channels == LAUNCH_MAX_CHANNELS) {
        plan_error(planner, planner->domain, node, "compatible",
                   "more than %u ends of event channels in the tree", LAUNCH_MAX_CHANNELS);
        return;
    }
    plan->nr_channels++;
    *channel = (struct launch_channel){.node = node,
                                       .phandle = tree_phandle(planner->fdt, node),
                                       .domain = (unsigned int)(planner->domain - plan->domains)};
    read_value(planner, channel);
    plan_warn_unknown(planner, node, known_properties, ARRAY_SIZE(known_properties));
}

static const struct launch_channel *by_phandle(const struct launch_plan *plan, uint32_t phandle)
{
    for (unsigned int i = 0; i < plan->nr_channels; i++)
        if (phandle != 0 && plan->channels[i].phandle == phandle)
            return &plan->channels[i];
    return NULL;
}

/* One outside of the domains' nodes, as the end of a classic dom0 in /chosen. */
static bool is_nobodys(const void *fdt, uint32_t phandle)
{
    int node = phandle ? tree_find_phandle(fdt, phandle) : -1;

    return node >= 0 && tree_compatible(fdt, node, "xen,evtchn-v1");
}

/* An earlier end that has the port already. */
static const struct launch_channel *holder(const struct launch_plan *plan,
                                           const struct launch_channel *channel)
{
    for (const struct launch_channel *other = plan->channels; other < channel; other++)
        if (other->domain == channel->domain && other->port == channel->port)
            return other;
    return NULL;
}

/* "Seen, and nothing else" holds whoever declares what. */
static bool is_out_of_reach(const struct launch_plan *plan, const struct launch_channel *channel,
                            const struct launch_channel *far)
{
    return far->domain != channel->domain &&
           (plan->domains[far->domain].roles & DOMAIN_CAPS_NOT_HYPERCALL_TARGET);
}

static void join(struct planner *planner, struct launch_channel *channel)
{
    const struct launch_plan *plan = planner->plan;
    const struct launch_channel *far = by_phandle(plan, channel->link);
    const struct launch_channel *same = holder(plan, channel);

    if (same) {
        channel_error(planner, channel, "same port as in ", same);
    } else if (!far && is_nobodys(planner->fdt, channel->link)) {
        plan_warning(planner, channel->node, PROPERTY_NAME,
                     "no event channel, as its other end is in no domain's node");
        channel->link = 0;
    } else if (!far) {
        channel_error(planner, channel,
                      "names no node of a domain with compatible \"xen,evtchn-v1\"", NULL);
    } else if (far == channel) {
        channel_error(planner, channel, "names its own node", NULL);
    } else if (by_phandle(plan, far->link) != channel && !planner->bad[far->domain]) {
        channel_error(planner, channel, "names a node that names another one: ", far);
    } else if (is_out_of_reach(plan, channel, far)) {
        channel_error(planner, channel, "is with a domain that is untargetable (16): ", far);
    } else {
        channel->remote = far->domain;
        channel->domid = plan->domains[channel->domain].domid;
        channel->remote_domid = plan->domains[far->domain].domid;
        channel->remote_port = far->port;
    }
}

void plan_join_channels(struct planner *planner)
{
    struct launch_plan *plan = planner->plan;

    for (unsigned int i = 0; i < plan->nr_channels; i++)
        if (!planner->bad[plan->channels[i].domain])
            join(planner, &plan->channels[i]);
}

void plan_drop_channels(struct planner *planner)
{
    struct launch_plan *plan = planner->plan;
    unsigned int kept = 0;

    for (unsigned int i = 0; i < plan->nr_channels; i++) {
        struct launch_channel channel = plan->channels[i];

        if (planner->bad[channel.domain] || channel.link == 0)
            continue;
        if (planner->bad[channel.remote])
            plan_warning(planner, channel.node, PROPERTY_NAME,
                         "no event channel, as its other end's domain %s is left out",
                         plan->domains[channel.remote].name);
        else
            plan->channels[kept++] = channel;
    }
    plan->nr_channels = kept;
}
