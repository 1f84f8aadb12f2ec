/* SPDX-License-Identifier: MIT */
/* A hypervisor and an xenstore whose every answer is taken from the fuzzer's input, in turn. */
#ifndef TESTS_FUZZ_LIBXL_ANSWERS_H
#define TESTS_FUZZ_LIBXL_ANSWERS_H

#include <stddef.h>
#include <stdint.h>

/* What the answers are made of from now on. Beyond its end all is zero or absent. */
void answers_from(const uint8_t *data, size_t size);

/* The next bytes of the input. */
uint8_t answers_byte(void);
void answers_fill(void *out, size_t size);

#endif
