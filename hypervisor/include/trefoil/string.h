/* SPDX-License-Identifier: MIT */
/* The freestanding part of the C library: hypervisor/lib/. In native unit tests the C library's own
 * functions are used. */
#ifndef TREFOIL_STRING_H
#define TREFOIL_STRING_H

#include <stdarg.h>
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *in, int byte, size_t size);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t limit);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t limit);
char *strcpy(char *to, const char *from); /* for the compiler, which makes it of snprintf() */
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *part);
unsigned long strtoul(const char *s, char **end, int base);

/*
 * The usual conversions of printf: d i u x X c s p %, flags 0 - +, width and precision (also *), l
 * ll z h hh. The return value is the length that the whole text has; what fits is written, always
 * with a NUL when size > 0.
 */
int vsnprintf(char *to, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));
int snprintf(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Copies at most size - 1 characters and always ends with a NUL (size > 0). The length of `from`.
 */
size_t string_copy(char *to, const char *from, size_t size);

#endif
