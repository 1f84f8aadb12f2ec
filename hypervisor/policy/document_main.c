/* SPDX-License-Identifier: MIT */
/* Prints docs/policy.md. */
#include <stdlib.h>

#include "document.h"

int main(void)
{
    policy_write_document(stdout);
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
