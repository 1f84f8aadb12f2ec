/* SPDX-License-Identifier: MIT */
#include <daemon/user.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* 0 or an errno value. Groups first: who has changed its user may not change them. */
static int change(const struct passwd *user)
{
    if (initgroups(user->pw_name, user->pw_gid) < 0 ||
        setresgid(user->pw_gid, user->pw_gid, user->pw_gid) < 0 ||
        setresuid(user->pw_uid, user->pw_uid, user->pw_uid) < 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return errno;
    return 0;
}

bool user_is(const char *name, const char *usual)
{
    const struct passwd *user = getpwnam(name ? name : usual);

    return user && user->pw_uid == geteuid() && user->pw_uid != 0;
}

bool user_become(const char *name, const char *usual, char *why, size_t size)
{
    const char *wanted = name ? name : usual;
    const struct passwd *user;
    int error;

    errno = 0;
    user = getpwnam(wanted);
    if (!user && !name)
        return true;
    if (!user) {
        snprintf(why, size, "no user %s%s%s", wanted, errno ? ": " : "",
                 errno ? strerror(errno) : "");
        return false;
    }
    if (user->pw_uid == getuid() && user->pw_uid == geteuid())
        return true;
    if (geteuid() != 0 && !name)
        return true;
    error = change(user);
    if (error)
        snprintf(why, size, "cannot become %s: %s", wanted, strerror(error));
    return error == 0;
}
