/* SPDX-License-Identifier: MIT */
/*
 * A live update as xenstore-control asks for it, in Xen's four steps: "live-update -f FILE" (or
 * without -f) names the program, "-c ARGUMENTS" its command line, "-s [-t SECONDS] [-F]" begins,
 * "-a" gives up. All of it is one connection's business.
 */
#ifndef XENSTORED_LIVE_SESSION_H
#define XENSTORED_LIVE_SESSION_H

#include "wire/connection.h"

struct live_session {
    struct connection *connection;
    char *file;
    char *arguments;            /* NULL: those that this process was started with */
    unsigned int seconds;       /* that the new program has to say whether it can go on */
    bool started;               /* it is to happen when the turn is over */
    struct xsd_sockmsg request; /* which is answered then */
};

/*
 * One step. 0 with what to answer in *text (NULL: nothing yet), or an errno value.
 */
int live_session_step(struct connection *connection, const struct xsd_sockmsg *request,
                      const char *const *arguments, int count, const char **text);

/* Whether it is to happen now. */
bool live_session_due(const struct server *server);
/* There is none any more. */
void live_session_end(struct server *server);
/* The same, if it is this connection's. */
void live_session_forget(const struct connection *connection);

#endif
