/* SPDX-License-Identifier: MIT */
/* The main loop. */
#ifndef XENSTORED_LOOP_H
#define XENSTORED_LOOP_H

#include "server.h"

/*
 * Serve until SIGTERM or SIGINT comes (which must be blocked): `listener` and the rings. SIGHUP
 * opens the trace file again. 0, or an errno value if waiting became impossible.
 */
int loop_run(struct server *server, int listener);

#endif
