/* SPDX-License-Identifier: MIT */
/* Handlers of <twin/requests.def>: the result, and in exchange what else there is to answer. */
#ifndef HOST_REQUESTS_H
#define HOST_REQUESTS_H

#include "connection.h"

#define TWIN_REQUEST(name, handler, what)                                                          \
    int64_t handler(struct connection *connection, struct domain *domain,                          \
                    struct exchange *exchange);
#include <twin/requests.def>
#undef TWIN_REQUEST

#endif
