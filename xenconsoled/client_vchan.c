/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <console_protocol.h>
#include <vchan.h>

#include "client_vchan.h"
#include "console.h"
#include "domains.h"
#include "message.h"
#include "store.h"

/* Sessions that one control domain may have at a time. */
#define SESSION_LIMIT 32

struct vchan_client {
    struct client client;
    struct daemon *daemon;
    domid_t domid; /* the client's domain */
    char *request; /* its directory's name */
    void *page;
    int port;
    uint32_t received; /* bytes of input */
    bool leaving;      /* told to go; let go of when it has */
    bool wants_text;   /* what is kept, and not to hear of the domain */
    struct vchan vchan;
    struct vchan_client *next;
};

/* What a request's directory says. */
struct request {
    unsigned int domain;
    unsigned int ref;
    unsigned int port;
    char what[16]; /* "": the console as it is */
};

static void remove_request(struct daemon *daemon, domid_t domid, const char *request)
{
    store_remove(daemon, CONSOLE_REQUESTS_FORMAT "/%s", domid, request);
}

static void unlink_session(struct vchan_client *session)
{
    struct vchan_client **link = &session->daemon->vchans;

    while (*link != session)
        link = &(*link)->next;
    *link = session->next;
}

/* Leaves nothing behind: mapping, port, request. Unmapping clears cli_live and sends the event. */
static void tear_down(struct vchan_client *session)
{
    struct daemon *daemon = session->daemon;

    if (session->client.console)
        console_detach(&session->client);
    unlink_session(session);
    xc_gnttab_unmap(daemon->gnttab, session->page, 1);
    ports_unbind(&daemon->ports, (evtchn_port_t)session->port);
    remove_request(daemon, session->domid, session->request);
    free(session->request);
    free(session);
}

static void session_notify(void *context)
{
    struct vchan_client *session = context;

    ports_notify(&session->daemon->ports, (evtchn_port_t)session->port);
}

static void session_pending(void *context)
{
    struct vchan_client *session = context;

    ports_unmask(&session->daemon->ports, (evtchn_port_t)session->port);
    if (session->client.console)
        console_wake(session->client.console);
    else if (session->leaving && vchan_peer(&session->vchan) == VCHAN_GONE)
        tear_down(session);
}

static ssize_t vchan_client_send(struct client *client, const char *data, size_t size)
{
    struct vchan_client *session = (struct vchan_client *)client;

    /* What a client typed before it went is still to be had: receive says when it is over. */
    if (vchan_peer(&session->vchan) == VCHAN_GONE)
        return 0;
    return vchan_write(&session->vchan, data, size);
}

static ssize_t vchan_client_receive(struct client *client, char *out, size_t size)
{
    struct vchan_client *session = (struct vchan_client *)client;
    bool gone = vchan_peer(&session->vchan) == VCHAN_GONE;
    ssize_t count = size ? vchan_read(&session->vchan, out, size) : 0;

    if (count > 0)
        session->received += (uint32_t)count;
    if (count > 0 && gone) /* no event will come for what may be left */
        console_wake(client->console);
    return count == 0 && gone ? -EPIPE : count;
}

/* The channel itself keeps in mind what each side waits for. */
static void vchan_client_want(struct client *client, bool input, bool output)
{
    (void)client;
    (void)input;
    (void)output;
}

static void vchan_client_taken(struct client *client)
{
    struct vchan_client *session = (struct vchan_client *)client;

    vchan_tell(&session->vchan, session->received);
}

static void vchan_client_release(struct client *client, const char *reason)
{
    struct vchan_client *session = (struct vchan_client *)client;

    if (!reason || vchan_peer(&session->vchan) == VCHAN_GONE) {
        tear_down(session);
        return;
    }
    if (session->wants_text)
        reason = CONSOLE_REASON_ALL;
    store_write(session->daemon, reason, CONSOLE_REQUESTS_FORMAT "/%s/" CONSOLE_REQUEST_REASON,
                session->domid, session->request);
    session->leaving = true;
    vchan_leave(&session->vchan);
}

static const struct client_ops vchan_client_ops = {vchan_client_send, vchan_client_receive,
                                                   vchan_client_want, vchan_client_taken,
                                                   vchan_client_release};

/* Binds first: a port that is not there tells that the client has gone, and with it its grant,
 * whose number may already stand for another page. */
static int open_channel(struct vchan_client *session, const struct request *request)
{
    struct daemon *daemon = session->daemon;
    struct port_handler handler = {session_pending, session};
    struct xc_unmap_notify notify = {.clear_offset = VCHAN_CLIENT_LIVE_OFFSET};
    uint32_t ref = request->ref;
    int rc = ports_bind_domain(&daemon->ports, session->domid, request->port, handler);

    if (rc < 0)
        return rc;
    session->port = rc;
    notify.port = (uint32_t)rc;
    session->page =
        xc_gnttab_map(daemon->gnttab, session->domid, &ref, 1, PROT_READ | PROT_WRITE, &notify);
    rc = session->page ? vchan_join(&session->vchan, session->page, session_notify, session)
                       : -errno;
    if (rc < 0 && session->page)
        xc_gnttab_unmap(daemon->gnttab, session->page, 1);
    if (rc < 0)
        ports_unbind(&daemon->ports, (evtchn_port_t)session->port);
    return rc;
}

static void start_session(struct vchan_client *session, const struct request *request)
{
    struct daemon *daemon = session->daemon;
    const char *reason;
    struct console *console = domains_console(daemon, request->domain, request->what, &reason);

    session->next = daemon->vchans;
    daemon->vchans = session;
    message_detail("domain %u attaches to the console of domain %u", session->domid,
                   request->domain);
    if (console)
        session->wants_text = request->what[0] != '\0';
    if (console)
        console_attach(console, &session->client);
    else
        vchan_client_release(&session->client, reason);
}

/* 0 when a session has begun. */
static int new_session(struct daemon *daemon, domid_t domid, const char *name,
                       const struct request *request)
{
    struct vchan_client *session = calloc(1, sizeof *session);
    int rc;

    if (!session)
        return -ENOMEM;
    session->client.ops = &vchan_client_ops;
    session->daemon = daemon;
    session->domid = domid;
    session->request = strdup(name);
    rc = session->request ? open_channel(session, request) : -ENOMEM;
    if (rc < 0) {
        free(session->request);
        free(session);
        return rc;
    }
    start_session(session, request);
    return 0;
}

/* Whether the directory is a whole request to this daemon; removes one to an earlier daemon. */
static bool read_request(struct daemon *daemon, domid_t domid, const char *name,
                         struct request *request)
{
    char base[STORE_PATH_MAX];
    char *generation, *what;
    bool current;

    snprintf(base, sizeof base, CONSOLE_REQUESTS_FORMAT "/%s", domid, name);
    generation = store_read(daemon, "%s/" CONSOLE_REQUEST_GENERATION, base);
    if (!generation)
        return false;
    current = strcmp(generation, daemon->generation) == 0;
    free(generation);
    if (!current) {
        remove_request(daemon, domid, name);
        return false;
    }
    what = store_read(daemon, "%s/" CONSOLE_REQUEST_WHAT, base);
    snprintf(request->what, sizeof request->what, "%s", what ? what : "");
    free(what);
    return store_read_number(daemon, &request->domain, "%s/" CONSOLE_REQUEST_DOMAIN, base) &&
           store_read_number(daemon, &request->ref, "%s/" CONSOLE_REQUEST_REF, base) &&
           store_read_number(daemon, &request->port, "%s/" CONSOLE_REQUEST_PORT, base);
}

/* How many sessions the domain has, and whether this request is one of them. */
static unsigned int count_sessions(const struct daemon *daemon, domid_t domid, const char *name,
                                   bool *known)
{
    unsigned int count = 0;

    *known = false;
    for (const struct vchan_client *session = daemon->vchans; session; session = session->next) {
        if (session->domid != domid)
            continue;
        count++;
        if (strcmp(session->request, name) == 0)
            *known = true;
    }
    return count;
}

static void consider(struct daemon *daemon, domid_t domid, const char *name)
{
    struct request request;
    bool known;
    unsigned int count = count_sessions(daemon, domid, name, &known);
    int rc;

    if (known || !read_request(daemon, domid, name, &request))
        return;
    rc = count < SESSION_LIMIT ? new_session(daemon, domid, name, &request) : -EBUSY;
    if (rc == 0)
        return;
    message_info("domain %u: its request for the console of domain %u is dropped: %s", domid,
                 request.domain, strerror(-rc));
    remove_request(daemon, domid, name);
}

void vchan_requests_changed(struct daemon *daemon, domid_t domid, const char *path)
{
    char base[STORE_PATH_MAX];
    char name[64];
    char **names;
    unsigned int count = 0;
    int length = snprintf(base, sizeof base, CONSOLE_REQUESTS_FORMAT, domid);

    if (strncmp(path, base, (size_t)length) == 0 && path[length] == '/') {
        const char *start = path + length + 1;
        size_t size = strcspn(start, "/");

        if (size == 0 || size >= sizeof name)
            return;
        memcpy(name, start, size);
        name[size] = '\0';
        consider(daemon, domid, name);
        return;
    }
    names = store_list(daemon, &count, base);
    for (unsigned int i = 0; names && i < count; i++)
        if (strlen(names[i]) < sizeof name)
            consider(daemon, domid, names[i]);
    free(names);
}

void vchan_domain_ended(struct daemon *daemon, domid_t domid)
{
    struct vchan_client *session, *next;

    for (session = daemon->vchans; session; session = next) {
        next = session->next;
        if (session->domid == domid)
            tear_down(session);
    }
}

void vchan_close_all(struct daemon *daemon)
{
    struct vchan_client *session, *next;

    for (session = daemon->vchans; session; session = next) {
        next = session->next;
        tear_down(session);
    }
}
