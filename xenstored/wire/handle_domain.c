/* SPDX-License-Identifier: MIT */
/* Handlers: domains, features, quotas. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "domain/domain.h"
#include "store/number.h"
#include "protocol.h"
#include "state/state.h"

/* A payload of exactly one domain id. */
static int request_domid(const struct request *request, uint16_t *domid)
{
    const char *text;
    int error = request_string(request, &text);

    return error ? error : parse_domid(text, domid);
}

int handle_introduce(struct request *request)
{
    const char *strings[3];
    int count = request_strings(request, strings, 3);
    unsigned long port;
    uint16_t domid;
    int error;

    if ((count != 3 && count != 4) || parse_domid(strings[0], &domid) ||
        !parse_number(strings[2], UINT_MAX, &port))
        return EINVAL;
    /* The frame is of no interest: the page is mapped by its grant. */
    error = domain_introduce(request->server, domid, (uint32_t)port);
    return error ? error : reply_ok(request);
}

int handle_release(struct request *request)
{
    uint16_t domid;
    int error = request_domid(request, &domid);

    if (error)
        return error;
    if (domid == request->server->own_domid)
        return EINVAL;
    /* Whoever releases himself could not be answered. */
    if (request->connection->is_domain && domid == request->connection->actor.subject.domid)
        return EINVAL;
    error = domain_release(request->server, domid);
    return error ? error : reply_ok(request);
}

int handle_resume(struct request *request)
{
    struct domain *domain;
    uint16_t domid;
    int error = request_domid(request, &domid);

    if (error)
        return error;
    domain = domain_find(request->server, domid);
    if (!domain)
        return ENOENT;
    domain->shut_down = false;
    state_touch(request->server, domid);
    return reply_ok(request);
}

int handle_set_target(struct request *request)
{
    const char *strings[2];
    struct domain *domain;
    uint16_t domid, target;

    if (request_strings(request, strings, 2) != 2 || parse_domid(strings[0], &domid) ||
        parse_domid(strings[1], &target))
        return EINVAL;
    domain = domain_find(request->server, domid);
    if (!domain || !domain->connection || !domain_find(request->server, target))
        return ENOENT;
    domain->connection->actor.subject.target = target;
    state_touch(request->server, domid);
    return reply_ok(request);
}

int handle_get_domain_path(struct request *request)
{
    char path[32];
    uint16_t domid;
    int error = request_domid(request, &domid);

    if (error)
        return error;
    snprintf(path, sizeof(path), "/local/domain/%u", domid);
    return reply_text(request, path);
}

int handle_is_domain_introduced(struct request *request)
{
    uint16_t domid;
    int error = request_domid(request, &domid);

    if (error)
        return error;
    return reply_text(request, domain_introduced(request->server, domid) ? "T" : "F");
}

/* ---- Features and quotas ----------------------------------------------------------------------
 */

static int reply_number(struct request *request, unsigned int value)
{
    char text[NUMBER_TEXT_SIZE];

    format_number(value, text);
    return reply_text(request, text);
}

int handle_get_feature(struct request *request)
{
    const struct domain *domain;
    uint16_t domid;
    int error;

    if (!request->length)
        return reply_number(request, XENSTORED_FEATURES);
    error = request_domid(request, &domid);
    if (error)
        return error;
    domain = domain_find(request->server, domid);
    return domain ? reply_number(request, domain->features) : ENOENT;
}

int handle_set_feature(struct request *request)
{
    const char *strings[2];
    unsigned long features;
    struct domain *domain;
    uint16_t domid;

    if (request_strings(request, strings, 2) != 2 || parse_domid(strings[0], &domid) ||
        !parse_number(strings[1], UINT_MAX, &features) || (features & ~XENSTORED_FEATURES))
        return EINVAL;
    domain = domain_find(request->server, domid);
    if (!domain)
        return ENOENT;
    /* What was offered is never taken back. */
    if (domain->connection)
        return EBUSY;
    domain->features = (unsigned int)features;
    state_touch(request->server, domid);
    return reply_ok(request);
}

/* Those of a domain, or with domid NULL those that a new domain gets. NULL: no such domain. */
static struct quotas *find_quotas(const struct request *request, const char *text)
{
    struct domain *domain;
    uint16_t domid;

    if (!text)
        return &request->server->quotas;
    if (parse_domid(text, &domid))
        return NULL;
    domain = domain_find(request->server, domid);
    return domain ? &domain->quotas : NULL;
}

static int reply_quota_names(struct request *request)
{
    char names[QUOTA_COUNT * 32];
    size_t length = 0;

    for (int i = 0; i < QUOTA_COUNT; i++)
        length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%s", i ? " " : "",
                                   quota_descriptions[i].name);
    return reply_text(request, names);
}

int handle_get_quota(struct request *request)
{
    const char *strings[2];
    int count = request_strings(request, strings, 2);
    const struct quotas *quotas;
    int quota;

    if (!count)
        return reply_quota_names(request);
    if (count != 1 && count != 2)
        return EINVAL;
    quota = quota_by_name(strings[count - 1]);
    if (quota < 0)
        return EINVAL;
    quotas = find_quotas(request, count == 2 ? strings[0] : NULL);
    return quotas ? reply_number(request, quotas->limit[quota]) : ENOENT;
}

int handle_set_quota(struct request *request)
{
    const char *strings[3];
    int count = request_strings(request, strings, 3);
    struct quotas *quotas;
    unsigned long value;
    uint16_t domid;
    int quota;

    if (count != 2 && count != 3)
        return EINVAL;
    quota = quota_by_name(strings[count - 2]);
    if (quota < 0 || !parse_number(strings[count - 1], UINT_MAX, &value))
        return EINVAL;
    quotas = find_quotas(request, count == 3 ? strings[0] : NULL);
    if (!quotas)
        return ENOENT;
    quotas->limit[quota] = (unsigned int)value;
    if (count == 3 && !parse_domid(strings[0], &domid))
        state_touch(request->server, domid);
    return reply_ok(request);
}
