/* SPDX-License-Identifier: MIT */
/* The Unix socket and its clients. */
#ifndef XENSTORED_SOCKET_H
#define XENSTORED_SOCKET_H

#include "connection.h"

/* More clients have to wait until one goes. */
#define SOCKET_CLIENTS_MAX 1000

/*
 * Make the listening socket at `path`, its directory too if it is missing; only root and
 * the own user can connect, and with `group` whoever is in the own group. A socket that nobody
 * answers is replaced. The descriptor, or a negative errno
 * value: -EADDRINUSE if another xenstored answers there.
 */
int socket_listen(const char *path, bool group);

/* Go on with the clients that another program had, whose connections are parked. */
void sockets_adopt(struct server *server, int epoll);

/*
 * Take the clients that wait; what they have to say is told by `epoll`, whose events' data.ptr is
 * their connection. Returns false if that does not work now, for want of descriptors.
 */
bool socket_accept(struct server *server, int epoll, int listener);

/* What `epoll` tells of one: it has a turn. */
void socket_handle(struct connection *connection, uint32_t events);

#endif
