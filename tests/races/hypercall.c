/* SPDX-License-Identifier: MIT */
/*
 * Hypercalls of several domains on several CPUs at the same time, each CPU a thread, for
 * ThreadSanitizer to watch: the calls of the fuzz target, drawn by chance. Domains end and are made
 * anew meanwhile. At the end all that core keeps must agree, and no page may be missing.
 *
 * Usage: hypercall [SECONDS [SEED]]
 */
#include "hypercall.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <trefoil/access.h>
#include <trefoil/core.h>
#include <trefoil/device.h>
#include <trefoil/errno.h>
#include <trefoil/grant_table.h>
#include <trefoil/hypercall.h>
#include <trefoil/memory.h>
#include <trefoil/sched.h>
#include <xen/bootfdt.h>
#include "core_fake/machine.h"
#include "domain/domain_table.h"
#include "sched/shared_work.h"

#define VCPUS      2U
#define CALL_BYTES 64U

static const uint32_t roles[DOMAINS] = {
    DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE,
    DOMAIN_CAPS_CONTROL,
    0,
    DOMAIN_CAPS_DEVICE_MODEL,
};

struct worker {
    pthread_t thread;
    unsigned int pcpu;
    uint64_t chance;
    uint64_t nr_calls, nr_made;
};

static struct worker workers[FAKE_PCPUS];
static _Atomic bool over;

/* Where core copies into pages of guests, which may name the same page twice. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:area_write\nrace:copy_bytes\n";
}

static uint32_t any(struct worker *worker, uint32_t limit)
{
    worker->chance = worker->chance * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(worker->chance >> 33) % limit;
}

static void make(domid_t id)
{
    static const char *const names[DOMAINS] = {"hardware", "control", "guest", "model"};
    struct domain *domain = fake_built(id, names[id], roles[id], VCPUS, PAGES);

    for (unsigned int i = 0; i < DOMAINS; i++)
        must(!grant_table_seed(domain, i, (domid_t)i, (gfn_t){FAKE_RAM + 8 + i}));
    for (unsigned int i = 0; i < VCPUS; i++)
        vcpu_start(domain->vcpus[i]);
    domain_launch(domain);
}

static void end(struct domain *domain)
{
    int result;

    do {
        sched_pick(this_pcpu());
        result = domain_destroy(domain);
    } while (result == -ERESTART && !atomic_load(&over));
}

/* Something that no guest does: an interrupt wakes a vcpu, a domain is ended, or made anew. */
static void happen(struct worker *worker)
{
    domid_t id = (domid_t)any(worker, DOMAINS);
    struct domain *domain = domain_get(id);

    if (!domain) {
        /* One thread makes them, so that none is made twice. The old one may be going just now. */
        if (worker->pcpu == 0 && !domain_table_has(id)) {
            make(id);
            worker->nr_made++;
        }
        return;
    }
    if (worker->pcpu == 0 && any(worker, 100) == 0)
        end(domain);
    else if (domain->life < DOMAIN_DYING)
        vcpu_kick(domain->vcpus[any(worker, VCPUS)]);
    domain_put(domain);
}

static void call(struct worker *worker, struct vcpu *vcpu)
{
    uint8_t bytes[CALL_BYTES];
    struct input input = {bytes, bytes + sizeof(bytes)};
    struct hypercall hypercall;
    bool goes_on = vcpu->arch.continued;

    for (unsigned int i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)any(worker, 256);
    if (goes_on) {
        hypercall.number = vcpu->arch.number;
        memcpy(hypercall.args, vcpu->arch.args, sizeof(hypercall.args));
    } else {
        write_read(&input, vcpu->domain);
        call_read(&input, vcpu->domain, &hypercall);
    }
    vcpu->arch.continued = false;
    call_do(vcpu, &hypercall);
    vcpu->arch.event_raised = false;
    worker->nr_calls++;
}

static void access_device(struct worker *worker, struct vcpu *vcpu)
{
    uint8_t bytes[3];
    struct input input = {bytes, bytes + sizeof(bytes)};

    for (unsigned int i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)any(worker, 256);
    access_read(&input, vcpu);
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct pcpu *pcpu = &fake_pcpus[worker->pcpu];

    fake_go(worker->pcpu);
    while (!atomic_load(&over)) {
        struct vcpu *vcpu;

        timers_run(pcpu);
        if (any(worker, 4) == 0)
            happen(worker);
        atomic_store(&pcpu->need_resched, true);
        vcpu = sched_pick(pcpu);
        if (vcpu && vcpu->device.asked && !device_resume(vcpu))
            continue;
        if (vcpu && any(worker, 16) == 0)
            access_device(worker, vcpu);
        else if (vcpu)
            call(worker, vcpu);
        else
            shared_work_help();
    }
    return NULL;
}

/* All CPUs are this thread again; nothing runs. */
static void stop(uint64_t free_before)
{
    struct domain *domains[DOMAINS];

    for (unsigned int i = 0; i < DOMAINS; i++) {
        domains[i] = domain_get((domid_t)i);
        if (domains[i])
            domain_pause(domains[i]);
    }
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        fake_go(i);
        must(!sched_pick(&fake_pcpus[i]));
    }
    check_all(domains);
    for (unsigned int i = 0; i < FAKE_PCPUS; i++)
        fake_pcpus[i].current = NULL;
    for (unsigned int i = 0; i < DOMAINS; i++) {
        if (!domains[i])
            continue;
        domain_put(domains[i]);
        while ((domains[i] = domain_get((domid_t)i)) != NULL) {
            int result = domain_destroy(domains[i]);

            domain_put(domains[i]);
            if (result != -ERESTART)
                break;
        }
    }
    while (shared_work_help())
        ;
    must(memory_free_pages() == free_before);
}

int main(int argc, char **argv)
{
    struct timespec time = {.tv_sec = argc > 1 ? atoi(argv[1]) : 10};
    unsigned long seed = argc > 2 ? strtoul(argv[2], NULL, 0) : (unsigned long)clock();
    uint64_t free_before, nr_calls = 0;

    fake_start();
    fake.pace = 100;
    fake.concurrent = true;
    policy_choose("dummy");
    fake_be(0, NULL);
    fake_destroy(fake_domain(0, "first", 0, 1, 1)); /* what is made once stays */
    free_before = memory_free_pages();
    printf("seed %lu\n", seed);
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        workers[i].pcpu = i;
        workers[i].chance = seed * FAKE_PCPUS + i;
        must(!pthread_create(&workers[i].thread, NULL, work, &workers[i]));
    }
    nanosleep(&time, NULL);
    atomic_store(&over, true);
    for (unsigned int i = 0; i < FAKE_PCPUS; i++) {
        must(!pthread_join(workers[i].thread, NULL));
        nr_calls += workers[i].nr_calls;
    }
    stop(free_before);
    printf("%llu calls, %llu domains made\n", (unsigned long long)nr_calls,
           (unsigned long long)workers[0].nr_made);
    return 0;
}
