/* SPDX-License-Identifier: MIT */
/* Domains, control, features and quotas. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* A request whose arguments are decimal numbers. */
static char *request_numbers(struct xs_handle *h, enum xsd_sockmsg_type type, unsigned int count,
                             const unsigned long *numbers)
{
    char text[3][24];
    struct iovec parts[3];

    for (unsigned int i = 0; i < count; i++) {
        snprintf(text[i], sizeof(text[i]), "%lu", numbers[i]);
        parts[i] = xs_part(text[i]);
    }
    return xs_request(h, XBT_NULL, type, parts, count, NULL);
}

/* Whether there is a reply, of which nothing more is asked. */
static bool acknowledged(char *reply)
{
    bool there = reply != NULL;

    free(reply);
    return there;
}

static bool request_numbers_ack(struct xs_handle *h, enum xsd_sockmsg_type type, unsigned int count,
                                const unsigned long *numbers)
{
    return acknowledged(request_numbers(h, type, count, numbers));
}

bool xs_introduce_domain(struct xs_handle *h, unsigned int domid, unsigned long gfn,
                         unsigned int eventchn)
{
    return request_numbers_ack(h, XS_INTRODUCE, 3, (unsigned long[]){domid, gfn, eventchn});
}

bool xs_release_domain(struct xs_handle *h, unsigned int domid)
{
    return request_numbers_ack(h, XS_RELEASE, 1, (unsigned long[]){domid});
}

bool xs_resume_domain(struct xs_handle *h, unsigned int domid)
{
    return request_numbers_ack(h, XS_RESUME, 1, (unsigned long[]){domid});
}

bool xs_set_target(struct xs_handle *h, unsigned int domid, unsigned int target)
{
    return request_numbers_ack(h, XS_SET_TARGET, 2, (unsigned long[]){domid, target});
}

char *xs_get_domain_path(struct xs_handle *h, unsigned int domid)
{
    return request_numbers(h, XS_GET_DOMAIN_PATH, 1, (unsigned long[]){domid});
}

bool xs_is_domain_introduced(struct xs_handle *h, unsigned int domid)
{
    char *reply = request_numbers(h, XS_IS_DOMAIN_INTRODUCED, 1, (unsigned long[]){domid});
    bool introduced = reply && !strcmp(reply, "T");

    free(reply);
    return introduced;
}

char *xs_control_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len)
{
    struct iovec parts[] = {xs_part(cmd), {.iov_base = data, .iov_len = len}};

    return xs_request(h, XBT_NULL, XS_CONTROL, parts, data ? 2 : 1, NULL);
}

char *xs_debug_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len)
{
    return xs_control_command(h, cmd, data, len);
}

static bool parse_value(char *reply, unsigned int *value)
{
    char *end;

    if (!reply)
        return false;
    *value = (unsigned int)strtoul(reply, &end, 10);
    if (end == reply || *end) {
        free(reply);
        errno = EIO;
        return false;
    }
    free(reply);
    return true;
}

bool xs_get_features_supported(struct xs_handle *h, unsigned int *features)
{
    return parse_value(xs_request(h, XBT_NULL, XS_GET_FEATURE, NULL, 0, NULL), features);
}

bool xs_get_features_domain(struct xs_handle *h, unsigned int domid, unsigned int *features)
{
    return parse_value(request_numbers(h, XS_GET_FEATURE, 1, (unsigned long[]){domid}), features);
}

bool xs_set_features_domain(struct xs_handle *h, unsigned int domid, unsigned int features)
{
    return request_numbers_ack(h, XS_SET_FEATURE, 2, (unsigned long[]){domid, features});
}

char **xs_get_quota_names(struct xs_handle *h, unsigned int *num)
{
    unsigned int length;
    char *reply = xs_request(h, XBT_NULL, XS_GET_QUOTA, NULL, 0, &length);

    if (!reply)
        return NULL;
    /* One string, the names parted by blanks. */
    for (unsigned int i = 0; i < length; i++) {
        if (reply[i] == ' ')
            reply[i] = '\0';
    }
    return xs_make_vector(reply, length, num);
}

/* A request about a quota: of a domain or (NULL) the global one, with a value or (NULL) without. */
static char *request_quota(struct xs_handle *h, enum xsd_sockmsg_type type,
                           const unsigned int *domid, const char *quota, const unsigned int *value)
{
    char number[2][16];
    struct iovec parts[3];
    unsigned int count = 0;

    if (domid) {
        snprintf(number[0], sizeof(number[0]), "%u", *domid);
        parts[count++] = xs_part(number[0]);
    }
    parts[count++] = xs_part(quota);
    if (value) {
        snprintf(number[1], sizeof(number[1]), "%u", *value);
        parts[count++] = xs_part(number[1]);
    }
    return xs_request(h, XBT_NULL, type, parts, count, NULL);
}

bool xs_get_global_quota(struct xs_handle *h, const char *quota, unsigned int *value)
{
    return parse_value(request_quota(h, XS_GET_QUOTA, NULL, quota, NULL), value);
}

bool xs_set_global_quota(struct xs_handle *h, const char *quota, unsigned int value)
{
    return acknowledged(request_quota(h, XS_SET_QUOTA, NULL, quota, &value));
}

bool xs_get_domain_quota(struct xs_handle *h, unsigned int domid, const char *quota,
                         unsigned int *value)
{
    return parse_value(request_quota(h, XS_GET_QUOTA, &domid, quota, NULL), value);
}

bool xs_set_domain_quota(struct xs_handle *h, unsigned int domid, const char *quota,
                         unsigned int value)
{
    return acknowledged(request_quota(h, XS_SET_QUOTA, &domid, quota, &value));
}
