/* SPDX-License-Identifier: MIT */
/* Handing over to another program, in the same process. */
#ifndef XENSTORED_LIVE_UPDATE_H
#define XENSTORED_LIVE_UPDATE_H

#include "live.h"

/* The options of the program that takes over, with the stream's descriptor: to go on from it, or
 * only to say whether it could. Not for people. */
#define LIVE_OPTION       "live-update"
#define LIVE_CHECK_OPTION "live-update-check"
/* What it says then, all that it says, if it can. */
#define LIVE_READY "ready\n"

/* This program, as it was started. */
struct live_program {
    int argc;
    char *const *argv;
    struct live_process process;
};

/*
 * The live update that is due. Returns only if nothing came of it, which is told to who asked for
 * it and logged.
 */
void live_update(struct server *server, const struct live_program *program);

/* The server from the stream in `fd`, which is closed. false: it has been told why not. */
bool live_take_over(struct server *server, struct live_process *process, int fd);

/* Whether this program could go on from the stream in `fd`: says so on standard output. */
int live_check(int fd);

#endif
