/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <console_protocol.h>
#include <xen/bootfdt.h>

#include "client_pty.h"
#include "client_vchan.h"
#include "console.h"
#include "domains.h"
#include "kept.h"
#include "message.h"
#include "store.h"

/* Tokens of watches; a domain's id follows the last two. */
#define TOKEN_DOMAINS  "domains"
#define TOKEN_CONSOLE  "console:"
#define TOKEN_REQUESTS "requests:"

#define CONSOLE_PATH "/local/domain/%u/console"

enum presence { DOMAIN_GONE, DOMAIN_ENDED, DOMAIN_RUNS };

/*
 * The hypervisor knows best; if it does not tell this domain, xenstored does, which follows the
 * domains' ends itself.
 */
static enum presence domain_presence(struct daemon *daemon, unsigned int domid)
{
    struct xen_domctl_getdomaininfo info;
    int rc;

    if (domid >= DOMID_FIRST_RESERVED)
        return DOMAIN_GONE;
    rc = xc_domain_info(daemon->xc, (domid_t)domid, &info);
    if (rc == -ESRCH)
        return DOMAIN_GONE;
    if (rc < 0)
        return store_introduced(daemon, domid) ? DOMAIN_RUNS : DOMAIN_GONE;
    if (info.flags & XEN_DOMINF_dying)
        return DOMAIN_GONE;
    return info.flags & XEN_DOMINF_shutdown ? DOMAIN_ENDED : DOMAIN_RUNS;
}

/* What tells the domain from an earlier one of its id; 0 under a hypervisor that does not say. */
static uint64_t unique_id(struct daemon *daemon, domid_t domid)
{
    struct xen_domctl_get_domain_state state;
    domid_t found;

    return xc_domain_state(daemon->xc, domid, &found, &state) == 0 ? state.unique_id : 0;
}

/* Only the hypervisor's word counts. One that knows no roles has its one control domain: 0. */
static bool has_control_role(struct daemon *daemon, domid_t domid)
{
    struct xen_domctl_trefoil_launch_info info;
    int rc = xc_domain_launch_info(daemon->xc, domid, &info);

    if (rc == 0)
        return info.capabilities & DOMAIN_CAPS_CONTROL;
    if (rc != -EOPNOTSUPP)
        message_error("domain %u: its roles are not known: %s", domid, xc_error(daemon->xc));
    return rc == -EOPNOTSUPP && domid == 0;
}

static struct domain *find(struct daemon *daemon, unsigned int domid)
{
    for (struct domain *domain = daemon->domains; domain; domain = domain->next)
        if (domain->domid == domid && !domain->gone)
            return domain;
    return NULL;
}

static void watch_domain(struct daemon *daemon, const struct domain *domain)
{
    char token[32];

    snprintf(token, sizeof token, TOKEN_CONSOLE "%u", domain->domid);
    store_watch(daemon, token, CONSOLE_PATH, domain->domid);
    if (!domain->control)
        return;
    snprintf(token, sizeof token, TOKEN_REQUESTS "%u", domain->domid);
    store_watch(daemon, token, CONSOLE_REQUESTS_FORMAT, domain->domid);
}

static void unwatch_domain(struct daemon *daemon, const struct domain *domain)
{
    char token[32];

    snprintf(token, sizeof token, TOKEN_CONSOLE "%u", domain->domid);
    store_unwatch(daemon, token, CONSOLE_PATH, domain->domid);
    if (!domain->control)
        return;
    snprintf(token, sizeof token, TOKEN_REQUESTS "%u", domain->domid);
    store_unwatch(daemon, token, CONSOLE_REQUESTS_FORMAT, domain->domid);
}

/* Says where the terminal is, as Xen's tools expect. */
static void publish_pty(struct daemon *daemon, const struct console *console)
{
    const char *path = pty_path(console);

    if (path)
        store_write(daemon, path, CONSOLE_PATH "/tty", console->domid);
}

/* Makes the console object of a domain that has none yet. */
static struct console *make_console(struct daemon *daemon, struct domain *domain)
{
    char *name = store_read(daemon, "/local/domain/%u/name", domain->domid);
    char log_name[128];

    if (name && name[0])
        snprintf(log_name, sizeof log_name, "guest-%.100s", name);
    else
        snprintf(log_name, sizeof log_name, "guest-%u", domain->domid);
    free(name);
    domain->console = console_new(daemon, domain->domid, log_name);
    return domain->console;
}

/* Whether the store describes a console for us; its port. */
static bool console_described(struct daemon *daemon, domid_t domid, unsigned int *port)
{
    unsigned int ref;
    char *type;
    bool ours;

    if (!store_read_number(daemon, &ref, CONSOLE_PATH "/ring-ref", domid) ||
        !store_read_number(daemon, port, CONSOLE_PATH "/port", domid))
        return false;
    type = store_read(daemon, CONSOLE_PATH "/type", domid);
    ours = !type || strcmp(type, "xenconsoled") == 0;
    free(type);
    return ours;
}

/* Serves the domain's console if it is to be served and is not yet. */
static void connect_console(struct daemon *daemon, struct domain *domain)
{
    struct console *console = domain->console;
    unsigned int port;
    int rc;

    if ((console && console->state != CONSOLE_ENDED) ||
        !console_described(daemon, domain->domid, &port))
        return;
    if (!console)
        console = make_console(daemon, domain);
    if (!console)
        return;
    rc = console_connect(console, port);
    if (rc < 0) {
        message_error("domain %u: its console cannot be served: %s", domain->domid, strerror(-rc));
        console->reason = "its console ring cannot be reached";
        return;
    }
    message_detail("domain %u: console on port %u", domain->domid, port);
    rc = pty_open(console);
    if (rc < 0)
        message_error("domain %u: no terminal: %s", domain->domid, strerror(-rc));
    publish_pty(daemon, console);
}

static void add_domain(struct daemon *daemon, domid_t domid)
{
    struct domain *domain = calloc(1, sizeof *domain);

    if (!domain)
        return;
    domain->domid = domid;
    domain->unique = unique_id(daemon, domid);
    domain->control = has_control_role(daemon, domid);
    domain->next = daemon->domains;
    daemon->domains = domain;
    /* The watches' first events connect the console and read the requests. */
    watch_domain(daemon, domain);
}

static void domain_ended(struct daemon *daemon, struct domain *domain, bool gone)
{
    struct console *console = domain->console;

    vchan_domain_ended(daemon, domain->domid);
    if (console && console->state == CONSOLE_SERVED)
        console_end(console, CONSOLE_ENDED,
                    gone ? "the domain is gone" : "the domain has shut down");
    if (!gone)
        return;
    domain->gone = true;
    unwatch_domain(daemon, domain);
}

/* One that was replaced by another of its id has gone too, though its id has not. */
static void check_domain(struct daemon *daemon, struct domain *domain)
{
    if (unique_id(daemon, domain->domid) != domain->unique) {
        domain_ended(daemon, domain, true);
        daemon->scan_new = true;
        return;
    }
    switch (domain_presence(daemon, domain->domid)) {
    case DOMAIN_RUNS: break;
    case DOMAIN_ENDED: domain_ended(daemon, domain, false); break;
    case DOMAIN_GONE: domain_ended(daemon, domain, true); break;
    }
}

static void look_for_ended(struct daemon *daemon)
{
    for (struct domain *domain = daemon->domains; domain; domain = domain->next)
        if (!domain->gone)
            check_domain(daemon, domain);
}

/* A domain that had ended may run again under its old id. */
static void meet(struct daemon *daemon, unsigned int domid)
{
    struct domain *domain = find(daemon, domid);

    if (domain && (!domain->console || domain->console->state == CONSOLE_SERVED))
        return;
    if (domain_presence(daemon, domid) == DOMAIN_GONE)
        return;
    if (!domain)
        add_domain(daemon, (domid_t)domid);
    else if (domain_presence(daemon, domid) == DOMAIN_RUNS)
        connect_console(daemon, domain);
}

static void look_for_new(struct daemon *daemon)
{
    unsigned int count = 0, domid;
    char **names = store_list(daemon, &count, "/local/domain");

    for (unsigned int i = 0; names && i < count; i++)
        if (store_parse_number(names[i], &domid))
            meet(daemon, domid);
    free(names);
}

void domains_scan(struct daemon *daemon)
{
    if (daemon->scan_ended)
        look_for_ended(daemon);
    if (daemon->scan_new)
        look_for_new(daemon);
    daemon->scan_ended = daemon->scan_new = false;
}

int domains_watch(struct daemon *daemon)
{
    if (!store_watch(daemon, TOKEN_DOMAINS, "@introduceDomain") ||
        !store_watch(daemon, TOKEN_DOMAINS, "@releaseDomain"))
        return -EIO;
    daemon->scan_new = daemon->scan_ended = true;
    for (struct domain *domain = daemon->domains; domain; domain = domain->next) {
        if (domain->gone)
            continue;
        watch_domain(daemon, domain);
        if (domain->console)
            publish_pty(daemon, domain->console);
    }
    return 0;
}

/* The domain whose id follows `prefix` in the token. */
static struct domain *token_domain(struct daemon *daemon, const char *token, const char *prefix)
{
    unsigned int domid;

    if (strncmp(token, prefix, strlen(prefix)) != 0 ||
        !store_parse_number(token + strlen(prefix), &domid))
        return NULL;
    return find(daemon, domid);
}

void domains_event(struct daemon *daemon, const char *path, const char *token)
{
    struct domain *domain;

    if (strcmp(token, TOKEN_DOMAINS) == 0) {
        if (strcmp(path, "@releaseDomain") == 0)
            daemon->scan_ended = true;
        else
            daemon->scan_new = true;
        return;
    }
    domain = token_domain(daemon, token, TOKEN_CONSOLE);
    if (domain && domain_presence(daemon, domain->domid) == DOMAIN_RUNS)
        connect_console(daemon, domain);
    domain = token_domain(daemon, token, TOKEN_REQUESTS);
    if (domain)
        vchan_requests_changed(daemon, domain->domid, path);
}

/* One that has ended and is still there has its last life's end itself. */
static struct console *ended_console(struct daemon *daemon, unsigned int domid, const char **reason)
{
    const struct domain *domain = find(daemon, domid);

    if (domain && domain->console && domain->console->state != CONSOLE_SERVED)
        return domain->console;
    return kept_last(daemon, domid, reason);
}

const char *domains_log_path(struct daemon *daemon, unsigned int domid)
{
    const struct domain *domain = find(daemon, domid);

    return domain && domain->console ? domain->console->log.file.path : NULL;
}

static struct console *live_console(struct daemon *daemon, unsigned int domid, const char **reason)
{
    struct domain *domain = find(daemon, domid);

    /* Somebody may ask before the event is here that tells of the domain, of its end, or of its
     * console. */
    if (domain) {
        check_domain(daemon, domain);
        domain = find(daemon, domid);
    }
    if (!domain) {
        meet(daemon, domid);
        domain = find(daemon, domid);
    }
    if (!domain) {
        *reason = "no such domain";
        return NULL;
    }
    if (!domain->console && domain_presence(daemon, domid) == DOMAIN_RUNS)
        connect_console(daemon, domain);
    if (!domain->console)
        *reason = daemon->store ? "the domain has no PV console" : "xenstored does not answer it";
    return domain->console;
}

struct console *domains_console(struct daemon *daemon, unsigned int domid, const char *what,
                                const char **reason)
{
    if (!what || !*what)
        return live_console(daemon, domid, reason);
    if (strcmp(what, CONSOLE_WHAT_LAST) == 0)
        return ended_console(daemon, domid, reason);
    if (strcmp(what, CONSOLE_WHAT_LOG) == 0)
        return kept_log(daemon, domid, reason);
    *reason = "only last and log are known besides the console itself";
    return NULL;
}

bool domains_reap(struct daemon *daemon)
{
    struct domain **link = &daemon->domains, *domain;
    bool waiting = false;

    while ((domain = *link) != NULL) {
        if (!domain->gone || (domain->console && domain->console->clients)) {
            waiting |= domain->gone;
            link = &domain->next;
            continue;
        }
        *link = domain->next;
        if (domain->console)
            kept_take(daemon, domain->console);
        free(domain);
    }
    kept_reap(daemon);
    return waiting;
}

void domains_reopen_logs(struct daemon *daemon)
{
    for (struct domain *domain = daemon->domains; domain; domain = domain->next)
        if (domain->console)
            log_reopen(&domain->console->log);
}

void domains_free(struct daemon *daemon)
{
    while (daemon->domains) {
        struct domain *domain = daemon->domains;

        daemon->domains = domain->next;
        if (domain->console && domain->console->pty)
            store_remove(daemon, CONSOLE_PATH "/tty", domain->domid);
        if (domain->console)
            console_free(domain->console, "xenconsoled is ending");
        free(domain);
    }
    kept_free(daemon);
}
