/* SPDX-License-Identifier: MIT */
/* What code compiled with a stack protector wants to link against: Debian's libfdt.a. */
#include <stdint.h>
#include <trefoil/printk.h>

uintptr_t __stack_chk_guard = 0x7472656600ff0a0dUL;
_Noreturn void __stack_chk_fail(void);

_Noreturn void __stack_chk_fail(void)
{
    panic("stack overwritten");
}
