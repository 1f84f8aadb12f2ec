/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "listen.h"

static bool parse_port(const char *text, uint16_t *port)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || value > UINT16_MAX)
        return false;
    *port = (uint16_t)value;
    return true;
}

/* All addresses of both kinds: that of IPv6 takes the other's, too. */
static void set_any(struct metrics_address *address, uint16_t port)
{
    struct sockaddr_in6 at = {
        .sin6_family = AF_INET6, .sin6_addr = in6addr_any, .sin6_port = htons(port)};
    memcpy(&address->at, &at, sizeof(at));
    address->size = sizeof(at);
}

static bool set_address(const char *text, uint16_t port, struct metrics_address *address)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (!*text) {
        set_any(address, port);
    } else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1) {
        memcpy(&address->at, &six, sizeof(six));
        address->size = sizeof(six);
    } else if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
        memcpy(&address->at, &four, sizeof(four));
        address->size = sizeof(four);
    } else {
        return false;
    }
    return true;
}

/* In brackets there is IPv6 only. */
static bool set_bracketed(char *text, struct metrics_address *address)
{
    uint16_t port = METRICS_PORT;
    char *end = strchr(text, ']');
    if (!end || (end[1] && end[1] != ':') || (end[1] && !parse_port(end + 2, &port)))
        return false;
    *end = '\0';
    return strchr(text, ':') && set_address(text + 1, port, address);
}

bool metrics_parse_address(const char *text, struct metrics_address *address)
{
    char copy[METRICS_ADDRESS_SIZE];
    uint16_t port = METRICS_PORT;
    *address = (struct metrics_address){.size = 0};
    if (!*text || snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
        return false;
    if (*copy == '[')
        return set_bracketed(copy, address);
    char *colon = strchr(copy, ':');
    bool has_port = colon && !strchr(colon + 1, ':');
    if (has_port) {
        *colon = '\0';
        if (!parse_port(colon + 1, &port))
            return false;
    }
    return set_address(copy, port, address);
}

void metrics_format_address(const struct metrics_address *address, char out[METRICS_ADDRESS_SIZE])
{
    char text[INET6_ADDRSTRLEN] = "?";
    if (address->at.ss_family == AF_INET) {
        struct sockaddr_in at;
        memcpy(&at, &address->at, sizeof(at));
        inet_ntop(AF_INET, &at.sin_addr, text, sizeof(text));
        snprintf(out, METRICS_ADDRESS_SIZE, "%s:%u", text, ntohs(at.sin_port));
    } else {
        struct sockaddr_in6 at;
        memcpy(&at, &address->at, sizeof(at));
        inet_ntop(AF_INET6, &at.sin6_addr, text, sizeof(text));
        snprintf(out, METRICS_ADDRESS_SIZE, "[%s]:%u", text, ntohs(at.sin6_port));
    }
}
