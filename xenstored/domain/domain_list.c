/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <xenctl/xenctl.h>

#include "domain_list.h"
#include "store/permission.h"

/* Domains in one question. */
#define BATCH 64

struct domain_list {
    struct xc_interface *xc;
    uint16_t known[DOMAIN_ID_LIMIT]; /* states as they were reported */
    uint16_t found[DOMAIN_ID_LIMIT]; /* as the last look found them */
    unsigned int next;               /* the first one not yet compared */
    bool looked;
};

struct domain_list *domain_list_new(struct xc_interface *xc)
{
    struct domain_list *list = calloc(1, sizeof(*list));

    if (list)
        list->xc = xc;
    return list;
}

void domain_list_free(struct domain_list *list)
{
    free(list);
}

static uint16_t state_of(const struct xen_domctl_getdomaininfo *info)
{
    uint16_t state = XEN_DOMCTL_GETDOMSTATE_STATE_EXIST;

    if (info->flags & XEN_DOMINF_shutdown)
        state |= XEN_DOMCTL_GETDOMSTATE_STATE_SHUTDOWN;
    if (info->flags & XEN_DOMINF_dying)
        state |= XEN_DOMCTL_GETDOMSTATE_STATE_DYING;
    return state;
}

static int look(struct domain_list *list)
{
    struct xen_domctl_getdomaininfo infos[BATCH];
    domid_t first = 0;
    int count;

    memset(list->found, 0, sizeof(list->found));
    do {
        count = xc_domain_list(list->xc, first, infos, BATCH);
        if (count < 0)
            return count;
        for (int i = 0; i < count; i++) {
            if (infos[i].domain < DOMAIN_ID_LIMIT)
                list->found[infos[i].domain] = state_of(&infos[i]);
            first = (domid_t)(infos[i].domain + 1);
        }
    } while (count == BATCH && first < DOMAIN_ID_LIMIT);
    list->looked = true;
    list->next = 0;
    return 0;
}

int domain_list_next(struct domain_list *list, struct domain_report *report)
{
    int error = list->looked ? 0 : look(list);

    if (error)
        return error;
    for (; list->next < DOMAIN_ID_LIMIT; list->next++) {
        if (list->known[list->next] == list->found[list->next])
            continue;
        list->known[list->next] = list->found[list->next];
        *report =
            (struct domain_report){.domid = (uint16_t)list->next, .state = list->found[list->next]};
        return 0;
    }
    list->looked = false;
    return -ENOENT;
}

int domain_list_state(struct domain_list *list, uint16_t domid, struct domain_report *report)
{
    struct xen_domctl_getdomaininfo info;
    int error = xc_domain_info(list->xc, domid, &info);

    *report = (struct domain_report){.domid = domid};
    if (error == -ESRCH)
        return 0;
    if (!error)
        report->state = state_of(&info);
    return error;
}
