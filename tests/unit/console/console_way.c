/* SPDX-License-Identifier: MIT */
/* Which way `xl console` takes, and what it opens of what the store names. */
#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <xen/features.h>
#include <xen/version.h>
#include <xenctl/xenctl.h>
#include <xenstore.h>

#include <libxl/libxl.h>

#include "console/console_link.h"
#include "xl.h"

static struct {
    bool hardware, refused; /* what the hypervisor says of this domain, and whether it does */
    const char *daemon, *socket, *tty;
    char opened[64];
    char said[256];
} fake;

/* ---- what console_link.c asks ---- */

struct xs_handle *libxl_store(struct libxl_ctx *ctx)
{
    return (struct xs_handle *)ctx;
}

struct xc_interface *libxl_xc(struct libxl_ctx *ctx)
{
    return (struct xc_interface *)ctx;
}

int xc_version_op(struct xc_interface *xc, unsigned int operation, void *out, size_t size)
{
    struct xen_feature_info *info = out;

    (void)xc;
    assert_int_equal(operation, XENVER_get_features);
    assert_int_equal(size, sizeof *info);
    assert_int_equal(info->submap_idx, 0);
    if (fake.refused)
        return -1;
    info->submap = fake.hardware ? 1U << XENFEAT_dom0 : ~(1U << XENFEAT_dom0);
    return 0;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
    static const struct {
        const char *path, *const *value;
    } nodes[] = {
        {"/tool/xenconsoled/domid", &fake.daemon},
        {"/tool/xenconsoled/socket", &fake.socket},
        {"/local/domain/7/console/tty", &fake.tty},
    };
    const char *value = NULL;

    (void)h;
    (void)t;
    (void)len;
    if (strcmp(path, "domid") == 0)
        value = "1";
    else if (strcmp(path, "/local/domain/7/console/port") == 0)
        value = "3";
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++)
        if (strcmp(path, nodes[i].path) == 0)
            value = *nodes[i].value;
    return value ? strdup(value) : NULL;
}

int xl_fail(void)
{
    return 1;
}

int xl_fail_with(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(fake.said, sizeof fake.said, format, list);
    va_end(list);
    return 1;
}

struct console_link *console_link_vchan(struct libxl_ctx *ctx, uint32_t domid, uint32_t daemon,
                                        const char *what)
{
    (void)ctx;
    (void)what;
    snprintf(fake.opened, sizeof fake.opened, "vchan to %u for %u", daemon, domid);
    return NULL;
}

/* ---- the way ---- */

static const char *way(bool hardware, const char *daemon)
{
    fake.hardware = hardware;
    fake.daemon = daemon;
    fake.said[0] = fake.opened[0] = '\0';
    assert_null(console_link_open((struct libxl_ctx *)&fake, 7));
    return fake.opened[0] ? fake.opened : fake.said;
}

#define NOT_RUNNING                                                                                \
    "No xenconsoled runs (/tool/xenconsoled/domid is not in xenstore): start it in the hardware "  \
    "domain."
#define NOT_HERE "/tool/xenconsoled/domid names this domain, which is not the hardware domain."

static void a_path_is_believed_where_consoles_are_served(void **state)
{
    (void)state;
    fake.tty = "/nowhere/terminal";
    fake.socket = "/nowhere/socket";
    assert_string_equal(way(false, NULL), NOT_RUNNING);
    assert_string_equal(way(false, "1"), NOT_HERE);
    assert_string_equal(way(false, "0"), "vchan to 0 for 7");
    assert_string_equal(way(true, "1"), "xenconsoled cannot be reached at /nowhere/socket: No such "
                                        "file or directory.");
    assert_string_equal(way(true, NULL), "The console's terminal /nowhere/terminal cannot be "
                                         "opened: No such file or directory.");
    fake.refused = true;
    assert_string_equal(way(true, NULL), NOT_RUNNING);
    assert_string_equal(way(true, "1"), NOT_HERE);
    fake.refused = false;
    fake.tty = NULL;
    assert_string_equal(way(true, NULL), NOT_RUNNING);
}

/* ---- the terminal ---- */

static void only_a_pseudo_terminal_is_opened(void **state)
{
    char path[64], directory[] = "/tmp/console-way-XXXXXX", link[64], file[64];
    struct console_link *opened;
    int master, slave;

    (void)state;
    assert_non_null(mkdtemp(directory));
    assert_int_equal(openpty(&master, &slave, path, NULL, NULL), 0);
    snprintf(link, sizeof link, "%s/link", directory);
    snprintf(file, sizeof file, "%s/pipe", directory);
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(mkfifo(file, 0600), 0);
    opened = console_link_terminal(path);
    assert_non_null(opened);
    opened->ops->close(opened);
    assert_null(console_link_terminal("/dev/null"));
    assert_string_equal(fake.said,
                        "The console's terminal /dev/null is not one that xenconsoled made.");
    assert_null(console_link_terminal("/dev/tty"));
    assert_null(console_link_terminal(directory));
    assert_null(console_link_terminal(link));
    assert_null(console_link_terminal(file)); /* opening it would wait for ever, or be told */
    assert_non_null(strstr(fake.said, "is not one that xenconsoled made."));
    unlink(link);
    unlink(file);
    rmdir(directory);
    close(master);
    close(slave);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_believed_where_consoles_are_served),
        cmocka_unit_test(only_a_pseudo_terminal_is_opened),
    };

    return cmocka_run_group_tests_name("xl console, ways to a console", tests, NULL, NULL);
}
