/* SPDX-License-Identifier: MIT */
/* Which of the two formats a client wants. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "listen.h"

#define QUALITY_MAX 1000u

/* A piece of a header, without the spaces around it. */
struct piece {
    const char *at;
    size_t length;
};

/* The next piece up to `separator`; *rest is what follows, NULL after the last. */
static struct piece next_piece(struct piece *rest, char separator)
{
    struct piece piece = *rest;
    const char *end = memchr(piece.at, separator, piece.length);
    *rest = (struct piece){.at = NULL};
    if (end) {
        rest->at = end + 1;
        rest->length = piece.length - (size_t)(end + 1 - piece.at);
        piece.length = (size_t)(end - piece.at);
    }
    for (; piece.length && isspace((unsigned char)*piece.at); piece.at++)
        piece.length--;
    while (piece.length && isspace((unsigned char)piece.at[piece.length - 1]))
        piece.length--;
    return piece;
}

static bool is(const struct piece *piece, const char *text)
{
    return piece->length == strlen(text) && strncasecmp(piece->at, text, piece->length) == 0;
}

/* "0.75" in thousandths; what makes no sense is 0, and not wanted. */
static unsigned int parse_quality(const struct piece *piece)
{
    char text[8] = "", *end;
    if (piece->length >= sizeof(text))
        return 0;
    memcpy(text, piece->at, piece->length);
    double value = strtod(text, &end);
    return *text && !*end && value >= 0 && value <= 1 ? (unsigned int)(value * QUALITY_MAX + 0.5)
                                                      : 0;
}

static const struct {
    const char *type, *version; /* NULL: any */
    enum metrics_format format;
} types[] = {
    {"application/openmetrics-text", "1.0.0", METRICS_OPEN},
    {"text/plain", "0.0.4", METRICS_TEXT},
    {"text/*", NULL, METRICS_TEXT},
    {"*/*", NULL, METRICS_TEXT},
};

/* One type with its parameters: how much it is wanted, in `wanted` of its format. */
static void weigh(struct piece rest, unsigned int wanted[2])
{
    struct piece type = next_piece(&rest, ';'), version = {.at = NULL};
    unsigned int quality = QUALITY_MAX;
    while (rest.at) {
        struct piece value = next_piece(&rest, ';');
        struct piece name = next_piece(&value, '=');
        if (value.at)
            value = next_piece(&value, '\0');
        if (is(&name, "q"))
            quality = value.at ? parse_quality(&value) : 0;
        else if (is(&name, "version"))
            version = value;
    }
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        bool fits = is(&type, types[i].type) &&
                    (!version.at || !types[i].version || is(&version, types[i].version));
        if (fits && quality > wanted[types[i].format])
            wanted[types[i].format] = quality;
    }
}

enum metrics_format metrics_negotiate(const char *accept)
{
    unsigned int wanted[] = {[METRICS_OPEN] = 0, [METRICS_TEXT] = 0};
    struct piece rest = {.at = accept, .length = accept ? strlen(accept) : 0};
    while (rest.at)
        weigh(next_piece(&rest, ','), wanted);
    return wanted[METRICS_OPEN] && wanted[METRICS_OPEN] >= wanted[METRICS_TEXT] ? METRICS_OPEN
                                                                                : METRICS_TEXT;
}
