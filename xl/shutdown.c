/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include <libxl/fields.h>

#include "data.h"
#include "machine.h"

/* What was asked, to be waited for: a domain that reboots leaves its id to the next one. */
static struct asked {
    uint32_t domid;
    uint64_t instance;
} * asked;
static size_t nr_asked;

static bool forced;

static bool remember(uint32_t domid)
{
    struct asked *more = realloc(asked, (nr_asked + 1) * sizeof(*more));
    if (!more)
        return false;
    asked = more;
    asked[nr_asked++] = (struct asked){domid, libxl_domain_instance(xl_context(), domid)};
    return true;
}

/* A guest is asked through xenstore; what it does is its own affair, so that --wait is worth
 * having. */
static enum libxl_code ask(const char *request, uint32_t domid)
{
    return libxl_domain_request(xl_context(), domid, request);
}

/* Whoever is down hears nothing. Where that cannot be seen, it is asked. */
static bool is_down(uint32_t domid)
{
    struct libxl_domain domain;
    if (libxl_domain_get(xl_context(), domid, &domain) != LIBXL_OK ||
        !(domain.shutdown || domain.dying))
        return false;
    const char *reason = domain.shutdown ? libxl_reason_name(domain.shutdown_reason) : NULL;
    xl_fail_with("Domain %u (%s) is down already%s%s; 'xl restart' starts it again, 'xl destroy' "
                 "removes it.",
                 domid, domain.name, reason ? ": " : "", reason ? reason : "");
    return true;
}

static int shut_down_one(uint32_t domid)
{
    if (is_down(domid))
        return XL_FAILED;
    if (!remember(domid))
        return xl_fail_with("xl: out of memory");
    if (ask("poweroff", domid) == LIBXL_OK)
        return xl_tell(domid, "shutting-down", "Shutting down domain %u", domid);
    nr_asked--;
    return xl_fail();
}

/* Asking a guest to reboot that would not come back is no service to its owner. */
static int reboot_one(uint32_t domid)
{
    enum libxl_code code;
    if (!libxl_can_restart(xl_context(), domid))
        return xl_fail_with(
            "Domain %u holds the machine's devices and cannot be started again alone, so it has "
            "not been asked to reboot; 'xl shutdown' ends it.",
            domid);
    if (is_down(domid))
        return XL_FAILED;
    if (!remember(domid))
        return xl_fail_with("xl: out of memory");
    code = ask("reboot", domid);
    if (code == LIBXL_UNSUPPORTED && forced)
        code = libxl_domain_restart(xl_context(), domid);
    if (code == LIBXL_OK)
        return xl_tell(domid, "rebooting", "Rebooting domain %u", domid);
    nr_asked--;
    return xl_fail();
}

static int await_end(const struct asked *one)
{
    struct libxl_domain domain;
    if (libxl_domain_wait(xl_context(), one->domid, one->instance, -1) != LIBXL_OK)
        return xl_fail();
    if (libxl_domain_get(xl_context(), one->domid, &domain) == LIBXL_OK && domain.shutdown)
        return xl_tell(one->domid, "shut-down", "Domain %u has been shut down, reason code %u",
                       one->domid, domain.shutdown_reason);
    return xl_tell(one->domid, "destroyed", "Domain %u has been destroyed.", one->domid);
}

static int await_reboot(const struct asked *one)
{
    enum libxl_code code = libxl_domain_wait(xl_context(), one->domid, one->instance, -1);
    if (code == LIBXL_OK && one->instance)
        code = libxl_domain_wait_restarted(xl_context(), one->domid, one->instance, -1);
    if (code == LIBXL_OK)
        code = libxl_domain_stays(xl_context(), one->domid, XL_SETTLING);
    if (code != LIBXL_OK)
        return xl_fail();
    return xl_tell(one->domid, "rebooted", "Domain %u has rebooted", one->domid);
}

static bool is_plain_guest(const struct libxl_domain *domain)
{
    return !(domain->roles & ~LIBXL_ROLE_UNTARGETABLE) && domain->domid != 0 && !domain->shutdown;
}

/* Who asks for all may mean "all but Domain-0", which is several domains here. */
static void tell_spared(const struct libxl_domain *list, size_t count)
{
    char text[512] = "";
    size_t length = 0;
    for (size_t i = 0; i < count && length < sizeof(text); i++) {
        if (!list[i].shutdown && !is_plain_guest(&list[i]))
            length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s (domain %u)",
                                       length ? ", " : "", list[i].name, list[i].domid);
    }
    if (length)
        xl_fail_with("Spared, as others depend on them: %s. Name one to ask it.", text);
}

/* All guests: those without a role on which others depend. */
static int all_guests(int (*one)(uint32_t))
{
    struct libxl_domain *list;
    size_t count;
    if (libxl_domain_list(xl_context(), &list, &count) != LIBXL_OK)
        return xl_fail();
    int status = XL_OK;
    tell_spared(list, count);
    for (size_t i = 0; i < count; i++) {
        if (is_plain_guest(&list[i]) && one(list[i].domid) != XL_OK)
            status = XL_FAILED;
    }
    free(list);
    return status;
}

static int request(const struct xl_call *call, int (*one)(uint32_t),
                   int (*await)(const struct asked *))
{
    int status;
    forced = xl_given(call, 'F');
    nr_asked = 0;
    if (xl_given(call, 'n') || xl_given(call, 't')) {
        xl_fail_with("-n and -t are for --machine.");
        return XL_USAGE;
    }
    if (xl_given(call, 'a') == (call->argc > 0))
        return xl_fail_with("Give either -a or a domain.");
    status = xl_given(call, 'a') ? all_guests(one) : xl_for_each(call, one);
    /* Those that could be asked are waited for, whatever became of the others. */
    for (size_t i = 0; i < nr_asked && xl_given(call, 'w'); i++) {
        if (await(&asked[i]) != XL_OK)
            status = XL_FAILED;
    }
    free(asked);
    asked = NULL;
    return status;
}

static int run_shutdown(const struct xl_call *call)
{
    if (xl_given(call, 'M'))
        return xl_end_machine(call, LIBXL_MACHINE_OFF);
    return request(call, shut_down_one, await_end);
}

static int run_reboot(const struct xl_call *call)
{
    if (xl_given(call, 'M'))
        return xl_end_machine(call, LIBXL_MACHINE_RESET);
    return request(call, reboot_one, await_reboot);
}

static const struct xl_option shutdown_options[] = {
    {'a', "all", NULL, "all guests: the domains that have no role; a line says who is spared"},
    {'w', "wait", NULL, "wait for the guest, or all of them, to shut down"},
    {'F', NULL, NULL, "accepted for scripts; there is no other way than asking the guest's kernel"},
    {'M', "machine", NULL, "power off the machine, once its domains have ended"},
    {'t', "timeout", "SECONDS", "with -M: how long to wait for the domains (60)"},
    {'n', "now", NULL, "with -M: at once, without asking the domains"},
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_shutdown = {
    .name = "shutdown",
    .arguments = "[options] <-a|-M|Domain...>",
    .summary = "Ask a domain to shut down",
    .details = "The guest's kernel is asked through xenstore (control/shutdown); 'xl destroy' does "
               "not ask.\n"
               "With -M all domains are asked, those with the hardware and xenstore roles last, "
               "and then the machine is\n"
               "powered off, also when some have not ended in time: they are named.",
    .options = shutdown_options,
    .tells = true,
    .most = -1,
    .run = run_shutdown,
};

static const struct xl_option reboot_options[] = {
    {'a', "all", NULL, "all guests: the domains that have no role; a line says who is spared"},
    {'w', "wait", NULL, "wait for the guest, or all of them, to run again"},
    {'F', NULL, NULL, "restart, as 'xl restart' does, a guest whose kernel cannot be asked"},
    {'M', "machine", NULL, "reset the machine, once its domains have ended"},
    {'t', "timeout", "SECONDS", "with -M: how long to wait for the domains (60)"},
    {'n', "now", NULL, "with -M: at once, without asking the domains"},
    XL_OPTION_JSON,
    XL_OPTION_XML,
    {0},
};

const struct xl_command xl_command_reboot = {
    .name = "reboot",
    .arguments = "[options] <-a|-M|Domain...>",
    .summary = "Ask a domain to reboot",
    .details = "The guest's kernel is asked through xenstore (control/shutdown). It ends, and the "
               "hypervisor starts\n"
               "the domain again as the device tree describes it, unless on-reboot there says "
               "otherwise. A domain\n"
               "that has ended 6 times, each within a minute of its start, is left alone; 'xl "
               "restart' does not ask.\n"
               "With -M all domains are asked to end, and then the machine is reset: see 'xl "
               "shutdown -h'.",
    .options = reboot_options,
    .tells = true,
    .most = -1,
    .run = run_reboot,
};
