/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: hypercalls of several domains, on two CPUs, against core on the fake machine. The
 * input is a list of steps; between any two of them everything that core keeps must agree, and when
 * all domains are destroyed no page may be missing. A call that is to be continued goes on when its
 * vcpu runs next, so that others come between.
 */
#include "hypercall.h"
#include <string.h>
#include <trefoil/access.h>
#include <trefoil/core.h>
#include <trefoil/device.h>
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/grant_table.h>
#include <trefoil/hypercall.h>
#include <trefoil/memory.h>
#include <trefoil/sched.h>
#include <xen/bootfdt.h>
#include "core_fake/machine.h"

#define STEPS_MAX 200
#define VCPUS     2U

static struct domain *domains[DOMAINS];
static uint64_t free_before;

static const uint32_t roles[DOMAINS] = {
    DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE,
    DOMAIN_CAPS_CONTROL,
    0,
    DOMAIN_CAPS_DEVICE_MODEL,
};

/* One that was destroyed is gone with its last reference. */
static void forget_the_gone(void)
{
    for (unsigned int i = 0; i < DOMAINS; i++) {
        struct domain *domain = domains[i] ? domain_get((domid_t)i) : NULL;

        domains[i] = domain;
        if (domain)
            domain_put(domain);
    }
}

static struct vcpu *pick(unsigned int pcpu)
{
    fake_go(pcpu);
    for (;;) {
        struct vcpu *next;

        fake_pcpus[pcpu].need_resched = true;
        next = sched_pick(&fake_pcpus[pcpu]);
        if (!next || !next->device.asked || device_resume(next))
            return next;
    }
}

/* Lets a vcpu run, as if all others of its pcpu waited for an interrupt. False if it is held. */
static bool run(struct vcpu *vcpu)
{
    if (vcpu->state == VCPU_BLOCKED)
        vcpu_wake(vcpu);
    for (unsigned int i = 0; i < 2 * DOMAINS * VCPUS; i++) {
        struct vcpu *now = pick(vcpu->pcpu->id);

        if (now == vcpu)
            return true;
        if (!now)
            return false;
        now->arch.event_raised = false;
        vcpu_block(now);
    }
    return false;
}

static void call(struct input *input, struct vcpu *vcpu)
{
    struct hypercall hypercall;
    bool goes_on = vcpu->arch.continued;

    if (goes_on) {
        hypercall.number = vcpu->arch.number;
        memcpy(hypercall.args, vcpu->arch.args, sizeof(hypercall.args));
    } else {
        call_read(input, vcpu->domain, &hypercall);
    }
    vcpu->arch.continued = false;
    call_do(vcpu, &hypercall);
    vcpu->arch.event_raised = false;
}

static void pass_time(uint8_t amount)
{
    fake.now += amount * UINT64_C(100000);
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        fake_go(i);
        timers_run(&fake_pcpus[i]);
    }
}

static void step(struct input *input)
{
    uint8_t what = take(input);
    struct domain *domain = domains[what % DOMAINS];
    struct vcpu *vcpu = domain ? domain->vcpus[what / DOMAINS % domain->max_vcpus] : NULL;

    switch (what >> 5) {
    case 0: pass_time(what); break;
    case 1: fake.interrupt_waiting = what & 1; break;
    case 2:
        if (domain && domain->life < DOMAIN_DYING)
            write_read(input, domain);
        break;
    case 3:
        if (domain && what & 0x10)
            answer_read(input, domain);
        else if (vcpu && run(vcpu))
            access_read(input, vcpu);
        break;
    default:
        if (vcpu && run(vcpu))
            call(input, vcpu);
        break;
    }
    /* Each pcpu comes by the place where it looks at what others asked of it. */
    for (unsigned int i = 0; i < FAKE_PCPUS; i++)
        pick(i);
    forget_the_gone();
    check_all(domains);
}

/* So that not everything has to be found by chance: every domain lets each of the others at a page
 * of its own, hears of its events, and has lists of frame numbers in its RAM. */
static void prepare(struct domain *domain)
{
    for (unsigned int j = 0; j < VCPUS; j++)
        vcpu_start(domain->vcpus[j]);
    for (unsigned int i = 0; i < DOMAINS; i++)
        must(!grant_table_seed(domain, i, (domid_t)i, (gfn_t){FAKE_RAM + 8 + i}));
    memset(domain->shared_info->evtchn_mask, 0, sizeof(domain->shared_info->evtchn_mask));
    for (uint64_t page = 2; page < PAGES; page++) {
        uint64_t *list = fake_ram(domain, fake_address(page, 0));

        for (uint64_t i = 0; i < 64; i++)
            list[i] = FAKE_RAM + (page * 5 + i) % (2 * PAGES);
    }
}

static void start(void)
{
    static const char *const names[DOMAINS] = {"hardware", "control", "guest", "model"};

    fake.interrupt_waiting = false;
    fake_be(0, NULL);
    free_before = memory_free_pages();
    for (unsigned int i = 0; i < DOMAINS; i++) {
        domains[i] = fake_domain((domid_t)i, names[i], roles[i], VCPUS, PAGES);
        prepare(domains[i]);
    }
    prepare_device(domains[DOMAINS - 2], domains[DOMAINS - 1]);
}

/* Destroys what is left, the first of them with all interruptions that there can be. */
static void stop(void)
{
    for (unsigned int i = 0; i < DOMAINS; i++) {
        if (domains[i])
            domain_pause(domains[i]);
    }
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        must(!pick(i));
        fake_pcpus[i].current = NULL;
    }
    for (unsigned int i = 0; i < DOMAINS; i++) {
        unsigned int tries = 0;

        for (struct domain *domain; (domain = domain_get((domid_t)i)) != NULL;) {
            int result = domain_destroy(domain);

            domain_put(domain);
            must(tries++ < 10000);
            if (!result)
                break;
            must(result == -ERESTART);
            if (tries % 16 == 0) {
                forget_the_gone();
                check_all(domains);
            }
        }
        fake.interrupt_waiting = false;
    }
    must(memory_free_pages() == free_before);
    for (unsigned int i = 0; i < FAKE_PCPUS; i++)
        must(!fake_pcpus[i].nr_vcpus && list_empty(&fake_pcpus[i].queue));
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fake_start();
    fake.pace = 100;
    /* What is made once stays: the table of domains. */
    fake_be(0, NULL);
    domains[0] = fake_domain(0, "first", 0, 1, 1);
    fake_destroy(domains[0]);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, data + size};

    /* Leaves the policy of classic or split roles to the input, for what they let through. */
    policy_choose(size && (data[0] & 1) ? "split" : "dummy");
    start();
    take(&input);
    for (unsigned int i = 0; i < STEPS_MAX && input.next < input.end; i++)
        step(&input);
    stop();
    return 0;
}
