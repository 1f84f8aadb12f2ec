/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LAUNCH_EXERCISE_H
#define TESTS_LAUNCH_EXERCISE_H

#include <stddef.h>

/*
 * Does with `size` bytes that claim to be a device tree all that a boot does, and checks what must
 * hold whatever they say. Returns how many domains were planned, -1 when there was no machine.
 * Calls abort() when something does not hold.
 */
int launch_exercise(const void *bytes, size_t size);

#endif
