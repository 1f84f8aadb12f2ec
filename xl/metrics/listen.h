/* SPDX-License-Identifier: MIT */
/* Metrics by HTTP: where they are, and what is answered. */
#ifndef XL_METRICS_LISTEN_H
#define XL_METRICS_LISTEN_H

#include <stdbool.h>
#include <sys/socket.h>

#include "http_part.h"
#include "metrics.h"

#define METRICS_PORT         9802
#define METRICS_ADDRESS_SIZE 64 /* of one as text */

struct metrics_address {
    struct sockaddr_storage at;
    socklen_t size;
};

/*
 * ADDRESS[:PORT], with IPv6 in brackets where there is a port; no names. An empty address is all
 * addresses of both kinds. False: it makes no sense.
 */
bool metrics_parse_address(const char *text, struct metrics_address *address);
/* As it stands in a URL, with its port. */
void metrics_format_address(const struct metrics_address *address, char out[METRICS_ADDRESS_SIZE]);

/* What a client gets that accepts this (RFC 9110, 12.5.1); NULL: it does not say. */
enum metrics_format metrics_negotiate(const char *accept);

/* An http_answer: to any request. Takes a sample for each that is for metrics; `context` is a
 * struct libxl_memory. */
void metrics_answer(void *context, const struct http_request *request, struct http_reply *reply);

/* Answers until SIGTERM or SIGINT comes; returns an exit status. */
int metrics_listen(const char *where);

#endif
