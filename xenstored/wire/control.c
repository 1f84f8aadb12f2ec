/* SPDX-License-Identifier: MIT */
/* The commands of xenstore-control. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "domain/domain.h"
#include "live/live_session.h"
#include "log.h"
#include "store/number.h"
#include "protocol.h"

#define MAX_ARGUMENTS 4
/* How an answer ends that is too long for a reply. */
#define CUT_MARK "...\n"

/* The answer, cut where a reply has no more room. */
struct answer {
    char text[XENSTORE_PAYLOAD_MAX];
    size_t length;
};

struct control {
    struct server *server;
    const struct request *request;
    bool local;                           /* asked by a program of our own domain */
    bool later;                           /* the answer is not to be sent now */
    const char *arguments[MAX_ARGUMENTS]; /* after the command */
    int count;
    struct answer answer;
};

__attribute__((format(printf, 2, 3))) static void say(struct answer *answer, const char *format,
                                                      ...)
{
    size_t room = sizeof(answer->text) - answer->length;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(answer->text + answer->length, room, format, arguments);
    va_end(arguments);
    if (length > 0)
        answer->length += (size_t)length < room ? (size_t)length : room - 1;
    if (length >= 0 && (size_t)length >= room)
        memcpy(answer->text + sizeof(answer->text) - sizeof(CUT_MARK), CUT_MARK, sizeof(CUT_MARK));
}

/* ---- check ------------------------------------------------------------------------------------
 */

struct check {
    struct usage *usage;
    unsigned long nodes;
    unsigned long bad_order;
};

static bool check_node(const struct node *node, unsigned int depth, void *context)
{
    struct check *check = context;

    (void)depth;
    check->nodes++;
    check->usage[node_owner(node)].nodes++;
    check->usage[node_owner(node)].bytes += (long)node_size(node);
    for (uint32_t i = 0; i < node_child_count(node); i++) {
        /* A child that a search does not find is out of order. */
        if (node_find((struct node *)node, node_name(node_child(node, i))) != node_child(node, i))
            check->bad_order++;
    }
    return true;
}

static int do_check(struct control *control)
{
    const struct store *store = &control->server->store;
    struct check check = {.usage = calloc(DOMAIN_ID_LIMIT, sizeof(struct usage))};
    unsigned int wrong = 0;

    if (!check.usage)
        return ENOMEM;
    if (!node_walk(store->root, check_node, &check))
        say(&control->answer, "the tree is too deep\n");
    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++) {
        if (!memcmp(&check.usage[i], &store->usage[i], sizeof(check.usage[i])))
            continue;
        wrong++;
        say(&control->answer, "domain %u owns %ld nodes, %ld bytes; accounted: %ld, %ld\n", i,
            check.usage[i].nodes, check.usage[i].bytes, store->usage[i].nodes,
            store->usage[i].bytes);
    }
    free(check.usage);
    say(&control->answer, "%lu nodes, %lu out of order, %u accounts wrong\n", check.nodes,
        check.bad_order, wrong);
    return 0;
}

/* ---- The other commands -----------------------------------------------------------------------
 */

static int do_log(struct control *control)
{
    struct server *server = control->server;

    if (control->count == 0) {
        say(&control->answer, "log: %s%s%s\n", server->trace ? "on" : "off",
            server->trace ? ", into " : "", server->trace ? server->trace_name : "");
        return 0;
    }
    if (control->count != 1)
        return EINVAL;
    if (!strcmp(control->arguments[0], "on"))
        return trace_open(server, server->trace_name ? server->trace_name
                                                     : "/var/log/xen/xenstored-trace.log");
    return strcmp(control->arguments[0], "off") ? EINVAL : trace_open(server, NULL);
}

static int do_logfile(struct control *control)
{
    /* Another domain's privilege ends at this domain's files. */
    if (!control->local)
        return EACCES;
    return control->count == 1 ? trace_open(control->server, control->arguments[0]) : EINVAL;
}

/* The program that it names would run here. */
static int do_live_update(struct control *control)
{
    const char *text;
    int error;

    if (!control->local)
        return EACCES;
    error = live_session_step(control->request->connection, control->request->header,
                              control->arguments, control->count, &text);
    if (error)
        return error;
    control->later = !text;
    if (text)
        say(&control->answer, "%s", text);
    return 0;
}

static int do_print(struct control *control)
{
    if (control->count != 1)
        return EINVAL;
    log_message(LOG_NOTICE, "%s", control->arguments[0]);
    return 0;
}

static int do_memreport(struct control *control)
{
    const struct server *server = control->server;
    const struct store *store = &server->store;
    struct answer *answer = &control->answer;

    say(answer, "watches %u, generation %llu\n", server->watches.count,
        (unsigned long long)store->generation);
    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++) {
        if (store->usage[i].nodes)
            say(answer, "domain %u: nodes %ld, bytes %ld\n", i, store->usage[i].nodes,
                store->usage[i].bytes);
    }
    for (struct list *link = server->connections.next; link != &server->connections;
         link = link->next) {
        const struct connection *connection = LIST_ENTRY(link, struct connection, link);

        say(answer,
            "connection %u of domain %u%s: holds %zu bytes, watches %u, transactions %u, "
            "replies %u, events %u\n",
            connection->id, connection->actor.subject.domid,
            connection->is_domain ? "" : " (socket)", connection->actor.held_bytes,
            connection->watch_count, connection->transaction_count, connection->replies,
            connection->events);
    }
    return 0;
}

static int do_stats(struct control *control)
{
    const struct server *server = control->server;

    say(&control->answer,
        "requests %lu\nerrors %lu\nevents %lu\nmerged-events %lu\ncommits %lu\nconflicts %lu\n",
        server->counters.requests, server->counters.errors, server->counters.events,
        server->counters.merged_events, server->counters.commits, server->counters.conflicts);
    return 0;
}

static int do_domains(struct control *control)
{
    const struct server *server = control->server;
    unsigned int known = 0, connected = 0;

    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++) {
        known += server->domains[i] != NULL;
        connected += server->domains[i] && server->domains[i]->connection;
    }
    say(&control->answer, "%u domains, %u connected\n", known, connected);
    for (unsigned int i = 0; i < DOMAIN_ID_LIMIT; i++) {
        const struct domain *domain = server->domains[i];

        if (domain)
            say(&control->answer, "domain %u: %s%s%s\n", i,
                domain->connection ? "connected" : "not connected",
                domain->connection && domain->connection->broken ? ", stopped" : "",
                domain->shut_down ? ", shut down" : "");
    }
    return 0;
}

static void show_quotas(struct answer *answer, const struct quotas *quotas)
{
    for (int i = 0; i < QUOTA_COUNT; i++)
        say(answer, "%-18s %10u  %s\n", quota_descriptions[i].name, quotas->limit[i],
            quota_descriptions[i].what);
}

/* What a domain has of that which a quota limits in all; -1: the quota is for single things. */
static long quota_used(const struct server *server, const struct domain *domain, enum quota quota)
{
    const struct usage *usage = &server->store.usage[domain->domid];
    const struct connection *connection = domain->connection;

    switch (quota) {
    case QUOTA_NODES: return usage->nodes;
    case QUOTA_MEMORY: return usage->bytes + (connection ? (long)connection->actor.held_bytes : 0);
    case QUOTA_WATCHES: return connection ? (long)connection->watch_count : 0;
    case QUOTA_TRANSACTIONS: return connection ? (long)connection->transaction_count : 0;
    case QUOTA_OUTSTANDING: return connection ? (long)connection->replies : 0;
    default: return -1;
    }
}

static void show_domain_quotas(struct answer *answer, const struct server *server,
                               const struct domain *domain)
{
    for (int i = 0; i < QUOTA_COUNT; i++) {
        long used = quota_used(server, domain, (enum quota)i);

        say(answer, "%-18s %10u  %s", quota_descriptions[i].name, domain->quotas.limit[i],
            quota_descriptions[i].what);
        if (used >= 0)
            say(answer, "; it has %ld", used);
        say(answer, "\n");
    }
}

static int set_quota(struct control *control)
{
    unsigned long value;
    int quota = quota_by_name(control->arguments[1]);

    if (quota < 0 || !parse_number(control->arguments[2], 0xffffffff, &value))
        return EINVAL;
    control->server->quotas.limit[quota] = (unsigned int)value;
    return 0;
}

/* quota, quota DOMID, quota set NAME VALUE */
static int do_quota(struct control *control)
{
    const struct domain *domain;
    uint16_t domid;

    if (control->count == 0) {
        show_quotas(&control->answer, &control->server->quotas);
        return 0;
    }
    if (control->count == 3 && !strcmp(control->arguments[0], "set"))
        return set_quota(control);
    if (control->count > 1 || parse_domid(control->arguments[0], &domid))
        return EINVAL;
    domain = domain_find(control->server, domid);
    if (!domain)
        return ENOENT;
    show_domain_quotas(&control->answer, control->server, domain);
    return 0;
}

static int do_help(struct control *control);

struct command {
    const char *name;
    int (*run)(struct control *control);
    const char *arguments; /* empty: it takes none */
};

static const struct command commands[] = {
    {"check", do_check, ""},
    {"domains", do_domains, ""},
    {"help", do_help, ""},
    {"live-update", do_live_update, "[-c <cmdline>] [-F] [-t <timeout>] <file>"},
    {"log", do_log, "[on|off]"},
    {"logfile", do_logfile, "<file>"},
    {"memreport", do_memreport, ""},
    {"print", do_print, "<string>"},
    {"quota", do_quota, "[set <name> <value>|<domid>]"},
    {"stats", do_stats, ""},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int do_help(struct control *control)
{
    say(&control->answer, "Supported commands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        say(&control->answer, "\t%s%s%s\n", commands[i].name, *commands[i].arguments ? " " : "",
            commands[i].arguments);
    return 0;
}

int handle_control(struct request *request)
{
    const char *strings[MAX_ARGUMENTS + 1];
    struct control control = {
        .server = request->server, .request = request, .local = !request->connection->is_domain};
    int count = request_strings(request, strings, MAX_ARGUMENTS + 1);
    int error = EINVAL;

    if (count < 1 || count > MAX_ARGUMENTS + 1)
        return EINVAL;
    control.count = count - 1;
    memcpy(control.arguments, strings + 1, (size_t)control.count * sizeof(strings[0]));
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(strings[0], commands[i].name) != 0)
            continue;
        error = control.count && !*commands[i].arguments ? EINVAL : commands[i].run(&control);
        break;
    }
    if (error || control.later)
        return error;
    if (!control.answer.length)
        return reply_ok(request);
    return reply_data(request, control.answer.text, control.answer.length + 1);
}
