/* SPDX-License-Identifier: MIT */
#ifndef XL_MACHINE_H
#define XL_MACHINE_H

#include "xl.h"

/* What shutdown and reboot with --machine do; their options t and n are looked at. */
int xl_end_machine(const struct xl_call *call, enum libxl_machine how);

#endif
