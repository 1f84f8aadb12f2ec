/* SPDX-License-Identifier: MIT */
/* A xenstored in the test's process, with clients whose bytes go through memory. */
#ifndef XENSTORE_FIXTURE_H
#define XENSTORE_FIXTURE_H

#include "xenstore_cmocka.h"

#include "../../../xenstored/domain/boot_tree.h"
#include "../../../xenstored/wire/connection.h"
#include "../../../xenstored/domain/domain.h"

#define PIPE_SIZE (256 * 1024)

/* One direction of a client's connection. */
struct bytes {
    char data[PIPE_SIZE];
    size_t length;
};

struct client {
    struct connection *connection;
    struct bytes to_server, from_server;
    size_t room; /* how much from_server takes at most */
    bool closed; /* the server closed the connection */
    bool protocol_error;
    int fd; /* its number across a live update; no descriptor has it */
};

struct reply {
    struct xsd_sockmsg header;
    char body[XENSTORE_PAYLOAD_MAX + 1]; /* with a NUL behind it */
};

/* cmocka's setup and teardown: *state is a struct server with its frame written. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* A privileged client as on a socket, and an unprivileged one as domain `domid`. */
struct client *client_privileged(struct server *server);
struct client *client_domain(struct server *server, uint16_t domid);
void client_free(struct client *client);
/* The client's connection in a server that another one has become. */
void client_adopt(struct client *client, struct server *server);

/* Send bytes, or a whole request; nothing is handled before fixture_run(). */
void client_send_bytes(struct client *client, const void *data, size_t length);
void client_send(struct client *client, uint32_t type, uint32_t transaction, const void *payload,
                 size_t length);
/* Let the server work until nothing is left to do. */
void fixture_run(struct server *server);

/* Take the next message from the server; false: there is none. */
bool client_receive(struct client *client, struct reply *reply);
/* The next message that is no event (events before it are dropped). Fails the test without. */
void client_reply(struct client *client, struct reply *reply);
/* The next event as "path token"; NULL: none. In a static buffer. */
const char *client_event(struct client *client);

/*
 * One request and its reply. Returns 0 or the errno value in the reply; the reply's payload is in
 * `reply` if that is not NULL. `payload` may hold NULs.
 */
int call(struct client *client, uint32_t type, uint32_t transaction, const void *payload,
         size_t length, struct reply *reply);

/* The same for literals, whose final NUL is part of the payload. */
#define CALL(client, type, literal) call(client, type, 0, literal, sizeof(literal), NULL)
#define CALL_IN(client, transaction, type, literal)                                                \
    call(client, type, transaction, literal, sizeof(literal), NULL)

/* WRITE and READ of text. READ gives a static buffer, NULL with errno. */
int write_text(struct client *client, uint32_t transaction, const char *path, const char *text);
const char *read_text(struct client *client, uint32_t transaction, const char *path);
/* Names in a directory, each followed by a blank; static buffer, NULL with errno. */
const char *list_text(struct client *client, uint32_t transaction, const char *path);
uint32_t start_transaction(struct client *client);
int end_transaction(struct client *client, uint32_t transaction, bool commit);
int set_permissions(struct client *client, const char *path, const char *permissions);
/* The answer of a control command without arguments; static buffer. */
const char *control_text(struct client *client, const char *command);

/* Fails the test if the tree or the accounts are not as they should be. */
void assert_consistent(struct client *privileged);

#endif
