/* SPDX-License-Identifier: MIT */
/* A client of the store's socket that does as it is told as fast as it can, and what of the
 * server's CPU time that takes. */
#ifndef TESTS_STORE_CLIENT_H
#define TESTS_STORE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/io/xs_wire.h>

struct server {
    const char *name;
    bool echo; /* sends back what it gets */
    int fd, schedstat;
    char out[1 << 16], in[1 << 16];
    size_t out_size, in_size, in_taken;
    uint64_t events; /* taken in all */
};

/* Ends the program with a message. */
_Noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* NAME=SOCKET=PID, split in place. */
void server_connect(struct server *server, char *words);
void server_close(struct server *server);
/* ns of CPU time that the server has taken. */
uint64_t server_time(const struct server *server);
/* Puts a request into the buffer; strings end in a NUL each but for the last of a write. */
void server_ask(struct server *server, uint32_t type, uint32_t transaction, const void *payload,
                size_t size);
void server_ask_write(struct server *server, uint32_t transaction, const char *path,
                      const char *value);
/* Sends what was asked and takes the answer to each. Returns the payload of the last, ended by a
 * NUL, valid until the next call. */
const char *server_answers(struct server *server, unsigned int count);
/* Until so many events in all have come. */
void server_events(struct server *server, uint64_t events);

#endif
