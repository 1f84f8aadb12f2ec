/* SPDX-License-Identifier: MIT */
/* As whom a daemon runs. What takes root to be shown is shown where the tests run as root. */
#include <errno.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <daemon/user.h>

#define NOBODY "no-such-user"

static char why[128];

/* In a process of its own, which does not come back from it; the child's exit status. */
static int in_child(int (*test)(void))
{
    int status;
    pid_t child = fork();

    if (child == 0)
        _exit(test());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static bool has_capabilities(void)
{
    char line[256];
    unsigned long long set = 0;
    FILE *file = fopen("/proc/self/status", "r");

    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "CapPrm: %llx", &set) == 1)
            break;
    if (file)
        fclose(file);
    return set != 0;
}

static int becomes_another(void)
{
    const struct passwd *user;

    if (!user_become("daemon", "root", why, sizeof why))
        return 1;
    user = getpwnam("daemon");
    if (getuid() != user->pw_uid || geteuid() != user->pw_uid || getegid() != user->pw_gid)
        return 2;
    if (has_capabilities() || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
        return 3;
    if (setuid(0) == 0 || setgid(0) == 0 || !user_is(NULL, "daemon"))
        return 4;
    /* Once more it is that user already; another one it cannot be. */
    if (!user_become("daemon", "root", why, sizeof why))
        return 5;
    if (user_become("root", "daemon", why, sizeof why) || !strstr(why, "cannot become root"))
        return 6;
    return user_become(NULL, "root", why, sizeof why) ? 0 : 7;
}

static void root_becomes_another(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(in_child(becomes_another), 0);
    assert_int_equal(geteuid(), 0);
}

static int becomes_the_usual_one(void)
{
    return user_become(NULL, "daemon", why, sizeof why) && user_is(NULL, "daemon") ? 0 : 1;
}

static void the_usual_one_needs_no_word(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(in_child(becomes_the_usual_one), 0);
}

static void who_is_not_there_is_told_of(void **state)
{
    const struct passwd *self = getpwuid(geteuid());

    (void)state;
    assert_false(user_become(NOBODY, "daemon", why, sizeof why));
    assert_string_equal(why, "no user " NOBODY);
    assert_true(user_become(NULL, NOBODY, why, sizeof why));
    assert_false(user_is(NULL, NOBODY));
    assert_non_null(self);
    assert_true(user_become(self->pw_name, NOBODY, why, sizeof why));
    assert_int_equal(user_is(self->pw_name, NOBODY), geteuid() != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_not_there_is_told_of),
        cmocka_unit_test(root_becomes_another),
        cmocka_unit_test(the_usual_one_needs_no_word),
    };

    return cmocka_run_group_tests_name("as whom a daemon runs", tests, NULL, NULL);
}
