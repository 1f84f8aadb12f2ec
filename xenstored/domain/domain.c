/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include <xen/domctl.h>

#include "boot_tree.h"
#include "domain.h"
#include "log.h"
#include "live/live.h"
#include "state/state.h"

#define STATE_GONE (XEN_DOMCTL_GETDOMSTATE_STATE_DYING | XEN_DOMCTL_GETDOMSTATE_STATE_DEAD)

static bool exists(const struct domain_report *report)
{
    return (report->state & XEN_DOMCTL_GETDOMSTATE_STATE_EXIST) && !(report->state & STATE_GONE);
}

struct domain *domain_find(const struct server *server, uint16_t domid)
{
    return server->domains[domid];
}

struct domain *domain_new(struct server *server, const struct domain_report *report)
{
    struct domain *domain = calloc(1, sizeof(*domain));

    if (!domain)
        return NULL;
    domain->domid = report->domid;
    domain->roles = report->roles;
    domain->unique_id = report->unique_id;
    domain->features = XENSTORED_FEATURES;
    domain->quotas = server->quotas;
    list_init(&domain->unsaved_link);
    server->domains[report->domid] = domain;
    state_touch(server, domain->domid);
    return domain;
}

void domain_free(struct server *server, struct domain *domain)
{
    server->domains[domain->domid] = NULL;
    list_remove(&domain->unsaved_link);
    free(domain->kept);
    free(domain);
}

/* ---- The ring ---------------------------------------------------------------------------------
 */

static int remember_port(struct server *server, struct domain *domain, uint32_t port)
{
    if (port >= server->port_count) {
        unsigned int count = port + 64;
        struct domain **grown = realloc(server->by_port, count * sizeof(*grown));

        if (!grown)
            return ENOMEM;
        memset(grown + server->port_count, 0, (count - server->port_count) * sizeof(*grown));
        server->by_port = grown;
        server->port_count = count;
    }
    server->by_port[port] = domain;
    return 0;
}

static bool is_own(const struct server *server, const struct domain *domain)
{
    return domain->domid == server->own_domid;
}

static void disconnect(struct server *server, struct domain *domain)
{
    struct hypervisor *hypervisor = server->hypervisor;
    struct ring *ring = &domain->ring;

    if (domain->connection)
        connection_free(domain->connection);
    domain->connection = NULL;
    state_touch(server, domain->domid);
    if (!ring->page)
        return;
    if (ring->port) {
        server->by_port[ring->port] = NULL;
        hypervisor->operations->unbind(hypervisor, ring->port);
    }
    hypervisor->operations->unmap_ring(hypervisor, ring->page, is_own(server, domain));
    memset(ring, 0, sizeof(*ring));
}

static int bind_port(struct server *server, struct domain *domain, uint32_t remote_port)
{
    struct hypervisor *hypervisor = server->hypervisor;
    int port = hypervisor->operations->bind(hypervisor, domain->domid, remote_port);
    int error;

    if (port < 0)
        return -port;
    error = remember_port(server, domain, (uint32_t)port);
    if (error) {
        hypervisor->operations->unbind(hypervisor, (uint32_t)port);
        return error;
    }
    domain->ring.port = (uint32_t)port;
    return 0;
}

/* The kernel that xenstored runs on could do anything to it anyway. */
static bool is_privileged(const struct server *server, const struct domain *domain)
{
    return is_own(server, domain) || (domain->roles & XEN_DOMCTL_GETDOMSTATE_CAP_CONTROL);
}

static struct connection *make_connection(struct server *server, struct domain *domain)
{
    struct subject subject = {
        .domid = domain->domid,
        .target = -1,
        .privileged = is_privileged(server, domain),
    };
    struct connection *connection =
        connection_new(server, &ring_transport, &domain->ring, &subject, &domain->quotas);

    if (connection)
        connection->is_domain = true;
    return connection;
}

/* The connection was another program's until now. */
static void take_over(const struct server *server, struct domain *domain)
{
    struct connection *connection = domain->connection;

    connection->actor.subject.privileged = is_privileged(server, domain);
    parked_take(connection, &ring_transport, &domain->ring);
}

/* From where that program left the ring. */
static bool go_on_with(struct domain *domain)
{
    if (!ring_wants_reconnect(&domain->ring) &&
        ring_resume(&domain->ring, domain->features, &domain->position))
        return true;
    log_message(LOG_WARNING, "domain %u: its ring is not as it was left: it begins anew",
                domain->domid);
    connection_reset(domain->connection);
    return false;
}

/* Map the ring, bind its port, begin to serve it. */
static int connect_ring(struct server *server, struct domain *domain, uint32_t remote_port)
{
    struct ring *ring = &domain->ring;
    bool parked = domain->connection != NULL;
    int error = 0;

    ring->hypervisor = server->hypervisor;
    ring->page = server->hypervisor->operations->map_ring(server->hypervisor, domain->domid,
                                                          is_own(server, domain), &remote_port);
    if (!ring->page)
        return errno ? errno : EIO;
    if (!remote_port)
        remote_port = __atomic_load_n(&ring->page->evtchn_port, __ATOMIC_RELAXED);
    /* A toolstack tells it once, to the xenstored of that time. */
    if (!remote_port)
        remote_port = domain->remote_port;
    domain->remote_port = remote_port;
    error = bind_port(server, domain, remote_port);
    if (!error) {
        if (parked)
            take_over(server, domain);
        else
            domain->connection = make_connection(server, domain);
        error = domain->connection ? 0 : ENOMEM;
    }
    if (error) {
        disconnect(server, domain);
        return error;
    }
    if (!(parked ? go_on_with(domain) : state_take_connection(domain)))
        domain->connection->fresh = ring_attach(ring, domain->features);
    state_touch(server, domain->domid);
    connection_wake(domain->connection);
    return 0;
}

/* ---- Coming and going -------------------------------------------------------------------------
 */

/* Another domain may come under this id: it must not have what was this one's. */
static void disown(struct server *server, uint16_t domid)
{
    if (domid == server->own_domid)
        return;
    watches_disown(&server->watches, domid, server->own_domid);
    if (store_disown(&server->store, domid, server->own_domid))
        log_message(LOG_ERR, "domain %u: its rights in the store could not all be taken back",
                    domid);
    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++) {
        struct domain *other = server->domains[i];

        if (other && other->connection && other->connection->actor.subject.target == domid)
            other->connection->actor.subject.target = -1;
    }
}

static void forget(struct server *server, struct domain *domain)
{
    disconnect(server, domain);
    if (domain->has_tree)
        boot_tree_remove(server, domain->domid, domain->uuid);
    disown(server, domain->domid);
    state_forget(server, domain->domid);
    domain_free(server, domain);
    watches_fire_special(server, SPECIAL_RELEASE);
}

/* When a domain was launched, by this system's clock: ns. */
static int64_t launch_time(const struct domain_description *description)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * (int64_t)1000000000 + now.tv_nsec - (int64_t)description->age;
}

/* The tree of a new domain. Returns false if it is not for xenstored to introduce the domain. */
static bool plant(struct server *server, struct domain *domain,
                  struct domain_description *description)
{
    struct hypervisor *hypervisor = server->hypervisor;
    int error = -hypervisor->operations->describe(hypervisor, domain->domid, description);

    /* Under a hypervisor that does not know names a toolstack does all this, but for ourselves. */
    if (error == EOPNOTSUPP)
        return is_own(server, domain);
    if (!error)
        error = boot_tree_write(server, domain->domid, description, domain->uuid);
    if (error)
        log_message(LOG_ERR, "domain %u: no tree: %s", domain->domid, strerror(error));
    domain->has_tree = !error;
    domain->launched = launch_time(description);
    return true;
}

/* A domain that nobody but the hypervisor told of: its tree first, then the ring. */
static void welcome(struct server *server, const struct domain_report *report)
{
    struct domain_description description = {0};
    struct domain *domain = domain_new(server, report);
    int error;

    if (!domain) {
        log_message(LOG_ERR, "domain %u: out of memory", report->domid);
        return;
    }
    if (!plant(server, domain, &description))
        return;
    error = connect_ring(server, domain, 0);
    /* Where no kernel of ours wants to be served (the hypervisor's twin) nothing is amiss. */
    if (error && !(is_own(server, domain) && error == ENOENT))
        log_message(LOG_WARNING, "domain %u (%s): no connection: %s", report->domid,
                    description.name, strerror(error));
    else
        log_message(LOG_INFO, "domain %u (%s) introduced", report->domid, description.name);
    watches_fire_special(server, SPECIAL_INTRODUCE);
}

/* How far two readings of one launch may lie apart, ns. */
#define LAUNCH_TOLERANCE UINT64_C(3000000000)

/*
 * Whether the domain is the one that an earlier xenstored served. The hypervisor's number alone
 * does not tell, since it counts anew when it is itself started anew, as its twin is.
 */
static bool is_same(struct server *server, const struct domain *domain,
                    struct domain_report *report)
{
    struct hypervisor *hypervisor = server->hypervisor;
    struct domain_description description = {0};
    uint64_t difference;
    int error;

    if (hypervisor->operations->domain_state(hypervisor, domain->domid, report) ||
        !exists(report) || !report->unique_id || report->unique_id != domain->unique_id)
        return false;
    error = hypervisor->operations->describe(hypervisor, domain->domid, &description);
    if (error)
        return error == -EOPNOTSUPP;
    difference = (uint64_t)launch_time(&description) - (uint64_t)domain->launched;
    return difference + LAUNCH_TOLERANCE < 2 * LAUNCH_TOLERANCE;
}

bool domains_told_apart(struct server *server)
{
    struct hypervisor *hypervisor = server->hypervisor;
    struct domain_report report;

    return !hypervisor->operations->domain_state(hypervisor, server->own_domid, &report) &&
           report.unique_id;
}

static void resume(struct server *server, struct domain *domain)
{
    struct domain_report report;
    int error;

    if (!is_same(server, domain, &report))
        return;
    domain->roles = report.roles;
    domain->left_over = false;
    error = connect_ring(server, domain, 0);
    /* Its page may not have been mapped. */
    if (error)
        disconnect(server, domain);
    if (error && !(is_own(server, domain) && error == ENOENT))
        log_message(LOG_WARNING, "domain %u: no connection: %s", domain->domid, strerror(error));
    else
        log_message(LOG_INFO, "domain %u: going on", domain->domid);
    free(domain->kept);
    domain->kept = NULL;
    domain->kept_size = 0;
}

/* First all who go on, so that they hear of those who have ended. */
void domains_resume(struct server *server)
{
    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++) {
        if (server->domains[i] && server->domains[i]->left_over)
            resume(server, server->domains[i]);
    }
    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++) {
        if (!server->domains[i] || !server->domains[i]->left_over)
            continue;
        log_message(LOG_INFO, "domain %u has ended meanwhile", i);
        forget(server, server->domains[i]);
    }
}

static void handle_report(struct server *server, const struct domain_report *report)
{
    struct domain *domain = domain_find(server, report->domid);
    bool shut_down = report->state & XEN_DOMCTL_GETDOMSTATE_STATE_SHUTDOWN;

    if (domain && (!exists(report) || domain->unique_id != report->unique_id)) {
        log_message(LOG_INFO, "domain %u has ended", report->domid);
        forget(server, domain);
        domain = NULL;
    }
    if (!exists(report))
        return;
    if (!domain)
        welcome(server, report);
    domain = domain_find(server, report->domid);
    if (domain && shut_down && !domain->shut_down) {
        domain->shut_down = true;
        state_touch(server, domain->domid);
        watches_fire_special(server, SPECIAL_RELEASE);
    }
}

void domains_update(struct server *server)
{
    struct hypervisor *hypervisor = server->hypervisor;
    struct domain_report report;
    int error;

    /* Every domain is reported once for each change: the loop ends, but a hostile one is cut. */
    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++) {
        error = hypervisor->operations->next_change(hypervisor, &report);
        if (error == -ENOENT)
            return;
        if (error) {
            log_message(LOG_ERR, "the domains that changed cannot be listed: %s", strerror(-error));
            return;
        }
        if (report.domid < DOMAIN_ID_LIMIT)
            handle_report(server, &report);
    }
}

static void handle_ring_event(struct domain *domain)
{
    if (ring_wants_reconnect(&domain->ring)) {
        connection_reset(domain->connection);
        domain->connection->fresh = false;
        ring_reconnect(&domain->ring);
    }
    connection_wake(domain->connection);
}

bool domain_introduced(const struct server *server, uint16_t domid)
{
    const struct domain *domain = domain_find(server, domid);

    return domain && (domain->connection || is_own(server, domain));
}

/* Each port is accepted at most once a call, so that a domain that keeps sending waits too. */
void domains_handle_events(struct server *server)
{
    struct hypervisor *hypervisor = server->hypervisor;
    int change_port = hypervisor->operations->change_port(hypervisor);

    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++) {
        int port = hypervisor->operations->next_event(hypervisor);

        if (port < 0)
            return;
        if (port == change_port)
            domains_update(server);
        else if ((unsigned int)port < server->port_count && server->by_port[port] &&
                 server->by_port[port]->connection)
            handle_ring_event(server->by_port[port]);
    }
}

/* ---- On request -------------------------------------------------------------------------------
 */

int domain_introduce(struct server *server, uint16_t domid, uint32_t remote_port)
{
    struct domain_report report;
    struct domain *domain = domain_find(server, domid);
    int error;

    if (!server->hypervisor)
        return ENOSYS;
    if (domain && domain->connection)
        return 0;
    error = server->hypervisor->operations->domain_state(server->hypervisor, domid, &report);
    if (error)
        return -error;
    if (!exists(&report))
        return ENOENT;
    if (!domain)
        domain = domain_new(server, &report);
    if (!domain)
        return ENOMEM;
    error = connect_ring(server, domain, remote_port);
    if (!error)
        watches_fire_special(server, SPECIAL_INTRODUCE);
    return error;
}

int domain_release(struct server *server, uint16_t domid)
{
    struct domain *domain = domain_find(server, domid);

    if (!domain || !domain->connection)
        return ENOENT;
    disconnect(server, domain);
    watches_fire_special(server, SPECIAL_RELEASE);
    return 0;
}

void domains_destroy(struct server *server)
{
    for (unsigned int i = 0; server->domains && i < DOMAIN_ID_LIMIT; i++) {
        if (server->domains[i]) {
            disconnect(server, server->domains[i]);
            domain_free(server, server->domains[i]);
        }
    }
    free(server->domains);
    free(server->by_port);
}
