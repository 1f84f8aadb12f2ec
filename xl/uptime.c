/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "xl.h"

/* "1 day, " before the hours when there are days. */
static void format_days(uint64_t seconds, char *out, size_t size)
{
    unsigned long long days = seconds / 86400;
    out[0] = '\0';
    if (days)
        snprintf(out, size, "%llu day%s, ", days, days == 1 ? "" : "s");
}

static int print_long(uint32_t domid, const char *name, uint64_t seconds)
{
    char days[32];
    format_days(seconds, days, sizeof(days));
    return printf("%-33s %4u %s%2u:%02u:%02u\n", name, domid, days,
                  (unsigned int)(seconds / 3600 % 24), (unsigned int)(seconds / 60 % 60),
                  (unsigned int)(seconds % 60));
}

static int print_short(uint32_t domid, const char *name, uint64_t seconds)
{
    char days[32], clock[16];
    time_t now = time(NULL);
    struct tm local;
    format_days(seconds, days, sizeof(days));
    strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&now, &local));
    return printf(" %s up %s%2u:%02u, %s (%u)\n", clock, days, (unsigned int)(seconds / 3600 % 24),
                  (unsigned int)(seconds / 60 % 60), name, domid);
}

static int print_one(uint32_t domid, int (*print)(uint32_t, const char *, uint64_t))
{
    char name[LIBXL_NAME_MAX];
    uint64_t seconds;
    if (libxl_domain_name(xl_context(), domid, name) != LIBXL_OK ||
        libxl_domain_uptime(xl_context(), domid, &seconds) != LIBXL_OK)
        return xl_fail();
    print(domid, name, seconds);
    return XL_OK;
}

static int one_long(uint32_t domid)
{
    return print_one(domid, print_long);
}

static int one_short(uint32_t domid)
{
    return print_one(domid, print_short);
}

static int run(const struct xl_call *call)
{
    int (*one)(uint32_t) = xl_given(call, 's') ? one_short : one_long;
    if (!xl_given(call, 's'))
        printf("Name                                ID Uptime\n");
    if (call->argc)
        return xl_for_each(call, one);
    struct libxl_domain *list;
    size_t count;
    if (libxl_domain_list(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    int status = XL_OK;
    for (size_t i = 0; i < count; i++) {
        if (one(list[i].domid) != XL_OK)
            status = XL_FAILED;
    }
    free(list);
    return status;
}

static const struct xl_option options[] = {
    {'s', "short", NULL, "print the time of day too, and no header"},
    {0},
};

const struct xl_command xl_command_uptime = {
    .name = "uptime",
    .arguments = "[-s] [Domain...]",
    .summary = "Print how long all or some domains have been up",
    .options = options,
    .most = -1,
    .run = run,
};
