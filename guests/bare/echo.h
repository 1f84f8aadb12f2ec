/* SPDX-License-Identifier: MIT */
/*
 * The other domain of a static event channel: it answers each event with one. The two may not
 * communicate otherwise, so both know the ports, and nothing else, from the device tree's author
 * (tests/guests.sh).
 */
#ifndef ECHO_H
#define ECHO_H

#include "test.h"

#define ECHO_NEAR 10U /* the tester's port */
#define ECHO_FAR  700U

/* Does not return. */
void echo_serve(void);

#endif
