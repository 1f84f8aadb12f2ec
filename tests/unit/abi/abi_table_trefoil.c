/* SPDX-License-Identifier: MIT */
/* What our public headers say. */
#include <xen/bootfdt.h>
#include <xen/domctl.h>
#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/hvm/dm_op.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/ioreq.h>
#include <xen/hvm/params.h>
#include <xen/io/console.h>
#include <xen/io/libxenvchan.h>
#include <xen/io/xs_wire.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/vcpu.h>
#include <xen/version.h>

#include "abi_table.h"

#define IF_same(...)    {__VA_ARGS__},
#define IF_new(...)     {__VA_ARGS__},
#define IF_changed(...) {__VA_ARGS__},
#include "abi_table.inc"

struct abi_table abi_trefoil_table(void)
{
    return (struct abi_table){rows, sizeof(rows) / sizeof(rows[0])};
}
