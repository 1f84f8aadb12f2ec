/* SPDX-License-Identifier: MIT */
/* XEN_SYSCTL_debug_keys: one letter, one deed, as on Xen's console. */
#include "sysctl.h"
#include <trefoil/arch.h>
#include <trefoil/grant_table.h>
#include <trefoil/hypercall.h>
#include <trefoil/power.h>
#include <trefoil/printk.h>
#include <trefoil/progress.h>

#define MAX_KEYS 16U

typedef void key_handler(const struct domain *caller);

#define KEY(key, handler, meaning) static key_handler handler;
#include "debug_keys.def"
#undef KEY

static const struct {
    char key;
    key_handler *handler;
    const char *meaning;
} keys[] = {
#define KEY(key, handler, meaning) {key, handler, meaning},
#include "debug_keys.def"
#undef KEY
};

static void key_help(const struct domain *caller)
{
    (void)caller;
    for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++)
        log_info("debug key %c: %s", keys[i].key, keys[i].meaning);
}

static void key_grants(const struct domain *caller)
{
    struct domain *domain;
    unsigned int id = 0;

    (void)caller;
    while ((domain = domain_get_from(id)) != NULL) {
        grant_table_tell(domain);
        id = domain->id + 1U;
        domain_put(domain);
    }
}

static void key_panic(const struct domain *caller)
{
    power_provoke(caller->name);
}

static void key_hang(const struct domain *caller)
{
    progress_hang(caller->name);
}

static void key_reset(const struct domain *caller)
{
    log_warning("%s asked for a reset (debug key R)", caller->name);
    power_end(POWER_RESET);
}

/* NULL: there is no such key. */
static key_handler *find_key(char key)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++) {
        if (keys[i].key == key)
            return keys[i].handler;
    }
    return NULL;
}

int64_t op_debug_keys(struct vcpu *vcpu, struct xen_sysctl *op)
{
    const struct xen_sysctl_debug_keys *request = &op->u.debug_keys;
    char pressed[MAX_KEYS];

    if (request->nr_keys > MAX_KEYS)
        return -E2BIG;
    if (arch_copy_from_guest(pressed, request->keys.q, request->nr_keys))
        return -EFAULT;
    for (uint32_t i = 0; i < request->nr_keys; i++) {
        if (!find_key(pressed[i]))
            return -EINVAL;
    }
    for (uint32_t i = 0; i < request->nr_keys; i++)
        find_key(pressed[i])(vcpu->domain);
    return 0;
}
