/* SPDX-License-Identifier: MIT */
/* The socket, and the loop that everything happens in. */
#ifndef HOST_SERVER_H
#define HOST_SERVER_H

/* A listening socket at path, readable and writable by its owner; or a negative errno. */
int server_listen(const char *path);
/* Serves until SIGTERM or SIGINT. 0, or a negative errno. */
int server_run(int listener);

#endif
