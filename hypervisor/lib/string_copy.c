/* SPDX-License-Identifier: MIT */
#include <trefoil/string.h>

size_t string_copy(char *to, const char *from, size_t size)
{
    size_t length = strlen(from);
    size_t fits = length < size ? length : size - 1;

    memcpy(to, from, fits);
    to[fits] = '\0';
    return length;
}
