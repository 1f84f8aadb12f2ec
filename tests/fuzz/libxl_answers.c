/* SPDX-License-Identifier: MIT */
#include "libxl_answers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xenstore.h>

#include "../../libxc/transport.h"

static struct {
    const uint8_t *data;
    size_t left;
} input;

void answers_from(const uint8_t *data, size_t size)
{
    input.data = data;
    input.left = size;
}

void answers_fill(void *out, size_t size)
{
    size_t taken = size < input.left ? size : input.left;
    memset(out, 0, size);
    if (taken)
        memcpy(out, input.data, taken);
    input.data += taken;
    input.left -= taken;
}

uint8_t answers_byte(void)
{
    uint8_t byte;
    answers_fill(&byte, 1);
    return byte;
}

/* Most calls succeed: what is found behind a failure is little. */
static int64_t status(void)
{
    static const int errors[] = {EPERM, EACCES, ESRCH, ENOSYS, EINVAL, ENOMEM, EAGAIN, EFAULT};
    uint8_t byte = answers_byte();
    if (byte < 0xe0)
        return byte & 0xf;
    return -errors[byte % (sizeof(errors) / sizeof(errors[0]))];
}

/* Memory that a call names, filled no further than the caller said it goes. */
static void fill_buffers(const struct xen_sysctl *sysctl)
{
    switch (sysctl->cmd) {
    case XEN_SYSCTL_getdomaininfolist:
        answers_fill(sysctl->u.getdomaininfolist.buffer.p,
                     sysctl->u.getdomaininfolist.max_domains *
                         sizeof(struct xen_domctl_getdomaininfo));
        break;
    case XEN_SYSCTL_readconsole:
        answers_fill(sysctl->u.readconsole.buffer.p, sysctl->u.readconsole.count);
        break;
    case XEN_SYSCTL_cpupool_op:
        answers_fill(sysctl->u.cpupool_op.cpumap.bitmap.p, sysctl->u.cpupool_op.cpumap.nr_bits / 8);
        break;
    case XEN_SYSCTL_cputopoinfo:
        answers_fill(sysctl->u.cputopoinfo.cputopo.p,
                     sysctl->u.cputopoinfo.num_cpus * sizeof(struct xen_sysctl_cputopo));
        break;
    case XEN_SYSCTL_numainfo:
        answers_fill(sysctl->u.numainfo.meminfo.p,
                     sysctl->u.numainfo.num_nodes * sizeof(struct xen_sysctl_meminfo));
        answers_fill(sysctl->u.numainfo.distance.p,
                     (size_t)sysctl->u.numainfo.num_nodes * sysctl->u.numainfo.num_nodes * 4);
        break;
    case XEN_SYSCTL_trefoil_events:
        answers_fill(sysctl->u.trefoil_events.buffer.p,
                     sysctl->u.trefoil_events.count * sizeof(struct xen_trefoil_event));
        break;
    case XEN_SYSCTL_trefoil_counters:
        answers_fill(sysctl->u.trefoil_counters.records.p,
                     (size_t)sysctl->u.trefoil_counters.room * sysctl->u.trefoil_counters.size);
        break;
    default: break;
    }
}

/* Numbers of things are mostly small: a long list of nothing would cost time and find nothing. */
static void make_small(uint32_t *number)
{
    if (answers_byte() != 0xff)
        *number %= 9;
}

/* A call that fails leaves its argument alone. */
static int64_t answer_sysctl(struct xen_sysctl *sysctl)
{
    struct xen_sysctl asked = *sysctl;
    struct xen_domctl_getdomaininfo *domains = asked.u.getdomaininfolist.buffer.p;
    int64_t rc = status();
    if (rc < 0)
        return rc;
    /* The struct first: the input's bytes are better spent on it than on a large buffer. */
    answers_fill(&sysctl->u, sizeof(sysctl->u));
    if (asked.cmd == XEN_SYSCTL_getdomaininfolist)
        make_small(&sysctl->u.getdomaininfolist.num_domains);
    fill_buffers(&asked);
    for (uint32_t i = 0; asked.cmd == XEN_SYSCTL_getdomaininfolist && i < 8 &&
                         i < asked.u.getdomaininfolist.max_domains;
         i++)
        make_small(&domains[i].max_vcpu_id);
    return rc;
}

static int64_t answer_domctl(struct xen_domctl *domctl)
{
    struct xen_domctl asked = *domctl;
    int64_t rc = status();
    if (rc < 0)
        return rc;
    answers_fill(&domctl->u, sizeof(domctl->u));
    if (asked.cmd == XEN_DOMCTL_getvcpuaffinity) {
        answers_fill(asked.u.vcpuaffinity.cpumap_hard.bitmap.p,
                     asked.u.vcpuaffinity.cpumap_hard.nr_bits / 8);
        answers_fill(asked.u.vcpuaffinity.cpumap_soft.bitmap.p,
                     asked.u.vcpuaffinity.cpumap_soft.nr_bits / 8);
    }
    if (asked.cmd == XEN_DOMCTL_getdomaininfo) {
        make_small(&domctl->u.getdomaininfo.max_vcpu_id);
        /* Half of the time the domain that was asked for, or no command would get far. */
        if ((answers_byte() & 1) == 0)
            domctl->u.getdomaininfo.domain = asked.domain;
    }
    return rc;
}

static int64_t answer_version(unsigned int operation, void *argument)
{
    static const struct {
        unsigned int operation;
        size_t size;
    } sizes[] = {
        {XENVER_extraversion, sizeof(xen_extraversion_t)},
        {XENVER_capabilities, sizeof(xen_capabilities_info_t)},
        {XENVER_changeset, sizeof(xen_changeset_info_t)},
        {XENVER_commandline, sizeof(xen_commandline_t)},
        {XENVER_compile_info, sizeof(struct xen_compile_info)},
        {XENVER_platform_parameters, sizeof(xen_platform_parameters_t)},
    };
    int64_t rc = status();
    for (size_t i = 0; argument && i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        if (sizes[i].operation == operation)
            answers_fill(argument, sizes[i].size);
    }
    if (operation == XENVER_build_id && argument)
        answers_fill((char *)argument + offsetof(xen_build_id_t, buf),
                     ((xen_build_id_t *)argument)->len);
    return rc >= 0 ? (int64_t)answers_byte() << 16 | answers_byte() : rc;
}

static int64_t answer(void *state, unsigned int number, const uint64_t arg[5])
{
    (void)state;
    switch (number) {
    case __HYPERVISOR_xen_version:
        return answer_version((unsigned int)arg[0], (void *)(uintptr_t)arg[1]);
    case __HYPERVISOR_sysctl: return answer_sysctl((void *)(uintptr_t)arg[0]);
    case __HYPERVISOR_domctl: return answer_domctl((void *)(uintptr_t)arg[0]);
    default: return status();
    }
}

static int open_nothing(const char *address, void **state)
{
    (void)address;
    *state = NULL;
    return 0;
}

static void close_nothing(void *state)
{
    (void)state;
}

static void *alloc_memory(void *state, size_t size)
{
    (void)state;
    return calloc(1, size);
}

static void free_memory(void *state, void *memory, size_t size)
{
    (void)state;
    (void)size;
    free(memory);
}

static const struct xc_transport transport = {
    .name = "kernel",
    .open = open_nothing,
    .close = close_nothing,
    .alloc = alloc_memory,
    .free = free_memory,
    .hypercall = answer,
};

const struct xc_transport *const xc_transports[] = {&transport, NULL};

/* ---- xenstore ---- */

struct xs_handle {
    int unused;
};

struct xs_handle *xs_open(unsigned long flags)
{
    (void)flags;
    return calloc(1, sizeof(struct xs_handle));
}

void xs_close(struct xs_handle *h)
{
    free(h);
}

/* A value of any bytes, NUL among them; libxs ends each with one of its own. */
static char *value(unsigned int *length)
{
    size_t size = answers_byte();
    char *text = malloc(size + 1);
    if (!text)
        abort();
    answers_fill(text, size);
    text[size] = '\0';
    if (length)
        *length = (unsigned int)size;
    return text;
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
    (void)h;
    (void)t;
    /* libxl's first look, which asks whether somebody answers. */
    if (!strcmp(path, "/tool/xenstored"))
        return NULL;
    int64_t rc = status();
    errno = rc < 0 ? (int)-rc : ENOENT;
    return rc < 0 || !input.left ? NULL : value(len);
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
              unsigned int len)
{
    (void)h;
    (void)t;
    (void)path;
    (void)data;
    (void)len;
    int64_t rc = status();
    errno = rc < 0 ? (int)-rc : 0;
    return rc >= 0;
}

#define CHILDREN_MAX 8

/* The names follow the pointers, as libxs has it. */
char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num)
{
    (void)h;
    (void)t;
    (void)path;
    int64_t rc = status();
    if (rc < 0) {
        errno = (int)-rc;
        return NULL;
    }
    char **list = calloc(1, CHILDREN_MAX * (sizeof(char *) + 257));
    if (!list)
        abort();
    char *names = (char *)(list + CHILDREN_MAX);
    *num = answers_byte() % CHILDREN_MAX;
    for (unsigned int i = 0; i < *num; i++) {
        char *name = value(NULL);
        list[i] = names + (size_t)i * 257;
        memcpy(list[i], name, strlen(name) + 1);
        free(name);
    }
    return list;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    return xs_write(h, XBT_NULL, path, token, 0);
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
    return xs_write(h, XBT_NULL, path, token, 0);
}

int xs_fileno(struct xs_handle *h)
{
    (void)h;
    return -1;
}

char **xs_check_watch(struct xs_handle *h)
{
    (void)h;
    errno = EAGAIN;
    return NULL;
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    return xs_write(h, t, path, NULL, 0);
}

bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path)
{
    return xs_write(h, t, path, NULL, 0);
}

struct xs_permissions *xs_get_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
                                          unsigned int *num)
{
    if (!xs_write(h, t, path, NULL, 0))
        return NULL;
    struct xs_permissions *list = calloc(1, sizeof(*list));
    *num = answers_byte() % 2;
    if (list)
        list->id = answers_byte();
    return list;
}

bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
                        struct xs_permissions *perms, unsigned int num_perms)
{
    (void)perms;
    return xs_write(h, t, path, NULL, num_perms);
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
    return xs_write(h, XBT_NULL, NULL, NULL, 0) ? 1 : XBT_NULL;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
    (void)abort;
    return xs_write(h, t, NULL, NULL, 0);
}
