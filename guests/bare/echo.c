/* SPDX-License-Identifier: MIT */
#include "echo.h"
#include <xen/sched.h>

void echo_serve(void)
{
    static const uint32_t port = ECHO_FAR;
    struct sched_poll wait = {.ports.q = (uint64_t)&port, .nr_ports = 1};

    for (;;) {
        call(__HYPERVISOR_sched_op, SCHEDOP_poll, &wait);
        event_clear(port);
        event_send(port);
    }
}
