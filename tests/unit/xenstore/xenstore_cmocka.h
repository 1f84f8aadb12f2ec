/* SPDX-License-Identifier: MIT */
/* What cmocka wants to be included before it. */
#ifndef XENSTORE_CMOCKA_H
#define XENSTORE_CMOCKA_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#endif
