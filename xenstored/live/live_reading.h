/* SPDX-License-Identifier: MIT */
/* What the parts that read a stream share. */
#ifndef XENSTORED_LIVE_READING_H
#define XENSTORED_LIVE_READING_H

#include "live.h"
#include "store/transaction.h"

struct live_reading {
    struct server *server;
    struct live_process *process;
    uint32_t count; /* records so far */
    bool has_tree, ended;
    struct node_list nodes;

    /* What records that belong to another one belong to; NULL: nothing. */
    struct domain *domain;
    struct connection *connection;
    struct transaction *transaction;
    struct watch **watches; /* of the connection, in their order */
    uint32_t watch_count, watch_capacity;
};

/* A byte that is 0 or 1. */
bool live_take_flag(struct reader *reader);

/* Of the records that tell of connections; false: it makes no sense, or there is no memory. */
bool take_connection(struct live_reading *reading, struct reader *reader);
bool take_watch(struct live_reading *reading, struct reader *reader);
bool take_transaction(struct live_reading *reading, struct reader *reader);
bool take_usage(struct live_reading *reading, struct reader *reader);
bool take_touched(struct live_reading *reading, struct reader *reader);
bool take_mutation(struct live_reading *reading, struct reader *reader);
bool take_message(struct live_reading *reading, struct reader *reader);

#endif
