/* SPDX-License-Identifier: MIT */
/* The Unix socket and its clients. */
#ifndef XENSTORED_SOCKET_H
#define XENSTORED_SOCKET_H

#include <poll.h>

#include "connection.h"

/* More clients have to wait until one goes. */
#define SOCKET_CLIENTS_MAX 1000

/*
 * Make the listening socket at `path`, its directory too if it is missing; only root can
 * connect. A socket that nobody answers is replaced. The descriptor, or a negative errno
 * value: -EADDRINUSE if another xenstored answers there.
 */
int socket_listen(const char *path);

/* Take the clients that wait. Returns false if that does not work now, for want of descriptors. */
bool socket_accept(struct server *server, int listener);

/* Number of socket clients. */
unsigned int socket_count(const struct server *server);

/* Fill in what to wait for, an element each client, in the order of server->connections. */
void socket_poll_prepare(const struct server *server, struct pollfd *polls);
/* Wake the clients that poll() found something for. */
void socket_poll_handle(struct server *server, const struct pollfd *polls);

#endif
