/* SPDX-License-Identifier: MIT */
/* The page as a whole, and the file that it goes to. */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "../print.h"
#include "../whole_file.h"
#include "../xl.h"

static void put_fact(const struct page *page, const char *what, const char *value)
{
    html(page->out, "<div><dt>%s</dt><dd>%s</dd></div>\n", what, value);
}

static void put_facts(const struct page *page)
{
    const struct libxl_info *info = &page->info;
    char text[64];
    html(page->out, "<dl class=\"facts\">\n");
    put_fact(page, "Hypervisor", *info->full_version ? info->full_version : "not told");
    put_fact(page, "Policy", *info->policy ? info->policy : "not told");
    put_fact(page, "Scheduler", *info->scheduler ? info->scheduler : "not told");
    if (info->nr_cpus != LIBXL_NOT_TOLD) {
        snprintf(text, sizeof(text), "%u", info->nr_cpus);
        put_fact(page, "CPUs", text);
    }
    snprintf(text, sizeof(text), "%zu", page->sample.count);
    put_fact(page, "Domains", text);
    html(page->out, "</dl>\n");
    for (size_t i = 0; i < info->notes.count; i++) {
        char cpus[LIBXL_MAP_BYTES * 8 * 4];
        xl_format_cpumap(info->note[i].cpus, LIBXL_MAP_BYTES * 8, cpus, sizeof(cpus));
        html(page->out, "<p class=\"%s\">CPU %s: %s</p>\n", info->note[i].open ? "warn" : "quiet",
             cpus, info->note[i].text);
    }
}

static void write_page(FILE *out, const void *context)
{
    struct page page = *(const struct page *)context;
    char when[40];
    struct tm utc;
    page.out = out;
    strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", gmtime_r(&page.now, &utc));
    html(out,
         "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src "
         "'unsafe-inline'\">\n<title>%s: Trefoil</title>\n<style>\n",
         page.info.host);
    fputs(page_style, out);
    html(out,
         "</style>\n</head>\n<body>\n<header><h1>Trefoil</h1>\n<p class=\"quiet\">As %s saw it, "
         "%s</p></header>\n<main>\n",
         page.info.host, when);
    put_facts(&page);
    page_domains(&page);
    page_reach(&page);
    page_memory(&page);
    page_devices(&page);
    page_counters(&page);
    html(out,
         "</main>\n<footer><p>Made by xl %s, <span class=\"code\">xl metrics --html</span>. A page "
         "of one moment, which loads nothing.</p></footer>\n</body>\n</html>\n",
         PACKAGE_VERSION);
}

static int write_to(const char *path, const struct page *page)
{
    if (!strcmp(path, "-")) {
        write_page(stdout, page);
        return XL_OK;
    }
    return xl_write_whole_file(path, write_page, page);
}

/* Takes all that is asked of the hypervisor and the store. */
static int take(struct page *page)
{
    if (libxl_info(page->ctx, &page->info) != LIBXL_OK ||
        top_sample_take(page->ctx, TOP_DEVICES | TOP_COUNTERS, NULL, &page->sample) != LIBXL_OK)
        return xl_fail();
    return XL_OK;
}

/* Texts of the plan are the tree's. */
static int write_with_plan(const struct page *page, const char *path, const char *tree)
{
    struct launch_report plan = {0};
    void *fdt = launch_read_tree((char *const[]){(char *)tree}, 1);
    if (!fdt)
        return XL_FAILED;
    struct page with_plan = *page;
    with_plan.plan = &plan;
    int status = launch_examine(fdt, NULL, &plan) ? write_to(path, &with_plan)
                                                  : xl_fail_with("Out of memory.");
    launch_report_free(&plan);
    free(fdt);
    return status;
}

int xl_page(const char *path, const char *tree)
{
    struct page *page = calloc(1, sizeof(*page));
    if (!page)
        return xl_fail_with("Out of memory.");
    page->ctx = xl_context();
    page->now = time(NULL);
    int status = take(page);
    if (status == XL_OK)
        status = tree ? write_with_plan(page, path, tree) : write_to(path, page);
    top_sample_free(&page->sample);
    free(page);
    return status;
}
