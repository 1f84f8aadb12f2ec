/* SPDX-License-Identifier: MIT */
/* As whom a daemon runs. */
#ifndef DAEMON_USER_H
#define DAEMON_USER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes the process that of a user, for good: with its groups, without a capability, and so that
 * no program that it starts has more. `name` is who was asked for, or NULL: then `usual`, if there
 * is such a user and this one may become it, else all stays as it is. Does nothing to one that is
 * that user already. False, with a sentence for people in `why`.
 */
bool user_become(const char *name, const char *usual, char *why, size_t size);

/* Whether this process is that of the user that user_become() was asked for, and not root's. */
bool user_is(const char *name, const char *usual);

#endif
