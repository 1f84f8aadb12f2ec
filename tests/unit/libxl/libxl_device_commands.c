/* SPDX-License-Identifier: MIT */
/* xl: disks and networks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <libxl/device.h>

#include "libxl_fake.h"
#include "libxl_run.h"

#define BACK  "/local/domain/0/backend/vbd/2/51712"
#define FRONT "/local/domain/2/device/vbd/51712"
#define VIF   "/local/domain/0/backend/vif/2/0"
#define VIFF  "/local/domain/2/device/vif/0"

static struct run run;

static int begin(void **state)
{
    board(state);
    fake_write("/local/domain/0/libxl/devd", "77");
    fake_write("/local/domain/2/vm", "/vm/ab000000-0000-0000-0000-000000000001");
    return 0;
}

static void connect(const char *back, const char *front)
{
    static const struct {
        bool backend;
        const char *name, *value;
    } nodes[] = {
        {true, "hotplug-status", "connected"},
        {true, "state", "4"},
        {false, "state", "4"},
        {false, "event-channel", "11"},
        {false, "ring-ref", "8"},
        {false, "tx-ring-ref", "9"},
        {false, "rx-ring-ref", "10"},
    };
    char path[96];
    if (!fake_read(back) && !fake_permissions(back))
        return;
    for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", nodes[i].backend ? back : front, nodes[i].name);
        fake_write(path, nodes[i].value);
    }
}

/* A daemon and a guest that take what there is. */
static void they_connect(void)
{
    connect(BACK, FRONT);
    connect("/local/domain/0/backend/vbd/2/51728", "/local/domain/2/device/vbd/51728");
    connect(VIF, VIFF);
}

static void the_daemon_refuses(void)
{
    fake_write(BACK "/hotplug-error", "/a: No such file or directory");
    fake_write(BACK "/hotplug-status", "error");
}

static void they_let_go(void)
{
    if (fake_read(BACK "/online") && !strcmp(fake_read(BACK "/online"), "0"))
        fake_remove(BACK);
    if (fake_read(VIF "/online") && !strcmp(fake_read(VIF "/online"), "0"))
        fake_remove(VIF);
}

static void disks_come_and_go(void **state)
{
    (void)state;
    fake.store_turn = they_connect;
    prints(&run, "block-attach app /dev/vda2,,xvda", "");
    assert_string_equal(fake_read(BACK "/params"), "/dev/vda2");
    prints(&run, "block-list app",
           "Vdev  BE  handle state evt-ch ring-ref BE-path                       \n"
           "51712 0   2      4     11     8        /local/domain/0/backend/vbd/2/51712\n");
    run_xl(&run, "block-list -j app");
    assert_non_null(strstr(run.out, "\"pdev_path\": \"/dev/vda2\""));
    assert_non_null(strstr(run.out, "\"frontend_domid\": 2,"));
    fake.store_turn = they_let_go;
    prints(&run, "block-detach app xvda", "");
    assert_null(fake_read(FRONT "/state"));
    fake.store_turn = they_connect;
    prints(&run, "block-attach app vdev=xvda target=/a", "");
    prints(&run, "block-detach -f app 51712", "");
    assert_null(fake_read(BACK "/state"));
}

static void networks_come_and_go(void **state)
{
    (void)state;
    fake.store_turn = they_connect;
    prints(&run, "network-attach app bridge=br0 mac=00:16:3e:00:00:01", "");
    prints(&run, "network-list app",
           "Idx BE Mac Addr.         handle state evt-ch   tx-/rx-ring-ref BE-path                 "
           "      \n"
           "0   0  00:16:3e:00:00:01     0     4     11     9/10          "
           "/local/domain/0/backend/vif/2/0\n");
    run_xl(&run, "network-list --json app");
    assert_non_null(strstr(run.out, "\"mac\": \"00:16:3e:00:00:01\""));
    assert_non_null(strstr(run.out, "\"frontend_domid\": 2,"));
    fake.store_turn = they_let_go;
    prints(&run, "network-detach app 00:16:3e:00:00:01", "");
    assert_null(fake_read(VIFF "/state"));
}

static void what_cannot_be_had(void **state)
{
    (void)state;
    fake.store_turn = the_daemon_refuses;
    fails(&run, "block-attach app /a,,xvda", 1,
          "xvda of app (domain 2): domain 0 cannot serve it: /a: No such file or directory.\n");
    assert_null(fake_read(FRONT "/state"));
    assert_null(fake_read(BACK "/state"));
    fails(&run, "block-attach app /a", 1,
          "The disk specification has no vdev: the disk's name in the guest, such as xvda.\n");
    fails(&run, "network-attach app mac=x", 1,
          "The vif specification's word 'mac=x' makes no sense: mac is one station's address, such "
          "as "
          "00:16:3e:12:34:56.\n");
    fails(&run, "block-detach app xvdq", 1, "app (domain 2) has no disk 'xvdq'.\n");
    fails(&run, "network-detach app 4", 1, "app (domain 2) has no network '4'.\n");
    fails(&run, "block-list nobody", 1, "There is no domain named 'nobody'.\n");
    fails(&run, "block-list -j app nobody", 1, "There is no domain named 'nobody'.\n");
    assert_string_equal(run.out, "[\n\n]\n");
    fake_remove("/local/domain/0/libxl");
    fake.store_turn = NULL;
    fails(&run, "network-attach -t 0 app", 1,
          "network 0 of app (domain 2): no daemon in hardware (domain 0) has answered within 0 s: "
          "start 'xl devd' there.\n");
    assert_null(fake_read(VIFF "/state"));
    assert_null(fake_read(VIF "/state"));
    assert_null(fake_read("/libxl/2/device/vif/0/backend"));
    fails(&run, "block-attach --timeout 0 app /b,,xvdb", 1,
          "xvdb of app (domain 2): no daemon in hardware (domain 0) has answered within 0 s: "
          "start 'xl devd' there.\n");
    assert_null(fake_read("/libxl/2/device/vbd/51728/backend"));
    fails(&run, "block-attach -t soon app /b,,xvdb", 2, "--timeout takes 0 to 86400 seconds.\n");
    fails(&run, "network-attach -t 86401 app", 2, "--timeout takes 0 to 86400 seconds.\n");
}

/* Of the three domains app alone has any; the other two have empty lists. */
static void the_long_list_has_devices(void **state)
{
    (void)state;
    fake.store_turn = they_connect;
    run_xl(&run, "block-attach app /a,,xvda");
    run_xl(&run, "block-attach app /b,,xvdb,r");
    run_xl(&run, "network-attach app");
    run_xl(&run, "list -l");
    assert_int_equal(run.status, 0);
    const char *app = strstr(run.out, "\"name\": \"app\"");
    assert_non_null(app);
    assert_non_null(strstr(app, "\"disks\": [\n"));
    assert_non_null(strstr(app, "\"pdev_path\": \"/a\""));
    assert_non_null(strstr(app, "\"pdev_path\": \"/b\""));
    assert_non_null(strstr(app, "\"mac\": \"00:16:3e:"));
    /* hardware, the first, has none. */
    assert_true(strstr(run.out, "\"disks\": [") < strstr(run.out, "\"name\": \"control\""));
    assert_true(strstr(run.out, "\"pdev_path\"") > app);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(disks_come_and_go, begin),
        cmocka_unit_test_setup(networks_come_and_go, begin),
        cmocka_unit_test_setup(what_cannot_be_had, begin),
        cmocka_unit_test_setup(the_long_list_has_devices, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
