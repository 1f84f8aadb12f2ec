/* SPDX-License-Identifier: MIT */
/*
 * Interrupts from one vcpu to the other while that one does what interrupts get lost over: waits,
 * takes no interrupts, disables and enables just this one. The sender counts up before each; of a
 * burst the last must be seen. As many as the command line says (count), in the time it says
 * (seconds), and none may be lost.
 */
#include "../test.h"
#include <xen/sched.h>

#define ISPENDR  0x0200
#define IROUTER  0x6000
#define SGI      7U
#define SPI      41U
#define BURSTS   11U /* kinds: up to 1, 2, 4 ... 1,024 of them */
#define PATIENCE (5000 * MILLISECOND)
#define ENOUGH   3U  /* lost ones */
#define PARTS    50U /* of a run, each of which is told */
#define RECEIVER 0U

static struct {
    unsigned int intid;
    void (*send)(uint64_t number);
    void (*disable)(void);
    void (*enable)(void);
    void (*wait)(void);
} kind;

/* Each is written by one side. */
static uint64_t sent __attribute__((aligned(128)));
static uint64_t seen __attribute__((aligned(128)));
static volatile uint64_t lost, bursts;
static volatile bool sender_done;
static uint32_t port;

static unsigned int random_below(uint64_t *state, unsigned int limit)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (unsigned int)(*state % limit);
}

/* The number that is there now is seen; of two vcpus that do so the higher one counts. */
static void look(void)
{
    uint64_t now_sent = __atomic_load_n(&sent, __ATOMIC_SEQ_CST);
    uint64_t before = __atomic_load_n(&seen, __ATOMIC_SEQ_CST);

    while (before < now_sent && !__atomic_compare_exchange_n(&seen, &before, now_sent, false,
                                                             __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        ;
}

/* As Linux does it: the flag, then the selector, then the ports that are not masked. */
static void take_events(void)
{
    struct vcpu_info *info = (struct vcpu_info *)vcpu_infos[RECEIVER];

    while (__atomic_exchange_n(&info->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST) != 0) {
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        __atomic_exchange_n(&info->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
        if (event_pending(port) && (shared_info->evtchn_mask[port / 64] >> port % 64 & 1) == 0) {
            event_clear(port);
            __atomic_thread_fence(__ATOMIC_SEQ_CST);
            look();
        }
    }
}

static void hook(unsigned int intid)
{
    if (intid != kind.intid)
        return;
    if (intid == EVENT_INTID)
        take_events();
    else
        look();
}

static void send_burst(uint64_t *state, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        __atomic_fetch_add(&sent, 1, __ATOMIC_SEQ_CST);
        __asm__ volatile("dsb ish" ::: "memory");
        kind.send(*state >> 20);
        for (unsigned int spin = random_below(state, 64); spin > 0; spin--)
            __asm__ volatile("nop");
    }
}

/* False if the last of the burst was not seen. */
static bool burst_is_seen(void)
{
    uint64_t until = now() + PATIENCE;

    while (__atomic_load_n(&seen, __ATOMIC_SEQ_CST) != sent) {
        if (now() > until)
            return false;
    }
    return true;
}

static void sender(void)
{
    uint64_t total = option("count"), state = 0x9e3779b97f4a7c15;
    uint64_t until = now() + option("seconds") * 1000 * MILLISECOND;

    interrupts_start_cpu();
    interrupt_enable(SGI, true);
    interrupts_on();
    while (sent < total && lost < ENOUGH && now() < until) {
        uint64_t left = total - sent;
        uint64_t count = 1 + random_below(&state, 1U << random_below(&state, BURSTS));

        send_burst(&state, count < left ? count : left);
        bursts++;
        if (!burst_is_seen()) {
            lost++;
            look(); /* goes on as if it had come */
        }
    }
    sender_done = true;
    send_sgi(SGI, 1);
}

static void wait_for_interrupt(void)
{
    interrupts_off();
    __asm__ volatile("wfi");
    interrupts_on();
    __asm__ volatile("isb");
}

static void receive(void)
{
    uint64_t state = 0x2545f4914f6cdd1d, part = option("count") / PARTS + 1, told = 0;

    while (!sender_done) {
        unsigned int what = random_below(&state, 8), spin = random_below(&state, 256);

        if (what < 3)
            kind.disable();
        while (spin-- > 0)
            __asm__ volatile("nop");
        if (what < 3)
            kind.enable();
        else if (what < 6 && !sender_done)
            kind.wait();
        if (__atomic_load_n(&seen, __ATOMIC_RELAXED) / part > told) {
            told = __atomic_load_n(&seen, __ATOMIC_RELAXED) / part;
            print("soak %lu of %u\n", told * part, option("count"));
        }
    }
}

/* The interrupt is enabled. */
static void run(const char *what)
{
    uint64_t began = now();

    sent = seen = lost = bursts = 0;
    sender_done = false;
    interrupt_hook = hook;
    interrupt_enable(SGI, true);
    CHECK_EQUAL(cpu_start(sender), 0);
    receive();
    for (uint64_t until = now() + PATIENCE; !cpu_is_off() && now() < until;)
        ;
    CHECK(cpu_is_off());
    interrupt_hook = NULL;
    print("soaked %s: %lu sent in %lu bursts, %lu lost, %lu ms\n", what, sent, bursts, lost,
          (now() - began) / MILLISECOND);
    CHECK_EQUAL(sent, option("count"));
    CHECK_EQUAL(lost, 0);
}

static void enable_it(void)
{
    interrupt_enable(kind.intid, true);
}

static void disable_it(void)
{
    interrupt_enable(kind.intid, false);
}

static void sgi_send(uint64_t number)
{
    (void)number;
    send_sgi(8, 1U << RECEIVER);
}

void test_soak_sgi(void)
{
    kind.intid = 8;
    kind.send = sgi_send;
    kind.wait = wait_for_interrupt;
    kind.enable = enable_it;
    kind.disable = disable_it;
    run("sgi");
}

/* Now and then its target changes, before or after it is made pending. */
static void spi_send(uint64_t number)
{
    if (number % 16 == 0)
        mmio_write64(gicd(IROUTER + 8 * SPI), number >> 4 & 1);
    mmio_write32(gicd(ISPENDR + SPI / 32 * 4), 1U << (SPI % 32));
    if (number % 16 == 1)
        mmio_write64(gicd(IROUTER + 8 * SPI), number >> 4 & 1);
}

void test_soak_spi(void)
{
    kind.intid = SPI;
    kind.send = spi_send;
    kind.wait = wait_for_interrupt;
    kind.enable = enable_it;
    kind.disable = disable_it;
    run("spi");
}

static void event_send_it(uint64_t number)
{
    (void)number;
    event_send(port);
}

static void bind_port(void)
{
    struct evtchn_bind_ipi bind = {.vcpu = RECEIVER};

    CHECK_EQUAL(event_op(EVTCHNOP_bind_ipi, &bind), 0);
    port = bind.port;
}

static void event_unmask_it(void)
{
    struct evtchn_unmask op = {.port = port};

    event_op(EVTCHNOP_unmask, &op);
}

static void event_mask_it(void)
{
    event_mask(port, true);
}

void test_soak_event(void)
{
    bind_port();
    interrupt_enable(EVENT_INTID, true);
    kind.intid = EVENT_INTID;
    kind.send = event_send_it;
    kind.enable = event_unmask_it;
    kind.disable = event_mask_it;
    kind.wait = wait_for_interrupt;
    kind.enable();
    run("event");
}

/* SCHEDOP_poll on the port, which stays masked, in place of an interrupt. */
static void poll_it(void)
{
    struct sched_poll op = {.ports.q = (uint64_t)&port, .nr_ports = 1};

    call(__HYPERVISOR_sched_op, SCHEDOP_poll, &op);
    if (event_pending(port)) {
        event_clear(port);
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        look();
    }
}

void test_soak_poll(void)
{
    bind_port();
    kind.intid = EVENT_INTID;
    kind.send = event_send_it;
    kind.enable = poll_it;
    kind.disable = poll_it;
    kind.wait = poll_it;
    run("poll");
}
