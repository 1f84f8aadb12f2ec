/* SPDX-License-Identifier: MIT */
/* The domain's connection to xenstored: one request at a time, and no watches. */
#include "hostile.h"
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/io/xs_wire.h>
#include <xen/sched.h>

#define AT_ONCE  8U /* requests that wait for their answers */
#define PATIENCE (60000 * MILLISECOND)

static volatile struct xenstore_domain_interface *page;
static uint32_t port;
static char answer[STORE_MAX + 1];

uint64_t now_ns(void)
{
    return ticks() * 1000 / (READ_SYSREG(cntfrq_el0) / 1000000);
}

void wait_event(uint32_t on, unsigned int ms)
{
    struct sched_poll wait = {
        .ports.q = (uint64_t)&on, .nr_ports = 1, .timeout = now_ns() + ms * MILLISECOND};

    call(__HYPERVISOR_sched_op, SCHEDOP_poll, &wait);
    event_clear(on);
}

static uint64_t parameter(uint32_t index)
{
    struct xen_hvm_param op = {.domid = DOMID_SELF, .index = index};

    call(__HYPERVISOR_hvm_op, HVMOP_get_param, &op);
    return op.value;
}

static _Noreturn void give_up(const char *why)
{
    print("hostile gives up: %s\n", why);
    power_off();
    for (;;)
        ;
}

void store_start(void)
{
    uint64_t until = now_ns() + PATIENCE;

    page = (volatile struct xenstore_domain_interface *)(parameter(HVM_PARAM_STORE_PFN) << 12);
    port = (uint32_t)parameter(HVM_PARAM_STORE_EVTCHN);
    while (page->connection != XENSTORE_CONNECTED) {
        if (now_ns() > until)
            give_up("xenstored does not come");
        wait_event(port, 20);
    }
}

static void send(const void *data, size_t size)
{
    const char *byte = data;
    uint64_t until = now_ns() + PATIENCE;

    while (size > 0) {
        uint32_t at = page->req_prod;

        if (at - page->req_cons < XENSTORE_RING_SIZE) {
            page->req[MASK_XENSTORE_IDX(at)] = *byte++;
            __asm__ volatile("dmb ish" ::: "memory");
            page->req_prod = at + 1;
            size--;
            continue;
        }
        if (now_ns() > until)
            give_up("xenstored does not read");
        event_send(port);
        wait_event(port, 20);
    }
}

static void receive(void *data, size_t size)
{
    char *byte = data;
    uint64_t until = now_ns() + PATIENCE;

    while (size > 0) {
        uint32_t at = page->rsp_cons;

        if (at != page->rsp_prod) {
            __asm__ volatile("dmb ish" ::: "memory");
            *byte++ = page->rsp[MASK_XENSTORE_IDX(at)];
            __asm__ volatile("dmb ish" ::: "memory");
            page->rsp_cons = at + 1;
            size--;
            continue;
        }
        if (now_ns() > until)
            give_up("xenstored does not answer");
        event_send(port);
        wait_event(port, 20);
    }
}

/* The path with its end, then the value. */
static void ask(uint32_t type, const char *path, const char *value, size_t length)
{
    static struct xsd_sockmsg header;

    header = (struct xsd_sockmsg){.type = type, .req_id = 1};
    header.len = (uint32_t)(text_length(path) + 1 + length);
    send(&header, sizeof(header));
    send(path, text_length(path) + 1);
    send(value, length);
    event_send(port);
}

/* What comes back is in `answer`; what the watches tell of is passed over. */
static bool is_answered(uint32_t type)
{
    struct xsd_sockmsg header;

    do {
        receive(&header, sizeof(header));
        if (header.len >= sizeof(answer)) {
            give_up("xenstored answers too much");
        } else {
            receive(answer, header.len);
            answer[header.len] = '\0';
        }
    } while (header.type == XS_WATCH_EVENT);
    event_send(port);
    return header.type == type;
}

static bool request(uint32_t type, const char *path, const char *value, size_t length)
{
    ask(type, path, value, length);
    return is_answered(type);
}

const char *store_read(const char *path)
{
    return request(XS_READ, path, NULL, 0) ? answer : NULL;
}

const char *store_write(const char *path, const char *value, size_t length)
{
    return request(XS_WRITE, path, value, length) ? NULL : answer;
}

const char *store_remove(const char *path)
{
    return request(XS_RM, path, NULL, 0) ? NULL : answer;
}

void store_watch(const char *path)
{
    request(XS_WATCH, path, "hostile", sizeof("hostile"));
}

void store_wait(unsigned int ms)
{
    wait_event(port, ms);
}

unsigned int store_fill(const char *directory, unsigned int count)
{
    static char path[STORE_MAX];
    unsigned int asked = 0, made = 0;

    for (unsigned int answers = 0; answers < count; answers++) {
        for (; asked < count && asked - answers < AT_ONCE; asked++) {
            path[0] = '\0';
            text_add(path, sizeof(path), directory);
            text_add(path, sizeof(path), "/");
            text_add_number(path, sizeof(path), asked);
            ask(XS_WRITE, path, NULL, 0);
        }
        if (is_answered(XS_WRITE))
            made++;
    }
    return made;
}
