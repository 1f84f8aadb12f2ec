/* SPDX-License-Identifier: MIT */
/* Clients in the daemon's own domain, over a Unix stream socket: docs/console-protocol.md. */
#ifndef XENCONSOLED_CLIENT_SOCKET_H
#define XENCONSOLED_CLIENT_SOCKET_H

#include "daemon.h"

/* Listens on the path of the options. 0 or a negative errno value. */
int socket_listen(struct daemon *daemon);
/* Lets all connections go and removes the path. */
void socket_close(struct daemon *daemon);

#endif
