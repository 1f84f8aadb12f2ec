/* SPDX-License-Identifier: MIT */
#ifndef CORE_CONSOLE_GUEST_H
#define CORE_CONSOLE_GUEST_H

#include <trefoil/domain.h>

/* Takes what was typed for a domain without a virtual UART; how many characters there were. */
size_t console_guest_read(struct domain *domain, char *to, size_t size);

#endif
