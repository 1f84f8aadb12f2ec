/* SPDX-License-Identifier: MIT */
/* The journal: what is told of domains, and how it is read. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include "core_fake/machine.h"
#include <trefoil/access.h>
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/journal.h>
#include <trefoil/printk.h>
#include <trefoil/restart.h>
#include <xen/bootfdt.h>
#include <xen/domctl.h>
#include <xen/sched.h>

#define ROOM 40U /* events that fit into a page, and then some */

enum { HARDWARE, CONTROL, APP, STRANGER, NR_DOMAINS = STRANGER };

static struct launch_plan plan = {
    .nr_domains = NR_DOMAINS,
    .domains = {
        [HARDWARE] = {.name = "hardware", .roles = DOMAIN_CAPS_HARDWARE, .domid = HARDWARE},
        [CONTROL] = {.name = "control", .roles = DOMAIN_CAPS_CONTROL, .domid = CONTROL},
        [APP] = {.name = "app", .domid = APP},
    }};
static const struct construct_context context = {.plan = &plan};

static struct domain *hardware, *control, *app, *stranger;
static struct xen_trefoil_event *events; /* in control's RAM, page 1 on */

static int start(void **state)
{
    (void)state;
    restart_init(&context);
    hardware = fake_domain(HARDWARE, "hardware", DOMAIN_CAPS_HARDWARE, 1, 8);
    control = fake_domain(CONTROL, "control", DOMAIN_CAPS_CONTROL, 1, 8);
    app = fake_domain(APP, "app", 0, 2, 8);
    stranger = fake_domain(STRANGER, "stranger", 0, 1, 8);
    events = fake_ram(control, fake_address(1, 0));
    event_deliver_virqs();
    return 0;
}

static int stop(void **state)
{
    struct domain **all[] = {&stranger, &app, &control, &hardware};

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(all); i++) {
        if (*all[i])
            fake_destroy(*all[i]);
        *all[i] = NULL;
    }
    return 0;
}

static struct xen_sysctl request(uint64_t next, uint32_t room)
{
    return (struct xen_sysctl){
        .cmd = XEN_SYSCTL_trefoil_events,
        .u.trefoil_events = {.next = next, .count = room, .buffer.q = fake_address(1, 0)}};
}

/* A vcpu comes from its guest, before which its pcpu has done all else. */
static void come(struct domain *by)
{
    fake_be(0, by->vcpus[0]);
    atomic_store(&this_pcpu()->need_resched, false);
}

static int64_t ask(struct domain *by, struct xen_sysctl *op)
{
    come(by);
    return fake_call_with(__HYPERVISOR_sysctl, fake_address(0, 0), op, sizeof(*op));
}

static struct xen_sysctl_trefoil_events read_from(uint64_t next, uint32_t room)
{
    struct xen_sysctl op = request(next, room);

    come(control);
    memcpy(fake_ram(control, fake_address(0, 0)), &op, sizeof(op));
    assert_int_equal(fake_call(__HYPERVISOR_sysctl, fake_address(0, 0), 0, 0), 0);
    memcpy(&op, fake_ram(control, fake_address(0, 0)), sizeof(op));
    return op.u.trefoil_events;
}

/* The number of the next event. */
static uint64_t now(void)
{
    return read_from(UINT64_MAX, 0).end;
}

/* The only event since then. */
static const struct xen_trefoil_event *only(uint64_t since)
{
    struct xen_sysctl_trefoil_events read = read_from(since, ROOM);

    assert_int_equal(read.count, 1);
    assert_int_equal(events->sequence, since);
    return events;
}

static void note(uint64_t argument)
{
    journal_domain(launched, app, argument);
}

static void test_numbers_have_no_gaps(void **state)
{
    struct xen_sysctl_trefoil_events read;
    uint64_t first = now();

    (void)state;
    for (uint64_t i = 0; i < 10; i++, fake.now += 7)
        note(i);
    read = read_from(first, ROOM);
    assert_int_equal(read.count, 10);
    assert_int_equal(read.next, first + 10);
    assert_int_equal(read.end, first + 10);
    assert_int_equal(read.lost, 0);
    for (uint64_t i = 0; i < 10; i++) {
        assert_int_equal(events[i].sequence, first + i);
        assert_int_equal(events[i].kind, XEN_TREFOIL_EVENT_launched);
        assert_int_equal(events[i].domain, APP);
        assert_int_equal(events[i].life, 1);
        assert_int_equal(events[i].arguments[0], i);
        assert_int_equal(events[i].arguments[1], 0);
        assert_int_equal(events[i].time, read.now - 7 * (10 - i));
    }
}

static void test_small_buffer_goes_on(void **state)
{
    struct xen_sysctl_trefoil_events read;
    uint64_t first = now();

    (void)state;
    for (uint64_t i = 0; i < 5; i++)
        note(i);
    read = read_from(first, 0);
    assert_true(read.count == 0 && read.next == first && read.end == first + 5);
    read = read_from(first, 3);
    assert_true(read.count == 3 && read.next == first + 3 && read.end == first + 5);
    read = read_from(read.next, 3);
    assert_true(read.count == 2 && read.next == first + 5 && read.end == first + 5);
    assert_int_equal(events[1].arguments[0], 4);
}

static void test_what_is_lost_is_told(void **state)
{
    struct xen_sysctl_trefoil_events read;
    uint64_t first = now();

    (void)state;
    for (uint64_t i = 0; i < JOURNAL_EVENTS + 3; i++)
        note(i);
    read = read_from(first, 1);
    assert_int_equal(read.lost, 3);
    assert_int_equal(read.oldest, first + 3);
    assert_int_equal(events[0].sequence, first + 3);
    assert_int_equal(events[0].arguments[0], 3);
    read = read_from(0, 1);
    assert_int_equal(read.lost, 0);
    assert_int_equal(events[0].sequence, first + 3);
    /* A number of another start of the machine. */
    read = read_from(first + 2 * JOURNAL_EVENTS, 1);
    assert_true(read.count == 0 && read.lost == 0 && read.end < read.next);
}

static void test_bad_arguments(void **state)
{
    struct xen_sysctl op = request(0, 1);

    (void)state;
    note(0);
    op.u.trefoil_events.pad = 1;
    assert_int_equal(ask(control, &op), -EINVAL);
    op = request(0, 1);
    op.interface_version = 1;
    assert_int_equal(ask(control, &op), -EACCES);
    op = request(0, 1);
    op.u.trefoil_events.buffer.q = UINT64_MAX;
    assert_int_equal(ask(control, &op), -EFAULT);
    op = request(0, UINT32_MAX);
    op.u.trefoil_events.buffer.q = fake_address(8, 0) - sizeof(struct xen_trefoil_event);
    assert_int_equal(ask(control, &op), -EFAULT);
    op = request(0, 1);
    assert_int_equal(ask(hardware, &op), -EPERM);
    assert_int_equal(ask(app, &op), -EPERM);
}

static void test_an_interrupt_ends_it_early(void **state)
{
    uint64_t first = now();

    (void)state;
    note(0);
    note(1);
    fake.interrupt_waiting = true;

    struct xen_sysctl_trefoil_events read = read_from(first, ROOM);

    fake.interrupt_waiting = false;
    assert_true(read.count == 1 && read.next == first + 1 && read.end == first + 2);
}

/* Of a domain that is gone the tree knows, or nobody. */
static void test_the_gone_are_told_of(void **state)
{
    uint64_t first = now();
    struct xen_sysctl_trefoil_events read;

    (void)state;
    fake_destroy(app);
    app = NULL;
    fake_destroy(stranger);
    stranger = NULL;
    read = read_from(first, ROOM);
    assert_int_equal(read.next, first + 2);
    assert_int_equal(read.count, 1);
    assert_int_equal(events[0].kind, XEN_TREFOIL_EVENT_destroyed);
    assert_int_equal(events[0].domain, APP);
    assert_int_equal(events[0].arguments[0], 0);
}

static int64_t domctl(uint32_t command, struct domain *domain)
{
    struct xen_domctl op = {
        .cmd = command, .interface_version = XEN_DOMCTL_INTERFACE_VERSION, .domain = domain->id};

    fake_be(0, control->vcpus[0]);
    memcpy(fake_ram(control, fake_address(0, 0)), &op, sizeof(op));
    return fake_call(__HYPERVISOR_domctl, fake_address(0, 0), 0, 0);
}

static void test_pauses(void **state)
{
    uint64_t first = now();

    (void)state;
    assert_int_equal(domctl(XEN_DOMCTL_pausedomain, app), 0);
    assert_int_equal(only(first)->kind, XEN_TREFOIL_EVENT_paused);
    assert_int_equal(events->arguments[0], CONTROL);
    assert_int_equal(domctl(XEN_DOMCTL_pausedomain, app), 0);
    assert_int_equal(domctl(XEN_DOMCTL_unpausedomain, app), 0);
    assert_int_equal(now(), first + 1);
    assert_int_equal(domctl(XEN_DOMCTL_unpausedomain, app), 0);
    assert_int_equal(only(first + 1)->kind, XEN_TREFOIL_EVENT_unpaused);
}

static void test_ends(void **state)
{
    uint64_t first = now();

    (void)state;
    domain_shutdown(app, SHUTDOWN_poweroff);
    domain_shutdown(app, SHUTDOWN_poweroff);
    assert_int_equal(only(first)->kind, XEN_TREFOIL_EVENT_shutdown);
    assert_int_equal(events->arguments[0], SHUTDOWN_poweroff);
}

/* The log's line of an event, by what the event says of its place. */
static bool log_has_at(uint64_t place, const char *line)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_readconsole,
                            .interface_version = XEN_SYSCTL_INTERFACE_VERSION,
                            .u.readconsole = {.incremental = 1,
                                              .index = (uint32_t)place,
                                              .count = (uint32_t)strlen(line),
                                              .buffer.q = fake_address(4, 0)}};

    memcpy(fake_ram(control, fake_address(0, 0)), &op, sizeof(op));
    come(control);
    assert_int_equal(fake_call(__HYPERVISOR_sysctl, fake_address(0, 0), 0, 0), 0);
    return memcmp(fake_ram(control, fake_address(4, 0)), line, strlen(line)) == 0;
}

static void test_crash_has_registers_and_a_line(void **state)
{
    uint64_t first = now();

    (void)state;
    fake_be(0, app->vcpus[1]);
    domain_crash(app, "a reason");
    assert_int_equal(only(first)->kind, XEN_TREFOIL_EVENT_crashed);
    for (unsigned int i = 0; i < ARCH_VCPU_REGISTERS; i++)
        assert_int_equal(events->arguments[1 + i], 16 + i + 1);
    assert_true(log_has_at(events->arguments[0], "(trefoil) app: crashed: a reason\n"));
}

static void test_a_guest_says_it_crashed(void **state)
{
    uint64_t first = now();

    (void)state;
    fake_be(0, hardware->vcpus[0]);
    domain_shutdown(app, SHUTDOWN_crash);
    assert_int_equal(only(first)->kind, XEN_TREFOIL_EVENT_crashed);
    assert_int_equal(events->arguments[1], 0);
    assert_true(log_has_at(events->arguments[0], "(trefoil) app: domain 2 has shut down: crash\n"));
}

static void deny(void)
{
    struct xen_domctl op = {.cmd = XEN_DOMCTL_pausedomain,
                            .interface_version = XEN_DOMCTL_INTERFACE_VERSION,
                            .domain = HARDWARE};

    fake_be(0, app->vcpus[0]);
    memcpy(fake_ram(app, fake_address(0, 0)), &op, sizeof(op));
    assert_int_equal(fake_call(__HYPERVISOR_domctl, fake_address(0, 0), 0, 0), -EPERM);
}

static void test_denials_are_limited(void **state)
{
    uint64_t first = now();

    (void)state;
    for (unsigned int i = 0; i < 25; i++)
        deny();
    assert_int_equal(read_from(first, ROOM).count, 10);
    assert_int_equal(events->kind, XEN_TREFOIL_EVENT_denied);
    assert_int_equal(events->domain, APP);
    assert_int_equal(events->arguments[0], HARDWARE);
    assert_int_equal(events->arguments[1], 0);
    assert_string_equal((const char *)&events->arguments[2], "domctl_pausedomain");
    fake.now += UINT64_C(6000000000);
    first = now();
    deny();
    assert_int_equal(only(first)->arguments[1], 15);
}

static void test_log_lines_by_severity(void **state)
{
    uint64_t first = now();

    (void)state;
    log_info("a line");
    log_warning("a warning");
    log_error("an error");
    assert_int_equal(read_from(first, ROOM).count, 2);
    assert_int_equal(events[0].kind, XEN_TREFOIL_EVENT_log_warning);
    assert_int_equal(events[0].domain, DOMID_XEN);
    assert_int_equal(events[1].kind, XEN_TREFOIL_EVENT_log_error);
    assert_true(log_has_at(events[0].arguments[0], "(trefoil) a warning\n"));
    assert_true(log_has_at(events[1].arguments[0], "(trefoil) an error\n"));
}

static int64_t bind(struct domain *by, evtchn_port_t *port)
{
    struct evtchn_bind_virq op = {.virq = VIRQ_TREFOIL_EVENTS};
    int64_t result;

    fake_be(0, by->vcpus[0]);
    result = fake_call_with(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &op, sizeof(op));
    *port = op.port;
    return result;
}

/* Was it raised since the last look? */
static bool told(struct domain *domain, evtchn_port_t port)
{
    uint64_t *word = &domain->shared_info->evtchn_pending[port / 64], bit = UINT64_C(1)
                                                                            << (port % 64);
    bool pending;

    event_deliver_virqs();
    pending = *word & bit;
    *word &= ~bit;
    return pending;
}

static void test_all_who_wait_are_told_once(void **state)
{
    evtchn_port_t port[3];

    (void)state;
    for (unsigned int i = 0; i < 3; i++)
        assert_int_equal(bind(control, &port[i]), 0);
    now();
    assert_false(told(control, port[0]));
    note(0);
    for (unsigned int i = 0; i < 3; i++)
        assert_true(told(control, port[i]));
    /* Nobody has read it. */
    note(1);
    assert_false(told(control, port[0]));
    read_from(1, ROOM);
    now();
    assert_int_equal(event_close(control, port[1]), 0);
    note(2);
    assert_true(told(control, port[0]));
    assert_false(told(control, port[1]));
    assert_true(told(control, port[2]));
}

/* Who has not seen all is told nothing, as it goes on reading. */
static void test_told_only_at_the_end(void **state)
{
    uint64_t first = now();
    evtchn_port_t port;

    (void)state;
    note(0);
    note(1);
    assert_int_equal(bind(control, &port), 0);
    told(control, port);
    read_from(first, 1);
    note(2);
    assert_false(told(control, port));
    read_from(first + 1, 2);
    note(3);
    assert_true(told(control, port));
}

static void test_who_may_wait(void **state)
{
    evtchn_port_t port, last;
    unsigned int bound = 0;

    (void)state;
    assert_int_equal(bind(app, &port), -EPERM);
    assert_int_equal(bind(hardware, &port), -EPERM);
    assert_int_equal(event_set_virq_handler(hardware, VIRQ_TREFOIL_EVENTS), -EINVAL);
    while (bind(control, &port) == 0) {
        bound++;
        last = port;
    }
    assert_int_equal(bound, 64);
    assert_int_equal(bind(control, &port), -EBUSY);
    assert_int_equal(event_close(control, last), 0);
    assert_int_equal(bind(control, &port), 0);
    assert_int_equal(port, last);
}

/* More domains than there is room for; with their end they make room. */
static void test_few_domains_wait(void **state)
{
    struct domain *more[8];
    evtchn_port_t port;

    (void)state;
    for (unsigned int i = 0; i < ARRAY_SIZE(more); i++) {
        more[i] = fake_domain((domid_t)(10 + i), "more", DOMAIN_CAPS_CONTROL, 1, 8);
        assert_int_equal(bind(more[i], &port), 0);
    }
    assert_int_equal(bind(control, &port), -EBUSY);
    fake_destroy(more[3]);
    assert_int_equal(bind(control, &port), 0);
    now();
    note(0);
    assert_true(told(control, port));
    for (unsigned int i = 0; i < ARRAY_SIZE(more); i++) {
        if (i != 3)
            fake_destroy(more[i]);
    }
}

#define WRITERS 4U
#define EACH    1000U

static void *write_many(void *data)
{
    unsigned int writer = *(unsigned int *)data;

    fake_go(writer % FAKE_PCPUS);
    for (uint64_t i = 0; i < EACH; i++)
        journal_note(paused, (domid_t)writer, (unsigned int)i, i, ~i, i, i, i, i, writer);
    return NULL;
}

/* Each event is whole, of one number, and those of a writer are in its order; none is missed that
 * is not told as lost. */
static void test_writers_at_once(void **state)
{
    pthread_t threads[WRITERS];
    unsigned int ids[WRITERS];
    uint64_t next = now(), first = next, lost = 0, seen = 0, of[WRITERS] = {0};
    struct xen_trefoil_event event;

    (void)state;
    for (unsigned int i = 0; i < WRITERS; i++) {
        ids[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, &ids[i]), 0);
    }
    while (next < first + (uint64_t)WRITERS * EACH) {
        if (!journal_take(&next, &event, &lost))
            continue;
        seen++;
        assert_int_equal(event.sequence, next - 1);
        assert_int_equal(event.arguments[6], event.domain);
        assert_int_equal(event.arguments[0], event.life);
        assert_int_equal(event.arguments[1], ~event.arguments[0]);
        assert_true(event.life >= of[event.domain]);
        of[event.domain] = event.life + 1;
    }
    assert_int_equal(seen + lost, (uint64_t)WRITERS * EACH);
    for (unsigned int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(test_numbers_have_no_gaps),
        TEST(test_small_buffer_goes_on),
        TEST(test_what_is_lost_is_told),
        TEST(test_bad_arguments),
        TEST(test_an_interrupt_ends_it_early),
        TEST(test_the_gone_are_told_of),
        TEST(test_pauses),
        TEST(test_ends),
        TEST(test_crash_has_registers_and_a_line),
        TEST(test_a_guest_says_it_crashed),
        TEST(test_denials_are_limited),
        TEST(test_log_lines_by_severity),
        TEST(test_all_who_wait_are_told_once),
        TEST(test_told_only_at_the_end),
        TEST(test_who_may_wait),
        TEST(test_few_domains_wait),
        TEST(test_writers_at_once),
    };

    fake_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
