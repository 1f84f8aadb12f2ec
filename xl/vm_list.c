/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "data.h"
#include "print.h"

static const struct libxl_field fields[] = {
    XL_FIELD(libxl_domain, uuid, UUID, "uuid"),
    XL_FIELD(libxl_domain, domid, NUMBER, "domid"),
    XL_FIELD(libxl_domain, name, STRING, "name"),
    {.name = NULL},
};

static int run(const struct xl_call *call)
{
    struct libxl_data data = {"vms", "vm", fields, NULL, 0, sizeof(struct libxl_domain)};
    struct libxl_domain *list;
    int status = XL_OK;
    if (libxl_domain_list(xl_context(), &list, &data.count) != LIBXL_OK)
        return xl_fail();
    data.items = list;
    if (xl_wants_data(call, 'j'))
        status = xl_print_data(call, &data);
    else
        printf("UUID                                  ID    name\n");
    for (size_t i = 0; i < data.count && !xl_wants_data(call, 'j'); i++) {
        char uuid[40];
        xl_format_uuid(list[i].uuid, uuid, sizeof(uuid));
        printf("%s  %u    %-30s\n", uuid, list[i].domid, list[i].name);
    }
    free(list);
    return status;
}

static const struct xl_option options[] = {
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_vm_list = {
    .name = "vm-list",
    .arguments = "[options]",
    .summary = "List the UUIDs, ids and names of all domains",
    .forms = XL_FORM_LIST(fields),
    .options = options,
    .run = run,
};
