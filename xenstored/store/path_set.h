/* SPDX-License-Identifier: MIT */
/* A set of paths. */
#ifndef XENSTORED_PATH_SET_H
#define XENSTORED_PATH_SET_H

#include <stdbool.h>
#include <stddef.h>

#define PATH_SET_FEW 8

/* All zero is an empty one. It stays where it is. */
struct path_set {
    char **slots; /* open addressing, `capacity` is 0 or a power of two; NULL, `few` or malloc'ed */
    unsigned int count, capacity;
    char *few[PATH_SET_FEW];
};

bool path_set_contains(const struct path_set *set, const char *path);
/* Add a copy of `path`, which is not in the set. false: out of memory. */
bool path_set_add(struct path_set *set, const char *path);
void path_set_clear(struct path_set *set);

#endif
