/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "data.h"

struct row {
    uint32_t domid;
    char name[LIBXL_NAME_MAX];
};

static const struct libxl_field fields[] = {
    XL_FIELD(row, domid, NUMBER, "domid"),
    XL_FIELD(row, name, STRING, "name"),
    {.name = NULL},
};

static int print_row(const struct xl_call *call, const struct row *row)
{
    const struct libxl_data data = {.item = "domain", .fields = fields, .items = row};
    return xl_print_data(call, &data);
}

static int run_domid(const struct xl_call *call)
{
    struct row row;
    enum libxl_code code = libxl_domain_find(xl_context(), call->argv[0], &row.domid);
    if (code == LIBXL_OK)
        code = libxl_domain_name(xl_context(), row.domid, row.name);
    if (code == LIBXL_NO_DOMAIN)
        return xl_fail_with(
            "Can't get domid of domain name '%s', maybe this domain does not exist.",
            call->argv[0]);
    if (code != LIBXL_OK)
        return xl_fail();
    if (xl_wants_data(call, 'j'))
        return print_row(call, &row);
    printf("%u\n", row.domid);
    return XL_OK;
}

static int run_domname(const struct xl_call *call)
{
    struct row row;
    char *end;
    errno = 0;
    unsigned long domid = strtoul(call->argv[0], &end, 10);
    if (*end || errno || domid > UINT32_MAX || !*call->argv[0])
        return xl_fail_with("Invalid domain id.");
    row.domid = (uint32_t)domid;
    enum libxl_code code = libxl_domain_name(xl_context(), row.domid, row.name);
    if (code == LIBXL_NO_DOMAIN)
        return xl_fail_with(
            "Can't get domain name of domain id '%s', maybe this domain does not exist.",
            call->argv[0]);
    if (code != LIBXL_OK)
        return xl_fail();
    if (xl_wants_data(call, 'j'))
        return print_row(call, &row);
    printf("%s\n", row.name);
    return XL_OK;
}

static int run_rename(const struct xl_call *call)
{
    uint32_t domid;
    if (libxl_domain_find(xl_context(), call->argv[0], &domid) != LIBXL_OK ||
        libxl_domain_rename(xl_context(), domid, call->argv[1]) != LIBXL_OK)
        return xl_fail();
    return XL_OK;
}

static const struct xl_option options[] = {
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_domid = {
    .name = "domid",
    .arguments = "[options] <DomainName>",
    .summary = "Convert a domain name to a domain id",
    .forms = XL_FORM_OBJECT(fields),
    .options = options,
    .least = 1,
    .most = 1,
    .run = run_domid,
};

const struct xl_command xl_command_domname = {
    .name = "domname",
    .arguments = "[options] <DomainId>",
    .summary = "Convert a domain id to a domain name",
    .forms = XL_FORM_OBJECT(fields),
    .options = options,
    .least = 1,
    .most = 1,
    .run = run_domname,
};

const struct xl_command xl_command_rename = {
    .name = "rename",
    .arguments = "<Domain> <NewDomainName>",
    .summary = "Rename a domain",
    .details =
        "Only one that a toolstack made, as on Xen: what the device tree has named is called "
        "so by all.",
    .least = 2,
    .most = 2,
    .run = run_rename,
};
