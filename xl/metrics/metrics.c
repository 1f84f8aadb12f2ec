/* SPDX-License-Identifier: MIT */
#include "metrics.h"

#include <stdlib.h>

#include "../page/page.h"
#include "../whole_file.h"
#include "../xl.h"
#include "listen.h"

#define FILE_NAME "trefoil.prom"
#define PATH_SIZE 4096

/* What the hypervisor does not count, or this domain is not told, is left out. */
static void take_counters(struct libxl_ctx *ctx, struct metrics *metrics)
{
    if (libxl_vcpu_counters_list(ctx, &metrics->vcpus, &metrics->nr_vcpus, NULL) != LIBXL_OK)
        metrics->nr_vcpus = 0;
    if (libxl_domain_counters_list(ctx, &metrics->domains, &metrics->nr_domains, NULL) != LIBXL_OK)
        metrics->nr_domains = 0;
    if (libxl_cpu_counters_list(ctx, &metrics->cpus, &metrics->nr_cpus, NULL) != LIBXL_OK)
        metrics->nr_cpus = 0;
}

static bool add_gone(struct metrics *metrics, uint32_t domid, const char *name)
{
    struct metrics_gone *more =
        realloc(metrics->gone, (metrics->nr_gone + 1) * sizeof(*metrics->gone));
    if (!more)
        return false;
    metrics->gone = more;
    more[metrics->nr_gone].domid = domid;
    snprintf(more[metrics->nr_gone].name, sizeof(more->name), "%s", name);
    metrics->nr_gone++;
    return true;
}

/* The list goes upwards. Where all of the tree's domains are there, there is one question. */
static void take_gone(struct libxl_ctx *ctx, struct metrics *metrics)
{
    char name[LIBXL_NAME_MAX];
    uint32_t id = 0;
    size_t at = 0;
    for (;;) {
        for (; at < metrics->sample.count && metrics->sample.domains[at].info.domid <= id; at++)
            id = metrics->sample.domains[at].info.domid + 1;
        if (libxl_boot_domain_next(ctx, id, &id, name) != LIBXL_OK)
            return;
        while (at < metrics->sample.count && metrics->sample.domains[at].info.domid < id)
            at++;
        bool is_there = at < metrics->sample.count && metrics->sample.domains[at].info.domid == id;
        if (!is_there && !add_gone(metrics, id, name))
            return;
        id++;
    }
}

enum libxl_code metrics_take(struct libxl_ctx *ctx, struct metrics *metrics)
{
    *metrics = (struct metrics){.info = calloc(1, sizeof(*metrics->info))};
    enum libxl_code code = metrics->info ? libxl_info(ctx, metrics->info) : LIBXL_FAILED;
    if (!code)
        code = top_sample_take(ctx, TOP_DEVICES, NULL, &metrics->sample);
    if (!code) {
        take_counters(ctx, metrics);
        take_gone(ctx, metrics);
    }
    return code;
}

void metrics_free(struct metrics *metrics)
{
    top_sample_free(&metrics->sample);
    free(metrics->info);
    free(metrics->vcpus);
    free(metrics->domains);
    free(metrics->cpus);
    free(metrics->gone);
    *metrics = (struct metrics){0};
}

static void write_text(FILE *out, const void *metrics)
{
    metrics_write(out, METRICS_TEXT, metrics);
}

/* For node_exporter's collector of text files, which reads all that is called *.prom. */
static int write_textfile(const char *directory, const struct metrics *metrics)
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof(path), "%s/" FILE_NAME, directory) >= (int)sizeof(path))
        return xl_fail_with("The folder's name is too long.");
    return xl_write_whole_file(path, write_text, metrics);
}

/* What goes with what. */
static int check_options(const struct xl_call *call)
{
    int ways = (xl_value(call, 'l') != NULL) + (xl_value(call, 'H') != NULL) +
               (xl_value(call, 'f') || xl_given(call, 't'));
    if (xl_value(call, 'l') && ways > 1)
        xl_fail_with("Who asks by HTTP says which format it is to be: --listen stands alone.");
    else if (ways > 1)
        xl_fail_with("A page is of no other format: --html stands alone, or with --tree.");
    else if (xl_value(call, 'T') && !xl_value(call, 'H'))
        xl_fail_with("--tree goes with --html.");
    else
        return XL_OK;
    return XL_USAGE;
}

static int run(const struct xl_call *call)
{
    struct metrics metrics;
    const char *directory = xl_value(call, 'f');
    if (check_options(call) != XL_OK)
        return XL_USAGE;
    if (xl_value(call, 'l'))
        return metrics_listen(xl_value(call, 'l'));
    int status = XL_OK;
    if (xl_value(call, 'H'))
        return xl_page(xl_value(call, 'H'), xl_value(call, 'T'));
    enum libxl_code code = metrics_take(xl_context(), &metrics);
    if (code)
        status = metrics.info ? xl_fail() : xl_fail_with("Out of memory.");
    else if (directory)
        status = write_textfile(directory, &metrics);
    else
        metrics_write(stdout, xl_given(call, 't') ? METRICS_TEXT : METRICS_OPEN, &metrics);
    metrics_free(&metrics);
    return status;
}

static const struct xl_option options[] = {
    {'t', "text", NULL, "in Prometheus' text format, not in OpenMetrics"},
    {'f', "textfile", "DIR", "write it in that format as DIR/trefoil.prom, all at once"},
    {'l', "listen", "ADDRESS[:PORT]", "answer by HTTP there, at /metrics, until it is ended"},
    {'H', "html", "FILE", "write a page of the board for people, all at once; -: print it"},
    {'T', "tree", "FILE", "with --html: the board's device tree, for what only that says"},
    {0},
};

const struct xl_command xl_command_metrics = {
    .name = "metrics",
    .arguments = "[options]",
    .summary = "Print what is counted, for Prometheus or as a page",
    .details =
        "In OpenMetrics 1.0, or for node_exporter's collector of text files: a job that runs "
        "'xl metrics --textfile DIR'\n"
        "now and then, with DIR what node_exporter's --collector.textfile.directory says. All "
        "names "
        "begin with trefoil_.\n"
        "What this domain is not told, and what nobody counts, is left out. Numbers of a domain "
        "begin "
        "anew with each of\n"
        "its lives, which domain_life tells.\n"
        "\n"
        "With --listen it answers by HTTP, at /metrics, in the format that a client's Accept "
        "header "
        "prefers, until SIGTERM or\n"
        "SIGINT: an IPv4 address, an IPv6 address (in brackets, if a port follows), or all of both "
        "by :PORT. The port is\n"
        "9802 by default; 0 is one that is free. A line says when it is ready, and where. Each "
        "request is a connection of its\n"
        "own, has ten seconds, and is answered by a sample of its own, one after the other. There "
        "is neither a password nor\n"
        "TLS: listen where only those can come who may know.\n"
        "\n"
        "With --html it is one page of HTML: domains with their roles, states and lives, who may "
        "reach whom by the\n"
        "policy, whose memory is whose, devices, and what is counted. It loads nothing and has no "
        "scripts. With --tree,\n"
        "a flattened device tree or the source of one, it has each domain's address space, too.",
    .options = options,
    .run = run,
};
