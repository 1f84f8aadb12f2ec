/* SPDX-License-Identifier: MIT */
/* Domains as libvirt describes them: what each element becomes, what is said of the others, and
 * what of XML is not read. */
#include "launchmake_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "launch/launch_tree.h"
#include "libxl/part.h"

#define SERVER                                                                                     \
    "name = 'server'\nkernel = 'Image'\nmemory = 256\n"                                            \
    "capabilities = \"control|hardware|xenstore\"\n"
#define HEAD    "<domain type='xen'>\n<name>guest</name>\n<memory>65536</memory>\n"
#define KERNEL  "<os>\n<kernel>Image</kernel>\n</os>\n"
#define TAIL    "</domain>\n"
#define DISK(x) HEAD KERNEL "<devices>\n<disk type='file'>\n" x "</disk>\n</devices>\n" TAIL
#define NET(x)                                                                                     \
    HEAD KERNEL "<devices>\n<interface type='bridge'>\n" x "</interface>\n</devices>\n" TAIL

static const char guest[] =
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    "<!-- a guest -->\n"
    "<domain type='xen' id='3' xmlns:x='urn:of-others'>\n"
    "  <name>guest</name>\n"
    "  <uuid>01234567-89ab-cdef-0123-456789ABCDEF</uuid>\n"
    "  <title>One of them</title>\n"
    "  <description>&lt;none&gt;</description>\n"
    "  <metadata><x:note>of others</x:note></metadata>\n"
    "  <memory unit='MiB'>64</memory>\n"
    "  <currentMemory unit='KiB'>65536</currentMemory>\n"
    "  <vcpu placement='static' cpuset='0-3,^2-3'>2</vcpu>\n"
    "  <cputune>\n"
    "    <shares>512</shares>\n"
    "    <vcpupin vcpu='1' cpuset='1'/>\n"
    "  </cputune>\n"
    "  <os>\n"
    "    <type arch='aarch64' machine='xenpvh'>xenpvh</type>\n"
    "    <kernel>other/Image</kernel>\n"
    "    <initrd> ramdisk\n</initrd>\n"
    "    <cmdline>root=/dev/xvda a=\"b &amp; c\" <![CDATA[d<e]]></cmdline>\n"
    "  </os>\n"
    "  <clock offset='utc'/>\n"
    "  <on_poweroff>preserve</on_poweroff>\n"
    "  <on_reboot>destroy</on_reboot>\n"
    "  <on_crash>restart</on_crash>\n"
    "  <devices>\n"
    "    <disk type='block' device='disk'>\n"
    "      <driver name='phy' type='raw'/>\n"
    "      <source dev='/dev/vda2'/>\n"
    "      <target dev='xvda' bus='xen'/>\n"
    "    </disk>\n"
    "    <disk type='file' device='disk'>\n"
    "      <driver name='qemu' type='raw'/>\n"
    "      <source file='/data/a,&#x62;.img'/>\n"
    "      <target dev='xvdb'/>\n"
    "      <readonly/>\n"
    "    </disk>\n"
    "    <interface type='bridge'>\n"
    "      <mac address='00:16:3e:01:02:03'/>\n"
    "      <source bridge='br1'/>\n"
    "      <script path='/etc/xen/scripts/vif-bridge'/>\n"
    "      <target dev='vif3.0'/>\n"
    "    </interface>\n"
    "    <interface type='ethernet'><target dev='inside'/></interface>\n"
    "    <controller type='xenbus' index='0' maxGrantFrames='48'/>\n"
    "    <console type='pty' tty='/dev/pts/3'>\n"
    "      <source path='/dev/pts/3'/>\n"
    "      <target type='xen' port='0'/>\n"
    "    </console>\n"
    "    <memballoon model='xen'/>\n"
    "  </devices>\n"
    "</domain>\n";

static const struct launch_plan *make_both(struct fixture *fixture, const char *text)
{
    fixture_begin(fixture);
    fixture_add(fixture, MAKE_XL, SERVER);
    fixture_add(fixture, MAKE_LIBVIRT, text);
    fixture_complete(fixture);
    return fixture_finish(fixture);
}

static void every_element_is_in_the_plan(void **state)
{
    static const uint8_t uuid[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                                   0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    struct fixture *fixture = *state;
    const struct launch_plan *plan = make_both(fixture, guest);
    const struct launch_domain *domain = launch_test_domain(plan, "guest");

    assert_int_equal(plan->nr_messages, 0);
    SAYS(fixture, "c: server: its memory is direct-mapped");
    assert_int_equal(domain->memory, 64 << 20);
    assert_int_equal(domain->cpus, 2);
    assert_int_equal(domain->affinity[0], 3);
    assert_int_equal(domain->affinity[1], 2);
    assert_int_equal(domain->weight, 512);
    assert_memory_equal(domain->uuid, uuid, sizeof(uuid));
    assert_int_equal(domain->on_reboot, LAUNCH_DESTROY);
    assert_int_equal(domain->on_crash, LAUNCH_RESTART);
    assert_int_equal(domain->enhanced, LAUNCH_ENHANCED_FULL);
    assert_int_equal(domain->grant_frames, 48);
    assert_int_equal(domain->nr_devices, 4);
    assert_string_equal(domain->bootargs, "root=/dev/xvda a=\"b & c\" d<e");
    assert_int_equal(domain->ramdisk.range.size, FIXTURE_RAMDISK);
}

static void devices_are_in_their_order(void **state)
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
    assert_string_equal(device->target, "/data/a,b.img");
    assert_true(device->read_only);
    device = device->next;
    assert_string_equal(device->bridge, "br1");
    assert_string_equal(device->mac, "00:16:3e:01:02:03");
    assert_null(device->vifname);
    assert_null(device->script);
    device = device->next;
    assert_string_equal(device->bridge, "xenbr0");
    assert_string_equal(device->vifname, "inside");
    assert_null(device->next);
}

/* The same domain by xl.cfg: what is made of both is one tree. */
static void it_is_what_xl_makes_of_the_same(void **state)
{
    static const char as_xl[] =
        "name = 'guest'\nuuid = '01234567-89ab-cdef-0123-456789abcdef'\nmemory = 64\nvcpus = 2\n"
        "cpus = ['0-1', '1']\ncpu_weight = 512\nkernel = 'other/Image'\nramdisk = 'ramdisk'\n"
        "cmdline = \"root=/dev/xvda a=\\\"b & c\\\" d<e\"\non_reboot = 'destroy'\non_crash = "
        "'restart'\n"
        "max_grant_frames = 48\n"
        "disk = [ '/dev/vda2,raw,xvda,w', \"vdev=xvdb,access=r,target=/data/a,b.img\" ]\n"
        "vif = [ 'mac=00:16:3e:01:02:03,bridge=br1', 'vifname=inside' ]\n";
    static const char pinned[] =
        "    <vcpupin vcpu='0' cpuset='0-1'/>\n    <vcpupin vcpu='1' cpuset='1'/>\n";
    struct fixture *fixture = *state;
    size_t size;
    char *text = strdup(guest), *at = strstr(text, " cpuset='0-3,^2-3'"), *whole;
    void *tree;

    memset(at, ' ', strlen(" cpuset='0-3,^2-3'"));
    at = strstr(text, "    <vcpupin");
    assert_true(asprintf(&whole, "%.*s%s%s", (int)(at - text), text, pinned, strchr(at, '\n') + 1) >
                0);
    make_both(fixture, whole);
    size = make_tree_size(fixture->tree);
    tree = malloc(size);
    memcpy(tree, fixture->tree, size);
    fixture_begin(fixture);
    fixture_add(fixture, MAKE_XL, SERVER);
    fixture_add(fixture, MAKE_XL, as_xl);
    fixture_complete(fixture);
    fixture_finish(fixture);
    assert_int_equal(make_tree_size(fixture->tree), size);
    assert_memory_equal(fixture->tree, tree, size);
    free(tree);
    free(whole);
    free(text);
}

static void roles_are_metadata(void **state)
{
    struct fixture *fixture = *state;
    const struct launch_plan *plan =
        fixture_make(fixture, MAKE_LIBVIRT,
                     HEAD KERNEL "<metadata><a:domain xmlns:a='urn:trefoil:domain' "
                                 "capabilities='control|xenstore'/></metadata>" TAIL);

    assert_int_equal(launch_test_domain(plan, "guest")->roles, 5);
    assert_int_equal(launch_test_domain(plan, "guest")->cpus, 1);
    fixture_make(fixture, MAKE_LIBVIRT,
                 HEAD KERNEL "<metadata><domain capabilities='control'/></metadata>" TAIL);
    assert_false(fixture_domain(fixture, "guest")->values[MAKE_ROLES].given);
}

static const struct {
    const char *text;
    uint64_t kibibytes;
} sizes[] = {
    {"<memory>8</memory>", 8},
    {"<memory unit='KiB'>8</memory>", 8},
    {"<memory unit='b'>8193</memory>", 9},
    {"<memory unit='KB'>1024</memory>", 1000},
    {"<memory unit='M'>3</memory>", 3072},
    {"<memory unit='GB'>1</memory>", 976563},
    {"<memory unit='GiB'>2</memory>", 2 << 20},
    {"<memory unit='TiB'>1</memory>", 1 << 30},
    {"<memory unit='GiB'>1</memory><currentMemory unit='GiB'>1</currentMemory>", 1 << 20},
    {"<currentMemory unit='MiB'>1</currentMemory><memory>1024</memory>", 1024},
};

static void sizes_have_units(void **state)
{
    struct fixture *fixture = *state;
    char text[256];

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        snprintf(text, sizeof(text), "<domain type='xen'><name>guest</name>%s" KERNEL TAIL,
                 sizes[i].text);
        fixture_read(fixture, MAKE_LIBVIRT, text);
        SAYS(fixture, "no domain has the xenstore capability");
        assert_int_equal(fixture_domain(fixture, "guest")->values[MAKE_MEMORY].number,
                         sizes[i].kibibytes);
    }
}

static const struct {
    const char *list, *cpus;
} lists[] = {
    {"0", "0"},           {"3-5", "3-5"},      {"0-3,^2", "0-1,3"},
    {"1,2,3,9", "1-3,9"}, {"5,0-1", "0-1,5"},  {"0-1023,^1-1022", "0,1023"},
    {"^1", NULL},         {"1023-1024", NULL}, {"3-1", NULL},
    {"1,", NULL},         {"", NULL},          {"99999999999", NULL},
    {"all", NULL},        {"1-2-3", NULL},
};

static void lists_of_cpus_are_told_as_a_tree_has_them(void **state)
{
    struct fixture *fixture = *state;
    char text[256];

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const struct make_value *value;

        snprintf(text, sizeof(text), HEAD KERNEL "<vcpu cpuset='%s'>1</vcpu>" TAIL, lists[i].list);
        fixture_read(fixture, MAKE_LIBVIRT, text);
        value = &fixture_domain(fixture, "guest")->values[MAKE_AFFINITY];
        assert_int_equal(value->given, lists[i].cpus != NULL);
        assert_int_equal(fixture->board.errors, lists[i].cpus == NULL);
        if (lists[i].cpus)
            assert_string_equal(value->text, lists[i].cpus);
    }
}

static const struct {
    const char *text, *says;
    enum make_severity severity;
} mistakes[] = {
    {HEAD KERNEL "<uuid>0123</uuid>" TAIL, "c:7: uuid: \"0123\": not a UUID", MAKE_ERROR},
    {HEAD KERNEL "<currentMemory>1024</currentMemory>" TAIL,
     "c:3: memory: not acted on: a domain has the size of currentMemory", MAKE_WARNING},
    {HEAD KERNEL "<currentMemory unit='XiB'>1</currentMemory>" TAIL,
     "c:7: currentMemory: \"1\": there is no such unit", MAKE_ERROR},
    {HEAD KERNEL "<currentMemory unit='TiB'>99999999999</currentMemory>" TAIL,
     "currentMemory: \"99999999999\": not a number, or too large", MAKE_ERROR},
    {HEAD KERNEL "<vcpu>two</vcpu>" TAIL, "c:7: vcpu: \"two\": not a number", MAKE_ERROR},
    {HEAD KERNEL "<vcpu current='1'>2</vcpu>" TAIL, "c:7: vcpu: not acted on", MAKE_WARNING},
    {HEAD KERNEL "<vcpu placement='auto'>2</vcpu>" TAIL,
     "c:7: vcpu/@placement: \"auto\": not acted on: vcpus run where", MAKE_WARNING},
    {HEAD KERNEL "<vcpu cpuset='a'>2</vcpu>" TAIL, "c:7: vcpu/@cpuset: only CPUs", MAKE_ERROR},
    {HEAD KERNEL "<vcpu cpuset='1,^1'>2</vcpu>" TAIL, "vcpu/@cpuset: leaves no CPU", MAKE_ERROR},
    {HEAD KERNEL "<cputune><vcpupin vcpu='32' cpuset='0'/></cputune>" TAIL,
     "c:7: cputune/vcpupin: takes a vcpu", MAKE_ERROR},
    {HEAD KERNEL "<cputune><vcpupin vcpu='1'/></cputune>" TAIL, "and a cpuset", MAKE_ERROR},
    {HEAD KERNEL "<cputune><period>1</period></cputune>" TAIL,
     "c:7: cputune/period: not acted on: it means nothing here", MAKE_WARNING},
    {HEAD KERNEL "<on_crash>explode</on_crash>" TAIL, "on_crash: \"explode\": must be", MAKE_ERROR},
    {HEAD KERNEL "<on_crash>coredump-restart</on_crash>" TAIL, "on_crash: neither", MAKE_WARNING},
    {HEAD KERNEL "<on_poweroff>destroy</on_poweroff>" TAIL, "on_poweroff: \"destroy\": not acted",
     MAKE_WARNING},
    {HEAD KERNEL "<metadata><d xmlns='urn:trefoil:domain' capabilities='root'/></metadata>" TAIL,
     "metadata/@capabilities: \"root\": capabilities are", MAKE_ERROR},
    {HEAD "<os><kernel>Image</kernel><type arch='x86_64'>xen</type></os>" TAIL,
     "c:4: os/type/@arch: \"x86_64\": a domain here is aarch64's", MAKE_ERROR},
    {HEAD "<os><kernel>Image</kernel><type>hvm</type></os>" TAIL,
     "os/type: \"hvm\": not acted on: on Arm there is one kind", MAKE_WARNING},
    {HEAD "<os><kernel>Image</kernel><loader>efi</loader></os>" TAIL, "os/loader: a domain starts",
     MAKE_ERROR},
    {HEAD KERNEL "<bootloader>pygrub</bootloader>" TAIL, "bootloader: what a domain starts from",
     MAKE_ERROR},
    {HEAD KERNEL "<features><acpi/></features>" TAIL, "features/acpi: not acted on", MAKE_WARNING},
    {HEAD KERNEL "<cpu mode='host-passthrough'><topology sockets='1'/></cpu>" TAIL,
     "c:7: cpu: not acted on", MAKE_WARNING},
    {HEAD KERNEL "<devices><hostdev mode='subsystem' type='pci'><source/></hostdev></devices>" TAIL,
     "c:7: devices/hostdev: devices are given by a passthrough tree", MAKE_ERROR},
    {HEAD KERNEL "<devices><graphics type='vnc'><listen/></graphics></devices>" TAIL,
     "c:7: devices/graphics: not acted on", MAKE_WARNING},
    {HEAD KERNEL "<devices><console type='tcp'/></devices>" TAIL,
     "devices/console/@type: \"tcp\": not acted on: xenconsoled", MAKE_WARNING},
    {HEAD KERNEL "<x:commandline xmlns:x='u'><x:arg value='1'/></x:commandline>" TAIL,
     "c:7: x:commandline: not acted on", MAKE_WARNING},
    {DISK("<source file='/a'/>\n"), "c:8: devices/disk: has no target", MAKE_ERROR},
    {DISK("<target dev='xvda'/>\n"), "c:8: devices/disk: has no source", MAKE_ERROR},
    {DISK("<source file='/a'/>\n<target dev='xvda,format=raw'/>\n"),
     "devices/disk: \"xvda,format=raw\": has a comma", MAKE_ERROR},
    {DISK("<source file='/a'/>\n<target dev='where'/>\n"),
     "c:8: devices/disk: The disk specification's word 'vdev=where'", MAKE_ERROR},
    {DISK("<driver type='qcow2'/><source file='/a'/>\n<target dev='xvda'/>\n"),
     "format is raw: no other is served", MAKE_ERROR},
    {DISK("<source file='/a'/>\n<target dev='xvda' bus='i&amp;e'/>\n"),
     "c:10: devices/disk/target/@bus: \"i&e\": not acted on: disks are Xen's", MAKE_WARNING},
    {DISK("<source file='/a'/>\n<target dev='xvda'/>\n<driver cache='none'/>\n"),
     "c:11: devices/disk/driver/@cache: not acted on", MAKE_WARNING},
    {HEAD KERNEL "<devices><disk type='network'><target dev='xvda'/></disk></devices>" TAIL,
     "devices/disk: only a file or a block device", MAKE_ERROR},
    {NET("<mac address='1'/>\n"), "c:8: devices/interface: The vif specification", MAKE_ERROR},
    {NET("<source bridge='a,mtu=9'/>\n"), "devices/interface: \"a,mtu=9\": has a comma",
     MAKE_ERROR},
    {NET("<backenddomain name='x'/>\n"), "c:9: devices/interface/backenddomain/@name: not acted on",
     MAKE_WARNING},
    {NET("<model type='e1000'/>\n"), "devices/interface/model/@type: \"e1000\"", MAKE_WARNING},
    {HEAD KERNEL "<devices><interface type='network'/></devices>" TAIL,
     "devices/interface: which bridge a network of libvirt's has", MAKE_ERROR},
    {HEAD KERNEL "<devices><interface type='hostdev'/></devices>" TAIL,
     "devices/interface: only what is on a bridge", MAKE_ERROR},
};

static void each_mistake_is_named(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        fixture_begin(fixture);
        fixture_add(fixture, MAKE_XL, SERVER);
        fixture_add(fixture, MAKE_LIBVIRT, mistakes[i].text);
        fixture_complete(fixture);
        SAYS(fixture, mistakes[i].says, "its memory is direct-mapped");
        assert_int_equal(fixture->board.messages[0].severity, mistakes[i].severity);
    }
}

/* What is no domain of Xen's, and what of XML is not read: no domain comes of it. */
static const struct {
    const char *text, *says;
} refused[] = {
    {"<domain type='kvm'><name>a</name></domain>", "c:1: not <domain type='xen'>"},
    {"\n<network/>", "c:2: not <domain type='xen'>"},
    {"<domain type='xen'><memory>1</memory></domain>", "c:1: name: missing"},
    {"<domain type='xen'><name>a</name></domain>", "c:1: memory: missing"},
    {HEAD, "c:4: "},
    {HEAD "<os></domain>", "c:4: Opening and ending tag mismatch"},
    {HEAD KERNEL "<uuid a=b/>" TAIL, "c:7: AttValue"},
    {HEAD KERNEL "&none;" TAIL, "c:7: Entity 'none' not defined"},
    {HEAD KERNEL "<a:b/>" TAIL, "c:7: Namespace prefix a"},
    {"<!DOCTYPE domain>\n" HEAD KERNEL TAIL, "c:1: a document type (DOCTYPE) is not read"},
    {"<!DOCTYPE d [<!ENTITY e 'eeee'><!ENTITY f '&e;&e;'>]>\n" HEAD "<os>&f;</os>" TAIL,
     "c:1: a document type (DOCTYPE) is not read"},
    {"<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>\n" HEAD "<os>&e;</os>" TAIL,
     "c:1: a document type (DOCTYPE) is not read"},
    {"<!DOCTYPE d SYSTEM 'http://127.0.0.1:1/d.dtd'>\n" HEAD TAIL, "is not read"},
    {"<?xml version='1.0' encoding='ISO-8859-1'?>\n" HEAD "<title>\xfc</title>" TAIL,
     "c:5: Input is not proper UTF-8"},
    {"", "c:1: Document is empty"},
};

static void what_is_not_read_is_refused(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        fixture_read(fixture, MAKE_LIBVIRT, refused[i].text);
        SAYS(fixture, refused[i].says, "there is no domain");
        assert_int_equal(fixture->board.nr_domains, 0);
    }
}

/* `count` times one text, as a document. */
static char *repeated(const char *before, const char *text, size_t count, const char *after)
{
    size_t length = strlen(text), used = strlen(before);
    char *whole = malloc(used + count * length + strlen(after) + 1);

    strcpy(whole, before);
    for (size_t i = 0; i < count; i++, used += length)
        strcpy(whole + used, text);
    strcpy(whole + used, after);
    return whole;
}

static void a_document_has_bounds(void **state)
{
    struct fixture *fixture = *state;
    char *deep = repeated(HEAD, "<a>", 100, ""), *many = repeated(HEAD, "<a/>", 9000, TAIL);
    char *large = repeated(HEAD, "<a></a>", 40000, TAIL);
    char attributes[8192] = "<domain type='xen' ";

    for (size_t i = 0; i < 300; i++)
        sprintf(attributes + strlen(attributes), "a%zu='' ", i);
    strcat(attributes, "/>");
    fixture_read(fixture, MAKE_LIBVIRT, deep);
    SAYS(fixture, "c:4: elements are nested deeper", "there is no domain");
    fixture_read(fixture, MAKE_LIBVIRT, many);
    SAYS(fixture, "c:4: more elements than a domain has", "there is no domain");
    fixture_read(fixture, MAKE_LIBVIRT, large);
    SAYS(fixture, "c: larger than any domain's description", "there is no domain");
    fixture_read(fixture, MAKE_LIBVIRT, attributes);
    SAYS(fixture, "c:1: more attributes than an element", "there is no domain");
    free(deep);
    free(many);
    free(large);
}

static void it_takes_its_part_of_xl(void **state)
{
    struct fixture *fixture = *state;

    part_folder = "/there/is/none";
    fixture_read(fixture, MAKE_LIBVIRT, guest);
    SAYS(fixture,
         "c: XML takes a part of xl that cannot be loaded: /there/is/none/xl-xml.so: cannot open",
         "there is no domain");
    part_folder = PART;
}

static void it_is_known_by_its_looks(void **state)
{
    static const char with_lines[] = "  <domain type='xen'\n  name = 'x'>";
    (void)state;
    assert_int_equal(make_kind_of_text(guest, strlen(guest)), MAKE_LIBVIRT);
    assert_int_equal(make_kind_of_text(with_lines, strlen(with_lines)), MAKE_LIBVIRT);
    assert_int_equal(make_kind_of_text("<network/>", 10), MAKE_KINDS);
    assert_int_equal(make_kind_of_name("libvirt"), MAKE_LIBVIRT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    static const struct CMUnitTest tests[] = {
        TEST(every_element_is_in_the_plan),
        TEST(devices_are_in_their_order),
        TEST(it_is_what_xl_makes_of_the_same),
        TEST(roles_are_metadata),
        TEST(sizes_have_units),
        TEST(lists_of_cpus_are_told_as_a_tree_has_them),
        TEST(each_mistake_is_named),
        TEST(what_is_not_read_is_refused),
        TEST(a_document_has_bounds),
        TEST(it_takes_its_part_of_xl),
        TEST(it_is_known_by_its_looks),
    };

    part_folder = PART;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
