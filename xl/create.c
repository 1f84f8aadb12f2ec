/* SPDX-License-Identifier: MIT */
#include "xl.h"

/* What scripts for Xen give it is not read: the answer is the same. */
static int run(const struct xl_call *call)
{
    (void)call;
    return xl_fail_with(
        "Domains are not created at run time: the device tree that the machine boots with says "
        "which there are.\n"
        "Describe the domain there, see what comes of it with 'xl launch check', and boot anew; "
        "'xl restart' starts one of them again.");
}

static const struct xl_status statuses[] = {
    {XL_FAILED, "always: nothing is created"},
    {0},
};

const struct xl_command xl_command_create = {
    .name = "create",
    .arguments = "[options] [ConfigFile]",
    .summary = "Say what to do instead of creating a domain",
    .details = "Domains are those of the device tree; 'xl launch check' tells what a tree would "
               "launch.",
    .statuses = statuses,
    .most = -1,
    .any_options = true,
    .run = run,
};
