/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's log: read on VIRQ_CON_RING, appended to hypervisor.log, never cleared. The file
 * hypervisor.position says how much of it the log has, so that a later daemon goes on from there.
 */
#ifndef XENCONSOLED_HVLOG_H
#define XENCONSOLED_HVLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "log.h"

struct daemon;

struct hvlog {
    struct log log;
    uint32_t index; /* the hypervisor's position after what has been read */
    int port;       /* -1: not followed */
    int position;   /* the file that says up to where the log has it, -1: none */
    bool pending;
};

/* Starts following the log. A refusal is reported, not fatal: consoles are served all the same. */
void hvlog_open(struct daemon *daemon);
void hvlog_close(struct daemon *daemon);

/* Reads a bounded amount if there is news; true when there is more. */
bool hvlog_turn(struct daemon *daemon);

#endif
