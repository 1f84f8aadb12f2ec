/* SPDX-License-Identifier: MIT */
/*
 * What Debian's libxen-dev says of the same structures and constants. Its headers choose the
 * architecture by the compiler's macros, so these are told to say arm64, after all of libc that
 * they need.
 */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "abi_table.h"

#if __has_include("/usr/include/xen/domctl.h")
#undef __i386__
#undef __x86_64__
#ifndef __aarch64__
#define __aarch64__ 1
#endif
#define __XEN_TOOLS__ 1

#include "/usr/include/xen/xen.h"
#include "/usr/include/xen/domctl.h"
#include "/usr/include/xen/errno.h"
#include "/usr/include/xen/event_channel.h"
#include "/usr/include/xen/features.h"
#include "/usr/include/xen/grant_table.h"
#include "/usr/include/xen/hvm/dm_op.h"
#include "/usr/include/xen/hvm/hvm_op.h"
#include "/usr/include/xen/hvm/ioreq.h"
#include "/usr/include/xen/hvm/params.h"
#include "/usr/include/xen/io/console.h"
#include "/usr/include/xen/io/libxenvchan.h"
#include "/usr/include/xen/io/xs_wire.h"
#include "/usr/include/xen/memory.h"
#include "/usr/include/xen/physdev.h"
#include "/usr/include/xen/platform.h"
#include "/usr/include/xen/sched.h"
#include "/usr/include/xen/sysctl.h"
#include "/usr/include/xen/vcpu.h"
#include "/usr/include/xen/version.h"

#define IF_same(...) {__VA_ARGS__},
#define IF_new(...)
#define IF_changed(...)
#include "abi_table.inc"

struct abi_table abi_debian_table(void)
{
    return (struct abi_table){rows, sizeof(rows) / sizeof(rows[0])};
}
#else
struct abi_table abi_debian_table(void)
{
    return (struct abi_table){NULL, 0};
}
#endif
