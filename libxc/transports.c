/* SPDX-License-Identifier: MIT */
#include "transport.h"

const struct xc_transport *const xc_transports[] = {&xc_kernel_transport, &xc_twin_transport, NULL};
