/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <xen/xen.h>

#include "daemon.h"
#include "message.h"

#define STEP_SIZE 4096

static void virq_pending(void *context)
{
    struct daemon *daemon = context;

    daemon->hvlog.pending = true;
}

void hvlog_open(struct daemon *daemon)
{
    struct hvlog *hvlog = &daemon->hvlog;
    struct port_handler handler = {virq_pending, daemon};

    *hvlog = (struct hvlog){.port = -1};
    log_init_none(&hvlog->log);
    if (!(daemon->options.log & LOG_HYPERVISOR))
        return;
    log_open(&hvlog->log, &daemon->options, "hypervisor",
             daemon->options.timestamp & LOG_HYPERVISOR);
    hvlog->port = ports_bind_virq(&daemon->ports, VIRQ_CON_RING, handler);
    if (hvlog->port < 0)
        message_error("the hypervisor's log is not followed: no VIRQ_CON_RING: %s",
                      strerror(-hvlog->port));
    hvlog->pending = true;
}

void hvlog_close(struct daemon *daemon)
{
    struct hvlog *hvlog = &daemon->hvlog;

    if (hvlog->port >= 0)
        ports_unbind(&daemon->ports, (evtchn_port_t)hvlog->port);
    hvlog->port = -1;
    log_close(&hvlog->log);
}

bool hvlog_turn(struct daemon *daemon)
{
    struct hvlog *hvlog = &daemon->hvlog;
    char data[STEP_SIZE];
    int size;

    if (!hvlog->pending)
        return false;
    size = xc_readconsole(daemon->xc, data, sizeof data, 0, 1, &hvlog->index);
    if (size < 0)
        message_error("the hypervisor's log cannot be read: %s", xc_error(daemon->xc));
    else
        log_append(&hvlog->log, data, (size_t)size);
    if (size == sizeof data)
        return true;
    hvlog->pending = false;
    if (hvlog->port >= 0)
        ports_unmask(&daemon->ports, (evtchn_port_t)hvlog->port);
    return false;
}
