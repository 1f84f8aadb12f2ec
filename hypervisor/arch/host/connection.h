/* SPDX-License-Identifier: MIT */
/* One connection: what a client asks for, as one domain. */
#ifndef HOST_CONNECTION_H
#define HOST_CONNECTION_H

#include "kernel.h"

struct connection {
    struct connection *next;
    int fd;
    bool greeted; /* it acts as a domain from here on */
    bool held;    /* its domain is paused or has ended: its requests wait */
    domid_t domid;
    uint64_t unique_id; /* of the domain, as ids come back */
    struct host_window arena;
    struct kernel_user user;
};

/* One request and its answer. */
struct exchange {
    struct twin_request request;
    struct twin_reply reply;
    unsigned int reply_pages;
    int fd_in;  /* what came along, -1 nothing; closed after the request if it is still there */
    int fd_out; /* what goes along, -1 nothing; stays open */
};

struct connection *connection_new(int fd);
/* Ends it, and what its user has. */
void connection_free(struct connection *connection);

/* The domain it acts as, with a reference; NULL when that is dying or gone. */
struct domain *connection_domain(const struct connection *connection);
/* Reads one request and answers it. False when the connection is over. */
bool connection_serve(struct connection *connection);

#endif
