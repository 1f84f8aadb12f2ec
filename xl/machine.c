/* SPDX-License-Identifier: MIT */
/* The machine's end in good order: guests, then the domains that serve them, then the machine. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <tools/clock.h>

#include "data.h"
#include "machine.h"

#define PATIENCE 60 /* s, for all domains together */

static const char *const endings[] = {
    [LIBXL_MACHINE_OFF] = "powered off", [LIBXL_MACHINE_RESET] = "reset"};
static const char *const events[] = {
    [LIBXL_MACHINE_OFF] = "machine-off", [LIBXL_MACHINE_RESET] = "machine-reset"};

static bool serves(const struct libxl_domain *domain)
{
    return domain->roles & (LIBXL_ROLE_HARDWARE | LIBXL_ROLE_XENSTORE);
}

/* Those that run, other than this one. A hardware domain whose power is the machine's is asked for
 * what the machine is to do; others only to end. */
static bool ask(const struct libxl_domain *domain, enum libxl_machine how)
{
    bool reset = how == LIBXL_MACHINE_RESET && (domain->roles & LIBXL_ROLE_HARDWARE);
    if (libxl_domain_request(xl_context(), domain->domid, reset ? "reboot" : "poweroff") !=
        LIBXL_OK) {
        xl_fail();
        xl_tell(domain->domid, "ends-with-machine", "Domain %u ends with the machine",
                domain->domid);
        return false;
    }
    xl_tell(domain->domid, "shutting-down", "Shutting down domain %u", domain->domid);
    return true;
}

static void await(const struct libxl_domain *domain, uint64_t instance, int64_t limit)
{
    int64_t now = clock_ms();
    if (libxl_domain_wait(xl_context(), domain->domid, instance,
                          now < limit ? (int)((limit - now + 999) / 1000) : 0) == LIBXL_OK) {
        xl_tell(domain->domid, "ended", "Domain %u has ended", domain->domid);
    } else {
        xl_fail();
        xl_tell(domain->domid, "ends-with-machine", "Domain %u ends with the machine",
                domain->domid);
    }
}

/* All guests at once, or all of those that serve them. */
static void shut_down(const struct libxl_domain *list, size_t count, bool serving,
                      enum libxl_machine how, int64_t limit)
{
    uint64_t *asked = calloc(count + 1, sizeof(*asked));
    if (!asked)
        return;
    for (size_t i = 0; i < count; i++) {
        bool runs = !list[i].shutdown && !list[i].dying;
        if (!runs || list[i].domid == libxl_own_domid(xl_context()) || serves(&list[i]) != serving)
            continue;
        uint64_t instance = libxl_domain_instance(xl_context(), list[i].domid);
        if (ask(&list[i], how))
            asked[i] = instance ? instance : UINT64_MAX;
    }
    for (size_t i = 0; i < count; i++) {
        if (asked[i])
            await(&list[i], asked[i] == UINT64_MAX ? 0 : asked[i], limit);
    }
    free(asked);
}

static int shut_down_all(enum libxl_machine how, int patience)
{
    const int64_t limit = clock_ms() + (int64_t)patience * 1000;
    struct libxl_domain *list;
    size_t count;
    if (libxl_domain_list(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    shut_down(list, count, false, how, limit);
    shut_down(list, count, true, how, limit);
    free(list);
    return XL_OK;
}

int xl_end_machine(const struct xl_call *call, enum libxl_machine how)
{
    int patience = PATIENCE;
    if (call->argc || xl_given(call, 'a') || xl_given(call, 'w') || xl_given(call, 'F')) {
        xl_fail_with("With --machine there is no domain to give, nor -a, -w or -F.");
        return XL_USAGE;
    }
    if (!xl_timeout(call, &patience))
        return XL_USAGE;
    /* Before anything is asked of anybody. */
    if (libxl_machine_end(xl_context(), LIBXL_MACHINE_ASK) != LIBXL_OK)
        return xl_fail();
    if (!xl_given(call, 'n') && shut_down_all(how, patience) != XL_OK)
        return XL_FAILED;
    xl_tell(LIBXL_NOT_TOLD, events[how], "The machine is %s", endings[how]);
    int status = xl_tell_end(XL_OK);
    fflush(stdout);
    sync();
    return libxl_machine_end(xl_context(), how) == LIBXL_OK ? status : xl_fail();
}
