/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include <libxl/device.h>

#include "data.h"
#include "device.h"

#define FORCE_SECONDS 2

int xl_await_device(struct libxl_device *device, int seconds)
{
    enum libxl_code code = libxl_device_wait(xl_context(), device, seconds);
    if (code == LIBXL_OK)
        return XL_OK;
    bool served = libxl_device_served(xl_context(), device);
    xl_fail();
    /* A guest may take it later: it may not have started yet. */
    if (code == LIBXL_TIMEOUT && served)
        return XL_OK;
    if (libxl_device_destroy(xl_context(), device) != LIBXL_OK)
        xl_fail();
    return XL_FAILED;
}

int xl_detach_device(const struct libxl_device *device, bool force)
{
    enum libxl_code code = force ? libxl_device_force(xl_context(), device, FORCE_SECONDS)
                                 : libxl_device_detach(xl_context(), device, XL_DEVICE_SECONDS);
    return code == LIBXL_OK ? XL_OK : xl_fail();
}

/* Of one domain: printed at once, or added to what is for scripts. */
static int list_devices(const char *name, const struct xl_device_list *list,
                        struct libxl_data *data)
{
    void *items = NULL;
    size_t count;
    uint32_t domid;
    int status = XL_OK;
    if (libxl_domain_find(xl_context(), name, &domid) != LIBXL_OK ||
        list->list(domid, &items, &count) != LIBXL_OK)
        return xl_fail();
    if (!data)
        list->print(items, count);
    else if (!xl_add_data(data, items, count))
        status = XL_FAILED;
    free(items);
    return status;
}

int xl_list_devices(const struct xl_call *call, const struct xl_device_list *list)
{
    struct libxl_data data = list->data;
    bool wants_data = xl_wants_data(call, 'j');
    int status = XL_OK;
    if (!wants_data)
        printf("%s", list->header);
    for (int i = 0; i < call->argc; i++) {
        if (list_devices(call->argv[i], list, wants_data ? &data : NULL) != XL_OK)
            status = XL_FAILED;
    }
    if (wants_data && xl_print_data(call, &data) != XL_OK)
        status = XL_FAILED;
    free((void *)data.items);
    return status;
}

/* ---- xl block-attach ---- */

static int run_attach(const struct xl_call *call)
{
    struct libxl_disk disk;
    uint32_t domid;
    int seconds = XL_DEVICE_SECONDS;
    libxl_disk_init(&disk);
    if (!xl_timeout(call, &seconds))
        return XL_USAGE;
    if (libxl_domain_find(xl_context(), call->argv[0], &domid) != LIBXL_OK ||
        libxl_disk_parse(xl_context(), (const char *const *)call->argv + 1, (size_t)call->argc - 1,
                         &disk) != LIBXL_OK ||
        libxl_disk_add(xl_context(), domid, &disk) != LIBXL_OK)
        return xl_fail();
    return xl_await_device(&disk.device, seconds);
}

static const struct xl_option attach_options[] = {
    {'t', "timeout", "SECONDS", "how long to wait for the daemon and the guest (10)"},
    {0},
};

static const struct xl_status attach_statuses[] = {
    {XL_OK, "also where the guest has not taken it yet: a line says so"},
    {0},
};

const struct xl_command xl_command_block_attach = {
    .name = "block-attach",
    .arguments = "[-t SECONDS] <Domain> <disk-specification>...",
    .summary = "Give a domain a disk",
    .details =
        "The specification is that of Xen: target,format,vdev,access, or key=value with commas "
        "between, such as\n"
        "'/dev/vda2,,xvda' or 'vdev=xvdb,access=ro,target=/srv/data.img'. The target is a block "
        "device or a file in\n"
        "the backend's domain, or PARTUUID=, PARTLABEL=, UUID= or LABEL=; the format is raw. The "
        "backend is the\n"
        "hardware domain, where 'xl devd' must run, unless backend= names another; Xen's xl devd "
        "will do. What no\n"
        "daemon serves in time is taken back. What one guest may write no other gets.",
    .options = attach_options,
    .statuses = attach_statuses,
    .least = 2,
    .most = -1,
    .run = run_attach,
};

/* ---- xl block-list ---- */

static enum libxl_code list_disks(uint32_t domid, void **items, size_t *count)
{
    struct libxl_disk *list;
    enum libxl_code code = libxl_disk_list(xl_context(), domid, &list, count);
    *items = list;
    return code;
}

static void print_disks(const void *items, size_t count)
{
    const struct libxl_disk *list = items;
    for (size_t i = 0; i < count; i++)
        printf("%-5u %-3u %-6u %-5u %-6u %-8u %-30s\n", list[i].device.devid,
               list[i].device.backend_domid, list[i].device.domid, list[i].device.state,
               list[i].device.event_channel, list[i].device.ring_ref, list[i].device.backend_path);
}

static int run_list(const struct xl_call *call)
{
    static const struct xl_device_list list = {
        .header = "Vdev  BE  handle state evt-ch ring-ref BE-path                       \n",
        .data = {"disks", "disk", libxl_disk_fields, NULL, 0, sizeof(struct libxl_disk)},
        .list = list_disks,
        .print = print_disks,
    };
    return xl_list_devices(call, &list);
}

static const struct xl_option list_options[] = {
    {'j', "json", NULL, "print all there is about the disks as JSON"},
    {'X', "xml", NULL, "print all there is about the disks as XML"},
    {0},
};

const struct xl_command xl_command_block_list = {
    .name = "block-list",
    .arguments = "[options] <Domain>...",
    .summary = "List the disks of domains",
    .details =
        "The state is the guest's: 4 where it has the disk, 1 where it has not looked yet. The "
        "column handle is the\n"
        "guest's id, as with Xen's xl; JSON has it as frontend_domid.",
    .forms = XL_FORM_LIST(libxl_disk_fields),
    .options = list_options,
    .least = 1,
    .most = -1,
    .run = run_list,
};

/* ---- xl block-detach ---- */

static int run_detach(const struct xl_call *call)
{
    struct libxl_disk disk;
    uint32_t domid;
    if (libxl_domain_find(xl_context(), call->argv[0], &domid) != LIBXL_OK ||
        libxl_disk_find(xl_context(), domid, call->argv[1], &disk) != LIBXL_OK)
        return xl_fail();
    return xl_detach_device(&disk.device, xl_forced() || xl_given(call, 'f'));
}

static const struct xl_option detach_options[] = {
    {'f', "force", NULL, "take it away even if the guest has not let go after 2 s"},
    {0},
};

const struct xl_command xl_command_block_detach = {
    .name = "block-detach",
    .arguments = "[-f] <Domain> <vdev>",
    .summary = "Take a disk from a domain",
    .details = "The disk is named as in the guest (xvda) or by its number. A guest that uses it "
               "keeps it, and xl says so\n"
               "after 10 seconds; -f takes it away all the same after 2. What the guest asked of "
               "the disk and "
               "nobody has\nanswered is lost then, and Linux waits for it forever.",
    .options = detach_options,
    .least = 2,
    .most = 2,
    .run = run_detach,
};
