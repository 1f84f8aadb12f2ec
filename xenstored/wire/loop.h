/* SPDX-License-Identifier: MIT */
/* The main loop. */
#ifndef XENSTORED_LOOP_H
#define XENSTORED_LOOP_H

#include "live/live_update.h"
#include "server.h"

/*
 * Serve until SIGTERM or SIGINT comes (which must be blocked): the program's listener and the
 * rings. SIGHUP opens the trace file again. A live update may put another program in our place. 0,
 * or an errno value if waiting became impossible.
 */
int loop_run(struct server *server, const struct live_program *program);

#endif
