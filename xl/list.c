/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl/device.h>

#include "data.h"
#include "print.h"
#include "xl.h"

/* The last letter but one of the state: why the domain shut down, by SHUTDOWN_. */
static const char reason_letters[] = "-rscw";

static char reason_letter(const struct libxl_domain *domain)
{
    uint32_t reason = domain->shutdown ? domain->shutdown_reason : 0;
    return reason < sizeof(reason_letters) - 1 ? reason_letters[reason] : '?';
}

/* What is printed besides what always is. */
struct columns {
    bool verbose, context, claim, pool, nodes;
    uint32_t nr_nodes; /* of the machine */
};

static void print_header(const struct columns *columns)
{
    printf("Name                                        ID   Mem VCPUs\tState\tTime(s)");
    if (columns->verbose)
        printf("   UUID                            Reason-Code\tSecurity Label");
    else if (columns->context)
        printf("   Security Label");
    if (columns->claim)
        printf("  Claimed");
    if (columns->pool)
        printf("         Cpupool");
    if (columns->nodes)
        printf(" NODE Affinity");
    if (columns->verbose)
        printf("  Life Last end    Roles");
    printf("\n");
}

static void format_state(const struct libxl_domain *domain, char state[7])
{
    const char letters[] = {
        domain->running ? 'r' : '-',  domain->blocked ? 'b' : '-', domain->paused ? 'p' : '-',
        domain->shutdown ? 's' : '-', reason_letter(domain),       domain->dying ? 'd' : '-',
    };
    memcpy(state, letters, sizeof(letters));
    state[sizeof(letters)] = '\0';
}

static void print_uuid_and_reason(const struct libxl_domain *domain)
{
    char uuid[40];
    xl_format_uuid(domain->uuid, uuid, sizeof(uuid));
    printf(" %s", uuid);
    if (domain->shutdown)
        printf(" %8x", domain->shutdown_reason);
    else
        printf(" %8s", "-");
}

static void print_life(const struct libxl_domain *domain)
{
    const char *end = *domain->last_end ? domain->last_end : "-";
    if (domain->life)
        printf("  %4u %-11s", domain->life, end);
    else
        printf("  %4s %-11s", "-", end);
}

/* Which is not told is "-", and not asked again: each refusal is a line in the hypervisor's log. */
static void print_nodes(struct columns *columns, uint32_t domid)
{
    uint8_t map[LIBXL_NODE_MAP_BYTES];
    char text[LIBXL_NODES_MAX * 4] = "-";
    if (columns->nr_nodes && libxl_domain_nodes(xl_context(), domid, map) == LIBXL_OK)
        xl_format_cpumap(map, columns->nr_nodes, text, sizeof(text));
    else
        columns->nr_nodes = 0;
    printf(" %s", text);
}

static void print_domain(struct columns *columns, const struct libxl_domain *domain)
{
    char text[64], state[7];
    format_state(domain, state);
    printf("%-40s %5u %5llu %5u     %s  %8.1f", domain->name, domain->domid,
           (unsigned long long)(domain->memory_kib + domain->outstanding_kib) / 1024,
           domain->vcpus_online, state, (double)domain->cpu_time_ns / 1e9);
    if (columns->verbose)
        print_uuid_and_reason(domain);
    if (columns->claim)
        printf(" %5llu", (unsigned long long)domain->outstanding_kib / 1024);
    /* Labels are FLASK's, which is not one of this hypervisor's policies: what stands for them are
     * the roles. */
    if (columns->verbose || columns->context)
        printf(" %16s", "-");
    if (columns->pool) {
        xl_format_pool(domain->cpupool, text, sizeof(text));
        printf("%16s", text);
    }
    if (columns->nodes)
        print_nodes(columns, domain->domid);
    if (columns->verbose) {
        xl_format_roles(domain->roles, text, sizeof(text));
        print_life(domain);
        printf(" %s", text);
    }
    printf("\n");
}

static void print_table(struct columns *columns, const struct libxl_domain *list, size_t count)
{
    print_header(columns);
    for (size_t i = 0; i < count; i++)
        print_domain(columns, &list[i]);
}

/* Who may not look at one's share is not asked about the others: each refusal is a line in the
 * hypervisor's log. */
static void add_shares(struct libxl_domain *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (libxl_domain_share(xl_context(), &list[i]) == LIBXL_NOT_PERMITTED)
            return;
    }
}

/* A domain, and what only scripts are told besides. */
struct told {
    struct libxl_domain domain; /* first: its fields are the struct's, too */
    struct libxl_items shares;  /* struct libxl_share */
};

#define FIELDS_MAX 32

static const struct libxl_field shares_fields[] = {
    {.name = "shared_memory",
     .kind = LIBXL_KIND_LIST,
     .offset = offsetof(struct told, shares),
     .size = sizeof(struct libxl_share),
     .children = libxl_memory_share_fields,
     .constant = "share"},
    {.name = NULL},
};

/* Likewise. */
static void add_memory_shares(struct told *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct libxl_share *shares;
        if (libxl_domain_shares(xl_context(), list[i].domain.domid, &shares,
                                &list[i].shares.count) == LIBXL_NOT_PERMITTED)
            return;
        list[i].shares.items = shares;
    }
}

static int print_all(const struct xl_call *call, struct libxl_domain *list, size_t count)
{
    struct libxl_field fields[FIELDS_MAX] = {{0}};
    struct told *told = calloc(count ? count : 1, sizeof(*told));
    size_t nr_fields = 0;
    const struct libxl_data data = {"domains", "domain", fields, told, count, sizeof(*told)};
    if (!told)
        return xl_fail_with("Out of memory.");
    for (; nr_fields < FIELDS_MAX - 2 && libxl_domain_fields[nr_fields].name; nr_fields++)
        fields[nr_fields] = libxl_domain_fields[nr_fields];
    fields[nr_fields] = shares_fields[0];
    add_shares(list, count);
    for (size_t i = 0; i < count; i++) {
        libxl_domain_devices(xl_context(), &list[i]);
        told[i].domain = list[i];
    }
    add_memory_shares(told, count);
    int status = xl_print_data(call, &data);
    for (size_t i = 0; i < count; i++) {
        free(told[i].shares.items);
        libxl_domain_dispose(&list[i]);
    }
    free(told);
    return status;
}

static int print_domains(const struct xl_call *call, struct libxl_domain *list, size_t count)
{
    if (xl_wants_data(call, 'l'))
        return print_all(call, list, count);
    struct columns columns = {
        .verbose = xl_given(call, 'v'),
        .context = xl_given(call, 'Z'),
        .pool = xl_given(call, 'c'),
        .nodes = xl_given(call, 'n'),
        .nr_nodes = xl_given(call, 'n') ? libxl_nodes(xl_context()) : 0,
    };
    print_table(&columns, list, count);
    return XL_OK;
}

static int list_all(const struct xl_call *call)
{
    struct libxl_domain *list;
    size_t count;
    if (libxl_domain_list(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    int status = print_domains(call, list, count);
    free(list);
    return status;
}

/* Those named, in the order in which they are; nothing is printed unless all of them exist. */
static int list_named(const struct xl_call *call)
{
    struct libxl_domain *list = calloc((size_t)call->argc, sizeof(*list));
    if (!list)
        return xl_fail_with("Out of memory.");
    int status = XL_OK;
    for (int i = 0; i < call->argc && status == XL_OK; i++) {
        uint32_t domid;
        if (libxl_domain_find(xl_context(), call->argv[i], &domid) != LIBXL_OK ||
            libxl_domain_get(xl_context(), domid, &list[i]) != LIBXL_OK)
            status = xl_fail();
    }
    if (status == XL_OK)
        status = print_domains(call, list, (size_t)call->argc);
    free(list);
    return status;
}

static int run(const struct xl_call *call)
{
    return call->argc ? list_named(call) : list_all(call);
}

static const struct xl_option options[] = {
    {'l', "long", NULL, "print all there is about a domain, as JSON"},
    {'j', "json", NULL, "the same as -l"},
    {'X', "xml", NULL, "print all there is about a domain, as XML"},
    {'v', "verbose", NULL,
     "print UUID, reason of the shutdown, label, roles, life and the end of the one before too"},
    {'Z', "context", NULL, "print the security label too"},
    {'c', "cpupool", NULL, "print the domain's cpupool too"},
    {'n', "numa", NULL, "print the nodes that the domain's memory should be on too"},
    {0},
};

static const struct xl_form forms[] = {
    {.name = "default", .list = true, .fields = libxl_domain_fields, .more = shares_fields},
    {0},
};

const struct xl_command xl_command_list = {
    .name = "list",
    .arguments = "[options] [Domain...]",
    .summary = "List information about all or some domains",
    .details = "The state is six letters: running, blocked, paused, shut down, then why it shut "
               "down (r reboot,\n"
               "s suspend, c crash, w watchdog, - power off), dying. The exit status is 0 only if "
               "every domain\n"
               "named exists. Domain-0 is domain 0 whatever its name, here and in all commands.",
    .forms = forms,
    .options = options,
    .most = -1,
    .run = run,
};

static const struct libxl_field claim_fields[] = {
    XL_FIELD(libxl_domain, name, STRING, "name"),
    XL_FIELD(libxl_domain, domid, NUMBER, "domid"),
    XL_FIELD(libxl_domain, memory_kib, NUMBER, "memory_kib"),
    XL_FIELD(libxl_domain, outstanding_kib, NUMBER, "outstanding_kib"),
    {.name = NULL},
};

static int run_claims(const struct xl_call *call)
{
    struct columns columns = {.claim = true};
    struct libxl_domain *list;
    size_t count;
    int status = XL_OK;
    if (libxl_domain_list(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    const struct libxl_data data = {"claims", "claim", claim_fields, list, count, sizeof(*list)};
    if (xl_wants_data(call, 'j'))
        status = xl_print_data(call, &data);
    else
        print_table(&columns, list, count);
    free(list);
    return status;
}

static const struct xl_option claims_options[] = {
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_claims = {
    .name = "claims",
    .arguments = "[options]",
    .summary = "List what memory domains can claim",
    .details = "It is what they have given up ('xl mem-set'): their own, for when they want it "
               "back. 'xl list -l' has it too.",
    .forms = XL_FORM_LIST(claim_fields),
    .options = claims_options,
    .run = run_claims,
};
