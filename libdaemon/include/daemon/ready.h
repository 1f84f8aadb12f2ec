/* SPDX-License-Identifier: MIT */
/* Telling a service manager. */
#ifndef DAEMON_READY_H
#define DAEMON_READY_H

/*
 * The service is there: tells whom NOTIFY_SOCKET names, if it names one, as systemd's sd_notify(3)
 * describes. What goes wrong is printed to stderr, by the name of `program`.
 */
void ready_notify(const char *program);

#endif
