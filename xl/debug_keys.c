/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include <xenctl/xenctl.h>

#include "xl.h"

static int run(const struct xl_call *call)
{
    struct xc_interface *xc = libxl_xc(xl_context());
    if (!xc)
        return xl_fail();
    int rc = xc_send_debug_keys(xc, call->argv[0]);
    if (rc == -EINVAL)
        return xl_fail_with("'%s' has a key that does nothing, and none was sent; 'xl debug-keys "
                            "h' has 'xl dmesg' tell those there are.",
                            call->argv[0]);
    if (rc < 0)
        return xl_fail_with("Sending debug keys failed: %s.", xc_error(xc));
    return XL_OK;
}

const struct xl_command xl_command_debug_keys = {
    .name = "debug-keys",
    .arguments = "<Keys>",
    .summary = "Send debug keys to the hypervisor",
    .details = "What they make it print is in its log: see 'xl dmesg'.",
    .least = 1,
    .most = 1,
    .run = run,
};
