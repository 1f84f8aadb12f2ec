/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "xl.h"

/* A guest is asked through xenstore; what it does is its own affair, so that --wait is worth
 * having. */
static int ask(const char *request, const char *doing, uint32_t domid)
{
    if (libxl_domain_request(xl_context(), domid, request) != LIBXL_OK)
        return xl_fail();
    printf("%s domain %u\n", doing, domid);
    fflush(stdout);
    return XL_OK;
}

static int shut_down_one(uint32_t domid)
{
    return ask("poweroff", "Shutting down", domid);
}

static int reboot_one(uint32_t domid)
{
    return ask("reboot", "Rebooting", domid);
}

static int wait_one(uint32_t domid)
{
    struct libxl_domain domain;
    if (libxl_domain_wait(xl_context(), domid, -1) != LIBXL_OK)
        return xl_fail();
    if (libxl_domain_get(xl_context(), domid, &domain) == LIBXL_OK)
        printf("Domain %u has been shut down, reason code %u\n", domid, domain.shutdown_reason);
    else
        printf("Domain %u has been destroyed.\n", domid);
    return XL_OK;
}

static bool is_plain_guest(const struct libxl_domain *domain)
{
    return !(domain->roles & ~LIBXL_ROLE_UNTARGETABLE) && domain->domid != 0 && !domain->shutdown;
}

/* All guests: those without a role on which others depend. */
static int all_guests(bool wait, int (*one)(uint32_t))
{
    struct libxl_domain *list;
    size_t count;
    if (libxl_domain_list(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    int status = XL_OK;
    for (size_t i = 0; i < count; i++) {
        if (is_plain_guest(&list[i]) && one(list[i].domid) != XL_OK)
            status = XL_FAILED;
    }
    for (size_t i = 0; i < count && wait && status == XL_OK; i++) {
        if (is_plain_guest(&list[i]))
            status = wait_one(list[i].domid);
    }
    free(list);
    return status;
}

static int request(const struct xl_call *call, int (*one)(uint32_t))
{
    if (xl_given(call, 'a') == (call->argc > 0)) {
        xl_fail_with("Give either -a or a domain.");
        return XL_USAGE;
    }
    if (xl_given(call, 'a'))
        return all_guests(xl_given(call, 'w'), one);
    int status = xl_for_each(call, one);
    return status == XL_OK && xl_given(call, 'w') ? xl_for_each(call, wait_one) : status;
}

static int run_shutdown(const struct xl_call *call)
{
    return request(call, shut_down_one);
}

/* Asking a guest to reboot that would not come back is no service to its owner. */
static int run_reboot(const struct xl_call *call)
{
    if (!libxl_can_restart(xl_context()))
        return xl_fail_with(
            "Not yet: this hypervisor launches each domain once, at boot, and cannot start one "
            "again. The domain has not been asked to reboot; 'xl shutdown' ends it.");
    return request(call, reboot_one);
}

#define WAIT_OPTION "wait for the guest, or all of them, to shut down"

static const struct xl_option shutdown_options[] = {
    {'a', "all", NULL, "all guests: the domains that have no role"},
    {'w', "wait", NULL, WAIT_OPTION},
    {'F', NULL, NULL, "accepted for scripts; there is no other way than asking the guest's kernel"},
    {0},
};

const struct xl_command xl_command_shutdown = {
    .name = "shutdown",
    .arguments = "[options] <-a|Domain...>",
    .summary = "Ask a domain to shut down",
    .details = "The guest's kernel is asked through xenstore (control/shutdown); 'xl destroy' does "
               "not ask.",
    .options = shutdown_options,
    .most = -1,
    .run = run_shutdown,
};

const struct xl_command xl_command_reboot = {
    .name = "reboot",
    .arguments = "[options] <-a|Domain...>",
    .summary = "Ask a domain to reboot",
    .details = "Not yet for domains that the hypervisor launched at boot: it cannot start one "
               "again, so xl says\n"
               "so, asks the guest for nothing, and ends with status 1.",
    .options = shutdown_options,
    .most = -1,
    .run = run_reboot,
};
