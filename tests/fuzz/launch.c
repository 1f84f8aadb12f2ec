/* SPDX-License-Identifier: MIT */
/* A libFuzzer target: any bytes as the device tree of a boot. `make tests/fuzz/launch` builds it
 * with clang. */
#include <stdint.h>

#include "launch/launch_exercise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    launch_exercise(data, size);
    return 0;
}
