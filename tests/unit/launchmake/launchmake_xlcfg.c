/* SPDX-License-Identifier: MIT */
/* xl.cfg: its syntax, what each key becomes, what is said of the others. */
#include "launchmake_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "launch/launch_tree.h"

#define SERVER                                                                                     \
    "name = 'server'\nkernel = 'Image'\nmemory = 256\n"                                            \
    "capabilities = \"control|hardware|xenstore\"\nextra = 'console=hvc0'\n"
#define GUEST "name = \"guest\"\nkernel = \"Image\"\nmemory = 64\n"

static const char guest[] =
    "# a guest\n"
    "name    = \"guest\"; type = 'pvh'\n"
    "kernel  = \"other/Image\" # its own\n"
    "ramdisk = 'ramdisk'\n"
    "root = \"/dev/xvda\"\n"
    "extra = \"console=hvc0 a=\\\"b\\\"\"\n"
    "memory = 0x40\n"
    "maxmem = 64\n"
    "vcpus = 2\n"
    "cpus = [ \"0-1\",\n"
    "         '1', ]\n"
    "cpus_soft = '1'\n"
    "cpu_weight = 512\n"
    "cap = 50\n"
    "uuid = \"01234567-89ab-cdef-0123-456789ABCDEF\"\n"
    "on_reboot = 'destroy'\n"
    "on_crash = 'restart'\n"
    "vuart = \"sbsa_uart\"\n"
    "max_grant_frames = 48\n"
    "max_maptrack_frames = 0\n"
    "nr_spis = 40\n"
    "disk = [ 'phy:/dev/vda2,xvda,w', \"format=raw, vdev=xvdb, access=r, target=/data/b.img\" ]\n"
    "vif = [ 'mac=00:16:3e:01:02:03,bridge=br1', '' ]\n";

static const struct launch_plan *make_both(struct fixture *fixture, const char *text)
{
    fixture_begin(fixture);
    fixture_add(fixture, MAKE_XL, SERVER);
    fixture_add(fixture, MAKE_XL, text);
    fixture_complete(fixture);
    return fixture_finish(fixture);
}

static void every_key_is_in_the_plan(void **state)
{
    static const uint8_t uuid[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                   0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    struct fixture *fixture = *state;
    const struct launch_plan *plan = make_both(fixture, guest);
    const struct launch_domain *server = launch_test_domain(plan, "server");
    const struct launch_domain *domain = launch_test_domain(plan, "guest");

    assert_int_equal(plan->nr_messages, 0);
    SAYS(fixture, "c: server: its memory is direct-mapped");
    assert_int_equal(server->roles, 7);
    assert_int_equal(server->memory, 256 << 20);
    assert_int_equal(domain->memory, 64 << 20);
    assert_int_equal(domain->cpus, 2);
    assert_int_equal(domain->affinity[0], 3);
    assert_int_equal(domain->affinity[1], 2);
    assert_int_equal(domain->soft_affinity[0], 2);
    assert_int_equal(domain->weight, 512);
    assert_int_equal(domain->cap, 50);
    assert_memory_equal(domain->uuid, uuid, sizeof(uuid));
    assert_int_equal(domain->on_reboot, LAUNCH_DESTROY);
    assert_int_equal(domain->on_crash, LAUNCH_RESTART);
    assert_true(domain->virtual_uart);
    assert_int_equal(domain->enhanced, LAUNCH_ENHANCED_FULL);
    assert_int_equal(domain->grant_frames, 48);
    assert_int_equal(domain->maptrack_frames, 0);
    assert_int_equal(domain->nr_lines, 40);
    assert_int_equal(domain->nr_devices, 4);
    assert_string_equal(domain->bootargs, "root=/dev/xvda console=hvc0 a=\"b\"");
    assert_int_equal(domain->ramdisk.range.size, FIXTURE_RAMDISK);
}

static void devices_are_in_the_order_of_the_lists(void **state)
{
    struct fixture *fixture = *state;
    const struct make_device *device;

    make_both(fixture, guest);
    device = fixture_domain(fixture, "guest")->devices;
    assert_string_equal(device->vdev, "xvda");
    assert_string_equal(device->target, "/dev/vda2");
    assert_false(device->read_only);
    device = device->next;
    assert_string_equal(device->vdev, "xvdb");
    assert_string_equal(device->target, "/data/b.img");
    assert_true(device->read_only);
    device = device->next;
    assert_string_equal(device->bridge, "br1");
    assert_string_equal(device->mac, "00:16:3e:01:02:03");
    assert_null(device->script);
    device = device->next;
    assert_string_equal(device->bridge, "xenbr0");
    assert_null(device->mac);
    assert_null(device->next);
}

/* What is empty asks for nothing. */
static void what_is_said_to_be_nothing_is_quiet(void **state)
{
    struct fixture *fixture = *state;

    fixture_read(fixture, MAKE_XL,
                 SERVER "pci = [ ]\nvfb = []\nsve = 'disabled'\ntee = 'none'\nvnuma = []\n"
                        "trap_unmapped_accesses = 0\ncpus = 'all,^1'\n");
    SAYS(fixture, "c: server: its memory is direct-mapped");
    assert_string_equal(fixture_domain(fixture, "server")->values[MAKE_AFFINITY].text, "0,2-63");
    assert_true(fixture_domain(fixture, "server")->values[MAKE_TRAP_UNMAPPED].given);
    assert_int_equal(fixture_domain(fixture, "server")->values[MAKE_TRAP_UNMAPPED].number, 0);
}

/* Pools are files of their own, before or after the domains that name them. */
static void a_pool_is_where_its_domains_run(void **state)
{
    static const struct {
        const char *pool, *named;
        uint64_t cpus;
    } rows[] = {
        {"name = \"fast\"\ncpus = [ \"1\" ]\n", "fast", 2},
        {"name = 'fast'\nsched = 'null'\ncpus = '0-1,^0'\n", "fast", 2},
        {"name = 'fast'\ncpus = [ '0-1', '^1' ]\n", "fast", 1},
        {"name = 'other'\ncpus = '1'\n", "Pool-0", 1},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
        char text[160];
        const struct launch_plan *plan;

        snprintf(text, sizeof(text), GUEST "vcpus = 2\npool = '%s'\n", rows[i / 2].named);
        fixture_begin(fixture);
        if (i % 2)
            fixture_add(fixture, MAKE_XL, rows[i / 2].pool);
        fixture_add(fixture, MAKE_XL, SERVER);
        fixture_add(fixture, MAKE_XL, text);
        if (i % 2 == 0)
            fixture_add(fixture, MAKE_XL, rows[i / 2].pool);
        fixture_complete(fixture);
        plan = fixture_finish(fixture);
        assert_int_equal(plan->nr_messages, 0);
        assert_int_equal(plan->nr_pools, 2);
        assert_int_equal(plan->pools[launch_test_domain(plan, "guest")->pool], rows[i / 2].cpus);
        assert_int_equal(launch_test_domain(plan, "guest")->affinity[1], rows[i / 2].cpus);
        assert_int_equal(launch_test_domain(plan, "server")->pool, 0);
    }
}

static void each_mistake_of_a_pool_is_named(void **state)
{
    static const struct {
        const char *pool, *says;
    } rows[] = {
        {"name = 'fast'\ncpus = 'x'\n", "c:2: cpus: only CPUs such as"},
        {"name = 'fast'\ncpus = '1,^1'\n", "c:2: cpus: leaves no CPU"},
        {"name = 'fast'\nnodes = '0'\n", "c:2: nodes: memory has no nodes"},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fixture_begin(fixture);
        fixture_add(fixture, MAKE_XL, rows[i].pool);
        SAYS(fixture, rows[i].says);
        assert_true(fixture->board.errors);
    }
    fixture_begin(fixture);
    fixture_add(fixture, MAKE_XL, "name = 'fast'\ncpus = '1-2'\nsched = 'null'\n");
    fixture_add(fixture, MAKE_XL, "name = 'fast'\ncpus = '0'\n");
    SAYS(fixture, "c:3: sched: not acted on", "c:1: name: \"fast\": another pool's");
    fixture_begin(fixture);
    fixture_add(fixture, MAKE_XL, SERVER);
    fixture_add(fixture, MAKE_XL, "name = 'fast'\ncpus = '1-2'\n");
    fixture_complete(fixture);
    assert_true(make_place_all(&fixture->board, fixture->machine_tree));
    fixture->tree = make_tree(&fixture->board, fixture->machine_tree);
    assert_true(fixture->board.errors);
    SAYS(fixture, "its memory is direct-mapped", "c:2: cpus: 1-2: no CPU of the machine's tree");
    fixture_read(fixture, MAKE_XL, SERVER "pool = 'x'\n");
    SAYS(fixture, "its memory is direct-mapped", "c:6: pool: \"x\": no configuration of a pool");
    assert_true(fixture->board.errors);
}

static void without_a_store_there_is_none(void **state)
{
    struct fixture *fixture = *state;
    const struct launch_plan *plan = fixture_make(fixture, MAKE_XL, GUEST);

    SAYS(fixture, "c: guest: no domain has the xenstore capability");
    assert_int_equal(launch_test_domain(plan, "guest")->enhanced, LAUNCH_ENHANCED_NO_XENSTORE);
}

static const struct {
    const char *text, *says;
    enum make_severity severity;
} mistakes[] = {
    {SERVER "memory\n", "c:6: not KEY = value", MAKE_ERROR},
    {SERVER "vcpus = 'a\n", "c:6: vcpus: a string has no end", MAKE_ERROR},
    {SERVER "vnuma = [ [ 'a' ]\n", "vnuma: a list has no end", MAKE_ERROR},
    {SERVER "vnuma = [ [ 'a', [ 1 ]\n", "vnuma: a list has no end", MAKE_ERROR},
    {SERVER "disk = [ 'a'\n", "disk: a list has no end", MAKE_ERROR},
    {SERVER "vcpus = $(x)\n", "c:6: vcpus: not a string in quotes", MAKE_ERROR},
    {SERVER "vcpus = 1 2\n", "c:6: vcpus: more after its value", MAKE_ERROR},
    {SERVER "vcpus = [1]\n", "c:6: vcpus: is a list", MAKE_ERROR},
    {SERVER "vcpus = two\n", "c:6: vcpus: \"two\": not a number", MAKE_ERROR},
    {SERVER "cpus = '^1'\n", "c:6: cpus: leaves no CPU", MAKE_ERROR},
    {SERVER "cpus = 'nodes:0'\n", "c:6: cpus: only CPUs such as", MAKE_ERROR},
    {SERVER "vcpus = 010\n", "c:6: vcpus: \"010\": an octal number", MAKE_ERROR},
    {SERVER "p9 = [ 'tag=a' ]\n", "c:6: p9: no file systems are served", MAKE_ERROR},
    {SERVER "llc_colors = [ '0-3' ]\n", "c:6: llc_colors: caches are not divided", MAKE_ERROR},
    {SERVER "sve = 'hw'\n", "c:6: sve: domains have no scalable vectors", MAKE_ERROR},
    {SERVER "vnuma = [ [ 'pnode=0', \"]\" ], [ 'pnode=1' ] ]\n", "c:6: vnuma: not acted on: memory",
     MAKE_WARNING},
    {SERVER "acpi = 1\n", "c:6: acpi: not acted on: of x86", MAKE_WARNING},
    {SERVER "vcpu = 1\n", "c:6: vcpu: no key that xl is known to have, ignored", MAKE_WARNING},
    {SERVER "uuid = '0123'\n", "c:6: uuid: \"0123\": not a UUID", MAKE_ERROR},
    {SERVER "on_crash = 'explode'\n", "c:6: on_crash: \"explode\": must be", MAKE_ERROR},
    {SERVER "vuart = 'pl011'\n", "c:6: vuart: \"pl011\": must be sbsa_uart", MAKE_ERROR},
    {SERVER "capabilities = 'root'\n", "capabilities are control, hardware", MAKE_ERROR},
    {SERVER "irqs = [ 3 ]\n", "c:6: irqs: interrupts are given by a passthrough", MAKE_ERROR},
    {SERVER "disk = 'phy:/dev/vda2,xvda,w'\n",
     "c:6: disk: \"phy:/dev/vda2,xvda,w\": must be a list", MAKE_ERROR},
    {SERVER "vif = 'bridge=br0'\n", "c:6: vif: \"bridge=br0\": must be a list", MAKE_ERROR},
    {SERVER "dtdev = '/rtc'\n", "c:6: dtdev: \"/rtc\": must be a list", MAKE_ERROR},
    {SERVER "disk = [ 'a,b,c' ]\n", "c:6: disk: The disk specification", MAKE_ERROR},
    {SERVER "vif = [ 'mac=1' ]\n", "c:6: vif: The vif specification", MAKE_ERROR},
    {SERVER "maxmem = 512\n", "c:6: maxmem: not acted on", MAKE_WARNING},
    {SERVER "maxvcpus = 4\n", "c:6: maxvcpus: not acted on", MAKE_WARNING},
    {SERVER "on_poweroff = 'destroy'\n", "c:6: on_poweroff: not acted on", MAKE_WARNING},
    {SERVER "on_crash = 'coredump-restart'\n", "c:6: on_crash: neither", MAKE_WARNING},
    {SERVER "type = 'hvm'\n", "c:6: type: not acted on", MAKE_WARNING},
    {SERVER "poolid = 1\n", "c:6: poolid: not acted on: a pool of CPUs", MAKE_WARNING},
    {SERVER "hvm_pirq = 1\n", "c:6: hvm_pirq: not acted on: of x86", MAKE_WARNING},
    {SERVER "vfb = [ 'vnc=1' ]\n", "c:6: vfb: not acted on: no screens", MAKE_WARNING},
};

static void each_mistake_is_named(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        fixture_read(fixture, MAKE_XL, mistakes[i].text);
        SAYS(fixture, mistakes[i].says, "its memory is direct-mapped");
        assert_int_equal(fixture->board.messages[0].severity, mistakes[i].severity);
    }
    fixture_read(fixture, MAKE_XL, "kernel = 'Image'\n");
    SAYS(fixture, "c: name: missing", "there is no domain");
}

static void it_is_known_by_its_looks(void **state)
{
    (void)state;
    assert_int_equal(make_kind_of_text(guest, strlen(guest)), MAKE_XL);
    assert_int_equal(make_kind_of_text(SERVER, strlen(SERVER)), MAKE_XL);
    assert_int_equal(make_kind_of_text("names = 3\n", 10), MAKE_KINDS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    static const struct CMUnitTest tests[] = {
        TEST(every_key_is_in_the_plan),
        TEST(devices_are_in_the_order_of_the_lists),
        TEST(what_is_said_to_be_nothing_is_quiet),
        TEST(a_pool_is_where_its_domains_run),
        TEST(each_mistake_of_a_pool_is_named),
        TEST(without_a_store_there_is_none),
        TEST(each_mistake_is_named),
        TEST(it_is_known_by_its_looks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
