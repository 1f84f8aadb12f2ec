/* SPDX-License-Identifier: MIT */
/* What is known of a domain, kept from one xenstored to the next. */
#include <stdlib.h>
#include <string.h>

#include "state.h"

#define FLAG_HAS_TREE  1u
#define FLAG_SHUT_DOWN 2u

/* Of a domain that is not served it is what was kept before. */
static void put_kept(struct writer *writer, const struct domain *domain)
{
    struct writer kept = {0};

    if (!domain->connection) {
        put_block(writer, domain->kept, domain->kept_size);
        return;
    }
    state_put_connection(&kept, domain->connection);
    put_block(writer, kept.data, kept.length);
    writer->failed |= kept.failed;
    writer_free(&kept);
}

void state_put_domain_record(struct writer *writer, const struct domain *domain)
{
    put_number(writer, RECORD_DOMAIN, 1);
    state_put_domain(writer, domain);
}

void state_put_domain(struct writer *writer, const struct domain *domain)
{
    unsigned int flags = 0;

    flags |= domain->has_tree ? FLAG_HAS_TREE : 0;
    flags |= domain->shut_down ? FLAG_SHUT_DOWN : 0;
    put_number(writer, domain->domid, 2);
    put_number(writer, domain->unique_id, 8);
    put_number(writer, (uint64_t)domain->launched, 8);
    put_number(writer, flags, 1);
    put_bytes(writer, domain->uuid, sizeof(domain->uuid));
    put_number(writer, domain->features, 4);
    put_number(writer, domain->remote_port, 4);
    for (int i = 0; i < QUOTA_COUNT; i++)
        put_number(writer, domain->quotas.limit[i], 4);
    put_kept(writer, domain);
}

static bool take_kept(struct domain *domain, struct reader *reader)
{
    size_t size;
    const uint8_t *bytes = take_block(reader, &size);

    free(domain->kept);
    domain->kept = bytes && size ? malloc(size) : NULL;
    domain->kept_size = domain->kept ? size : 0;
    if (domain->kept)
        memcpy(domain->kept, bytes, size);
    return bytes && domain->kept_size == size;
}

/* What remains of a domain's record, into a domain that is new or has been taken before. */
static bool take_rest(struct domain *domain, struct reader *reader)
{
    unsigned int flags;
    const uint8_t *uuid;

    domain->launched = (int64_t)take_number(reader, 8);
    flags = (unsigned int)take_number(reader, 1);
    uuid = take_bytes(reader, sizeof(domain->uuid));
    domain->has_tree = flags & FLAG_HAS_TREE;
    domain->shut_down = flags & FLAG_SHUT_DOWN;
    domain->features = (unsigned int)take_number(reader, 4);
    domain->remote_port = (uint32_t)take_number(reader, 4);
    for (int i = 0; i < QUOTA_COUNT; i++)
        domain->quotas.limit[i] = (unsigned int)take_number(reader, 4);
    if (!uuid || uuid[sizeof(domain->uuid) - 1])
        return false;
    memcpy(domain->uuid, uuid, sizeof(domain->uuid));
    /* It becomes part of paths. */
    return strspn(domain->uuid, "0123456789abcdef-") ==
               (domain->has_tree ? sizeof(domain->uuid) - 1 : strlen(domain->uuid)) &&
           take_kept(domain, reader);
}

bool state_take_domain(struct server *server, struct reader *reader)
{
    struct domain_report report = {.domid = (uint16_t)take_number(reader, 2)};
    struct domain *domain;

    report.unique_id = take_number(reader, 8);
    if (reader->failed || report.domid >= DOMAIN_ID_LIMIT)
        return false;
    domain = domain_find(server, report.domid);
    if (!domain)
        domain = domain_new(server, &report);
    if (!domain)
        return false;
    domain->unique_id = report.unique_id;
    domain->left_over = true;
    return take_rest(domain, reader);
}
