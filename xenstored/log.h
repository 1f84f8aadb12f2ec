/* SPDX-License-Identifier: MIT */
/* What xenstored says: to syslog or stderr, and the trace of messages. */
#ifndef XENSTORED_LOG_H
#define XENSTORED_LOG_H

#include <xen/io/xs_wire.h>

struct connection;
struct server;

/* Severities as syslog's. Everything goes to stderr, or to syslog after log_to_syslog(). */
void log_to_syslog(void);
/* The least severe that is said; LOG_WARNING if never called. */
void log_limit(int severity);
__attribute__((format(printf, 2, 3))) void log_message(int severity, const char *format, ...);

/* Start, restart or (name NULL) stop tracing. 0 or an errno value. */
int trace_open(struct server *server, const char *name);
/* One line into the trace, which must be on. */
void trace_message(const struct connection *connection, const char *direction,
                   const struct xsd_sockmsg *header, const char *payload, size_t length);

#endif
