/* SPDX-License-Identifier: MIT */
/* What a device tree would launch, before anything boots. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trefoil/launch.h>

#include "data.h"
#include "launch.h"
#include "launch_module.h"
#include "print.h"
#include "xl.h"

#define FIELD(type, member, kind_, name_)                                                          \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_##kind_, .offset = offsetof(struct type, member),      \
        .size = sizeof(((struct type *)0)->member)                                                 \
    }

static const struct libxl_field domain_fields[] = {
    FIELD(launch_domain_row, domid, NUMBER, "domid"),
    FIELD(launch_domain_row, name, STRING, "name"),
    FIELD(launch_domain_row, node, STRING, "node"),
    FIELD(launch_domain_row, memory_kib, NUMBER, "memory_kib"),
    FIELD(launch_domain_row, pool_kib, NUMBER, "pool_kib"),
    FIELD(launch_domain_row, grant_frames, NUMBER, "grant_frames"),
    FIELD(launch_domain_row, maptrack_frames, NUMBER, "maptrack_frames"),
    FIELD(launch_domain_row, vcpus, NUMBER, "vcpus"),
    FIELD(launch_domain_row, weight, NUMBER, "weight"),
    FIELD(launch_domain_row, cap, NUMBER, "cap"),
    FIELD(launch_domain_row, roles, ROLES, "roles"),
    FIELD(launch_domain_row, uuid, UUID, "uuid"),
    FIELD(launch_domain_row, lines, NUMBER, "nr_spis"),
    FIELD(launch_domain_row, enhanced, POINTER, "enhanced"),
    FIELD(launch_domain_row, on_reboot, POINTER, "on_reboot"),
    FIELD(launch_domain_row, on_crash, POINTER, "on_crash"),
    FIELD(launch_domain_row, bootargs, POINTER, "bootargs"),
    FIELD(launch_domain_row, direct_map, BOOL, "direct_map"),
    FIELD(launch_domain_row, machine_power, BOOL, "machine_power"),
    FIELD(launch_domain_row, vpl011, BOOL, "vpl011"),
    FIELD(launch_domain_row, console, BOOL, "console"),
    FIELD(launch_domain_row, xenstore, BOOL, "xenstore"),
    {.name = NULL},
};

static const struct libxl_field region_fields[] = {
    FIELD(launch_region_row, domid, NUMBER, "domid"),
    FIELD(launch_region_row, what, POINTER, "what"),
    FIELD(launch_region_row, address, NUMBER, "address"),
    FIELD(launch_region_row, size, NUMBER, "size"),
    FIELD(launch_region_row, loaded, BOOL, "loaded"),
    FIELD(launch_region_row, source, NUMBER, "source"),
    {.name = NULL},
};

static const struct libxl_field vcpu_fields[] = {
    FIELD(launch_vcpu_row, domid, NUMBER, "domid"),
    FIELD(launch_vcpu_row, vcpu, NUMBER, "vcpu"),
    FIELD(launch_vcpu_row, hard_affinity, CPUMAP, "hard_affinity"),
    FIELD(launch_vcpu_row, soft_affinity, CPUMAP, "soft_affinity"),
    {.name = NULL},
};

static const struct libxl_field relation_fields[] = {
    FIELD(launch_relation_row, domid, NUMBER, "domid"),
    FIELD(launch_relation_row, kind, POINTER, "kind"),
    FIELD(launch_relation_row, remote_domid, NUMBER, "remote_domid"),
    {.name = NULL},
};

static const struct libxl_field channel_fields[] = {
    FIELD(launch_channel_row, domid, NUMBER, "domid"),
    FIELD(launch_channel_row, port, NUMBER, "port"),
    FIELD(launch_channel_row, remote_domid, NUMBER, "remote_domid"),
    FIELD(launch_channel_row, remote_port, NUMBER, "remote_port"),
    {.name = NULL},
};

static const struct libxl_field device_fields[] = {
    FIELD(launch_device_row, domid, NUMBER, "domid"),
    FIELD(launch_device_row, kind, POINTER, "kind"),
    FIELD(launch_device_row, number, NUMBER, "number"),
    FIELD(launch_device_row, name, POINTER, "name"),
    FIELD(launch_device_row, backing, POINTER, "backing"),
    FIELD(launch_device_row, read_only, BOOL, "read_only"),
    FIELD(launch_device_row, mac, POINTER, "mac"),
    FIELD(launch_device_row, script, POINTER, "script"),
    {.name = NULL},
};

static const struct libxl_field share_fields[] = {
    FIELD(launch_share_row, domid, NUMBER, "domid"),
    FIELD(launch_share_row, region, POINTER, "region"),
    FIELD(launch_share_row, role, POINTER, "role"),
    FIELD(launch_share_row, address, NUMBER, "address"),
    FIELD(launch_share_row, size, NUMBER, "size"),
    FIELD(launch_share_row, placed, BOOL, "placed"),
    FIELD(launch_share_row, host, NUMBER, "host"),
    {.name = NULL},
};

static const struct libxl_field message_fields[] = {
    FIELD(launch_message_row, severity, POINTER, "severity"),
    FIELD(launch_message_row, text, STRING, "text"),
    {.name = NULL},
};

/* What there is of the board; messages come after it. */
#define REPORT_FIELDS                                                                              \
    XL_FORM_MEMBER(domain_fields, "domains", "domain"),                                            \
        XL_FORM_MEMBER(region_fields, "regions", "region"),                                        \
        XL_FORM_MEMBER(vcpu_fields, "vcpus", "vcpu"),                                              \
        XL_FORM_MEMBER(relation_fields, "relations", "relation"),                                  \
        XL_FORM_MEMBER(channel_fields, "channels", "channel"),                                     \
        XL_FORM_MEMBER(device_fields, "devices", "device"),                                        \
        XL_FORM_MEMBER(share_fields, "shares", "share")

static const struct libxl_field report_fields[LAUNCH_LISTS + 1] = {
    REPORT_FIELDS,
    XL_FORM_MEMBER(message_fields, "messages", "message"),
    {.name = NULL},
};

static const struct libxl_field board_fields[] = {
    REPORT_FIELDS,
    XL_FORM_MEMBER(launch_file_fields, "files", "file"),
    XL_FORM_MEMBER(message_fields, "messages", "message"),
    {.name = NULL},
};

void launch_lists(const struct launch_report *report, struct libxl_data lists[LAUNCH_LISTS])
{
    const struct {
        const void *items;
        size_t count, stride;
    } made[LAUNCH_LISTS] = {
        {report->domains, report->nr_domains, sizeof(*report->domains)},
        {report->regions, report->nr_regions, sizeof(*report->regions)},
        {report->vcpus, report->nr_vcpus, sizeof(*report->vcpus)},
        {report->relations, report->nr_relations, sizeof(*report->relations)},
        {report->channels, report->nr_channels, sizeof(*report->channels)},
        {report->devices, report->nr_devices, sizeof(*report->devices)},
        {report->shares, report->nr_shares, sizeof(*report->shares)},
        {report->messages, report->nr_messages, sizeof(*report->messages)},
    };

    for (size_t i = 0; i < LAUNCH_LISTS; i++)
        lists[i] = (struct libxl_data){report_fields[i].name,
                                       report_fields[i].constant,
                                       report_fields[i].children,
                                       made[i].items,
                                       made[i].count,
                                       made[i].stride};
}

static int print_for_scripts(const struct xl_call *call, const struct launch_report *report)
{
    struct libxl_data lists[LAUNCH_LISTS];

    launch_lists(report, lists);
    return xl_print_lists(call, "launch", lists, LAUNCH_LISTS);
}

/* Only what is not as for every other domain. */
static void print_share(const struct launch_domain_row *row)
{
    if (row->weight != LAUNCH_WEIGHT)
        printf(" weight=%u", row->weight);
    if (row->cap)
        printf(" cap=%u%%", row->cap);
    if (row->grant_frames != LAUNCH_GRANT_FRAMES)
        printf(" grant-frames=%u", row->grant_frames);
    if (row->maptrack_frames != launch_maptrack_frames(row->roles))
        printf(" maptrack-frames=%u", row->maptrack_frames);
}

static void print_ends(const struct launch_domain_row *row)
{
    bool hardware = row->roles & LIBXL_ROLE_HARDWARE;

    if (strcmp(row->on_reboot, "restart") != 0 && !hardware)
        printf(" on-reboot=%s", row->on_reboot);
    if (strcmp(row->on_crash, "preserve") != 0 && !hardware)
        printf(" on-crash=%s", row->on_crash);
}

static void print_has(const struct launch_domain_row *row)
{
    static const struct {
        size_t offset;
        const char *name;
    } flags[] = {
        {offsetof(struct launch_domain_row, direct_map), "direct-map"},
        {offsetof(struct launch_domain_row, vpl011), "vpl011"},
        {offsetof(struct launch_domain_row, console), "console"},
        {offsetof(struct launch_domain_row, xenstore), "xenstore"},
        {offsetof(struct launch_domain_row, machine_power), "machine-power"},
    };

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (*(const bool *)((const char *)row + flags[i].offset))
            printf(" %s", flags[i].name);
    if (row->lines)
        printf(" spis=%u", row->lines);
    if (strcmp(row->enhanced, "enabled") != 0)
        printf(" enhanced=%s", row->enhanced);
    print_ends(row);
    print_share(row);
    putchar('\n');
}

/* A line of text out of the tree, which steers no terminal. */
static void print_text(const char *text)
{
    for (; *text; text++)
        putchar(*text >= ' ' && *text <= '~' ? *text : '?');
    putchar('\n');
}

static void print_domains(const struct launch_report *report)
{
    printf("%-24s %5s %10s %9s %5s %-20s %s\n", "Name", "ID", "Memory/KiB", "Pool/KiB", "VCPUs",
           "Roles", "Has");
    for (size_t i = 0; i < report->nr_domains; i++) {
        const struct launch_domain_row *row = &report->domains[i];
        char roles[80];

        xl_format_roles(row->roles, roles, sizeof(roles));
        printf("%-24s %5u %10llu %9llu %5u %-20s", row->name, row->domid,
               (unsigned long long)row->memory_kib, (unsigned long long)row->pool_kib, row->vcpus,
               roles);
        print_has(row);
    }
    printf("\n%5s %-36s %s\n", "ID", "UUID", "Command line");
    for (size_t i = 0; i < report->nr_domains; i++) {
        char uuid[40];

        xl_format_uuid(report->domains[i].uuid, uuid, sizeof(uuid));
        printf("%5u %-36s ", report->domains[i].domid, uuid);
        print_text(report->domains[i].bootargs);
    }
}

/* Those that may not run everywhere, or prefer some CPUs. */
static void print_vcpus(const struct launch_report *report)
{
    bool any = false;

    for (size_t i = 0; i < report->nr_vcpus; i++) {
        const struct launch_vcpu_row *row = &report->vcpus[i];
        char hard[80], soft[80];

        if (!row->limited)
            continue;
        if (!any)
            printf("\n%5s %5s %s\n", "ID", "VCPU", "Affinity (hard / soft)");
        any = true;
        xl_format_cpumap(row->hard_affinity, report->pcpus, hard, sizeof(hard));
        xl_format_cpumap(row->soft_affinity, report->pcpus, soft, sizeof(soft));
        printf("%5u %5u %s / %s\n", row->domid, row->vcpu, hard, soft);
    }
}

static void print_relations(const struct launch_report *report)
{
    if (report->nr_relations)
        printf("\n%5s %-8s %s\n", "ID", "Has as", "ID");
    for (size_t i = 0; i < report->nr_relations; i++)
        printf("%5u %-8s %u\n", report->relations[i].domid, report->relations[i].kind,
               report->relations[i].remote_domid);
}

static void print_regions(const struct launch_report *report)
{
    printf("\n%5s %-18s %14s %14s %s\n", "ID", "What", "Address", "Size", "From");
    for (size_t i = 0; i < report->nr_regions; i++) {
        const struct launch_region_row *row = &report->regions[i];

        printf("%5u %-18s %#14llx %#14llx", row->domid, row->what, (unsigned long long)row->address,
               (unsigned long long)row->size);
        if (row->loaded)
            printf(" %#llx", (unsigned long long)row->source);
        putchar('\n');
    }
}

/* Each is printed at each of its ends, as each is a domain's own. */
static void print_channels(const struct launch_report *report)
{
    printf("\n%5s %5s %9s %s\n", "ID", "Port", "Remote ID", "Remote port");
    for (size_t i = 0; i < report->nr_channels; i++) {
        const struct launch_channel_row *row = &report->channels[i];

        printf("%5u %5u %9u %11u\n", row->domid, row->port, row->remote_domid, row->remote_port);
    }
}

/* What is not given is left out, "-" where there is a column for it. */
static void print_devices(const struct launch_report *report)
{
    printf("\n%5s %-8s %9s %-16s %-32s %s\n", "ID", "Kind", "Number", "Name", "Backed by", "Has");
    for (size_t i = 0; i < report->nr_devices; i++) {
        const struct launch_device_row *row = &report->devices[i];

        printf("%5u %-8s %9u %-16s %-32s", row->domid, row->kind, row->number,
               *row->name ? row->name : "-", row->backing);
        if (row->read_only)
            printf(" read-only");
        if (*row->mac)
            printf(" mac=%s", row->mac);
        if (*row->script)
            printf(" script=%s", row->script);
        putchar('\n');
    }
}

/* Which machine address is known only if the tree says it. */
static void print_shares(const struct launch_report *report)
{
    printf("\n%5s %-16s %-8s %14s %14s %s\n", "ID", "Shared memory", "As", "Address", "Size",
           "Machine address");
    for (size_t i = 0; i < report->nr_shares; i++) {
        const struct launch_share_row *row = &report->shares[i];

        printf("%5u %-16s %-8s %#14llx %#14llx", row->domid, row->region, row->role,
               (unsigned long long)row->address, (unsigned long long)row->size);
        if (row->placed)
            printf(" %#llx\n", (unsigned long long)row->host);
        else
            printf(" any\n");
    }
}

void launch_print(const struct launch_report *report)
{
    if (report->nr_domains) {
        print_domains(report);
        print_vcpus(report);
        print_relations(report);
        print_regions(report);
    }
    if (report->nr_channels)
        print_channels(report);
    if (report->nr_shares)
        print_shares(report);
    if (report->nr_devices)
        print_devices(report);
}

static void print_table(const struct launch_report *report)
{
    launch_print(report);
    if (report->nr_domains && report->nr_messages)
        putchar('\n');
    for (size_t i = 0; i < report->nr_messages; i++)
        printf("%s: %s\n", report->messages[i].severity, report->messages[i].text);
}

static bool read_files(const struct xl_call *call, struct launch_files *files)
{
    const char *text;
    int position = 0;

    while ((text = xl_next_value(call, 'm', &position)))
        if (!launch_read_file(files, text))
            return false;
    return true;
}

static int check(const struct xl_call *call, const void *fdt, struct launch_files *files)
{
    struct launch_report report;
    int status = XL_OK;

    if (!launch_examine(fdt, files, &report))
        return xl_fail_with("Out of memory.");
    if (xl_wants_data(call, 'j'))
        status = print_for_scripts(call, &report);
    else
        print_table(&report);
    if (report.errors)
        status = XL_FAILED;
    launch_report_free(&report);
    return status;
}

static int run_check(const struct xl_call *call)
{
    struct launch_files files = {0};
    int status = XL_FAILED;
    void *fdt = launch_read_tree(call->argv + 1, call->argc - 1);

    if (fdt && read_files(call, &files))
        status = check(call, fdt, &files);
    launch_free_files(&files);
    free(fdt);
    return status;
}

static int run(const struct xl_call *call)
{
    if (call->argc >= 2 && strcmp(call->argv[0], "check") == 0)
        return run_check(call);
    if (call->argc >= 2 && strcmp(call->argv[0], "make") == 0)
        return launch_make(call);
    xl_fail_with("'xl launch' is used as: xl launch check FILE [FRAGMENT]...\n"
                 "or: xl launch make --output DIR [options] FILE...");
    return XL_USAGE;
}

static const struct xl_option options[] = {
    {'m', "module", "ADDRESS=FILE",
     "the file that the boot loader puts at that address; may be given for each module"},
    {'j', "json", NULL, "print it as JSON"},
    XL_OPTION_XML,
    {'f', "from", "KIND",
     "make: what the files are, imagebuilder, xl, libvirt or system-device-tree"},
    {'o', "output", "DIR", "make: the folder to write the board to"},
    {'n', "dry-run", NULL, "make: only say what would be written"},
    {'t', "tree", "FILE", "make: the machine's own device tree"},
    {'x', "hypervisor", "FILE", "make: the hypervisor's image"},
    {0},
};

static const struct xl_status statuses[] = {
    {XL_FAILED, "an error keeps a domain out, and make writes nothing"},
    {0},
};

static const struct xl_form forms[] = {
    {.name = "check", .fields = report_fields},
    {.name = "make", .fields = board_fields},
    {0},
};

const struct xl_command xl_command_launch = {
    .name = "launch",
    .arguments = "check|make [options] <File>...",
    .summary = "Tell what a device tree would launch, or make one",
    .details =
        "xl launch check [-j|-X] FILE [FRAGMENT]... tells what a device tree would launch, and "
        "what is\nwrong with it. FILE is a flattened device tree, or the source of one if dtc is "
        "installed. Each FRAGMENT "
        "is\n"
        "the source of what is laid over it. Prints the domains (with what is not as for every "
        "other\n"
        "one), their command lines, the vcpus that may not run everywhere, peers and targets, what "
        "is\n"
        "where in each one's address space (with the machine address of modules that are loaded\n"
        "there), the event channels, shared memory and devices that the tree declares, and every "
        "error "
        "and "
        "warning\n"
        "with node and property. An error keeps a domain out; then the exit status is 1. A note is "
        "no\n"
        "mistake: it says what a board without one of the roles lacks. The hypervisor's command "
        "line\n"
        "is checked as at boot.\n"
        "No hypervisor is asked. What only the modules' contents tell (a kernel's .bss, a damaged\n"
        "image, the devices of a passthrough tree) is seen of those given with -m; where the\n"
        "hypervisor itself will lie is not.\n"
        "\n"
        "xl launch make [options] FILE... makes a board out of what describes its domains for "
        "other\n"
        "tools: a configuration of ImageBuilder, of xl create or of libvirt, one a domain, or a "
        "System\n"
        "Device Tree. Its kind is told by its looks, or by --from. Written\n"
        "are into DIR: board.dtb, the machine's own tree (--tree, or what the description names) "
        "with\n"
        "the domains in it; a copy of the hypervisor and of each file that a domain starts from; "
        "boot.cmd\n"
        "and boot.scr, which load all of it and start it by U-Boot; qemu.sh, which does so by QEMU "
        "if the\n"
        "tree is that of its machine. What is loaded lies 2 MiB apart in RAM that nobody else "
        "has. What\n"
        "was decided is printed, with all that check says of it, and each thing that was not acted "
        "on is\n"
        "one line with file, line and key. With an error nothing is written, and the exit status "
        "is 1.",
    .forms = forms,
    .options = options,
    .statuses = statuses,
    .least = 1,
    .most = -1,
    .run = run,
};
