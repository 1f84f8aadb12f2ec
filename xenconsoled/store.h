/* SPDX-License-Identifier: MIT */
/*
 * xenstore with formatted paths. Without a connection everything fails; a connection that breaks
 * is noticed and renewed (daemon_store_lost()).
 */
#ifndef XENCONSOLED_STORE_H
#define XENCONSOLED_STORE_H

#include <stdbool.h>

#include "daemon.h"

#define STORE_PATH_MAX 512

/* The node's value, to be freed; NULL when there is none. */
char *store_read(struct daemon *daemon, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Reads a decimal number that must be the whole value. */
bool store_read_number(struct daemon *daemon, unsigned int *value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Names of the node's children, to be freed in one piece; NULL when there is no node. */
char **store_list(struct daemon *daemon, unsigned int *count, const char *path);

bool store_write(struct daemon *daemon, const char *value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool store_remove(struct daemon *daemon, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool store_watch(struct daemon *daemon, const char *token, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void store_unwatch(struct daemon *daemon, const char *token, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool store_introduced(struct daemon *daemon, unsigned int domid);

/* Parses a decimal number of at most 32 bits. */
bool store_parse_number(const char *text, unsigned int *value);

#endif
