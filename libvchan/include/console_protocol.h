/* SPDX-License-Identifier: MIT */
/*
 * How a client finds xenconsoled and asks for a console: docs/console-protocol.md. Shared by
 * xenconsoled and `xl console`.
 */
#ifndef CONSOLE_PROTOCOL_H
#define CONSOLE_PROTOCOL_H

/* Written by the daemon once it is ready, removed when it ends. */
#define CONSOLE_DAEMON_PATH       "/tool/xenconsoled"
#define CONSOLE_DAEMON_DOMID      CONSOLE_DAEMON_PATH "/domid"
#define CONSOLE_DAEMON_GENERATION CONSOLE_DAEMON_PATH "/generation"
#define CONSOLE_DAEMON_SOCKET     CONSOLE_DAEMON_PATH "/socket"

/* Where a control domain's clients put their requests, one directory each. %u: the client's own
 * domain, which is also the one whose grant and port the request names. */
#define CONSOLE_REQUESTS_FORMAT "/local/domain/%u/data/console"

/* Nodes of a request. */
#define CONSOLE_REQUEST_GENERATION "generation"    /* the daemon's, copied */
#define CONSOLE_REQUEST_DOMAIN     "domain"        /* whose console, decimal */
#define CONSOLE_REQUEST_REF        "ring-ref"      /* grant of the vchan's page */
#define CONSOLE_REQUEST_PORT       "event-channel" /* the client's unbound port */
#define CONSOLE_REQUEST_WHAT       "what"          /* one of CONSOLE_WHAT_, not there: live */
#define CONSOLE_REQUEST_REASON     "reason"        /* written by the daemon: why it ended */

/* What is wanted of a domain besides its console as it is. */
#define CONSOLE_WHAT_LAST "last" /* the end of the life before */
#define CONSOLE_WHAT_LOG  "log"  /* the end of the log */

/* The reason where one of these has been sent to its end. */
#define CONSOLE_REASON_ALL "that was all"

/* The socket's greeting: the client's line, and the daemon's answers before the bytes flow. */
#define CONSOLE_GREETING_FORMAT "console %u%s%s\n" /* domid, then a blank and CONSOLE_WHAT_ */
#define CONSOLE_GREETING_MAX    64
#define CONSOLE_ANSWER_OK       "ok\n"
#define CONSOLE_ANSWER_ERROR    "error "

/* As whom the daemon runs, and so whose its terminals are, unless it is told otherwise. */
#define CONSOLE_USER "xenconsoled"

#define CONSOLE_SOCKET_DEFAULT "/run/xen/xenconsoled.sock"

#endif
