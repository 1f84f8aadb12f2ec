/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include <libxl/device.h>

#include "data.h"
#include "device.h"

/* ---- xl network-attach ---- */

static int run_attach(const struct xl_call *call)
{
    struct libxl_nic nic;
    uint32_t domid;
    int seconds = XL_DEVICE_SECONDS;
    libxl_nic_init(&nic);
    if (!xl_timeout(call, &seconds))
        return XL_USAGE;
    if (libxl_domain_find(xl_context(), call->argv[0], &domid) != LIBXL_OK ||
        libxl_nic_parse(xl_context(), (const char *const *)call->argv + 1, (size_t)call->argc - 1,
                        &nic) != LIBXL_OK ||
        libxl_nic_add(xl_context(), domid, &nic) != LIBXL_OK)
        return xl_fail();
    return xl_await_device(&nic.device, seconds);
}

static const struct xl_option attach_options[] = {
    {'t', "timeout", "SECONDS", "how long to wait for the daemon and the guest (10)"},
    {0},
};

static const struct xl_status attach_statuses[] = {
    {XL_OK, "also where the guest has not taken it yet: a line says so"},
    {0},
};

const struct xl_command xl_command_network_attach = {
    .name = "network-attach",
    .arguments = "[-t SECONDS] <Domain> [vif-specification]...",
    .summary = "Give a domain a network",
    .details =
        "The specification is that of Xen: key=value with commas or spaces between. Keys are "
        "bridge (xenbr0), mac,\n"
        "vifname, script, backend, rate, mtu, ip, gatewaydev and devid. Without mac= the address "
        "is "
        "made from the\n"
        "domain's UUID and the network's number, and so is always the same. The backend is the "
        "hardware domain,\n"
        "where 'xl devd' must run.",
    .options = attach_options,
    .statuses = attach_statuses,
    .least = 1,
    .most = -1,
    .run = run_attach,
};

/* ---- xl network-list ---- */

static enum libxl_code list_nics(uint32_t domid, void **items, size_t *count)
{
    struct libxl_nic *list;
    enum libxl_code code = libxl_nic_list(xl_context(), domid, &list, count);
    *items = list;
    return code;
}

static void print_nics(const void *items, size_t count)
{
    const struct libxl_nic *list = items;
    for (size_t i = 0; i < count; i++) {
        char mac[18];
        libxl_mac_format(list[i].mac, mac);
        printf("%-3u %-2u %s%6u %5u %6u %5u/%-11u %-30s\n", list[i].device.devid,
               list[i].device.backend_domid, mac, list[i].device.devid, list[i].device.state,
               list[i].device.event_channel, list[i].device.ring_ref, list[i].device.rx_ring_ref,
               list[i].device.backend_path);
    }
}

static int run_list(const struct xl_call *call)
{
    static const struct xl_device_list list = {
        .header =
            "Idx BE Mac Addr.         handle state evt-ch   tx-/rx-ring-ref BE-path           "
            "            \n",
        .data = {"networks", "network", libxl_nic_fields, NULL, 0, sizeof(struct libxl_nic)},
        .list = list_nics,
        .print = print_nics,
    };
    return xl_list_devices(call, &list);
}

static const struct xl_option list_options[] = {
    {'j', "json", NULL, "print all there is about the networks as JSON"},
    {'X', "xml", NULL, "print all there is about the networks as XML"},
    {0},
};

const struct xl_command xl_command_network_list = {
    .name = "network-list",
    .arguments = "[options] <Domain>...",
    .summary = "List the networks of domains",
    .details =
        "The state is the guest's: 4 where it has the network, 1 where it has not looked yet. Of "
        "several domains the\n"
        "last number but one of the path says whose a line is, as with Xen's xl; JSON has it as "
        "frontend_domid.",
    .forms = XL_FORM_LIST(libxl_nic_fields),
    .options = list_options,
    .least = 1,
    .most = -1,
    .run = run_list,
};

/* ---- xl network-detach ---- */

static int run_detach(const struct xl_call *call)
{
    struct libxl_nic nic;
    uint32_t domid;
    if (libxl_domain_find(xl_context(), call->argv[0], &domid) != LIBXL_OK ||
        libxl_nic_find(xl_context(), domid, call->argv[1], &nic) != LIBXL_OK)
        return xl_fail();
    return xl_detach_device(&nic.device, xl_forced() || xl_given(call, 'f'));
}

static const struct xl_option detach_options[] = {
    {'f', "force", NULL, "take it away even if the guest has not let go after 2 s"},
    {0},
};

const struct xl_command xl_command_network_detach = {
    .name = "network-detach",
    .arguments = "[-f] <Domain> <number|MAC>",
    .summary = "Take a network from a domain",
    .options = detach_options,
    .least = 2,
    .most = 2,
    .run = run_detach,
};
