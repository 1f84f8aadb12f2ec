/* SPDX-License-Identifier: MIT */
#include "xl.h"

static int pause_one(uint32_t domid)
{
    return libxl_domain_pause(xl_context(), domid) == LIBXL_OK ? XL_OK : xl_fail();
}

static int unpause_one(uint32_t domid)
{
    return libxl_domain_unpause(xl_context(), domid) == LIBXL_OK ? XL_OK : xl_fail();
}

static int run_pause(const struct xl_call *call)
{
    return xl_for_each(call, pause_one);
}

static int run_unpause(const struct xl_call *call)
{
    return xl_for_each(call, unpause_one);
}

const struct xl_command xl_command_pause = {
    .name = "pause",
    .arguments = "<Domain...>",
    .summary = "Pause execution of a domain",
    .least = 1,
    .most = -1,
    .run = run_pause,
};

const struct xl_command xl_command_unpause = {
    .name = "unpause",
    .arguments = "<Domain...>",
    .summary = "Unpause a paused domain",
    .least = 1,
    .most = -1,
    .run = run_unpause,
};
