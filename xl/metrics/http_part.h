/* SPDX-License-Identifier: MIT */
/*
 * The part of xl that speaks HTTP, by libmicrohttpd: a shared object of its own, which is loaded
 * only where it is asked for, as that library brings GnuTLS along.
 */
#ifndef XL_METRICS_HTTP_PART_H
#define XL_METRICS_HTTP_PART_H

#include <stddef.h>

#define HTTP_PART_FILE   "xl-http.so"
#define HTTP_PART_SYMBOL "http_part"
/* Raised with each change of what is below: a part of another version is not used. */
#define HTTP_PART_VERSION 1

/* Texts last as long as the call. */
struct http_request {
    const char *method;
    const char *path;   /* without what follows a ? */
    const char *accept; /* the header; NULL: there is none */
};

struct http_reply {
    unsigned int status;
    const char *type;  /* of the body; a constant */
    const char *allow; /* a header of that name, or NULL; a constant */
    char *body;        /* to be freed by the part; NULL: out of memory */
    size_t size;
};

/* How much clients may take. */
struct http_limits {
    unsigned int connections;             /* at a time; what comes beyond waits */
    unsigned int connections_per_address; /* what comes beyond is closed */
    unsigned int seconds; /* from when it comes a connection has so long for all of it */
};

/* One at a time, in http_part.run(). */
typedef void http_answer(void *context, const struct http_request *request,
                         struct http_reply *reply);

struct http_part {
    unsigned int version;
    /* `listening` is the part's from here on, whether it succeeds or not. NULL: it did not. */
    void *(*begin)(int listening, const struct http_limits *limits, http_answer *answer,
                   void *context);
    /* A descriptor that is readable when there is something for run(). */
    int (*descriptor)(void *server);
    /* Does what can be done at once. In how many ms it is to be called at the latest; -1: never. */
    int (*run)(void *server);
    void (*end)(void *server);
};

#endif
