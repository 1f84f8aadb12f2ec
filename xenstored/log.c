/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "wire/connection.h"
#include "log.h"
#include "wire/protocol.h"

/* Where the process' messages go is the process' property, not a server's. */
static bool use_syslog;
static int least_severe = LOG_WARNING;

void log_to_syslog(void)
{
    openlog("xenstored", LOG_PID, LOG_DAEMON);
    use_syslog = true;
}

void log_limit(int severity)
{
    least_severe = severity;
}

void log_message(int severity, const char *format, ...)
{
    va_list arguments;

    if (severity > least_severe)
        return;
    va_start(arguments, format);
    if (use_syslog) {
        vsyslog(severity, format, arguments);
    } else {
        fputs("xenstored: ", stderr);
        vfprintf(stderr, format, arguments);
        fputc('\n', stderr);
    }
    va_end(arguments);
}

int trace_open(struct server *server, const char *name)
{
    FILE *file = NULL;
    char *copy = NULL;

    if (name) {
        copy = strdup(name);
        file = copy ? fopen(copy, "ae") : NULL;
        if (!file) {
            int error = errno;

            free(copy);
            return error;
        }
        setvbuf(file, NULL, _IOLBF, 0);
    }
    if (server->trace)
        fclose(server->trace);
    server->trace = file;
    if (copy) {
        free(server->trace_name);
        server->trace_name = copy;
    }
    return 0;
}

void trace_message(const struct connection *connection, const char *direction,
                   const struct xsd_sockmsg *header, const char *payload, size_t length)
{
    FILE *trace = connection->server->trace;
    struct timespec now;
    struct tm calendar;
    char stamp[32];

    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &calendar);
    strftime(stamp, sizeof(stamp), "%Y%m%d %H:%M:%S", &calendar);
    fprintf(trace, "%s %s.%06ld c%u d%u t%u %s (", direction, stamp, now.tv_nsec / 1000,
            connection->id, connection->actor.subject.domid, header->tx_id,
            protocol_name(header->type));
    for (size_t i = 0; i < length; i++) {
        if (payload[i] >= ' ' && payload[i] <= '~')
            fputc(payload[i], trace);
        else
            fputc(payload[i] ? '?' : ' ', trace);
    }
    fputs(")\n", trace);
}
