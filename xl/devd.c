/* SPDX-License-Identifier: MIT */
#include <devd/devd.h>

#include "xl.h"

#define LOG "/var/log/xen/devd.log"

static int run(const struct xl_call *call)
{
    const struct devd_options options = {
        .root = "",
        .pid_file = xl_value(call, 'p'),
        .log_file = LOG,
        .foreground = xl_given(call, 'F'),
        .make_bridges = xl_given(call, 'b'),
    };
    enum devd_end end = devd_run(&options);
    if (end == DEVD_RUNNING)
        return xl_fail_with("There is an xl devd in this domain already.");
    return end == DEVD_OK ? XL_OK : XL_FAILED;
}

static const struct xl_option options[] = {
    {'F', NULL, NULL, "stay in the foreground, with the log on the terminal"},
    {'p', "pidfile", "FILE", "write the process id there"},
    {'b', "bridges", NULL, "make a bridge that is asked for and not there"},
    {0},
};

const struct xl_command xl_command_devd = {
    .name = "devd",
    .arguments = "[options]",
    .summary = "Serve disks and networks to other domains from this one",
    .details =
        "The daemon of the hardware domain, or of another that serves devices. It watches what "
        "stands "
        "for this\n"
        "domain in xenstore, finds or makes the block device behind each disk (a file becomes a "
        "loop "
        "device), puts\n"
        "each network into its bridge, and runs the script that a specification names, as Xen "
        "calls "
        "those of\n"
        "/etc/xen/scripts. The devices that the machine's device tree declares it adds by itself "
        "whenever their\n"
        "domain starts. It may be killed and started again: guests do not notice. It stays root, "
        "as loop\n"
        "devices, bridges and scripts take that. In the background its log is\n" LOG ".",
    .options = options,
    .run = run,
};
