/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "data.h"

struct row {
    uint32_t domid;
    char name[LIBXL_NAME_MAX];
    uint64_t seconds;
    uint32_t life;
    char last_end[16];
};

static const struct libxl_field fields[] = {
    XL_FIELD(row, domid, NUMBER, "domid"),
    XL_FIELD(row, name, STRING, "name"),
    XL_FIELD(row, seconds, NUMBER, "uptime_seconds"),
    XL_FIELD(row, life, NUMBER, "life"),
    XL_FIELD(row, last_end, TEXT, "last_end"),
    {.name = NULL},
};

/* "1 day, " before the hours when there are days. */
static void format_days(uint64_t seconds, char *out, size_t size)
{
    unsigned long long days = seconds / 86400;
    out[0] = '\0';
    if (days)
        snprintf(out, size, "%llu day%s, ", days, days == 1 ? "" : "s");
}

/* Only of one that has been started again. */
static void format_life(const struct row *row, char *out, size_t size)
{
    out[0] = '\0';
    if (row->life > 1)
        snprintf(out, size, ", life %u, the one before ended by %s", row->life,
                 *row->last_end ? row->last_end : "unknown");
}

static void print_long(const struct row *row)
{
    char days[32], life[80];
    format_days(row->seconds, days, sizeof(days));
    format_life(row, life, sizeof(life));
    printf("%-33s %4u %s%2u:%02u:%02u%s\n", row->name, row->domid, days,
           (unsigned int)(row->seconds / 3600 % 24), (unsigned int)(row->seconds / 60 % 60),
           (unsigned int)(row->seconds % 60), life);
}

static void print_short(const struct row *row)
{
    char days[32], clock[16], life[80];
    time_t now = time(NULL);
    struct tm local;
    format_days(row->seconds, days, sizeof(days));
    format_life(row, life, sizeof(life));
    strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&now, &local));
    printf(" %s up %s%2u:%02u, %s (%u)%s\n", clock, days, (unsigned int)(row->seconds / 3600 % 24),
           (unsigned int)(row->seconds / 60 % 60), row->name, row->domid, life);
}

/* Where the hypervisor does not let this domain look there is no life, but xenstore may know the
 * rest. */
static enum libxl_code fill(uint32_t domid, struct row *row)
{
    struct libxl_domain domain;
    *row = (struct row){.domid = domid};
    enum libxl_code code = libxl_domain_name(xl_context(), domid, row->name);
    if (!code)
        code = libxl_domain_uptime(xl_context(), domid, &row->seconds);
    if (!code && libxl_domain_get(xl_context(), domid, &domain) == LIBXL_OK) {
        row->life = domain.life;
        snprintf(row->last_end, sizeof(row->last_end), "%s", domain.last_end);
    }
    return code;
}

/* What was found, for all that can be printed at the end. */
static struct row *rows;
static size_t nr_rows;

static int add(uint32_t domid)
{
    struct row *more = realloc(rows, (nr_rows + 1) * sizeof(*more));
    if (!more)
        return xl_fail_with("Out of memory.");
    rows = more;
    if (fill(domid, &rows[nr_rows]) != LIBXL_OK)
        return xl_fail();
    nr_rows++;
    return XL_OK;
}

static int add_all(void)
{
    struct libxl_domain *list;
    size_t count;
    if (libxl_domain_list(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    int status = XL_OK;
    for (size_t i = 0; i < count; i++) {
        if (add(list[i].domid) != XL_OK)
            status = XL_FAILED;
    }
    free(list);
    return status;
}

static int print_rows(const struct xl_call *call)
{
    const struct libxl_data data = {"uptimes", "uptime", fields, rows, nr_rows, sizeof(*rows)};
    if (xl_wants_data(call, 'j'))
        return xl_print_data(call, &data);
    if (!xl_given(call, 's'))
        printf("Name                                ID Uptime\n");
    for (size_t i = 0; i < nr_rows; i++)
        (xl_given(call, 's') ? print_short : print_long)(&rows[i]);
    return XL_OK;
}

static int run(const struct xl_call *call)
{
    rows = NULL;
    nr_rows = 0;
    int status = call->argc ? xl_for_each(call, add) : add_all();
    if (print_rows(call) != XL_OK)
        status = XL_FAILED;
    free(rows);
    return status;
}

static const struct xl_option options[] = {
    {'s', "short", NULL, "print the time of day too, and no header"},
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_uptime = {
    .name = "uptime",
    .arguments = "[-s] [Domain...]",
    .summary = "Print how long all or some domains have been up",
    .details = "Of a domain that was started again it says which life this is, and how the one "
               "before ended: poweroff,\n"
               "reboot, crash, watchdog, or destroyed, by another domain.",
    .forms = XL_FORM_LIST(fields),
    .options = options,
    .most = -1,
    .run = run,
};
