/* SPDX-License-Identifier: MIT */
/* xl metrics: what is told of the board, in both formats, and where it goes. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <libxl/counters.h>

#include "libxl_fake.h"
#include "libxl_run.h"

static struct run run;
static struct xen_vcpu_counters vcpus[3];
static struct xen_domain_counters domains[2];
static struct xen_pcpu_counters pcpus[1];

static int counted_board(void **state)
{
    (void)state;
    fake_board();
    fake.counters[XEN_COUNTERS_VCPU] =
        (struct fake_counters){vcpus, 3, sizeof(vcpus[0]), sizeof(vcpus[0]), XEN_VCPU_COUNTERS};
    fake.counters[XEN_COUNTERS_DOMAIN] = (struct fake_counters){
        domains, 2, sizeof(domains[0]), sizeof(domains[0]), XEN_DOMAIN_COUNTERS};
    fake.counters[XEN_COUNTERS_PCPU] =
        (struct fake_counters){pcpus, 1, sizeof(pcpus[0]), sizeof(pcpus[0]), XEN_PCPU_COUNTERS};
    vcpus[0] = (struct xen_vcpu_counters){.domid = 2, .vcpu = 0, .time = {1500000000, 7, 8, 9}};
    vcpus[1] = (struct xen_vcpu_counters){.domid = 2, .vcpu = 1, .wake_time = 1000000001};
    vcpus[1].counters[XEN_VCPU_COUNTER_hypercalls] = 77;
    vcpus[0].wakes[0] = 2;
    vcpus[1].wakes[XEN_WAKE_BUCKET_more] = 1;
    /* One that is gone when its name is looked for. */
    vcpus[2] = (struct xen_vcpu_counters){.domid = 9};
    domains[0] = (struct xen_domain_counters){.domid = 2};
    domains[0].counters[XEN_DOMAIN_COUNTER_denials] = 5;
    domains[1] = (struct xen_domain_counters){.domid = 9};
    pcpus[0] = (struct xen_pcpu_counters){.pcpu = 0, .online = 1, .idle_time = 2000000000};
    return 0;
}

static void has(const char *line)
{
    if (!strstr(run.out, line))
        fail_msg("there is no %s in %s", line, run.out);
}

static void open_metrics(void **state)
{
    (void)state;
    run_xl(&run, "metrics");
    assert_int_equal(run.status, 0);
    assert_memory_equal(run.out, "# HELP trefoil_build ", 21);
    has("# TYPE trefoil_build info\ntrefoil_build_info{version=\"4.17.0-trefoil\",");
    has("\ntrefoil_memory_bytes 2147483648\n");
    has("# TYPE trefoil_domain info\n");
    has("# TYPE trefoil_domain_cpu_seconds counter\n"
        "trefoil_domain_cpu_seconds_total{domain=\"hardware\",id=\"0\"} 2.100000000\n");
    has("\ntrefoil_domain_state{domain=\"app\",id=\"2\",state=\"blocked\"} 1\n");
    has("\ntrefoil_domain_state{domain=\"app\",id=\"2\",state=\"running\"} 0\n");
    has("\ntrefoil_domain_denials_total{domain=\"app\",id=\"2\"} 5\n");
    has("\ntrefoil_vcpu_hypercalls_total{domain=\"app\",id=\"2\",vcpu=\"1\"} 77\n");
    has("\ntrefoil_vcpu_state_seconds_total{domain=\"app\",id=\"2\",vcpu=\"0\",state=\"running\"} "
        "1.500000000\n");
    has("\ntrefoil_cpu_idle_seconds_total{cpu=\"0\"} 2.000000000\n");
    has("\ntrefoil_domain_wake_seconds_bucket{domain=\"app\",id=\"2\",le=\"0.000000256\"} 2\n");
    has("\ntrefoil_domain_wake_seconds_bucket{domain=\"app\",id=\"2\",le=\"+Inf\"} 3\n"
        "trefoil_domain_wake_seconds_count{domain=\"app\",id=\"2\"} 3\n"
        "trefoil_domain_wake_seconds_sum{domain=\"app\",id=\"2\"} 1.000000001\n");
    assert_null(strstr(run.out, "id=\"9\""));
    assert_string_equal(run.out + strlen(run.out) - 7, "\n# EOF\n");
}

/* There a family is called as its samples are. */
static void text_format(void **state)
{
    (void)state;
    run_xl(&run, "metrics --text");
    has("# TYPE trefoil_build_info gauge\n");
    has("# HELP trefoil_domain_denials_total Operations that the policy denied\n"
        "# TYPE trefoil_domain_denials_total counter\n"
        "trefoil_domain_denials_total{domain=\"app\",id=\"2\"} 5\n");
    assert_null(strstr(run.out, "# EOF"));
}

static void names_are_escaped(void **state)
{
    (void)state;
    strcpy(fake.domains[2].launch.name, "a\"b\\c");
    run_xl(&run, "metrics");
    has("\ntrefoil_domain_life{domain=\"a\\\"b\\\\c\",id=\"2\"} 0\n");
}

static void devices_are_told(void **state)
{
    (void)state;
    fake_write("/local/domain/0/backend/vbd/2/51712/state", "4");
    run_xl(&run, "metrics");
    assert_null(strstr(run.out, "\ntrefoil_disk_reads_total"));
    assert_non_null(strstr(run.out, "# TYPE trefoil_disk_reads counter\n"));
}

static void what_is_gone_is_told(void **state)
{
    (void)state;
    fake.domains[1].info.flags |= XEN_DOMINF_shutdown;
    fake.domains[2].exists = false;
    strcpy(fake.domains[200].launch.name, "never");
    run_xl(&run, "metrics");
    has("\ntrefoil_domain_up{domain=\"hardware\",id=\"0\"} 1\n"
        "trefoil_domain_up{domain=\"control\",id=\"1\"} 0\n"
        "trefoil_domain_up{domain=\"app\",id=\"2\"} 0\n"
        "trefoil_domain_up{domain=\"never\",id=\"200\"} 0\n"
        "# HELP trefoil_domain_life");
    assert_null(strstr(run.out, "trefoil_domain_life{domain=\"app\""));
}

/* Where nothing is counted, or the machine is not shown, that is left out. */
static void what_is_not_told_is_left_out(void **state)
{
    (void)state;
    memset(fake.counters, 0, sizeof(fake.counters));
    run_xl(&run, "metrics");
    assert_int_equal(run.status, 0);
    assert_null(strstr(run.out, "\ntrefoil_vcpu_hypercalls_total"));
    has("\ntrefoil_domain_life{");
    fake.look_error = -1;
    run_xl(&run, "metrics");
    assert_int_equal(run.status, 1);
    assert_string_equal(run.out, "");
}

static unsigned int files_in(const char *directory)
{
    unsigned int count = 0;
    DIR *open = opendir(directory);
    assert_non_null(open);
    for (struct dirent *entry; (entry = readdir(open));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(open);
    return count;
}

static void a_text_file(void **state)
{
    char directory[] = "/tmp/metrics-test-XXXXXX", path[64], line[128], text[32] = "";
    struct stat status;
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/trefoil.prom", directory);
    snprintf(line, sizeof(line), "metrics --textfile %s", directory);
    prints(&run, line, "");
    prints(&run, line, "");
    assert_int_equal(files_in(directory), 1);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0644);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    assert_memory_equal(text, "# HELP trefoil_build_info ", 26);
    /* What cannot get its name leaves nothing. */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0755), 0);
    run_xl(&run, line);
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.err, "cannot be written"));
    assert_int_equal(files_in(directory), 1);
    rmdir(path);
    rmdir(directory);
    run_xl(&run, line);
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.err, "cannot be written"));
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    run_xl_to(&run, "metrics", "/dev/full");
    assert_int_equal(run.status, 1);
    assert_non_null(strstr(run.err, "the output could not be written"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(open_metrics, counted_board),
        cmocka_unit_test_setup(text_format, counted_board),
        cmocka_unit_test_setup(names_are_escaped, counted_board),
        cmocka_unit_test_setup(devices_are_told, counted_board),
        cmocka_unit_test_setup(what_is_gone_is_told, counted_board),
        cmocka_unit_test_setup(what_is_not_told_is_left_out, counted_board),
        cmocka_unit_test_setup(a_text_file, counted_board),
        cmocka_unit_test_setup(a_full_disk_is_told, counted_board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
