/* SPDX-License-Identifier: MIT */
/* libxl: what is counted. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libxl/counters.h>
#include <libxl/device.h>
#include <xen/vcpu.h>

#include "libxl_fake.h"

static struct xen_vcpu_counters vcpus[5];
static struct xen_domain_counters domains[1];
static struct xen_pcpu_counters pcpus[2];

static int open_board(void **state)
{
    fake_board();
    fake.counters[XEN_COUNTERS_VCPU] =
        (struct fake_counters){vcpus, 5, sizeof(vcpus[0]), sizeof(vcpus[0]), XEN_VCPU_COUNTERS};
    fake.counters[XEN_COUNTERS_DOMAIN] = (struct fake_counters){
        domains, 1, sizeof(domains[0]), sizeof(domains[0]), XEN_DOMAIN_COUNTERS};
    fake.counters[XEN_COUNTERS_PCPU] =
        (struct fake_counters){pcpus, 2, sizeof(pcpus[0]), sizeof(pcpus[0]), XEN_PCPU_COUNTERS};
    for (unsigned int i = 0; i < 5; i++) {
        vcpus[i] = (struct xen_vcpu_counters){.domid = (domid_t)(i / 2),
                                              .vcpu = i % 2,
                                              .pcpu = 3,
                                              .state = RUNSTATE_blocked,
                                              .instance = 70 + i / 2,
                                              .time = {1, 2, 3, 4},
                                              .wake_time = 5};
        vcpus[i].wakes[XEN_WAKE_BUCKET_more] = 6;
        for (unsigned int c = 0; c < XEN_VCPU_COUNTERS; c++)
            vcpus[i].counters[c] = 100 * i + c;
    }
    domains[0] = (struct xen_domain_counters){.domid = 9, .vcpus = 2, .instance = 7, .age = 8};
    domains[0].counters[XEN_DOMAIN_COUNTER_denials] = 10;
    pcpus[1] = (struct xen_pcpu_counters){.pcpu = 1, .online = 1, .idle_time = 11};
    pcpus[1].counters[XEN_PCPU_COUNTER_switches] = 12;
    *state = libxl_open();
    return *state ? 0 : -1;
}

static int close_board(void **state)
{
    libxl_close(*state);
    return 0;
}

/* However many calls it takes. */
static void vcpus_are_listed(void **state)
{
    struct libxl_vcpu_counters *list;
    size_t count;
    uint64_t now;
    assert_int_equal(libxl_vcpu_counters_list(*state, &list, &count, &now), LIBXL_OK);
    assert_int_equal(count, 5);
    assert_int_equal(now, 1234);
    assert_int_equal(list[3].domid, 1);
    assert_int_equal(list[3].vcpu, 1);
    assert_int_equal(list[3].cpu, 3);
    assert_int_equal(list[3].state, RUNSTATE_blocked);
    assert_int_equal(list[3].instance, 71);
    assert_int_equal(list[3].running_ns, 1);
    assert_int_equal(list[3].runnable_ns, 2);
    assert_int_equal(list[3].blocked_ns, 3);
    assert_int_equal(list[3].offline_ns, 4);
    assert_int_equal(list[3].wake_ns, 5);
    assert_int_equal(list[3].wakes[XEN_WAKE_BUCKET_more], 6);
    assert_int_equal(list[3].counters[XEN_VCPU_COUNTER_hypercalls], 300);
    assert_int_equal(list[4].counters[XEN_VCPU_COUNTERS - 1], 400 + XEN_VCPU_COUNTERS - 1);
    free(list);
}

static void domains_and_cpus_are_listed(void **state)
{
    struct libxl_domain_counters *list;
    struct libxl_cpu_counters *cpus;
    size_t count;
    assert_int_equal(libxl_domain_counters_list(*state, &list, &count, NULL), LIBXL_OK);
    assert_int_equal(count, 1);
    assert_int_equal(list[0].domid, 9);
    assert_int_equal(list[0].vcpus, 2);
    assert_int_equal(list[0].instance, 7);
    assert_int_equal(list[0].age_ns, 8);
    assert_int_equal(list[0].counters[XEN_DOMAIN_COUNTER_denials], 10);
    free(list);
    assert_int_equal(libxl_cpu_counters_list(*state, &cpus, &count, NULL), LIBXL_OK);
    assert_int_equal(count, 2);
    assert_false(cpus[0].online);
    assert_true(cpus[1].online);
    assert_int_equal(cpus[1].idle_ns, 11);
    assert_int_equal(cpus[1].counters[XEN_PCPU_COUNTER_switches], 12);
    free(cpus);
}

/* A hypervisor of before has shorter records, one of later longer ones. */
static void other_versions_are_understood(void **state)
{
    struct libxl_vcpu_counters *list;
    struct {
        struct xen_vcpu_counters known;
        uint64_t more[2];
    } longer[2] = {{.known = vcpus[1]}, {.known = vcpus[2]}};
    size_t count;
    fake.counters[XEN_COUNTERS_VCPU].has -= 2 * sizeof(uint64_t);
    fake.counters[XEN_COUNTERS_VCPU].counters -= 2;
    assert_int_equal(libxl_vcpu_counters_list(*state, &list, &count, NULL), LIBXL_OK);
    assert_int_equal(list[1].counters[XEN_VCPU_COUNTERS - 3], 100 + XEN_VCPU_COUNTERS - 3);
    assert_true(list[1].counters[XEN_VCPU_COUNTERS - 2] == LIBXL_NOT_COUNTED);
    char *json = libxl_json_object(libxl_vcpu_counters_fields, &list[1]);
    char last[80];
    snprintf(last, sizeof(last), "\"%s\": null", libxl_vcpu_counter[XEN_VCPU_COUNTERS - 1].name);
    assert_non_null(strstr(json, last));
    free(json);
    free(list);
    fake.counters[XEN_COUNTERS_VCPU] = (struct fake_counters){
        longer, 2, sizeof(longer[0]), sizeof(longer[0]), XEN_VCPU_COUNTERS + 2};
    assert_int_equal(libxl_vcpu_counters_list(*state, &list, &count, NULL), LIBXL_OK);
    assert_int_equal(count, 2);
    assert_int_equal(list[1].domid, 1);
    assert_int_equal(list[1].counters[XEN_VCPU_COUNTERS - 1], 200 + XEN_VCPU_COUNTERS - 1);
    free(list);
}

static void a_list_that_does_not_go_on_ends(void **state)
{
    struct libxl_vcpu_counters *list;
    size_t count;
    fake.endless_list = true;
    assert_int_equal(libxl_vcpu_counters_list(*state, &list, &count, NULL), LIBXL_FAILED);
    assert_string_equal(libxl_error(*state), "The list of counters does not go on.");
    assert_null(list);
    assert_int_equal(count, 0);
}

static void refusals_say_why(void **state)
{
    struct libxl_cpu_counters *list;
    size_t count;
    fake.counters_error = -EPERM;
    assert_int_equal(libxl_cpu_counters_list(*state, &list, &count, NULL), LIBXL_NOT_PERMITTED);
    assert_string_equal(libxl_error(*state), "Looking at what is counted is not permitted in this "
                                             "domain: it takes the role control.");
    fake.has_launch_info = false;
    assert_int_equal(libxl_cpu_counters_list(*state, &list, &count, NULL), LIBXL_UNSUPPORTED);
    assert_null(list);
}

/* What prints the fields and what walks the counters agree. */
static void names_are_those_of_the_fields(void **state)
{
    struct libxl_vcpu_counters counters = {.domid = 1};
    char *json = libxl_json_object(libxl_vcpu_counters_fields, &counters);
    (void)state;
    for (unsigned int i = 0; i < XEN_VCPU_COUNTERS; i++) {
        char name[80];
        snprintf(name, sizeof(name), "\"%s\": 0", libxl_vcpu_counter[i].name);
        assert_non_null(strstr(json, name));
        assert_true(libxl_vcpu_counter[i].unit[0] && libxl_vcpu_counter[i].text[0]);
    }
    assert_non_null(strstr(json, "\"below_256\": 0"));
    free(json);
    for (unsigned int i = 0; i + 1 < XEN_WAKE_BUCKETS; i++)
        assert_true(libxl_wake_bucket_ns[i] == UINT64_C(256) << i);
    assert_true(libxl_wake_bucket_ns[XEN_WAKE_BUCKETS - 1] == UINT64_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_board, close_board)

/* One list of domains; how many hypercalls it took. */
static unsigned int list_calls(struct libxl_ctx *ctx, struct libxl_domain **list)
{
    unsigned int before = fake.hypercalls;
    size_t count;
    assert_int_equal(libxl_domain_list(ctx, list, &count), LIBXL_OK);
    assert_int_equal(count, 3);
    return fake.hypercalls - before;
}

static void count_lives(struct xen_domain_counters *lives, unsigned int count)
{
    fake.counters[XEN_COUNTERS_DOMAIN] = (struct fake_counters){
        lives, count, sizeof(lives[0]), sizeof(lives[0]), XEN_DOMAIN_COUNTERS};
    for (unsigned int i = 0; i < count; i++)
        lives[i] = (struct xen_domain_counters){.domid = (domid_t)i, .instance = 50 + i};
}

/* As long as it is the same life. */
static void what_does_not_change_is_asked_once(void **state)
{
    static struct xen_domain_counters lives[3];
    struct libxl_memory *memory = libxl_memory_new();
    struct libxl_domain *list;
    count_lives(lives, 3);
    libxl_remember(*state, memory);
    unsigned int first = list_calls(*state, &list);
    free(list);
    fake.domains[2].launch.life = 7;
    assert_int_equal(list_calls(*state, &list), first - 3);
    assert_int_equal(list[2].life, 0);
    free(list);
    lives[2].instance = 60;
    assert_int_equal(list_calls(*state, &list), first - 2);
    assert_int_equal(list[2].life, 7);
    free(list);
    /* Where lives cannot be told apart nothing is remembered. */
    memset(fake.counters, 0, sizeof(fake.counters));
    fake.domains[2].launch.life = 8;
    list_calls(*state, &list);
    assert_int_equal(list[2].life, 8);
    free(list);
    libxl_memory_free(memory);
}

/* Once: who asks again wants to know anew. */
static void counters_come_with_the_list(void **state)
{
    static struct xen_domain_counters lives[3];
    struct libxl_memory *memory = libxl_memory_new();
    struct libxl_domain_counters *counters;
    struct libxl_domain *list;
    size_t count;
    count_lives(lives, 3);
    libxl_remember(*state, memory);
    list_calls(*state, &list);
    free(list);
    unsigned int before = fake.hypercalls;
    assert_int_equal(libxl_domain_counters_list(*state, &counters, &count, NULL), LIBXL_OK);
    assert_int_equal(fake.hypercalls, before);
    assert_int_equal(count, 3);
    assert_int_equal(counters[2].instance, 52);
    free(counters);
    assert_int_equal(libxl_domain_counters_list(*state, &counters, &count, NULL), LIBXL_OK);
    assert_true(fake.hypercalls > before);
    free(counters);
    libxl_memory_free(memory);
}

/* Of a hundred domains it takes a few looks until all were asked again. */
static void who_serves_devices_is_asked_in_turn(void **state)
{
    static struct xen_domain_counters lives[100];
    struct libxl_memory *memory = libxl_memory_new();
    struct libxl_domain *list;
    unsigned int looks = 0;
    count_lives(lives, 100);
    libxl_remember(*state, memory);
    list_calls(*state, &list);
    free(list);
    for (uint32_t i = 0; i < 100; i++)
        assert_false(libxl_backend_served(*state, i));
    fake_write("/local/domain/70/libxl/devd", "1");
    for (bool served = false; !served && looks < 100; looks++) {
        list_calls(*state, &list);
        free(list);
        served = libxl_backend_served(*state, 70);
    }
    assert_in_range(looks, 2, 4);
    /* That it ends is seen at once. */
    fake_remove("/local/domain/70/libxl/devd");
    assert_false(libxl_backend_served(*state, 70));
    libxl_memory_free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(vcpus_are_listed),
        TEST(domains_and_cpus_are_listed),
        TEST(other_versions_are_understood),
        TEST(a_list_that_does_not_go_on_ends),
        TEST(refusals_say_why),
        TEST(names_are_those_of_the_fields),
        TEST(what_does_not_change_is_asked_once),
        TEST(counters_come_with_the_list),
        TEST(who_serves_devices_is_asked_in_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
