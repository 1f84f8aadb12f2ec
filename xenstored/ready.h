/* SPDX-License-Identifier: MIT */
/* Going into the background, and telling whoever started us that the service is there. */
#ifndef XENSTORED_READY_H
#define XENSTORED_READY_H

struct ready {
    int fd; /* the other end is the process that was started; -1: none */
};

/*
 * Fork; messages go to syslog from ready_tell() on. Returns -1 in the daemon; in the process that
 * was started, when the daemon is ready or has failed, the status to exit with.
 */
int ready_fork(struct ready *ready);
void ready_in_foreground(struct ready *ready);

/* The service is there. Also tells a service manager, if NOTIFY_SOCKET names one. */
void ready_tell(struct ready *ready);

#endif
