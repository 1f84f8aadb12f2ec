/* SPDX-License-Identifier: MIT */
/*
 * What a toolstack's start-up does for Xen's own xenstored, which knows no domain but its own:
 * describes each domain that the hypervisor launched in the store, and introduces it. With the
 * argument `follow` it stays, and does so again for a domain that ends and is started anew under
 * its id. Trefoil's xenstored does all this by itself.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <xen/domctl.h>
#include <xenctl/xenctl.h>
#include <xenstore.h>

#define DOMAINS_MAX 16
#define TEXT_SIZE   96
#define PATH_SIZE   192

/* For how long a domain that has ended is waited for, and how often that is looked at. */
#define LOOKS         300
#define LOOK_EVERY_MS 200

struct launched {
    domid_t domid;
    char uuid[40];
    struct xen_domctl_getdomaininfo info;
    struct xen_domctl_trefoil_launch_info launch;
};

/* ---- Values -----------------------------------------------------------------------------------
 */

typedef void put_fn(const struct launched *domain, char *value);

static void put_name(const struct launched *domain, char *value)
{
    snprintf(value, TEXT_SIZE, "%.*s", XEN_DOMCTL_TREFOIL_NAME_MAX, domain->launch.name);
}

static void put_domid(const struct launched *domain, char *value)
{
    snprintf(value, TEXT_SIZE, "%u", domain->domid);
}

static void put_uuid(const struct launched *domain, char *value)
{
    snprintf(value, TEXT_SIZE, "%s", domain->uuid);
}

static void put_vm(const struct launched *domain, char *value)
{
    snprintf(value, TEXT_SIZE, "/vm/%s", domain->uuid);
}

static void put_maximum(const struct launched *domain, char *value)
{
    snprintf(value, TEXT_SIZE, "%llu", (unsigned long long)domain->info.max_pages * 4);
}

static void put_start(const struct launched *domain, char *value)
{
    snprintf(value, TEXT_SIZE, "%lld",
             (long long)time(NULL) - (long long)(domain->launch.age / 1000000000));
}

static void put_console_gfn(const struct launched *domain, char *value)
{
    snprintf(value, TEXT_SIZE, "%llu", (unsigned long long)domain->launch.console_gfn);
}

static void put_console_port(const struct launched *domain, char *value)
{
    snprintf(value, TEXT_SIZE, "%u", domain->launch.console_port);
}

static void put_console_type(const struct launched *domain, char *value)
{
    (void)domain;
    strcpy(value, "xenconsoled");
}

static void put_type(const struct launched *domain, char *value)
{
    (void)domain;
    strcpy(value, "pvh");
}

static void put_nothing(const struct launched *domain, char *value)
{
    (void)domain;
    *value = '\0';
}

/* ---- The tree ---------------------------------------------------------------------------------
 */

enum base { BASE_DOMAIN, BASE_VM, BASE_LIBXL };

static const struct {
    enum base base;
    bool console; /* only if the domain has one */
    bool guests;  /* the guest owns it */
    const char *path;
    put_fn *put;
} rows[] = {
    {BASE_DOMAIN, false, false, "", put_nothing},
    {BASE_DOMAIN, false, false, "/name", put_name},
    {BASE_DOMAIN, false, false, "/domid", put_domid},
    {BASE_DOMAIN, false, false, "/vm", put_vm},
    {BASE_DOMAIN, false, false, "/memory/static-max", put_maximum},
    {BASE_DOMAIN, false, true, "/control/shutdown", put_nothing},
    {BASE_DOMAIN, false, true, "/control/feature-poweroff", put_nothing},
    {BASE_DOMAIN, false, true, "/control/feature-reboot", put_nothing},
    {BASE_DOMAIN, false, true, "/control/feature-suspend", put_nothing},
    {BASE_DOMAIN, false, true, "/data", put_nothing},
    {BASE_DOMAIN, true, false, "/console/ring-ref", put_console_gfn},
    {BASE_DOMAIN, true, false, "/console/port", put_console_port},
    {BASE_DOMAIN, true, false, "/console/type", put_console_type},
    {BASE_LIBXL, false, false, "/type", put_type},
    {BASE_VM, false, false, "", put_nothing},
    {BASE_VM, false, false, "/name", put_name},
    {BASE_VM, false, false, "/uuid", put_uuid},
    {BASE_VM, false, false, "/start_time", put_start},
};

static void row_path(const struct launched *domain, size_t row, char *path)
{
    if (rows[row].base == BASE_VM)
        snprintf(path, PATH_SIZE, "/vm/%s%s", domain->uuid, rows[row].path);
    else
        snprintf(path, PATH_SIZE, "/%s/%u%s",
                 rows[row].base == BASE_LIBXL ? "libxl" : "local/domain", domain->domid,
                 rows[row].path);
}

/* To that store the control domain is a guest like others, so each node says what it may do. */
static bool write_row(struct xs_handle *xs, const struct launched *domain, size_t row,
                      unsigned int control)
{
    bool guests = rows[row].guests;
    struct xs_permissions list[3] = {
        {.id = guests ? domain->domid : 0, .perms = XS_PERM_NONE},
        {.id = domain->domid, .perms = XS_PERM_READ},
        {.id = control, .perms = guests ? XS_PERM_READ | XS_PERM_WRITE : XS_PERM_READ},
    };
    char path[PATH_SIZE], value[TEXT_SIZE];

    row_path(domain, row, path);
    rows[row].put(domain, value);
    if (xs_write(xs, XBT_NULL, path, value, (unsigned int)strlen(value)) &&
        xs_set_permissions(xs, XBT_NULL, path, list, 3))
        return true;
    fprintf(stderr, "introduce: %s: %s\n", path, strerror(errno));
    return false;
}

static bool introduce(struct xs_handle *xs, const struct launched *domain, unsigned int control)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if ((!rows[i].console || domain->launch.console_port) && !write_row(xs, domain, i, control))
            return false;
    }
    /* The one without a port is the store's own domain, which introduces itself. */
    if (!domain->launch.store_port || xs_is_domain_introduced(xs, domain->domid))
        return true;
    if (xs_introduce_domain(xs, domain->domid, (unsigned long)domain->launch.store_gfn,
                            domain->launch.store_port))
        return true;
    fprintf(stderr, "introduce: domain %u: %s\n", domain->domid, strerror(errno));
    return false;
}

static void format_uuid(const uint8_t *uuid, char *text)
{
    for (unsigned int i = 0; i < 16; i++) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;

        text += sprintf(text, dash ? "-%02x" : "%02x", uuid[i]);
    }
}

/* What the hypervisor says of all domains; the id of the control domain in *control. */
static int look(struct xc_interface *xc, struct launched *domains, unsigned int *control)
{
    struct xen_domctl_getdomaininfo infos[DOMAINS_MAX];
    int count = xc_domain_list(xc, 0, infos, DOMAINS_MAX);

    for (int i = 0; i < count; i++) {
        domains[i].domid = infos[i].domain;
        domains[i].info = infos[i];
        format_uuid(infos[i].handle, domains[i].uuid);
        if (xc_domain_launch_info(xc, infos[i].domain, &domains[i].launch) < 0)
            return -1;
        if (infos[i].flags & XEN_DOMINF_control)
            *control = infos[i].domain;
    }
    return count;
}

/* ---- Domains that come again ------------------------------------------------------------------
 */

static struct launched domains[DOMAINS_MAX];

/* The store has forgotten it as it ended, and it runs again. */
static bool is_new(struct xs_handle *xs, const struct launched *domain)
{
    return !(domain->info.flags & (XEN_DOMINF_dying | XEN_DOMINF_shutdown)) &&
           domain->launch.store_port && !xs_is_domain_introduced(xs, domain->domid);
}

static void introduce_new(struct xc_interface *xc, struct xs_handle *xs)
{
    unsigned int control = 0;
    int count = look(xc, domains, &control);

    for (int i = 0; i < count; i++) {
        if (is_new(xs, &domains[i]))
            introduce(xs, &domains[i], control);
    }
}

/*
 * The hypervisor's event on such changes goes to the store alone, which tells of the end. The new
 * beginning comes some time later.
 */
static bool follow(struct xc_interface *xc, struct xs_handle *xs)
{
    struct pollfd store = {.fd = xs_fileno(xs), .events = POLLIN};
    unsigned int looks = 0;

    if (daemon(0, 1) < 0 || !xs_watch(xs, "@releaseDomain", "end"))
        return false;
    while (poll(&store, 1, looks ? LOOK_EVERY_MS : -1) >= 0) {
        if (store.revents) {
            char **event = xs_read_watch(xs, NULL);

            if (!event)
                return false;
            free(event);
            looks = LOOKS;
        }
        looks -= looks > 0;
        introduce_new(xc, xs);
    }
    return false;
}

int main(int argc, char **argv)
{
    struct xc_interface *xc = xc_open();
    struct xs_handle *xs = xs_open(0);
    unsigned int control = 0;
    int count = xc && xs ? look(xc, domains, &control) : -1;
    bool done = count > 0;

    if (!done)
        fprintf(stderr, "introduce: no store, or no list of domains\n");
    for (int i = 0; i < count; i++)
        done = introduce(xs, &domains[i], control) && done;
    if (done && argc == 2 && !strcmp(argv[1], "follow"))
        done = follow(xc, xs);
    if (xs)
        xs_close(xs);
    xc_close(xc);
    return done ? 0 : 1;
}
