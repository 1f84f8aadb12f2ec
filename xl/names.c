/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "xl.h"

static int run_domid(const struct xl_call *call)
{
    char name[LIBXL_NAME_MAX];
    uint32_t domid;
    enum libxl_code code = libxl_domain_find(xl_context(), call->argv[0], &domid);
    if (code == LIBXL_OK)
        code = libxl_domain_name(xl_context(), domid, name);
    if (code == LIBXL_NO_DOMAIN)
        return xl_fail_with(
            "Can't get domid of domain name '%s', maybe this domain does not exist.",
            call->argv[0]);
    if (code != LIBXL_OK)
        return xl_fail();
    printf("%u\n", domid);
    return XL_OK;
}

static int run_domname(const struct xl_call *call)
{
    char name[LIBXL_NAME_MAX], *end;
    errno = 0;
    unsigned long domid = strtoul(call->argv[0], &end, 10);
    if (*end || errno || domid > UINT32_MAX || !*call->argv[0])
        return xl_fail_with("Invalid domain id.");
    enum libxl_code code = libxl_domain_name(xl_context(), (uint32_t)domid, name);
    if (code == LIBXL_NO_DOMAIN)
        return xl_fail_with(
            "Can't get domain name of domain id '%s', maybe this domain does not exist.",
            call->argv[0]);
    if (code != LIBXL_OK)
        return xl_fail();
    printf("%s\n", name);
    return XL_OK;
}

const struct xl_command xl_command_domid = {
    .name = "domid",
    .arguments = "<DomainName>",
    .summary = "Convert a domain name to a domain id",
    .least = 1,
    .most = 1,
    .run = run_domid,
};

const struct xl_command xl_command_domname = {
    .name = "domname",
    .arguments = "<DomainId>",
    .summary = "Convert a domain id to a domain name",
    .least = 1,
    .most = 1,
    .run = run_domname,
};
