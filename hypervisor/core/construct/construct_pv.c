/* SPDX-License-Identifier: MIT */
/*
 * Xenstore and console of a domain, ready before its first instruction: a page each, whose frame,
 * event channel and reserved grant the domain and its backend find by HVM parameters and the grant
 * table. The backend may be built later: only its planned id is needed. The hardware domain has
 * none of them: it runs the backends, and its kernel takes them to be local.
 */
#include "construct_parts.h"

#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/grant_table.h>
#include <trefoil/memory.h>
#include <trefoil/printk.h>
#include <xen/bootfdt.h>
#include <xen/grant_table.h>
#include <xen/hvm/params.h>
#include <xen/io/console.h>
#include <xen/io/xs_wire.h>

static const struct launch_domain *planned(const struct construction *construction, uint32_t role)
{
    const struct launch_plan *plan = construction->context->plan;

    for (unsigned int i = 0; i < plan->nr_domains; i++)
        if (plan->domains[i].roles & role)
            return &plan->domains[i];
    return NULL;
}

/* xenconsoled runs where the devices are; without a hardware domain, beside xenstored. */
static const struct launch_domain *console_backend(const struct construction *construction)
{
    const struct launch_domain *hardware = planned(construction, DOMAIN_CAPS_HARDWARE);

    return hardware ? hardware : planned(construction, DOMAIN_CAPS_XENSTORE);
}

/* One of the two interfaces. */
struct pv_interface {
    const char *name;
    unsigned int page; /* GUEST_MAGIC_* */
    unsigned int param_pfn, param_port;
    grant_ref_t grant;
    uint32_t port_offset;         /* in the page: where the port is written, 0 nowhere */
    uint32_t state_offset, state; /* what the page says until the backend is there */
};

static const struct pv_interface console_interface = {
    .name = "console page",
    .page = GUEST_MAGIC_CONSOLE,
    .param_pfn = HVM_PARAM_CONSOLE_PFN,
    .param_port = HVM_PARAM_CONSOLE_EVTCHN,
    .grant = GNTTAB_RESERVED_CONSOLE,
    .state_offset = offsetof(struct xencons_interface, connection),
    .state = XENCONSOLE_DISCONNECTED,
};

static const struct pv_interface xenstore_interface = {
    .name = "xenstore page",
    .page = GUEST_MAGIC_XENSTORE,
    .param_pfn = HVM_PARAM_STORE_PFN,
    .param_port = HVM_PARAM_STORE_EVTCHN,
    .grant = GNTTAB_RESERVED_XENSTORE,
    .port_offset = offsetof(struct xenstore_domain_interface, evtchn_port),
    .state_offset = offsetof(struct xenstore_domain_interface, connection),
    .state = XENSTORE_RECONNECT,
};

static int furnish(struct construction *construction, const struct pv_interface *interface,
                   const struct launch_domain *backend)
{
    struct domain *domain = construction->domain;
    uint64_t address = construction->layout.magic + interface->page * PAGE_SIZE;
    evtchn_port_t port;
    int result = domain_ram_add(domain, gfn_of(address), 1);

    if (!result)
        result = event_alloc_unbound(domain, backend->domid, &port);
    if (!result)
        result = grant_table_seed(domain, interface->grant, backend->domid, gfn_of(address));
    if (!result)
        result = domain_write(domain, address + interface->state_offset, &interface->state,
                              sizeof(interface->state));
    if (!result && interface->port_offset != 0)
        result = domain_write(domain, address + interface->port_offset, &port, sizeof(port));
    if (result)
        return construct_failed(construction, interface->name, result);
    domain->hvm_params[interface->param_pfn] = gfn_of(address).n;
    domain->hvm_params[interface->param_port] = port;
    return 0;
}

int construct_pv(struct construction *construction)
{
    const struct launch_domain *plan = construction->plan;
    const struct launch_domain *console = console_backend(construction);
    const struct launch_domain *xenstore = planned(construction, DOMAIN_CAPS_XENSTORE);
    int result = 0;

    if (construction->hardware || plan->enhanced == LAUNCH_ENHANCED_NONE)
        return 0;
    if (console && console != plan)
        result = furnish(construction, &console_interface, console);
    if (!result && plan->enhanced == LAUNCH_ENHANCED_FULL && xenstore && xenstore != plan)
        result = furnish(construction, &xenstore_interface, xenstore);
    return result;
}

/* Is it there, with a ring to a store that another domain was to serve? */
static bool waits_for_store(const struct launch_domain *plan)
{
    struct domain *domain;

    if ((plan->roles & (DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE)) ||
        plan->enhanced != LAUNCH_ENHANCED_FULL)
        return false;
    domain = domain_get(plan->domid);
    if (domain)
        domain_put(domain);
    return domain != NULL;
}

static void warn_of_store(const struct launch_plan *plan)
{
    const char *lost = NULL;
    bool waits = false;

    for (unsigned int i = 0; i < plan->nr_domains; i++) {
        if (plan->domains[i].roles & DOMAIN_CAPS_XENSTORE)
            lost = plan->domains[i].name;
        waits |= waits_for_store(&plan->domains[i]);
    }
    if (lost && waits && !domain_of_role(DOMAIN_CAPS_XENSTORE))
        log_warning("%s could not be built: the other domains wait for a xenstore in vain", lost);
}

/*
 * Everything that a domain needs of its peers was prepared by their ids, so nothing is left to
 * connect but to say whose backend did not come to be.
 */
void domains_connect(const struct construct_context *context)
{
    const struct launch_plan *plan = context->plan;
    uint64_t kept = plan->unpacked;

    warn_of_store(plan);
    for (unsigned int i = 0; i < plan->nr_claimed; i++)
        kept += plan->claimed[i].size;
    for (unsigned int i = 0; i < plan->nr_domains; i++)
        for (unsigned int k = 0; k < plan->domains[i].nr_static_memory; k++)
            kept -= plan->domains[i].static_memory[k].size;
    log_info("%llu KiB of modules are kept, for restarting domains",
             (unsigned long long)(kept >> 10));
}
