/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../xenstored/live/live.h"
#include "xenstore_fixture.h"

int fixture_setup(void **state)
{
    struct server *server = calloc(1, sizeof(*server));

    if (!server || server_init(server, NULL) || boot_tree_frame(server))
        return -1;
    *state = server;
    return 0;
}

int fixture_teardown(void **state)
{
    server_destroy(*state);
    free(*state);
    return 0;
}

/* ---- Clients ----------------------------------------------------------------------------------
 */

static ssize_t pipe_read(void *context, void *buffer, size_t length)
{
    struct bytes *bytes = &((struct client *)context)->to_server;

    if (length > bytes->length)
        length = bytes->length;
    memcpy(buffer, bytes->data, length);
    bytes->length -= length;
    memmove(bytes->data, bytes->data + length, bytes->length);
    return (ssize_t)length;
}

static ssize_t pipe_write(void *context, const struct iovec *pieces, int count)
{
    struct client *client = context;
    struct bytes *bytes = &client->from_server;
    size_t before = bytes->length;

    for (int i = 0; i < count; i++) {
        size_t length = pieces[i].iov_len;

        if (length > client->room - bytes->length)
            length = client->room - bytes->length;
        memcpy(bytes->data + bytes->length, pieces[i].iov_base, length);
        bytes->length += length;
    }
    return (ssize_t)(bytes->length - before);
}

static void pipe_error(void *context)
{
    ((struct client *)context)->protocol_error = true;
}

static void pipe_close(void *context)
{
    struct client *client = context;

    client->closed = true;
    client->connection = NULL;
}

static int pipe_descriptor(void *context)
{
    return ((struct client *)context)->fd;
}

static const struct transport pipe_transport = {.read = pipe_read,
                                                .write = pipe_write,
                                                .protocol_error = pipe_error,
                                                .descriptor = pipe_descriptor,
                                                .close = pipe_close};

static struct client *make_client(struct server *server, const struct subject *subject)
{
    static int last = 100000;
    struct client *client = calloc(1, sizeof(*client));

    assert_non_null(client);
    client->room = PIPE_SIZE;
    client->fd = ++last;
    client->connection = connection_new(server, &pipe_transport, client, subject, &server->quotas);
    assert_non_null(client->connection);
    return client;
}

struct client *client_privileged(struct server *server)
{
    const struct actor actor = server_actor(server);

    return make_client(server, &actor.subject);
}

struct client *client_domain(struct server *server, uint16_t domid)
{
    const struct subject subject = {.domid = domid, .target = -1};
    struct client *client = make_client(server, &subject);

    client->connection->is_domain = true;
    return client;
}

void client_free(struct client *client)
{
    if (client->connection)
        connection_free(client->connection);
    free(client);
}

void client_adopt(struct client *client, struct server *server)
{
    client->connection = NULL;
    client->closed = false;
    for (struct list *link = server->connections.next; link != &server->connections;
         link = link->next) {
        struct connection *connection = LIST_ENTRY(link, struct connection, link);

        if (!connection->is_domain && connection->transport->descriptor &&
            connection->transport->descriptor(connection->context) == client->fd)
            client->connection = connection;
    }
    assert_non_null(client->connection);
    assert_int_equal(parked_take(client->connection, &pipe_transport, client), client->fd);
}

void client_send_bytes(struct client *client, const void *data, size_t length)
{
    assert_true(client->to_server.length + length <= PIPE_SIZE);
    memcpy(client->to_server.data + client->to_server.length, data, length);
    client->to_server.length += length;
    if (client->connection)
        connection_wake(client->connection);
}

void client_send(struct client *client, uint32_t type, uint32_t transaction, const void *payload,
                 size_t length)
{
    const struct xsd_sockmsg header = {
        .type = type, .req_id = 77, .tx_id = transaction, .len = (uint32_t)length};

    client_send_bytes(client, &header, sizeof(header));
    client_send_bytes(client, payload, length);
}

void fixture_run(struct server *server)
{
    /* Output that did not fit before may do so now. */
    for (struct list *link = server->connections.next; link != &server->connections;
         link = link->next)
        connection_wake(LIST_ENTRY(link, struct connection, link));
    while (server_turn(server))
        ;
}

bool client_receive(struct client *client, struct reply *reply)
{
    struct bytes *bytes = &client->from_server;
    size_t length;

    if (bytes->length < sizeof(reply->header))
        return false;
    memcpy(&reply->header, bytes->data, sizeof(reply->header));
    length = sizeof(reply->header) + reply->header.len;
    assert_true(reply->header.len <= XENSTORE_PAYLOAD_MAX);
    if (bytes->length < length)
        return false;
    memcpy(reply->body, bytes->data + sizeof(reply->header), reply->header.len);
    reply->body[reply->header.len] = '\0';
    bytes->length -= length;
    memmove(bytes->data, bytes->data + length, bytes->length);
    return true;
}

void client_reply(struct client *client, struct reply *reply)
{
    do {
        if (!client_receive(client, reply))
            fail_msg("the server sent no reply");
    } while (reply->header.type == XS_WATCH_EVENT);
}

const char *client_event(struct client *client)
{
    static char text[2 * XENSTORE_PAYLOAD_MAX];
    struct reply reply;

    if (!client_receive(client, &reply))
        return NULL;
    assert_int_equal(reply.header.type, XS_WATCH_EVENT);
    assert_int_equal(reply.header.req_id, 0);
    assert_int_equal(reply.header.tx_id, 0);
    snprintf(text, sizeof(text), "%s %s", reply.body, reply.body + strlen(reply.body) + 1);
    return text;
}

/* ---- Requests ---------------------------------------------------------------------------------
 */

static int number_of_error(const char *name)
{
    for (size_t i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++) {
        if (!strcmp(name, xsd_errors[i].errstring))
            return xsd_errors[i].errnum;
    }
    fail_msg("the error \"%s\" is not in the protocol", name);
    return -1;
}

/* Like client_reply(), but events stay for client_event(). */
static void take_reply(struct client *client, struct reply *reply)
{
    struct bytes *bytes = &client->from_server;
    size_t position = 0;

    for (;;) {
        size_t length;

        assert_true(position + sizeof(reply->header) <= bytes->length);
        memcpy(&reply->header, bytes->data + position, sizeof(reply->header));
        length = sizeof(reply->header) + reply->header.len;
        if (reply->header.type != XS_WATCH_EVENT) {
            memcpy(reply->body, bytes->data + position + sizeof(reply->header), reply->header.len);
            reply->body[reply->header.len] = '\0';
            bytes->length -= length;
            memmove(bytes->data + position, bytes->data + position + length,
                    bytes->length - position);
            return;
        }
        position += length;
    }
}

int call(struct client *client, uint32_t type, uint32_t transaction, const void *payload,
         size_t length, struct reply *reply)
{
    struct reply local;

    if (!reply)
        reply = &local;
    client_send(client, type, transaction, payload, length);
    fixture_run(client->connection->server);
    take_reply(client, reply);
    assert_int_equal(reply->header.req_id, 77);
    assert_int_equal(reply->header.tx_id, transaction);
    if (reply->header.type == XS_ERROR)
        return number_of_error(reply->body);
    assert_int_equal(reply->header.type, type);
    return 0;
}

int write_text(struct client *client, uint32_t transaction, const char *path, const char *text)
{
    char payload[XENSTORE_PAYLOAD_MAX];
    size_t length = strlen(path) + 1;

    strcpy(payload, path);
    strcpy(payload + length, text);
    return call(client, XS_WRITE, transaction, payload, length + strlen(text), NULL);
}

static const char *text_of(struct client *client, uint32_t type, uint32_t transaction,
                           const char *path, struct reply *reply)
{
    int error = call(client, type, transaction, path, strlen(path) + 1, reply);

    errno = error;
    return error ? NULL : reply->body;
}

const char *read_text(struct client *client, uint32_t transaction, const char *path)
{
    static struct reply reply;

    return text_of(client, XS_READ, transaction, path, &reply);
}

const char *list_text(struct client *client, uint32_t transaction, const char *path)
{
    static struct reply reply;
    const char *names = text_of(client, XS_DIRECTORY, transaction, path, &reply);

    if (!names)
        return NULL;
    for (uint32_t i = 0; i < reply.header.len; i++) {
        if (!reply.body[i])
            reply.body[i] = ' ';
    }
    return reply.body;
}

uint32_t start_transaction(struct client *client)
{
    struct reply reply;

    assert_int_equal(call(client, XS_TRANSACTION_START, 0, "", 1, &reply), 0);
    return (uint32_t)strtoul(reply.body, NULL, 10);
}

int end_transaction(struct client *client, uint32_t transaction, bool commit)
{
    return call(client, XS_TRANSACTION_END, transaction, commit ? "T" : "F", 2, NULL);
}

int set_permissions(struct client *client, const char *path, const char *permissions)
{
    char payload[XENSTORE_PAYLOAD_MAX];
    size_t length = (size_t)sprintf(payload, "%s %s", path, permissions) + 1;

    for (size_t i = 0; i < length; i++) {
        if (payload[i] == ' ')
            payload[i] = '\0';
    }
    return call(client, XS_SET_PERMS, 0, payload, length, NULL);
}

const char *control_text(struct client *client, const char *command)
{
    static struct reply reply;

    return text_of(client, XS_CONTROL, 0, command, &reply);
}

void assert_consistent(struct client *privileged)
{
    const char *answer = control_text(privileged, "check");

    assert_non_null(answer);
    assert_non_null(strstr(answer, " nodes, 0 out of order, 0 accounts wrong\n"));
    assert_null(strstr(answer, "owns"));
}
