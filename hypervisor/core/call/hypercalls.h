/* SPDX-License-Identifier: MIT */
/* The handlers that hypercalls.def names. */
#ifndef CORE_HYPERCALLS_H
#define CORE_HYPERCALLS_H

#include <trefoil/hypercall.h>

#define HYPERCALL(number, handler, arguments) hypercall_handler hypercall_##handler;
#include "hypercalls.def"
#undef HYPERCALL

#endif
