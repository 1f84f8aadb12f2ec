/* SPDX-License-Identifier: MIT */
/* xl devd: its process, from start to end. */
#include <dirent.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "devd_fake.h"

#define PATIENCE_MS 60000
#define STEP_MS     20

/* Where coverage is counted: what a process has counted is lost with _exit(). */
void __gcov_dump(void) __attribute__((weak));

static char pid_file[PATH_SIZE], log_file[PATH_SIZE];

/* Until the thread that connected to the store has ended: what forks beside it leaves the
 * sanitizer's locks to a child as they are then. */
static bool alone(void)
{
    for (int ms = 0; ms < PATIENCE_MS; ms += STEP_MS) {
        unsigned int threads = 0;
        DIR *tasks = opendir("/proc/self/task");
        assert_non_null(tasks);
        for (const struct dirent *task; (task = readdir(tasks));)
            threads += task->d_name[0] != '.';
        closedir(tasks);
        if (threads == 1)
            return true;
        poll(NULL, 0, STEP_MS);
    }
    return false;
}

static int begin(void **state)
{
    int rc = devd_begin(state);
    assert_true(alone());
    snprintf(pid_file, sizeof(pid_file), "%s", devd_path("/pid"));
    snprintf(log_file, sizeof(log_file), "%s", devd_path("/log"));
    devd_fake.options.pid_file = pid_file;
    devd_fake.options.log_file = log_file;
    fake.store_owner = 0;
    assert_int_equal(mkdir(devd_path("/run"), 0755), 0);
    return rc;
}

/* The process that the file names, once it is there and whole; -1: it does not come. */
static pid_t read_pid(void)
{
    for (int ms = 0; ms < PATIENCE_MS; ms += STEP_MS) {
        char text[16] = "";
        FILE *file = fopen(pid_file, "re");
        if (file) {
            if (!fgets(text, sizeof(text), file))
                text[0] = '\0';
            fclose(file);
        }
        if (strchr(text, '\n'))
            return (pid_t)strtol(text, NULL, 10);
        poll(NULL, 0, STEP_MS);
    }
    return -1;
}

static bool vanishes(const char *path)
{
    for (int ms = 0; ms < PATIENCE_MS; ms += STEP_MS) {
        if (access(path, F_OK) != 0)
            return true;
        poll(NULL, 0, STEP_MS);
    }
    return false;
}

static void in_the_foreground(void **state)
{
    int status;
    (void)state;
    devd_fake.options.foreground = true;
    pid_t child = fork();
    if (child == 0) {
        enum devd_end end = devd_run(&devd_fake.options);
        if (__gcov_dump)
            __gcov_dump();
        _exit((int)end);
    }
    assert_true(child > 0);
    assert_int_equal(read_pid(), child);
    /* There is one only. */
    struct devd_options other = devd_fake.options;
    other.pid_file = NULL;
    assert_int_equal(devd_run(&other), DEVD_RUNNING);
    assert_int_equal(kill(child, SIGTERM), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), DEVD_OK);
    assert_int_not_equal(access(pid_file, F_OK), 0);
}

static void in_the_background(void **state)
{
    (void)state;
    assert_int_equal(devd_run(&devd_fake.options), DEVD_OK);
    pid_t daemon = read_pid();
    assert_true(daemon > 0);
    assert_int_equal(devd_run(&devd_fake.options), DEVD_RUNNING);
    assert_int_equal(kill(daemon, SIGTERM), 0);
    assert_true(vanishes(pid_file));
}

static void what_keeps_it_from_serving(void **state)
{
    (void)state;
    devd_fake.options.pid_file = devd_path("/none/pid");
    assert_int_equal(devd_run(&devd_fake.options), DEVD_FAILED);
    fake.no_store = true;
    assert_int_equal(devd_run(&devd_fake.options), DEVD_FAILED);
    devd_fake.options.root = "/dev/null";
    assert_int_equal(devd_run(&devd_fake.options), DEVD_FAILED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, devd_end)
    const struct CMUnitTest tests[] = {
        TEST(in_the_foreground),
        TEST(in_the_background),
        TEST(what_keeps_it_from_serving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
